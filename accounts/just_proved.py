"""What was shown in this session a moment ago: whose account, and by which kind of way.

Signing in shows one's own; a password, a code or WeChat may show that another account is hers too. Two accounts are joined
by a fact of each.
"""

import time
from datetime import timedelta
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from accounts.models import Person

KEY = "just_proved"
FRESH_FOR = timedelta(minutes=10)
SIGNED_IN = "session"


def note(request: Any, person: Person, kind: str) -> None:
    """She has just shown that this account is hers, by a way of this kind."""
    facts = {pk: fact for pk, fact in request.session.get(KEY, {}).items() if _is_fresh(fact)}
    facts[str(person.pk)] = [kind, time.time()]
    request.session[KEY] = facts


def kind_of(request: Any, person: Person) -> str:
    """By what she has shown it, while that is fresh; nothing where she has not."""
    fact = request.session.get(KEY, {}).get(str(person.pk))
    return fact[0] if fact and _is_fresh(fact) else ""


def others(request: Any) -> list[Person]:
    """The other accounts that this session has shown to be hers, and that still open."""
    own = getattr(request.user, "pk", None)
    facts = request.session.get(KEY, {})
    pks = [int(pk) for pk, fact in facts.items() if _is_fresh(fact) and int(pk) != own]
    return list(Person.objects.filter(pk__in=pks, is_active=True)) if pks else []


def forget_others(request: Any) -> None:
    """They were joined, or are not asked for any more."""
    own = str(request.user.pk)
    request.session[KEY] = {pk: fact for pk, fact in request.session.get(KEY, {}).items() if pk == own}


def _is_fresh(fact: list[Any]) -> bool:
    return 0 <= time.time() - fact[1] < FRESH_FOR.total_seconds()


@receiver(user_logged_in)
def _signed_in(sender: Any, request: Any, user: Any, **_: Any) -> None:
    if hasattr(request, "session") and isinstance(user, Person):
        note(request, user, SIGNED_IN)
