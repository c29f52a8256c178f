"""Put the request's id on each line of the log."""

import logging


class RequestFilter(logging.Filter):
    """Adds `request_id`; "-" outside a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, marked."""
        from core.middleware import request_id

        record.request_id = getattr(record, "request_id", None) or request_id.get()
        return True
