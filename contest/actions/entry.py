"""Teams' parts in a round: let in, taken out, or entered many at once."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from accounts.actions import audit
from accounts.clean import line
from accounts.models import Person
from accounts.permissions import must
from catalog.models import Team
from catalog.reads import is_related
from contest.actions.edition import KEEP
from contest.actions.round import place_of_round
from contest.models import Registration
from core import clock
from core.language import say
from core.refusals import Conflict, Invalid, NotAllowed, TooLate
from impact.actions.disclosed_households import disclose_entered
from impact.models import Entry, Household, Round, Standing
from impact.reads.household import FEWEST


def _must_decide(by: Person, round_: Round, team: Team) -> None:
    must(by, KEEP, at=place_of_round(round_.edition, round_.region))
    if is_related(by, team.pk):
        raise NotAllowed(say("不能决定自己团队参赛。", "Nobody decides about a team of their own."))


def let_in(round_: Round, team: Team, by: Person) -> Entry:
    """A team takes part from now on, for the first time or again; whoever decides is none of it."""
    _must_decide(by, round_, team)
    if round_.phase(clock.now()) not in (Round.Phase.COMING, Round.Phase.OPEN):
        raise TooLate(say("赛段已经截止。", "The round has closed."))
    if not team.is_active:
        raise Conflict(say("团队已停用。", "This team is not active."))
    with transaction.atomic():
        entry = Entry.objects.select_for_update().filter(round=round_, team=team).first()
        if entry is None:
            (entry,) = enter(round_, [team])
        elif entry.approved_at is None:
            _check_households([team])
            entry.approved_at, entry.out_reason = timezone.now(), ""
            entry.save(update_fields=["approved_at", "out_reason"])
            _register([entry])
            disclose_entered([team])
        else:
            raise Conflict(say("团队已经在这一赛段里。", "The team is in this round already."))
        audit.record(by, "let_in", "Entry", entry.uid, team=team.code)
    return entry


def take_out(entry: Entry, by: Person, reason: str) -> Entry:
    """A team takes no part, and hears why; refused once something was bought for it, which counts until the freeze."""
    _must_decide(by, entry.round, entry.team)
    reason = line(reason, "reason", 200)
    with transaction.atomic():
        # Whoever records a support holds its entry: here either waits for the other.
        row = Entry.objects.select_for_update(of=("self",)).select_related("team").get(pk=entry.pk)
        if row.approved_at is None:
            raise Conflict()
        if row.supports.exists():
            words = say("已有人为它购买，不能再退出。", "Something was bought for it: it stays in.")
            raise Conflict(words)
        row.approved_at, row.out_reason = None, reason
        row.save(update_fields=["approved_at", "out_reason"])
        Registration.objects.get(entry=row).move_to(Registration.State.WITHDRAWN, reason=reason)
        audit.record(by, "take_out", "Entry", row.uid, team=row.team.code)
    return row


@transaction.atomic
def enter(round_: Round, teams: Sequence[Team], approved: bool = True) -> list[Entry]:
    """Enter teams under their own codes, each with a standing of zero.

    A contest tells what each team sold to the fen, and its price stories tell the households' part of that:
    so a team enters with ten verified households or more, and no public figure is about fewer.
    """
    _check_households(teams)
    entries = Entry.objects.bulk_create(
        Entry(round=round_, team=team, number=team.code, approved_at=timezone.now() if approved else None)
        for team in teams
    )
    Standing.objects.bulk_create(Standing(entry=entry) for entry in entries)
    if approved:
        _register(entries)
    disclose_entered(teams)
    return entries


def _register(entries: Sequence[Entry]) -> None:
    """Let in without having applied, or when it had: either way the registration says that the team takes part."""
    round_id = entries[0].round_id if entries else None
    applied = {r.team_id: r for r in Registration.objects.filter(round=round_id)}
    new = []
    for entry in entries:
        if registration := applied.get(entry.team_id):
            registration.move_to(
                Registration.State.LIVE, entry=entry, approved_at=entry.approved_at, reason=""
            )
        else:
            new.append(
                Registration(
                    round_id=entry.round_id,
                    team_id=entry.team_id,
                    entry=entry,
                    state=Registration.State.LIVE,
                    approved_at=entry.approved_at,
                )
            )
    Registration.objects.bulk_create(new)


def _check_households(teams: Sequence[Team]) -> None:
    counted = Household.objects.filter(team__in=teams, state=Household.State.VERIFIED)
    counts = dict(counted.values_list("team_id").annotate(Count("pk")).order_by())
    if few := [team.code for team in teams if counts.get(team.pk, 0) < FEWEST]:
        words = say(
            "参赛团队须有至少 {n} 户经核实的农户：{teams}",
            "A team enters with at least {n} verified households: {teams}",
            n=FEWEST,
            teams=", ".join(few),
        )
        raise Invalid(words, field="teams")
