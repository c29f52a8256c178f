"""Where what is bought lies, for whoever's role is held at a place."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from accounts.permissions import may_once_awake, must
from accounts.places import SHOP, Place, Places
from catalog.models import Team
from orders.models import Line, Order


def of_line(places: Places, line: str = "") -> Q:
    """The rows about one line (of this path) whose team works at these places."""
    return places.rows(region=f"{line}team__county", subject=f"{line}team__uid")


def of_order(places: Places, order: str = "pk") -> Q:
    """The rows about a whole order (of this path) that lies at these places: all who sell in it work there. One that
    others share is for whoever may for the whole shop, as it tells of both."""
    if places.is_everywhere or not places:
        return places.rows()
    lines = Line.objects.filter(order=OuterRef(order))
    return Exists(lines) & ~Exists(lines.exclude(of_line(places)))


def places_of_order(order: Order) -> list[Place]:
    """Where those work who sell in it; the whole shop for one of nobody."""
    teams = Team.objects.filter(pk__in=Line.objects.filter(order=order).values("team"))
    return [Place(region=county, subject=uid) for county, uid in teams.values_list("county", "uid")] or [SHOP]


def may_about(person: Any, permission: str, order: Order) -> bool:
    """Whether she may where the order lies, or will once she has given a code."""
    if may_once_awake(person, permission):
        return True
    return all(may_once_awake(person, permission, at) for at in places_of_order(order))


def must_about(by: Any, permission: str, order: Order) -> None:
    """Raises NotAllowed unless she may where the order lies, SecondFactorRequired while she is asked for a code; None is
    the shop itself, which may."""
    is_everywhere = by is None or may_once_awake(by, permission)
    for at in [SHOP] if is_everywhere else places_of_order(order):
        must(by, permission, at)
