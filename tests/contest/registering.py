"""A round of Hubei that registers, and whoever has a part in that: each asks through the API."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from accounts.models import Region
from accounts.places import Place
from catalog.models import Team
from contest.actions.round import open_round
from contest.models import Registration, RoundPlan
from contest.reads.keeping import key_of_round
from core import clock
from core.api.ids import global_id
from impact.models import Round
from tests.accounts.world import Asker, a_person, holds
from tests.catalog import world as shelves
from tests.impact import world

HUBEI, YICHANG, ZIGUI, WUHAN = "420000", "420500", "420527", "420100"


def somebody(role: str, where: str) -> SimpleNamespace:
    """Somebody with this role at a region, and how she asks."""
    person = a_person()
    holds(person, role, Place(region=where))
    return SimpleNamespace(person=person, asks=Asker(person))


def a_registering_round(days: tuple[int, int, int] = (10, 100, 107)) -> Round:
    """A provincial round of Hubei that opens in so many days; teams can apply until a day before."""
    shelves.a_county()
    now = clock.now()
    moments = [now + timedelta(days=n) for n in days]
    made = open_round(world.an_edition(), "provincial", Region.objects.get(code=HUBEI), *moments)
    RoundPlan.objects.filter(round=made).update(
        registration_opens_at=now - timedelta(days=1), registration_closes_at=moments[0] - timedelta(days=1)
    )
    return made


def a_team_with(households: int = 10, **fields: Any) -> SimpleNamespace:
    """A team with a manager and so many verified households."""
    manager = a_person()
    team = shelves.a_team(manager=manager, **fields)
    world.households(team, households)
    return SimpleNamespace(team=team, person=manager, asks=Asker(manager))


def key_of(round_: Round) -> str:
    """The id of a round."""
    return global_id("Round", key_of_round(round_))


def id_of(row: Registration) -> str:
    """The id of a registration."""
    return global_id("Registration", row.uid)


def apply(village: SimpleNamespace, round_: Round, **otherwise: Any) -> Any:
    """Its manager asks to take part."""
    given = {"goalZh": "示例目标", "goalEn": "A goal of the demo", **otherwise}
    return village.asks.do(
        "registrationApply",
        "registration { id state }",
        team=global_id("Team", village.team.uid),
        round=key_of(round_),
        **given,
    )


def registered(team: Team) -> Registration:
    """How its registration stands now."""
    return Registration.objects.get(team=team)
