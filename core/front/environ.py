"""A request as a WSGI application knows it."""

import sys
from io import BytesIO
from typing import Any

Environ = dict[str, Any]

_BASE: Environ = {
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "Sheaf",
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": True,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}
# Names that come with most requests; others are made each time, so that no stranger's are kept.
_COMMON = """
    host user-agent accept accept-language accept-encoding cookie origin referer connection
    cache-control authorization if-none-match if-modified-since x-guest x-forwarded-for
    x-forwarded-proto x-forwarded-host x-real-ip x-csrftoken hx-request sec-fetch-site
    sec-fetch-mode sec-fetch-dest upgrade-insecure-requests content-encoding transfer-encoding
    range dnt priority te pragma
"""
_KNOWN = {name: "HTTP_" + name.upper().replace("-", "_") for name in _COMMON.split()} | {
    "content-type": "CONTENT_TYPE",
    "content-length": "CONTENT_LENGTH",
}


def environ_of(scope: Any) -> Environ:
    """A request's head.

    A name with an underscore is left out: in an environ it could not be told from the same with a hyphen, and so a
    stranger could write over what a proxy wrote.
    """
    host, _, port = scope.server.rpartition(":")
    peer = scope.client.rpartition(":")[0]
    environ = {
        **_BASE,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": _latin(scope.path),
        "QUERY_STRING": _latin(scope.query_string),
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "REMOTE_ADDR": peer[1:-1] if peer.startswith("[") else peer,
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(),
    }
    for name, value in scope.headers.items():
        key = _KNOWN.get(name)
        if key is None:
            if "_" in name:
                continue
            key = "HTTP_" + name.upper().replace("-", "_")
        if key in environ:
            value = f"{environ[key]}{'; ' if name == 'cookie' else ','}{value}"
        environ[key] = value if value.isascii() else _latin(value)
    return environ


def _latin(text: str) -> str:
    """Text as WSGI wants it: each byte of its UTF-8 a character."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("latin-1")
