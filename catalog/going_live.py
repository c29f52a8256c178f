"""What a team still needs before it sells: each floor says what of its own it is (`settings.GOING_LIVE`)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db.models import Case, IntegerField, Value, When
from django.utils.functional import cached_property
from django.utils.module_loading import import_string

from catalog.actions.missing import missing
from catalog.models import Product, Team
from core.api.ids import global_id
from core.language import Words, say
from core.refusals import Refusal

State = Product.State
DONE, TO_DO, WAITS = "DONE", "TO_DO", "WAITS"
# Of a team's products the one that is nearest to the shelf, the first begun of these.
_NEAREST = (State.PUBLISHED, State.SUBMITTED, State.CHANGES_REQUESTED, State.DRAFT, State.SUSPENDED)
WITH_OPERATORS = say("运营人员", "an operator")


@dataclass(frozen=True)
class Step:
    """One thing on the way to the first sale: done, to do, or with somebody else since a moment.

    `path` is where one sees to it, below the language; whoever may not `permission` at the team's desk reads it only.
    One that is not `is_needed` holds up no product: buyers and whoever reviews look for it.
    """

    code: str
    words: Words
    state: str
    path: str = ""
    lacks: tuple[Words | str, ...] = ()
    waits_with: Words | None = None
    since: datetime | None = None
    is_needed: bool = True
    permission: str = "catalog.keep_listings"


@dataclass(frozen=True)
class Beginning:
    """A team and its product that is nearest to the shelf, each looked up once for all who ask."""

    team: Team

    @cached_property
    def product(self) -> Product | None:
        """Null until one is begun."""
        order = Case(
            *(When(state=one, then=Value(n)) for n, one in enumerate(_NEAREST)), output_field=IntegerField()
        )
        rows = Product.objects.filter(team=self.team, state__in=_NEAREST).order_by(order, "id")
        found = rows.prefetch_related(
            "variants__lots", "variants__story", "variants__change", "pictures"
        ).first()
        if found is not None:
            found.team = self.team
        return found

    @property
    def is_live(self) -> bool:
        """Whether something of it is on the shelf."""
        return self.team.is_active and self.product is not None and self.product.state == State.PUBLISHED

    @cached_property
    def lacks(self) -> list[Refusal]:
        """What the product lacks; nothing where it is on the shelf, or none is begun."""
        return [] if self.product is None or self.is_live else missing(self.product)

    def at(self, page: str, opened: str = "", anchor: str = "") -> str:
        """The address of a page of this team's desk, with one form of it open."""
        opens = f"&open={opened}" if opened else ""
        return f"desk/{page}?team={_quoted(global_id('Team', self.team.uid))}{opens}{anchor and '#' + anchor}"

    def at_product(self, opened: str = "", anchor: str = "", product: Product | None = None) -> str:
        """The address of its page at the desk, or another product's; where none is begun, of the form that begins one."""
        product = product or self.product
        if product is None:
            return self.at("new/")
        return self.at(f"product/{_quoted(global_id('Product', product.uid))}/", opened, anchor)


def _quoted(public_id: str) -> str:
    return quote(public_id, safe="")


@dataclass(frozen=True)
class GoingLive:
    """All steps of a team, in the order in which one sees to them."""

    product: Product | None
    is_live: bool
    steps: list[Step]

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left for the team to do or for others to look at, but the product's own review."""
        return all(one.state == DONE for one in self.steps if one.is_needed and one.code != "REVIEW")

    @property
    def is_over(self) -> bool:
        """Whether something is sold, and nothing that this needs was lost since."""
        return self.is_live and self.is_complete


@lru_cache(maxsize=1)
def _askers() -> tuple[Any, ...]:
    named: Iterable[str] = import_string(settings.GOING_LIVE)
    return tuple(import_string(one) for one in named)


def going_live(team: Team) -> GoingLive:
    """What the team has, what it lacks, and with whom it waits."""
    begun = Beginning(team)
    steps: Iterator[Step] = (step for ask in _askers() for step in ask(begun))
    return GoingLive(begun.product, begun.is_live, list(steps))
