"""A small application behind the front, in a process of its own: tells what it was asked, and takes its time when told to."""

import json
import os
import time

from django.conf import settings

from core.front import bodies, connections

settings.configure(TRUSTED_PROXIES=[])
# A test waits less long than a stranger.
bodies.SECONDS = 1.5
connections.OFTEN, connections.STALL_SECONDS = 0.3, 1.5
connections.MANY, connections.MOST_OF_ONE_PLACE = 300, 100


def application(environ, start_response):
    """Answer with what came."""
    asked = environ["PATH_INFO"]
    if asked == "/wait":
        time.sleep(1.5)
    if asked == "/large":
        start_response("200 OK", [("Content-Type", "application/octet-stream")])
        return [b"x" * 1_000_000] * 8
    if asked == "/broken":
        raise ValueError("broken on purpose")
    heads = {name: value for name, value in environ.items() if name.startswith(("HTTP_", "CONTENT_"))}
    told = {
        "pid": os.getpid(),
        "method": environ["REQUEST_METHOD"],
        "path": asked.encode("latin-1").decode(errors="replace"),
        "query": environ["QUERY_STRING"],
        "peer": environ["REMOTE_ADDR"],
        "heads": heads,
        "size": len(environ["wsgi.input"].read()),
    }
    body = json.dumps(told).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def answer_without_waiting(environ):
    """What needs no thread."""
    return (200, [("Content-Type", "text/plain")], b"well") if environ["PATH_INFO"] == "/pulse" else None


application.answer_without_waiting = answer_without_waiting
