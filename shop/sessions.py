"""Sessions in the database, read by one plain statement: each page of whoever has a cookie asks for hers."""

from datetime import date
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import connections, router
from django.utils import timezone

from accounts.models import OpenSession
from accounts.models.open_session import LASTS

_DATA = """
    SELECT s.session_data, o.last_seen_on
    FROM django_session s LEFT JOIN accounts_opensession o ON o.session_id = s.session_key
    WHERE s.session_key = %s AND s.expire_date > now() AND (o.first_seen_on IS NULL OR o.first_seen_on > %s)
"""


class SessionStore(db.SessionStore):
    """Django's own but for how it is loaded, and that what is told of it (`OpenSession`) follows it to its next key."""

    seen_on: date | None = None  # the day it was last seen, of one whose person is signed in

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing when there is no such session any more, or she has signed in so long ago that it
        has had its last day, however often it was written to."""
        with connections[router.db_for_read(self.model)].cursor() as cursor:
            cursor.execute(_DATA, [self.session_key, timezone.localdate() - LASTS])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(row[0])
        self.seen_on = row[1]
        return data

    def cycle_key(self) -> None:
        """Go on under a new key: what was copied of the one before opens nothing."""
        data, before = dict(self.items()), self.session_key
        self.create()
        self._session_cache = data
        if before is None:
            return
        if SESSION_KEY in data:
            self._take_along(before)
        self.delete(before)

    def flush(self) -> None:
        """End it; whoever comes next by this browser is somebody else."""
        super().flush()
        self.seen_on = None

    def _take_along(self, before: str) -> None:
        told = OpenSession.objects.filter(session=before)
        if not told.update(session=self.session_key) and self.seen_on is not None:
            # She has ended it from elsewhere in this very moment.
            self.delete(self.session_key)
            raise SessionInterrupted("the session was ended while it got a new key")
