"""Teams' parts in a round: let in, taken out, or entered many at once."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from accounts.actions import audit
from accounts.clean import line
from accounts.models import Person
from catalog.models import Team
from catalog.reads import is_related
from contest.actions.edition import KEEP, must_at, must_be_apart
from contest.actions.tally import locked_of, retally
from contest.events import RegistrationMoved
from contest.models import Registration, SnapshotRow
from contest.reads.apart import has_a_judge
from core import clock, outbox
from core.language import say
from core.refusals import Conflict, Invalid, NotAllowed, TooLate
from impact.actions.disclosed_households import disclose_entered
from impact.models import Entry, Household, Round, Standing
from impact.reads.household import FEWEST

TAKES_PART = (Registration.State.LIVE, Registration.State.SUSPENDED, Registration.State.DISQUALIFIED)


def _must_decide(by: Person, round_: Round, team: Team) -> None:
    must_at(round_, by, KEEP)
    must_be_apart(round_, by)
    if is_related(by, team.pk):
        raise NotAllowed(say("不能决定自己团队参赛。", "Nobody decides about a team of their own."))


def let_in(round_: Round, team: Team, by: Person) -> Entry:
    """A team takes part from now on without having applied, or again after it was taken out; whoever decides is none of
    it. One that has applied is checked by its county first."""
    _must_decide(by, round_, team)
    if round_.phase(clock.now()) not in (Round.Phase.COMING, Round.Phase.OPEN):
        raise TooLate(say("赛段已经截止。", "The round has closed."))
    if not team.is_active:
        raise Conflict(say("团队已停用。", "This team is not active."))
    if has_a_judge(team, round_.edition):
        raise Conflict(say("评委不能参赛。", "Whoever judges in it does not compete."))
    with transaction.atomic():
        row = Registration.objects.select_for_update().filter(round=round_, team=team).first()
        if row is not None and row.state in (Registration.State.APPLIED, Registration.State.CHECKED):
            raise Conflict(
                say("团队已报名，由县级审核后批准。", "It has applied: checked by its county, then approved.")
            )
        entry = take_part(row or Registration(round=round_, team=team), by)
        audit.record(by, "let_in", "Entry", entry.uid, team=team.code)
    return entry


def take_part(registration: Registration, by: Person | None) -> Entry:
    """The team's part in the round, for the first time or again: from now on its purchases count. In a transaction."""
    round_, team = registration.round, registration.team
    platforms = locked_of(round_, team)
    entry = Entry.objects.select_for_update().filter(round=round_, team=team).first()
    if entry is None:
        (entry,) = enter(round_, [team])
    elif registration.state in TAKES_PART:
        raise Conflict(say("团队已经在这一赛段里。", "The team is in this round already."))
    else:
        check_households([team])
        # One that left once something was bought for it is in all the same, as a fact.
        if entry.approved_at is None:
            entry.approved_at, entry.out_reason = timezone.now(), ""
            entry.save(update_fields=["approved_at", "out_reason"])
            # What platforms have brought it while it was out is told again.
            for platform in platforms:
                retally(round_, platform)
        _register([entry])
        disclose_entered([team])
    Registration.objects.filter(entry=entry).update(approved_by=by)
    return entry


def take_out(entry: Entry, by: Person, reason: str) -> Entry:
    """A team takes no part, and hears why; refused once something was bought for it, which counts until the freeze,
    and after the freeze."""
    _must_decide(by, entry.round, entry.team)
    reason = line(reason, "reason", 200)
    with transaction.atomic():
        row = Registration.objects.select_for_update().get(entry=entry)
        if row.state not in (Registration.State.LIVE, Registration.State.SUSPENDED):
            raise Conflict()
        if not leave(entry, reason):
            words = say(
                "已有人为它购买，或成绩已冻结：可以暂停或取消资格，数字留着。",
                "Something was bought for it, or its figures are frozen: suspend or disqualify it; they stay.",
            )
            raise Conflict(words)
        facts = {"decided_by": by, "decided_at": timezone.now()}
        row.move_to(Registration.State.WITHDRAWN, reason=reason, **facts)
        outbox.record(RegistrationMoved(registration_id=row.pk, state=row.state))
        audit.record(by, "take_out", "Entry", entry.uid, team=entry.team.code)
    return Entry.objects.select_related("team").get(pk=entry.pk)


def leave(entry: Entry, reason: str) -> bool:
    """Its part ends where nothing was bought for it and its round is not frozen; else it stays as a fact, and False. In a
    transaction."""
    platforms = locked_of(entry.round, entry.team)
    # Whoever records a support holds its entry: here either waits for the other.
    row = Entry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if row.supports.exists() or SnapshotRow.objects.filter(entry=row, snapshot__voided_at=None).exists():
        return False
    row.approved_at, row.out_reason = None, reason
    row.save(update_fields=["approved_at", "out_reason"])
    for platform in platforms:
        retally(row.round, platform)
    return True


@transaction.atomic
def enter(round_: Round, teams: Sequence[Team], approved: bool = True) -> list[Entry]:
    """Enter teams under their own codes, each with a standing of zero.

    A contest tells what each team sold to the fen, and its price stories tell the households' part of that:
    so a team enters with ten verified households or more, and no public figure is about fewer.
    """
    check_households(teams)
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


def check_households(teams: Sequence[Team]) -> None:
    """Refuse teams with fewer than ten verified households."""
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
