"""Words planted in every private column, and who may read them, as docs/data.md declares it."""

import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models

from accounts.models import Invitation, Membership, Person, SignInWay
from catalog.models import Leader, ListingReview, Product, Team, TeamMember
from contest.models import Case, RegistrationAppeal
from core.api.ids import global_id
from impact.models import Household, HouseholdDetail, ShareCorrection, ShortName
from impact.sealing import seal, seal_facts
from local.machine import ROOT
from orders.models import CartAddress, Order, Parcel
from scripts.floors import standing
from together.models import GroupPurchase

PRIVATE = 2  # from this class on a column is planted
ROW = re.compile(r"^\| \*\*(\w+)\*\* (`.+?`) \| .*? \| .*? \| (\d) \| .*? \| (.*?) \|$", re.MULTILINE)


@dataclass(frozen=True)
class Canary:
    """One word in one column of one row, and who may hear it."""

    word: str
    where: str
    readers: frozenset[str]  # names of askers


@dataclass
class Circle:
    """Who stands how to a row: the words by which docs/data.md names readers, with the people."""

    she: set[Any] = field(default_factory=set)
    coordinators: set[Any] = field(default_factory=set)
    team: set[Any] = field(default_factory=set)


def declared() -> dict[tuple[str, str], tuple[int, str]]:
    """(class, readers) of each column of docs/data.md's tables."""
    found = {}
    for model, columns, sort, readers in ROW.findall((ROOT / "docs" / "data.md").read_text()):
        for column in re.findall(r"`(\w+)`", columns):
            found[model, column] = int(sort), readers
    return found


def plant(known_as: dict[Any, str]) -> list[Canary]:
    """Put a word of its own into each private text of each row; `known_as` tells who asks under which name."""
    told, planted = declared(), []
    for floor in standing()[1:]:  # core knows nobody
        for model in apps.get_app_config(floor).get_models():
            for column in _private_texts(model, told):
                sort, readers = told[model.__name__, column.name]
                for row in model._default_manager.all():
                    if word := _put(row, column):
                        who = _allowed(readers, circle_of(row), column.name)
                        planted.append(
                            Canary(word, f"{model.__name__}.{column.name}", frozenset(_names(who, known_as)))
                        )
    for household in Household.objects.all():
        planted += _household(household, known_as)
    return planted


def _private_texts(model: type[models.Model], told: Any) -> Iterator[models.Field]:
    for column in model._meta.concrete_fields:
        is_text = isinstance(column, models.CharField | models.TextField) and not column.choices
        sort, _ = told.get((model.__name__, column.name), (0, ""))
        # A password's and a token's hash must stay, or nobody could sign in; they are looked for as they are.
        is_wide = (column.max_length or 99) >= 12
        if is_text and is_wide and sort >= PRIVATE and not _stays(model):
            yield column


def _stays(model: type[models.Model]) -> bool:
    """Whether what its rows say can be written over by nobody: no word of ours gets in."""
    return getattr(model, "append_only", False) or getattr(model, "kept", False)


def _put(row: models.Model, column: models.Field) -> str:
    if (
        column.name in ("password", "token_sha256", "email")
        and isinstance(row, Person)
        or "sha256" in column.name
    ):
        return str(getattr(row, column.name))
    if isinstance(row, SignInWay) and row.kind == SignInWay.Kind.EMAIL:
        return ""  # the word of her Person.email, by which she is found
    letters = f"{column.name}{row._meta.model_name}".replace("_", "")
    # None is the beginning of another, or one would be heard for both.
    word = f"cy{row.pk}{letters}"[: (column.max_length or 60) - 1].lower() + "z"
    if isinstance(column, models.EmailField):
        word += "@canary.example"
    if isinstance(column, models.FileField):
        return ""
    type(row)._base_manager.filter(pk=row.pk).update(**{column.name: word})
    return word


def _household(household: Household, known_as: dict[Any, str]) -> Iterator[Canary]:
    """Its pseudonym is its manager's and the operators'; what names it is nobody's in the API."""
    managers = _managers(household.team)
    own = frozenset(_names(managers | _operators(), known_as))
    yield Canary(global_id("Household", household.uid), "Household.uid", own)
    word = f"cy{household.pk}sealed"
    facts = {"name": word, "phone": word, "bank_account": word}
    HouseholdDetail.objects.update_or_create(household=household, defaults={"sealed": seal_facts(facts)})
    yield Canary(word, "HouseholdDetail.sealed", frozenset())
    # Nobody of the askers has opened the list, so nobody is told.
    name = f"cy{household.pk}calledsealed"
    ShortName.objects.update_or_create(household=household, defaults={"sealed": seal(name.encode())})
    yield Canary(name, "ShortName.sealed", frozenset())


def _names(people: set[Any], known_as: dict[Any, str]) -> Iterator[str]:
    return (known_as[one] for one in people if one in known_as)


def _allowed(readers: str, circle: Circle, column: str) -> set[Any]:
    """The people of a row's circle that a cell of docs/data.md names."""
    allowed: set[Any] = set()
    if re.search(r"\bshe\b|the buyer|the member\b", readers):
        allowed |= circle.she
    if "coordinator" in readers:
        allowed |= circle.coordinators
    if "team" in readers:
        allowed |= circle.team
    if "operator" in readers and "for a purpose" not in readers:
        allowed |= _operators()
    if "members the address" in readers and column in ("recipient", "street"):
        allowed |= circle.she
    return allowed


def circle_of(row: Any) -> Circle:
    """The people around a row."""
    if isinstance(row, Person):
        unions = row.memberships.filter(ended_at=None).values_list("organisation", flat=True)
        return Circle({row}, _coordinators(unions))
    if isinstance(row, GroupPurchase):
        members = {order.person or f"guest {order.pk}" for order in Order.objects.filter(holder=row.uid)}
        return Circle(members, _coordinators([row.organisation_id]), _managers(row.variant.product.team))
    if isinstance(row, Invitation | Membership):
        return Circle(set(), _coordinators([row.organisation_id]))
    if isinstance(row, ListingReview):
        return Circle(set(), set(), _managers(row.product.team))
    if isinstance(row, RegistrationAppeal):
        return Circle(set(), set(), _managers(row.registration.team))
    if isinstance(row, Case):
        return Circle(set(), set(), _managers(row.entry.team))
    if isinstance(row, ShareCorrection):
        return Circle(set(), set(), _managers(row.lot.variant.product.team))
    if isinstance(row, Leader | Household):
        return Circle(set(), set(), _managers(row.team))
    if isinstance(row, Product | Team):
        return Circle(set(), set(), _managers(row if isinstance(row, Team) else row.product.team))
    if (order := _order_of(row)) is not None:
        circle = Circle({order.person or f"guest {order.pk}"})
        if order.holder:
            circle.coordinators = _coordinators([order.seat.group.organisation_id])
        for line in order.lines.select_related("team"):
            if getattr(row, "team_id", line.team_id) == line.team_id:
                circle.team |= _managers(line.team)
        return circle
    person = row.cart.person if isinstance(row, CartAddress) else getattr(row, "person", None)
    return Circle({person} if person else set())


def _order_of(row: Any) -> Order | None:
    if isinstance(row, Order):
        return row
    if isinstance(row, Parcel):
        # What is sent in place of something else goes to whoever bought that.
        carried = row.shipments.first() or row.replacements.get().claim.line
        return carried.order
    for way in ("order", "line", "payment", "refund", "claim"):
        if (there := getattr(row, way, None)) is not None:
            return _order_of(there)
    return None


def _managers(team: Team) -> set[Any]:
    return {
        member.person
        for member in TeamMember.objects.filter(team=team, ended_at=None).select_related("person")
    }


def _coordinators(organisations: Any) -> set[Any]:
    rows = Membership.objects.filter(organisation__in=list(organisations), role="coordinator", ended_at=None)
    return {row.person for row in rows.select_related("person")}


def _operators() -> set[Any]:
    return set(Person.objects.filter(appointments__role="operator"))


def heard(text: str, canaries: list[Canary]) -> set[Canary]:
    """The canaries that sing in an answer, in the open or inside an id."""
    found = {canary for canary in canaries if canary.word in text}
    inside = " ".join(_opened(text))
    return found | {canary for canary in canaries if canary.word in inside}


def _opened(text: str) -> Iterator[str]:
    for token in set(re.findall(r"[A-Za-z0-9_-]{16,}", text)):
        try:
            yield urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode(errors="replace")
        except ValueError:
            continue
