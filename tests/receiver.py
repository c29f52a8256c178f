"""A program that is called: a real server on this machine, which answers as a test says, and remembers what it was sent."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"


@dataclass
class Heard:
    """One request, as it came."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        return json.loads(self.body)


def answering(text: bytes) -> Callable[[socket.socket], None]:
    """It says this, whatever it hears."""
    return lambda wire: wire.sendall(text)


def status(code: int, *headers: str) -> Callable[[socket.socket], None]:
    """It answers with this status."""
    lines = [f"HTTP/1.1 {code} So", "Content-Length: 0", *headers, "", ""]
    return answering("\r\n".join(lines).encode())


@dataclass
class Receiver:
    """It hears one request a connection, and answers by `answer`, which a test may change at any time."""

    answer: Callable[[socket.socket], None] = field(default_factory=lambda: answering(OK))
    certificate: Path | None = None
    heard: list[Heard] = field(default_factory=list)
    stops: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _flying: int = 0
    most_at_once: int = 0

    def __post_init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self.socket.getsockname()[1]
        self.at = f"127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"{'https' if self.certificate else 'http'}://{self.at}/hooks?shop=1"

    def _serve(self) -> None:
        while not self.stops.is_set():
            try:
                wire, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._hear, args=(wire,), daemon=True).start()

    def _hear(self, wire: socket.socket) -> None:
        with self._lock:
            self._flying += 1
            self.most_at_once = max(self.most_at_once, self._flying)
        try:
            wire.settimeout(20)
            if self.certificate:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(self.certificate)
                wire = context.wrap_socket(wire, server_side=True)
            seen = b""
            while b"\r\n\r\n" not in seen:
                if not (more := wire.recv(4096)):
                    return
                seen += more
            head, _, body = seen.partition(b"\r\n\r\n")
            first, *lines = head.decode().split("\r\n")
            headers = dict(line.split(": ", 1) for line in lines)
            while len(body) < int(headers["Content-Length"]):
                body += wire.recv(4096)
            with self._lock:
                self.heard.append(Heard(first, {k.lower(): v for k, v in headers.items()}, body))
            self.answer(wire)
        except OSError:
            pass
        finally:
            with self._lock:
                self._flying -= 1
            wire.close()

    def close(self) -> None:
        self.stops.set()
        self.socket.close()


@contextmanager
def receiving(settings: Any, **how: Any) -> Iterator[Receiver]:
    """One that the shop's settings let be called inside, as an operator would name it."""
    made = Receiver(**how)
    settings.CALLABLE_INSIDE = [*settings.CALLABLE_INSIDE, made.at]
    try:
        yield made
    finally:
        made.close()


def a_certificate(folder: Path, name: str = "127.0.0.1") -> Path:
    """A key and a certificate that it has signed itself, for this address."""
    from ipaddress import ip_address

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(name))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / f"{name}.pem"
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path
