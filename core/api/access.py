"""Who may read what: declared beside each field, denied where nothing is declared."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True)
class Access:
    """One rule: its name for people, the question it asks (None: everyone), and the class of data.

    `allows(request, parent)` is asked with the object that holds the field, None at the root.
    `pii` is 0 for public data, 1 for what a person told us, 2 for contact and address, 3 for sensitive.
    """

    label: str
    allows: Callable[[HttpRequest, Any], bool] | None = None
    pii: int = 0


PUBLIC = Access("everyone")
# The fields of an object: whoever was given the object may read them.
HELD = Access("whoever was given the parent")
SIGNED_IN = Access("whoever is signed in", lambda request, parent: request.user.is_authenticated)
