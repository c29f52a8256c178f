"""Form-encoded nested parameters (`a[b][0][c]=v`) and typed, named reading of them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from .errors import invalid, missing, unknown

PART = re.compile(r"\[([^\[\]]*)\]")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
MAX_PARAMS, MAX_DEPTH = 5000, 12
METADATA_KEYS, METADATA_KEY, METADATA_VALUE = 50, 40, 500


def parse(raw: str) -> dict[str, Any]:
    """The nested dictionary behind a form-encoded body or query."""
    out: dict[str, Any] = {}
    pairs = parse_qsl(raw, keep_blank_values=True)
    if len(pairs) > MAX_PARAMS:
        raise invalid("Too many parameters.")
    for name, value in pairs:
        _put(out, name, value)
    return _lists(out)


def _put(out: dict[str, Any], name: str, value: str) -> None:
    head = name.split("[", 1)[0]
    path = [head, *PART.findall(name[len(head) :])]
    if not head or len(path) > MAX_DEPTH:
        raise invalid(f"Invalid parameter name: {name}", name)
    here = out
    for part in path[:-1]:
        here = here.setdefault(part or str(len(here)), {})
        if not isinstance(here, dict):
            raise invalid(f"Invalid object: {name}", head)
    here[path[-1] or str(len(here))] = value


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return [_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _lists(inner) for key, inner in value.items()}


class Params:
    """Parameters at one level, which name themselves in full (`line_items[0][quantity]`) when they are wrong."""

    def __init__(self, data: Any, prefix: str = "") -> None:
        if data in ("", None):
            data = {}
        if not isinstance(data, dict):
            raise invalid("Invalid object", prefix)
        self.data: dict[str, Any] = data
        self.prefix = prefix

    def label(self, name: str) -> str:
        return f"{self.prefix}[{name}]" if self.prefix else name

    def __contains__(self, name: str) -> bool:
        return name in self.data

    def only(self, *names: str) -> Params:
        """Refuse a parameter the real endpoint does not know: a misspelt one must not pass silently."""
        for name in self.data:
            if name not in names and name != "expand":
                raise unknown(self.label(name))
        return self

    def need(self, name: str) -> Params:
        if self.data.get(name) in (None, "", {}, []):
            raise missing(self.label(name))
        return self

    def text(self, name: str, default: str | None = None, limit: int = 5000) -> str | None:
        """A string; an empty one means "unset"."""
        value = self.data.get(name)
        if value is None or value == "":
            return default
        if not isinstance(value, str):
            raise invalid(f"Invalid string: {value}", self.label(name))
        if len(value) > limit:
            raise invalid(
                f"Invalid string: {value[:10]}…; must be at most {limit} characters", self.label(name)
            )
        return value

    def integer(
        self, name: str, default: int | None = None, least: int = 0, most: int = 10**12
    ) -> int | None:
        value = self.data.get(name)
        if value is None or value == "":
            return default
        if not isinstance(value, str) or not re.fullmatch(r"-?\d{1,18}", value):
            raise invalid(f"Invalid integer: {value}", self.label(name), "parameter_invalid_integer")
        number = int(value)
        if number < least:
            message = f"This value must be greater than or equal to {least}."
            raise invalid(message, self.label(name), "parameter_invalid_integer")
        if number > most:
            message = f"This value must be less than or equal to {most}."
            raise invalid(message, self.label(name), "parameter_invalid_integer")
        return number

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.data.get(name)
        if value is None or value == "":
            return default
        if value not in ("true", "false"):
            raise invalid(f"Invalid boolean: {value}", self.label(name))
        return bool(value == "true")

    def choice(self, name: str, among: tuple[str, ...], default: str | None = None) -> str | None:
        value = self.text(name, default)
        if value is not None and value not in among:
            raise invalid(f"Invalid {name}: must be one of {', '.join(among)}", self.label(name))
        return value

    def url(self, name: str) -> str | None:
        value = self.text(name)
        if value is not None and (
            urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).netloc
        ):
            raise invalid("Not a valid URL", self.label(name), "url_invalid")
        return value

    def email(self, name: str) -> str | None:
        value = self.text(name, limit=800)
        if value is not None and not EMAIL.fullmatch(value):
            raise invalid(f"Invalid email address: {value}", self.label(name), "email_invalid")
        return value

    def part(self, name: str) -> Params:
        """The parameters nested under a name."""
        return Params(self.data.get(name), self.label(name))

    def parts(self, name: str) -> list[Params]:
        values = self.data.get(name) or []
        if not isinstance(values, list):
            raise invalid("Invalid array", self.label(name))
        return [Params(value, f"{self.label(name)}[{n}]") for n, value in enumerate(values)]

    def texts(self, name: str) -> list[str] | None:
        values = self.data.get(name)
        if values is None or values == "":
            return None
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise invalid("Invalid array", self.label(name))
        return values

    def metadata(self, onto: dict[str, str] | None = None) -> dict[str, str]:
        """Metadata merged onto what is there; an empty value removes its key, `metadata=""` removes all."""
        if self.data.get("metadata") == "":
            return {}
        given, merged = self.part("metadata"), dict(onto or {})
        for key, value in given.data.items():
            if value == "":
                merged.pop(key, None)
            else:
                merged[key] = _metadatum(given.label(key), key, value)
        if len(merged) > METADATA_KEYS:
            message = f"You can only have {METADATA_KEYS} metadata keys, but you passed in {len(merged)}."
            raise invalid(message, "metadata")
        return merged


def _metadatum(label: str, key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise invalid(
            f"Metadata values must be strings, but for key {key} you passed in a value of type hash.", label
        )
    if len(key) > METADATA_KEY:
        message = f"Metadata keys must be at most {METADATA_KEY} characters, but '{key}' is {len(key)}."
        raise invalid(message, label)
    if len(value) > METADATA_VALUE:
        message = (
            f"Metadata values can have up to {METADATA_VALUE} characters, but you passed in a value that "
            f"is {len(value)} characters. Invalid value: {value[:20]}…"
        )
        raise invalid(message, label)
    return value
