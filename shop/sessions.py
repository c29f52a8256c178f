"""Sessions in the database, read by one plain statement: each page of whoever has a cookie asks for hers."""

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connections, router

_DATA = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > now()"


class SessionStore(db.SessionStore):
    """Django's own but for how it is loaded."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing when there is no such session any more."""
        with connections[router.db_for_read(self.model)].cursor() as cursor:
            cursor.execute(_DATA, [self.session_key])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(row[0])
        return data
