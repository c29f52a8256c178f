"""What is logged: which request or task it belongs to, as a line to read or as JSON, and nobody's name in it.

2030-05-01 08:00:00,123 INFO sheaf.outbox [5b0c…] did orders.tasks.open_page
{"time": "2030-05-01T00:00:00.123Z", "level": "INFO", "logger": "sheaf.outbox", "message": …, "request_id": …,
 "process": "worker", "task": …, "event": …, "exception": …}
"""

import json
import logging
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# The id of the request from which this follows, for the log; "-" outside one. Of a batch of events: those of all.
request_id: ContextVar[str] = ContextVar("request_id", default="-")
# What else a line says of where it was written: task, event, reaction.
about: ContextVar[dict[str, str]] = ContextVar("about", default={})  # noqa: B039 (never changed, always replaced)

MOST_IDS = 3
_kind = "command"

# Frameworks and drivers quote what they were given: a row that clashes, an address that bounced.
_DETAIL = re.compile(r"(?m)^(DETAIL|CONTEXT|HINT):.*$")
_MAILBOX = re.compile(r"[^\s@<>\"'(),;:=]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"(?<![\w-])(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?![\w-])")
_IDENTITY = re.compile(r"(?<![\w-])\d{17}[\dXx](?![\w-])")
# Whoever has the words of a link is let in by them; an id (a UUID, a hash in hex) opens nothing.
_SECRET = re.compile(
    r"(?i)(\b(?:token|key|secret|password|code|signature|link|change|proof)[\"']?\s?[=:]\s?[\"']?)[^\s&\"',})]+"
)
# Of an address with a password, of a header, of a provider's keys.
_CREDENTIALS = re.compile(r"(?<=://)[^\s/@]*:[^\s/@]+(?=@)|(?<=Bearer )\S+|\b(?:sk|rk|whsec)_\w{8,}")
_LINK = re.compile(r"(?<=/)(?=[\w.:=-]*[A-Z_])[\w.:=-]{24,}(?=/|\s|$|\"|')")


def this_is(kind: str) -> None:
    """Say what this process is: web, worker or beat. Any other is a command."""
    global _kind
    _kind = kind


def new_id() -> str:
    """An id for a request, or for what begins without one."""
    return secrets.token_hex(8)


@contextmanager
def following(ids: Iterable[str], **words: str) -> Iterator[None]:
    """Within it lines belong to these requests; where none is known, to an id of their own."""
    known = [*dict.fromkeys(filter(None, ids))]
    told = ",".join(known[:MOST_IDS]) + (",…" if len(known) > MOST_IDS else "")
    named, noted = request_id.set(told or new_id()), about.set({**about.get(), **words})
    try:
        yield
    finally:
        about.reset(noted)
        request_id.reset(named)


def one_id() -> str:
    """The id that goes with what is recorded now; empty where it follows from none, or from many."""
    named = request_id.get()
    return "" if named == "-" or "," in named else named


def of_nobody(text: str) -> str:
    """The text without mailboxes, numbers of phones and identity cards, keys, and what a database quotes of rows."""
    text = _DETAIL.sub(r"\1: …", text)
    text = _MAILBOX.sub("…@…", _CREDENTIALS.sub("…", text))
    text = _IDENTITY.sub("…", _NUMBER.sub("…", text))
    return _LINK.sub("…", _SECRET.sub(r"\1…", text))


def _id_of(record: logging.LogRecord) -> str:
    """Django tells of a request that failed when it has left the house: by then only the record knows it."""
    return getattr(getattr(record, "request", None), "id", "") or request_id.get()


class Line(logging.Formatter):
    """A line for who reads along; a traceback follows it."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} [{request_id}] {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        record.request_id = _id_of(record)
        return of_nobody(super().format(record))


class Json(logging.Formatter):
    """One JSON object a line, its traceback too, for what collects logs."""

    def format(self, record: logging.LogRecord) -> str:
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        told = {
            "time": f"{moment}.{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": of_nobody(record.getMessage()),
            "request_id": _id_of(record),
            "process": _kind,
            "pid": record.process,
            **about.get(),
        }
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        if record.exc_text:
            told["exception"] = of_nobody(record.exc_text)
        if record.stack_info:
            told["stack"] = of_nobody(self.formatStack(record.stack_info))
        return json.dumps(told, ensure_ascii=False, default=str)


def formatter(format: str = "") -> logging.Formatter:
    """Text or json; where nothing is said, as the environment has it (before the settings are read)."""
    return Json() if (format or os.environ.get("LOG_FORMAT")) == "json" else Line()
