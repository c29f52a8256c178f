"""Bearer tokens, by which scripts and apps act for a person."""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.actions.person import check_password
from accounts.clean import line
from accounts.models import ApiToken, Person
from accounts.permissions import is_asleep_at_a_desk
from accounts.reads import hashed, tokens_of
from core.language import say
from core.refusals import Invalid, NotFound, SecondFactorRequired

MOST, LONGEST_DAYS = 10, 365


def create(
    person: Person,
    name: str,
    password: str,
    session: str = "",
    days: int = 90,
    scopes: Iterable[str] = ApiToken.OWN_SCOPES,
) -> tuple[ApiToken, str]:
    """A new token and its text, which is shown this once; only its hash is kept. Whoever lends a team's desk has given
    what her role there asks for."""
    check_password(person, password, session)
    name = line(name, "name", 60)
    if not 1 <= days <= LONGEST_DAYS:
        words = say("有效期为 1 到 {n} 天。", "A token lasts 1 to {n} days.", n=LONGEST_DAYS)
        raise Invalid(words, field="days")
    given = sorted(set(scopes))
    if not given or not set(given) <= set(ApiToken.OWN_SCOPES):
        raise Invalid(say("请选择它可以做什么。", "Please choose what it may do."), field="scopes")
    if ApiToken.Scope.DESK in given and is_asleep_at_a_desk(person):
        raise SecondFactorRequired()
    text = f"sheaf_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        # Locked, so that of two that are made at once the second counts the first.
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if tokens_of(person).count() >= MOST:
            words = say("最多 {n} 个令牌。", "At most {n} tokens; revoke one first.", n=MOST)
            raise Invalid(words, field="name")
        token = person.api_tokens.create(
            name=name,
            scopes=given,
            token_sha256=hashed(text),
            expires_at=timezone.now() + timedelta(days=days),
        )
        audit.record(person, "create", "ApiToken", token.uid, days=days, scopes=given)
    return token, text


def revoke(person: Person, uid: UUID) -> ApiToken:
    """End one of the person's own tokens at once."""
    with transaction.atomic():
        token = person.api_tokens.select_for_update().filter(uid=uid).first()
        if token is None:
            raise NotFound()
        if token.revoked_at is None:
            token.revoked_at = timezone.now()
            token.save(update_fields=["revoked_at"])
            audit.record(person, "revoke", "ApiToken", token.uid)
    return token
