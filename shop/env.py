"""Read the environment: what differs between machines. Each name read here is in README's table."""

import os
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def text(name: str, default: str = "") -> str:
    """A string; an empty variable counts as unset."""
    return os.environ.get(name, "").strip() or default


def number(name: str, default: int) -> int:
    """A whole number."""
    return int(text(name, str(default)))


def flag(name: str, default: bool = False) -> bool:
    """True for 1, true, yes, on."""
    return text(name, str(int(default))).lower() in ("1", "true", "yes", "on")


def words(name: str, default: str = "") -> list[str]:
    """A list, separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def networks(name: str) -> list[str]:
    """Addresses and networks (10.0.0.0/8), separated by commas."""
    found = words(name)
    for one in found:
        try:
            ip_network(one, strict=False)
        except ValueError:
            raise SystemExit(f"{name} lists addresses and networks such as 10.0.0.0/8, not {one}") from None
    return found


def sockets(name: str) -> list[str]:
    """Addresses with a port (10.0.0.7:8080), separated by commas."""
    found = words(name)
    for one in found:
        host, _, port = one.rpartition(":")
        try:
            ip_address(host)
            is_one = 0 < int(port) < 65536
        except ValueError:
            is_one = False
        if not is_one:
            raise SystemExit(f"{name} lists addresses with a port such as 10.0.0.7:8080, not {one}")
    return found


def database(url: str) -> dict[str, Any]:
    """Django's words for postgresql://user:password@host:port/name?option=value."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise SystemExit(f"A database address begins with postgresql://, not {parts.scheme}://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def mail(url: str, data_dir: Path) -> dict[str, Any]:
    """EMAIL_* settings for smtp://, smtps://, console:, file:///folder; without a url, files in mail/."""
    parts = urlsplit(url or f"file://{data_dir / 'mail'}")
    backends = "django.core.mail.backends."
    if parts.scheme == "file":
        return {"EMAIL_BACKEND": backends + "filebased.EmailBackend", "EMAIL_FILE_PATH": parts.path}
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": backends + "console.EmailBackend"}
    if parts.scheme not in ("smtp", "smtps"):
        raise SystemExit("EMAIL_URL begins with smtp://, smtps://, file:// or console:")
    return {
        "EMAIL_BACKEND": backends + "smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and dict(parse_qsl(parts.query)).get("tls") != "0",
        "EMAIL_TIMEOUT": 10,
    }


def texts(url: str) -> dict[str, Any]:
    """Who carries texts, for file:///folder, or aliyun://key:secret@host/?sign=…&price=0.045&code.zh=SMS_1&code.en=SMS_2;
    nobody without a url."""
    parts = urlsplit(url)
    if not url:
        return {"adapter": "", "options": {}}
    if parts.scheme == "file":
        return {"adapter": "accounts.texting.files.Files", "options": {"folder": parts.path}}
    if parts.scheme != "aliyun":
        raise SystemExit("SMS_URL begins with aliyun:// or file://")
    templates = dict(parse_qsl(parts.query))
    return {
        "price": templates.pop("price", ""),
        "adapter": "accounts.texting.aliyun.Aliyun",
        "options": {
            "key": unquote(parts.username or ""),
            "secret": unquote(parts.password or ""),
            "sign": templates.pop("sign", ""),
            "templates": templates,
            "base": f"https://{parts.hostname or 'dysmsapi.aliyuncs.com'}",
        },
    }
