"""How the shop logs: one line an event, with the request's id, to the standard error stream."""

from typing import Any

from shop import env

# Beat strikes every few seconds, and nobody reads of each.
_QUIET = ("stripe", "celery.app.trace", "celery.worker.strategy", "celery.beat")


def settings() -> dict[str, Any]:
    """Django's setting LOGGING, by `LOG_FORMAT` and `LOG_LEVEL`."""
    format = env.text("LOG_FORMAT", "text")
    if format not in ("text", "json"):
        raise SystemExit(f"LOG_FORMAT is text or json, not {format}")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "core.logs.formatter", "format": format}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            # The server's own words on its processes; in each of them it would set up a handler of its own.
            "_granian": {"handlers": [], "propagate": True},
            **{name: {"level": "WARNING"} for name in _QUIET},
        },
    }
