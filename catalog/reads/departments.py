"""What each department sees of the teams at its place."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Person
from accounts.permissions import places_of
from catalog.models import DepartmentCheck, Product, Team
from core.refusals import NotFound


def teams_at(person: Any, permission: str) -> QuerySet[Team]:
    """The teams that work where she has this permission."""
    return Team.objects.filter(_at(person, permission), is_active=True).select_related("county", "leader")


def _at(person: Any, permission: str, path: str = "") -> Q:
    return places_of(person, permission).rows(region=f"{path}county", subject=f"{path}uid")


def team_at(person: Person, permission: str, uid: UUID, field: str = "team") -> Team:
    """One of them; any other does not exist."""
    found = teams_at(person, permission).filter(uid=uid).first()
    if found is None:
        raise NotFound(field=field)
    return found


def listings_at(person: Any) -> QuerySet[Product]:
    """Products of her place that are sold or are to be, for whoever checks quality."""
    shown = (Product.State.SUBMITTED, Product.State.PUBLISHED, Product.State.SUSPENDED)
    return Product.objects.filter(_at(person, "catalog.check_quality", "team__"), state__in=shown)


def listing_at(person: Person, uid: UUID) -> Product:
    """One of them; any other does not exist."""
    found = listings_at(person).filter(uid=uid).select_related("team").first()
    if found is None:
        raise NotFound(field="product")
    return found


def listings_unseen(person: Any) -> QuerySet[Product]:
    """Of these, the ones that were handed in and that nobody has looked at since."""
    seen = DepartmentCheck.objects.filter(product=OuterRef("pk"), at__gte=OuterRef("submitted_at"))
    live = Q(state=Product.State.PUBLISHED, changes_state=Product.Changes.WAITING)
    return listings_at(person).filter(~Exists(seen), live | Q(state=Product.State.SUBMITTED))


def teams_unseen(person: Any) -> QuerySet[Team]:
    """Teams of her place of whose sending nobody has written down anything yet."""
    seen = DepartmentCheck.objects.filter(team=OuterRef("pk"), kind=DepartmentCheck.Kind.LOGISTICS)
    return teams_at(person, "catalog.check_logistics").filter(~Exists(seen))


def led_by_women(person: Any) -> QuerySet[Team]:
    """Teams of her place whose leader has told that she is a woman, and is verified."""
    return teams_at(person, "catalog.see_women_led").filter(
        leader__is_woman=True, leader__verified_at__isnull=False
    )
