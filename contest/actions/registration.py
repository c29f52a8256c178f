"""A team's way into a round: invited, or applying; checked by its county's officer, approved by the round's organiser."""

from django.db import transaction
from django.utils import timezone

from accounts.actions import appointment, audit
from accounts.models import Appointment, Person
from accounts.models.appointment import Role
from accounts.permissions import may, must, running
from accounts.places import Place, above
from catalog import clean
from catalog.models import Team
from catalog.reads import is_related
from contest.actions.edition import KEEP, demand_open, must_at
from contest.actions.entry import check_households, take_part
from contest.actions.round import place_of_round
from contest.events import RegistrationMoved
from contest.models import Registration
from contest.reads.apart import has_a_judge
from core import clock, outbox
from core.language import say
from core.refusals import Conflict, NotAllowed, TooLate
from impact.models import Round

State = Registration.State
CHECK = "contest.check_registrations"
ENTER = "contest.enter_team"
OWN = say("不能决定自己的团队。", "Nobody decides about a team of her own.")


def place_of_team(team: Team) -> Place:
    """Where a team's registration is checked: its county."""
    return Place(region=team.county_id)


def invite(round_: Round, team: Team, by: Person) -> Registration:
    """Ask a team to apply, before the round opens; whoever asks is none of it."""
    must_at(round_, by, KEEP)
    _must_be_no_part(by, team)
    _demand_coming(round_)
    with transaction.atomic():
        row = _locked(round_, team)
        if row is not None:
            raise Conflict(say("团队已经报过名或受过邀请。", "It has applied or was invited already."))
        row = Registration.objects.create(round=round_, team=team, state=State.INVITED)
        tell(row, by, "invite")
    return row


def apply(round_: Round, team: Team, goal: tuple[str, str], by: Person) -> Registration:
    """Ask to take part with a goal (Chinese, English): while registration is open, or invited before the round opens.

    Refused is a team of another province, one without ten verified households, and one of which somebody judges in this
    edition.
    """
    must(by, ENTER, at=Place(subject=team.uid))
    _demand_coming(round_)
    texts = {
        "goal_zh": clean.text_for(Registration, "goal_zh", goal[0], required=True),
        "goal_en": clean.text_for(Registration, "goal_en", goal[1], required=True),
    }
    demand_no_judge(round_, team, by)
    if not team.is_active:
        raise Conflict(say("团队已停用。", "This team is not active."))
    check_households([team])
    with transaction.atomic():
        row = _locked(round_, team)
        if row is None or row.state in (State.DECLINED, State.WITHDRAWN):
            _demand_open_registration(round_, team)
        facts = {**texts, "applied_by": by, "applied_at": timezone.now(), "reason": ""}
        cleared = {"checked_by": None, "checked_at": None, "decided_by": None, "decided_at": None}
        if row is None:
            row = Registration.objects.create(round=round_, team=team, state=State.APPLIED, **facts)
        else:
            row.move_to(State.APPLIED, **facts, **cleared)
        tell(row, by, "apply")
    return row


def check(registration: Registration, by: Person) -> Registration:
    """The county's officer has looked at the team: what it sells, its leader, its households."""
    must(by, CHECK, at=place_of_team(registration.team))
    may_decide(registration, by)
    with transaction.atomic():
        row = locked_row(registration)
        row.move_to(State.CHECKED, checked_by=by, checked_at=timezone.now())
        tell(row, by, "check")
    return row


def decline(registration: Registration, by: Person, reason: str) -> Registration:
    """Not let in, and told why: by the county's officer before she has checked it, by the organiser until it is in."""
    is_organiser = has_keys(by, registration)
    if not is_organiser:
        must(by, CHECK, at=place_of_team(registration.team))
    may_decide(registration, by)
    reason = clean.text_for(Registration, "reason", reason, required=True)
    with transaction.atomic():
        row = locked_row(registration)
        if row.state == State.CHECKED and not is_organiser:
            raise NotAllowed(say("已审核的由组织者决定。", "Once checked the organiser decides."))
        if row.state not in (State.APPLIED, State.CHECKED):
            raise Conflict()
        row.move_to(State.DECLINED, reason=reason, decided_by=by, decided_at=timezone.now())
        tell(row, by, "decline")
    return row


def approve(registration: Registration, by: Person) -> Registration:
    """The organiser lets it in, another than who checked it; whoever applied competes in this edition from now on."""
    must_at(registration.round, by, KEEP)
    may_decide(registration, by)
    if registration.round.phase(clock.now()) not in (Round.Phase.COMING, Round.Phase.OPEN):
        raise TooLate(say("赛段已经截止。", "The round has closed."))
    with transaction.atomic():
        row = locked_row(registration)
        if row.state != State.CHECKED:
            raise Conflict(say("要先由县级审核。", "Its county's officer checks it first."))
        if row.checked_by_id == by.pk:
            raise NotAllowed(say("审核和批准是两个人。", "Who has checked it does not approve it."))
        take_part(row, by)
        if row.applied_by is not None:
            compete(row.applied_by, row)
        tell(row, by, "approve")
    return row


def demand_no_judge(round_: Round, team: Team, by: Person | None = None) -> None:
    """CONFLICT where one of the team, or whoever enters it, sits in the edition's committee."""
    if has_a_judge(team, round_.edition) or (by is not None and _is(by, Role.JUDGE, round_)):
        raise Conflict(say("评委不能报名。", "Whoever judges in it does not compete."))


def compete(person: Person, registration: Registration) -> None:
    """She asked for it by applying: an entrant of the edition, so that she can never judge in it."""
    if not _is(person, Role.ENTRANT, registration.round):
        appointment.appoint(person, Role.ENTRANT, Place(subject=registration.round.edition.uid))


def _is(person: Person, role: Role, round_: Round) -> bool:
    held = Appointment.objects.filter(running(), person=person, role=role, subject=round_.edition.uid)
    return held.exists()


def has_keys(by: Person, registration: Registration) -> bool:
    """Whether the round is hers to keep."""
    return may(by, KEEP, at=place_of_round(registration.round.edition, registration.round.region))


def may_decide(registration: Registration, by: Person) -> None:
    """Refuse whoever is of the team, or has applied for it; and any deed on an archived edition."""
    demand_open(registration.round.edition)
    _must_be_no_part(by, registration.team)
    if registration.applied_by_id == by.pk:
        raise NotAllowed(OWN)


def _must_be_no_part(by: Person, team: Team) -> None:
    if is_related(by, team.pk):
        raise NotAllowed(OWN)


def _demand_coming(round_: Round) -> None:
    demand_open(round_.edition)
    if round_.phase(clock.now()) != Round.Phase.COMING:
        raise TooLate(say("赛段已经开始。", "The round has begun."))


def _demand_open_registration(round_: Round, team: Team) -> None:
    plan, now = round_.plan, clock.now()
    opens, closes = plan.registration_opens_at, plan.registration_closes_at
    if opens is None or now < opens:
        raise TooLate(say("报名还没开始。", "Registration is not open yet."))
    if closes is not None and now >= closes:
        raise TooLate(say("报名已截止。", "Registration has closed."))
    if round_.region_id is not None and round_.region_id not in above(team.county_id):
        raise Conflict(say("这一赛段是别的省的。", "This round is another province's."))


def _locked(round_: Round, team: Team) -> Registration | None:
    # Two that register one team at a moment wait for each other at its row: there may be no registration to lock yet.
    Team.objects.select_for_update().get(pk=team.pk)
    return Registration.objects.filter(round=round_, team=team).first()


def locked_row(registration: Registration) -> Registration:
    """As it is now, locked."""
    rows = Registration.objects.select_for_update(of=("self",))
    return rows.select_related("team", "round__edition", "round__region", "applied_by", "entry").get(
        pk=registration.pk
    )


def tell(row: Registration, by: Person | None, action: str) -> None:
    """Write the deed down, and let the team hear of it."""
    outbox.record(RegistrationMoved(registration_id=row.pk, state=row.state))
    audit.record(by, action, "Registration", row.uid, team=row.team.code)
