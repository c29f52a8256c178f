"""A round with a frozen rulebook, and its way to a result, in a few words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.models import Person
from contest.actions import freeze
from contest.actions import result as results
from contest.actions.round import open_round
from contest.models import Award, Objection, ReExamination, Result, RoundPlan, Rulebook, Snapshot
from contest.reads.outcome import frozen_inputs
from contest.reads.result import rows_of
from contest.scoring.inputs import Inputs
from contest.scoring.rulebook import default_parameters, sha256_of
from core import clock
from core.deliveries import drain
from core.models import Delivery
from impact.models import Entry, Round
from tests.catalog import world as shelves
from tests.impact import world


def by_a_rulebook(round_: Round, change: Callable[[dict[str, Any]], None] | None = None) -> Rulebook:
    """The round's rules, frozen: the defaults, but for what is changed in them."""
    parameters = default_parameters()
    if change:
        change(parameters)
    book = Rulebook.objects.create(
        edition=round_.edition,
        version=round_.edition.rulebooks.count() + 1,
        parameters=parameters,
        sha256=sha256_of(parameters),
        frozen_at=timezone.now(),
    )
    round_.plan.rulebook = book
    round_.plan.save(update_fields=["rulebook"])
    return book


def frozen(round_: Round) -> Snapshot:
    """The moment of the freeze has come, and beat has struck."""
    if clock.now() < round_.freezes_at:
        clock.stand_at(round_.freezes_at + timedelta(seconds=1))
    assert freeze.freeze_due() >= 1
    return Snapshot.objects.get(round=round_, voided_at=None)


def follow() -> None:
    """What follows in the contest from what was recorded; letters and providers are not asked."""
    ours = Q(reaction__startswith="contest.") | Q(reaction__startswith="impact.")
    Delivery.objects.filter(~ours, done_at=None).update(done_at=timezone.now())
    drain()


def row_of(snapshot: Snapshot, entry: Entry) -> dict[str, Any]:
    """What the snapshot says of an entry."""
    inputs: dict[str, Any] = snapshot.rows.get(entry=entry).inputs
    return inputs


def plain(parameters: dict[str, Any]) -> None:
    """Rules by hand: P is the number of organisations, the other half a sum in yuan; ties by P, households, people, approval,
    draw."""
    parameters["references"]["organisations"] = {"ref": 100}
    parameters["references"]["amount_minor"] = {"ref": 10_000_000}
    parameters["indicators"] = [
        {"key": "welfare", "kind": "welfare", "weight_bps": 5_000, "parts": {"organisations": 10_000}},
        {"key": "amount", "kind": "amount", "weight_bps": 5_000, "parts": {"amount_minor": 10_000}},
    ]


@dataclass
class AField:
    """A round of teams whose inputs are given by hand, in the order of their numbers."""

    round: Round
    into: Round
    organiser: Person
    entries: list[Entry]
    monkeypatch: Any

    def given(self, *inputs: dict[str, int]) -> None:
        """What the facts come to, entry by entry, whoever asks for them."""
        found = {e.pk: Inputs(e.pk, **one) for e, one in zip(self.entries, inputs, strict=True)}
        for module in ("contest.actions.freeze", "contest.reads.corrected", "contest.verify.result"):
            self.monkeypatch.setattr(f"{module}.inputs_of", lambda *_, **__: dict(found))

    def scoring(self, *halves: tuple[int, int]) -> None:
        """The same from (P, the other half), both of 100."""
        self.given(*({"organisations": p, "amount_minor": m * 100_000, "households": 40} for p, m in halves))

    def freeze(self) -> Snapshot:
        """It is frozen, and its plan says so; objections close in three days."""
        snapshot = frozen(self.round)
        self.plan(state=RoundPlan.State.FROZEN, objections_close_at=clock.now() + timedelta(days=3))
        return snapshot

    def plan(self, **fields: Any) -> None:
        """What its plan says."""
        RoundPlan.objects.filter(round=self.round).update(**fields)

    def publish(self) -> Result:
        """The provisional result."""
        return results.publish(self.round, self.organiser)

    def out(self, n: int, state: str) -> None:
        """The n-th entry (from 1) is out of competition."""
        self.entries[n - 1].registration.move_to(state, reason=f"because {n}")

    def window_over(self) -> None:
        """Objections have closed."""
        clock.move(timedelta(days=4))


def a_field(monkeypatch: Any, teams: int = 3, advances: int = 2, **plan: Any) -> AField:
    """So many teams in a provincial round that is over, of which some go on to a national one."""
    entered = [shelves.a_team() for _ in range(teams)]
    round_ = world.a_round(*entered, days=(-20, -1, 5))
    at = clock.now()
    into = open_round(
        round_.edition, Round.Level.NATIONAL, None, *(at + timedelta(days=n) for n in (30, 60, 67))
    )
    by_a_rulebook(round_, plain)
    RoundPlan.objects.filter(round=round_).update(advances=advances, into=into, **plan)
    entries = list(round_.entries.select_related("team", "registration").order_by("pk"))
    # By their numbers T001 ...; approved one after the other.
    for n, entry in enumerate(entries, start=1):
        entry.number, entry.approved_at = f"E{n:02}", at - timedelta(days=30) + timedelta(minutes=n)
        entry.save(update_fields=["number", "approved_at"])
    return AField(round_, into, shelves.an_operator(), entries, monkeypatch)


def order_of(result: Result) -> list[tuple[int | None, str]]:
    """(rank, number) of each row, as it is told."""
    return [(row.rank, row.entry.number) for row in rows_of(result)]


def spoken_against(entry: Entry) -> tuple[Objection, ReExamination, Award]:
    """A result of its round is out before its time, is objected to and looked at once more, and has earned an award."""
    round_ = Round.objects.select_related("edition", "plan").get(pk=entry.round_id)
    if round_.plan.rulebook_id is None:
        by_a_rulebook(round_)
    at = timezone.now()
    freeze._write(round_, 0)
    snapshot = Snapshot.objects.select_related("rulebook").get(round=round_, voided_at=None)
    plan = RoundPlan.objects.select_related("round__edition").get(round=round_)
    closes_at = round_.freezes_at + timedelta(days=3)
    result = results._write(
        plan, snapshot, frozen_inputs(snapshot), None, until=snapshot.until, closes_at=closes_at
    )
    objection = Objection.objects.create(
        result=result, entry=entry, language="zh", words="示例异议：少算了一笔", filed_at=at
    )
    opened = ReExamination.objects.create(entry=entry, cause="refunds", refunded_minor=1, opened_at=at)
    award = Award.objects.create(
        result=result, entry=entry, rank=1, title_zh="示例奖", title_en="Demo award", proposed_at=at
    )
    return objection, opened, award
