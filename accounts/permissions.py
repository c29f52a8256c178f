"""What a person may do by the roles she is appointed to, where and when. Which permissions there are, and whose they are,
is one table: shop/permissions.py.

A role opens a kind of deed; whether this one is hers to do (not about her own team, her own order) is asked where the
deed is done. Terms are read by the clock of each question: whoever is appointed until noon may not at 12:00:00.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.models import Appointment, Person
from accounts.models.appointment import OF_A_TEAM, Role
from accounts.models.person import READ_TERMS, SENT_TERMS
from accounts.places import SHOP, Place, Places, above
from core.refusals import NotAllowed, NotFound, Refusal, SecondFactorRequired

COLUMNS = ("role", "region_id", "organisation_id", "subject", "starts_at", "ends_at")
__all__ = ["SHOP", "Place", "Places", "Role", "may", "must"]


class Term(NamedTuple):
    """One appointment as it is asked: a role at a place from a moment to a moment."""

    role: str
    region: str | None
    organisation: int | None
    subject: UUID | None
    starts_at: datetime
    ends_at: datetime | None

    def runs(self, now: datetime) -> bool:
        """Whether it has begun and not ended; its end is outside."""
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)

    def reaches(self, at: Place) -> bool:
        """Whether what lies there lies where the role is held."""
        if self.region is not None:
            return at.region is not None and self.region in above(at.region)
        if self.organisation is not None:
            return self.organisation == at.organisation
        return self.subject is None or self.subject == at.subject


def _page(name: str) -> Any:
    """What the shop's page of permissions says."""
    return getattr(import_module(settings.PERMISSIONS), name)


@cache
def _asking() -> frozenset[str]:
    """The roles that ask for a second factor."""
    roles: frozenset[str] = _page("SECOND_FACTOR")
    return roles


@cache
def _by_device() -> frozenset[str]:
    """The roles that ask for a device that was proved by two codes."""
    roles: frozenset[str] = _page("PROVED_DEVICE")
    return roles


@cache
def _fresh_alone() -> frozenset[str]:
    """The permissions for which a code is asked once more."""
    permissions: frozenset[str] = _page("ASKED_AGAIN")
    return permissions


@cache
def _table() -> Mapping[str, frozenset[Role]]:
    table: Mapping[str, frozenset[Role]] = _page("PERMISSIONS")
    return table


def roles_of(permission: str) -> frozenset[Role]:
    """The roles that have it."""
    return _table()[permission]


def appointed_by(role: str) -> str:
    """The permission that it takes to appoint somebody to this role, and to end that."""
    permission: str = _page("APPOINTED_BY")[Role(role)]
    return permission


def running(now: datetime | None = None) -> Q:
    """The rows of `Appointment` whose term runs."""
    now = now or timezone.now()
    return Q(starts_at__lte=now) & (Q(ends_at=None) | Q(ends_at__gt=now))


def not_over() -> Q:
    """The rows of `Appointment` that run or will; one that was called off before it began never will."""
    return Q(ends_at=None) | Q(ends_at__gt=Greatest(timezone.now(), "starts_at"))


def _terms(person: Any) -> tuple[Term, ...]:
    """Her appointments that have not ended, read once for each object that stands for her: they came with
    her row (`Person.objects.get`), or are asked for by one statement."""
    known: tuple[Term, ...] | None = getattr(person, READ_TERMS, None)
    if known is None:
        if hasattr(person, SENT_TERMS):
            known = tuple(_term(*row) for row in json.loads(getattr(person, SENT_TERMS) or "[]"))
        elif person.is_authenticated:
            known = tuple(Term(*row) for row in person.appointments.filter(not_over()).values_list(*COLUMNS))
        else:
            return ()
        setattr(person, READ_TERMS, known)
    return known


def _term(role: str, region: str | None, organisation: int | None, subject: str | None, *term: Any) -> Term:
    starts_at, ends_at = (moment and datetime.fromisoformat(moment) for moment in term)
    return Term(role, region, organisation, UUID(subject) if subject else None, starts_at, ends_at)


class _Lent:
    """What a program has shown that asks in somebody's name: she gave her code when she lent it; it gives none."""

    is_awake, is_fresh = True, False


def without_roles(person: Person) -> Person:
    """The same person as anybody else: for a program that asks in her name."""
    setattr(person, READ_TERMS, ())
    person.is_lent = True
    return person


def with_desk_alone(person: Person, since: datetime) -> Person:
    """The same person with what she is at teams' desks, and was at that moment: for a program to which she lent that then.
    What came later was not hers to lend, and nobody had proved herself for it."""
    lent = tuple(term for term in _terms(person) if term.role in OF_A_TEAM and term.starts_at <= since)
    setattr(person, READ_TERMS, lent)
    person.is_lent, person.factor, person.proved_device = True, _Lent(), lambda: "lent"
    return person


def held(person: Any, roles: Iterable[str]) -> list[Term]:
    """Which of these she holds at this moment, and are awake; a guest or a closed account none."""
    terms = held_asleep_too(person, roles)
    return [term for term in terms if not _sleeps(person, term)]


def held_asleep_too(person: Any, roles: Iterable[str]) -> list[Term]:
    """The same with those that wait for her second factor."""
    if person is None or not person.is_active or not (terms := _terms(person)):
        return []
    now, roles = timezone.now(), frozenset(roles)
    return [term for term in terms if term.role in roles and term.runs(now)]


def _sleeps(person: Any, term: Term) -> bool:
    if term.role in _asking():
        return not (person.factor and person.factor.is_awake)
    return term.role in _by_device() and not (person.proved_device and person.proved_device())


def is_proved_by_device(role: str) -> bool:
    """Whether this role asks for a device that was proved by two codes."""
    return role in _by_device()


def asks_for_device(person: Any) -> bool:
    """Whether a role of hers asks for a device that was proved by two codes."""
    return bool(held_asleep_too(person, _by_device()))


def asks_for_factor(person: Any) -> bool:
    """Whether a role of hers asks for a second factor."""
    return bool(held_asleep_too(person, _asking()))


def is_asleep_at_a_desk(person: Any) -> bool:
    """Whether what she is at a team's desk waits for a code, or for this device to be proved."""
    return any(_sleeps(person, term) for term in held_asleep_too(person, OF_A_TEAM))


def is_asleep(person: Any) -> bool:
    """Whether a role of hers waits for a code of her second factor."""
    return any(_sleeps(person, term) for term in held_asleep_too(person, _asking()))


def is_at_a_new_device(person: Any) -> bool:
    """Whether a role of hers waits for this device to be proved."""
    return any(_sleeps(person, term) for term in held_asleep_too(person, _by_device()))


def has_role(person: Any, role: Role = Role.OPERATOR) -> bool:
    """Whether she is that for the whole shop, be her account open or closed."""
    now = timezone.now()
    return any(t.role == role and t.reaches(SHOP) and t.runs(now) for t in _terms(person))


def is_officer(person: Any) -> bool:
    """Whether she holds or is to hold a role of the office, be her account open or closed: another than a team's desk."""
    return any(term.role not in OF_A_TEAM for term in _terms(person))


def is_appointed(person: Any) -> bool:
    """Whether she holds any role now or is to hold one, be her account open or closed."""
    return bool(_terms(person))


def may(person: Any, permission: str, at: Place | None = None) -> bool:
    """Whether a role of hers allows it at this moment, for the whole shop or at a place; nobody's does who is a guest or
    whose account is closed.

    Raises KeyError for a permission that is not in the table.
    """
    return any(term.reaches(at or SHOP) for term in held(person, _table()[permission]))


def may_anywhere(person: Any, permission: str) -> bool:
    """Whether there is any place at which she may: for a page that shows what lies at hers."""
    return bool(held(person, _table()[permission]))


def permissions_of(person: Any) -> list[str]:
    """All that she may at some place at this moment, in the order of the table."""
    roles = {term.role for term in held(person, Role.values)}
    return [permission for permission, theirs in _table().items() if roles & theirs]


def permissions_at(person: Any, at: Place) -> list[str]:
    """The same, at one place."""
    roles = {term.role for term in held(person, Role.values) if term.reaches(at)}
    return [permission for permission, theirs in _table().items() if roles & theirs]


def places_of(person: Any, permission: str) -> Places:
    """Where she may at this moment, for querysets: `rows.filter(places_of(…).rows(region="county"))`."""
    terms = held(person, _table()[permission])
    return Places(
        is_everywhere=any(term.reaches(SHOP) for term in terms),
        regions=frozenset(t.region for t in terms if t.region is not None),
        organisations=frozenset(t.organisation for t in terms if t.organisation is not None),
        subjects=frozenset(t.subject for t in terms if t.subject is not None),
    )


def must(person: Person | None, permission: str, at: Place | None = None) -> None:
    """Raises NotAllowed unless she may, SecondFactorRequired while she may once she has given a code; None is the shop
    itself, which may."""
    if not (person is None or may_now(person, permission, at)):
        raise NotAllowed()


def must_somewhere(person: Person | None, permission: str) -> None:
    """Raises as `must` does where there is no place at which she may: for a deed that then looks for her own places."""
    if not (person is None or places_now(person, permission)):
        raise NotAllowed()


def may_now(person: Any, permission: str, at: Place | None = None) -> bool:
    """Whether she may, asked where it is done: raises SecondFactorRequired while her role sleeps, and for what moves
    money or opens details until she has given a code once more."""
    if not may_once_awake(person, permission, at):
        return False
    is_fresh_alone = permission in _fresh_alone()
    if not may(person, permission, at) or (is_fresh_alone and not (person.factor and person.factor.is_fresh)):
        raise SecondFactorRequired()
    return True


def places_now(person: Any, permission: str) -> Places:
    """Where she may, asked where it is done: raises SecondFactorRequired as `may_now` does, whatever it is about, so
    that nobody whose role sleeps learns what is there."""
    if not held_asleep_too(person, _table()[permission]):
        return Places()
    is_fresh_alone = permission in _fresh_alone()
    if not may_anywhere(person, permission) or (
        is_fresh_alone and not (person.factor and person.factor.is_fresh)
    ):
        raise SecondFactorRequired()
    return places_of(person, permission)


def may_once_awake(person: Any, permission: str, at: Place | None = None) -> bool:
    """Whether she may, or will once she has given a code of her second factor."""
    return any(term.reaches(at or SHOP) for term in held_asleep_too(person, _table()[permission]))


def absent(person: Any, permission: str, field: str = "") -> Refusal:
    """What is said of a thing that is at none of the places at which she may: as of one that does not exist; while each
    role of hers that would allow it somewhere sleeps, that a code is asked for, whatever thing it is."""
    roles = _table()[permission]
    if held_asleep_too(person, roles) and not held(person, roles):
        return SecondFactorRequired()
    return NotFound(field=field or ())


def holders_at(permission: str, at: Place) -> QuerySet[Person]:
    """Everybody who may there, in the order in which they came."""
    where = Q(region=None, organisation=None, subject=None)
    if at.region is not None:
        where |= Q(region__in=above(at.region))
    if at.organisation is not None:
        where |= Q(organisation=at.organisation)
    if at.subject is not None:
        where |= Q(subject=at.subject)
    terms = Appointment.objects.filter(running(), where, role__in=_table()[permission])
    return Person.objects.filter(pk__in=terms.values("person"), is_active=True).order_by("pk")


def holders(permission: str) -> QuerySet[Person]:
    """Everybody who may for the whole shop, in the order in which they came."""
    terms = Appointment.objects.filter(
        running(), role__in=_table()[permission], region=None, organisation=None, subject=None
    )
    return Person.objects.filter(pk__in=terms.values("person"), is_active=True).order_by("pk")
