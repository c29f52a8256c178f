"""A team comes in: invited to a mailbox or number, written down by whoever proves that it is hers, let in by its county."""

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import clean as written
from accounts import texting
from accounts.actions import appointment, audit, text_code
from accounts.models import Appointment, Person, Region
from accounts.models.appointment import Role
from accounts.permissions import must
from accounts.places import Place
from accounts.ways import ways_of
from catalog import clean
from catalog.actions import team as teams
from catalog.events import ApplicationMoved
from catalog.models import ApplicationPaper, Leader, Team, TeamApplication
from catalog.reads.application import ADMIT, NEEDED, is_over, missing
from core import outbox
from core.language import say
from core.refusals import Conflict, Invalid, NotAllowed, NotFound, Refusal, TooLate, every

State = TeamApplication.State
LASTS = timedelta(days=30)
# Of one that came to nothing nothing is kept, and of a team that has come in no paper.
KEPT_FOR = timedelta(days=90)
TEXTS = (
    *("name_zh", "name_en", "village_zh", "leader_zh", "leader_en"),
    *("producer_zh", "licence_number", "goods", "linking_zh"),
)
OF_ITS_TEAM = ("name_zh", "name_en", "village_zh", "producer_zh", "licence_number", "linking_zh")
# Of one that is a team: what its own row does not need, and what the team says itself.
HERS = ("phone", "leader_zh", "leader_en", "producer_zh", "licence_number", "reason")
WAITS = say(
    "已经有一份邀请在等这个人。要重发，先收回那一份。",
    "An invitation waits for this person already. To send another, take that one back first.",
)
HANDED_IN = say("已经交上去了，现在不能改。", "It is handed in, and cannot be changed now.")
CHANGED = say(
    "您看过之后，申请又交过一次。请再看一遍。", "It was handed in anew since you looked. Please look again."
)


def invite(by: Person, county: Region, *, email: str = "", phone: str = "") -> TeamApplication:
    """Ask whoever has this mailbox or this number to bring a team of this county; she hears of it by mail or by text.

    INVALID where neither or both are given, or it is none; NOT_ALLOWED elsewhere than she lets teams in, or for a
    number where no text goes out; TOO_MANY_REQUESTS where it was texted a moment ago; CONFLICT while one waits for the same.
    """
    must(by, ADMIT, at=Place(region=county.code))
    if county.level != Region.Level.COUNTY:
        raise Invalid(say("请选择县（市、区）。", "Choose a county."), field="county")
    if bool(email.strip()) == bool(phone.strip()):
        words = say("邮箱和手机号，填一个。", "Give a mailbox or a mobile number, one of the two.")
        raise Invalid(words, field="email")
    to = (
        {"email": written.email_address(email)}
        if email.strip()
        else {"phone": written.mobile_number(phone, "phone")}
    )
    with transaction.atomic():
        # Its sender's row is the lock: of two presses one letter goes out.
        Person.objects.select_for_update(no_key=True).get(pk=by.pk)
        _let_go(to)
        if _open_to(to):
            raise Conflict(WAITS, field=next(iter(to)))
        if number := to.get("phone"):
            _must_be_texted(number)
        row = _made(county=county, invited_by=by, expires_at=timezone.now() + LASTS, **to)
        _moved(row, by, "invite")
    return row


def _must_be_texted(number: str) -> None:
    """Refused where no text would go out, or too many did: a stranger's number is not to be rung by inviting and taking back."""
    if not texting.carries("team_invitation"):
        raise NotAllowed(text_code.NO_TEXTS, field="phone")
    text_code.count(number, "phone")


def _made(**facts: Any) -> TeamApplication:
    try:
        with transaction.atomic():
            return TeamApplication.objects.create(**facts)
    except IntegrityError:  # somebody else has invited the same this moment
        raise Conflict(WAITS, field="phone" if facts.get("phone") else "email") from None


def _open_to(to: dict[str, str]) -> bool:
    state = (*TeamApplication.OPEN, State.SUBMITTED)
    return TeamApplication.objects.filter(**to, state__in=state).exists()


def _let_go(to: dict[str, str]) -> None:
    """What nobody has begun in time stands in no other's way."""
    over = TeamApplication.objects.filter(**to, state=State.INVITED, expires_at__lte=timezone.now())
    for row in over:
        row.move_to(State.WITHDRAWN, decided_at=timezone.now())


def withdraw(row: TeamApplication, by: Person) -> TeamApplication:
    """Take back an invitation, or what is still being written; who may let it in may."""
    must(by, ADMIT, at=Place(region=row.county_id))
    if row.state not in (*TeamApplication.OPEN, State.WITHDRAWN):
        raise TooLate(say("她已经交上来了。", "She has handed it in."))
    if row.state != State.WITHDRAWN:
        with transaction.atomic():
            row.move_to(State.WITHDRAWN, decided_at=timezone.now())
            audit.record(by, "withdraw", "TeamApplication", row.uid)
    return row


def save(row: TeamApplication, by: Person, *, hand_in: bool = False, **given: Any) -> TeamApplication:
    """Keep what she has written so far, whatever is still missing; with `hand_in` her county is asked to look at it.

    What is wrong or missing is refused by its field only after the rest is kept: nothing typed is lost.
    """
    _must_be_open(row)
    refused: list[Refusal] = []
    texts: dict[str, Any] = {}
    for name in TEXTS:
        if given.get(name) is None:
            continue  # it stays as it is
        try:
            texts[name] = clean.text_for(TeamApplication, name, given[name])
        except Refusal as no:
            refused.append(no)
    with transaction.atomic():
        row = there(TeamApplication.objects.select_for_update(), row)
        _must_be_open(row)
        facts = {**texts, "applicant": by, "saved_at": timezone.now()}
        if given.get("is_woman") is not None:
            facts["is_woman"] = given["is_woman"]
        if row.state == State.INVITED:
            row.move_to(State.WRITING, **facts)
            audit.record(by, "begin", "TeamApplication", row.uid)
        else:
            TeamApplication.objects.filter(pk=row.pk).update(**facts)
            row.refresh_from_db()
    if refused:
        refused[0].beside = tuple(refused[1:])
        raise refused[0]
    return submit(row, by) if hand_in else row


def there(rows: QuerySet[TeamApplication], row: TeamApplication) -> TeamApplication:
    """It, anew; NOT_FOUND where whoever wrote it has closed her account meanwhile."""
    if (found := rows.filter(pk=row.pk).first()) is None:
        raise NotFound(field="id")
    return found


def _must_be_open(row: TeamApplication) -> None:
    if is_over(row, timezone.now()):
        raise TooLate(
            say(
                "这份邀请已过期，请向发给您的人要一份新的。",
                "This invitation has run out. Ask for a new one.",
            )
        )
    if row.state == State.WITHDRAWN:
        raise TooLate(say("这份邀请已被收回。", "This invitation was taken back."))
    if row.state not in TeamApplication.OPEN:
        raise TooLate(HANDED_IN)


def submit(row: TeamApplication, by: Person) -> TeamApplication:
    """Hand it in; INVALID on each field that is missing."""
    every({name: _refusal(name) for name in missing(row)})
    with transaction.atomic():
        row.move_to(State.SUBMITTED, submitted_at=timezone.now(), reason="", decided_by=None, decided_at=None)
        _moved(row, by, "submit")
    return row


def _refusal(name: str) -> Any:
    def refuse() -> None:
        raise Invalid(NEEDED[name], field=name)

    return refuse


def seen_of(row: TeamApplication) -> str:
    """By what whoever decides says which version she has looked at."""
    return row.submitted_at.isoformat() if row.submitted_at else ""


def send_back(row: TeamApplication, by: Person, reason: str, seen: str, *, for_good: bool) -> TeamApplication:
    """Ask her to complete it, or refuse it for good; either with the reason, which she reads."""
    reason = written.line(reason, "reason", 400)
    with transaction.atomic():
        row = _to_decide(row, by, seen)
        facts = {"reason": reason, "decided_by": by, "decided_at": timezone.now()}
        row.move_to(State.REFUSED if for_good else State.RETURNED, **facts)
        _moved(row, by, "refuse" if for_good else "return")
    return row


def admit(row: TeamApplication, by: Person, seen: str, code: str = "") -> TeamApplication:
    """Let it in: the team is set up, whoever applied keeps its desk, and its leader is vouched for by who decides.

    The desk offers nothing that nobody has reviewed, so this gives a place to begin and no more.
    """
    with transaction.atomic():
        row = _to_decide(row, by, seen)
        texts = {name: getattr(row, name) for name in OF_ITS_TEAM}
        code = code.strip() or _free_code(row.county_id)
        try:
            with transaction.atomic():
                team = teams.set_up(by, code, row.county, required=("name_zh",), **texts)
        except IntegrityError:  # another was let in this moment, under the same code
            raise Conflict() from None
        now = timezone.now()
        Leader.objects.create(
            team=team,
            name_zh=row.leader_zh,
            name_en=row.leader_en,
            is_woman=row.is_woman,
            introduced_by=row.applicant,
            introduced_at=row.submitted_at,
            verified_by=by,
            verified_at=now,
        )
        assert row.applicant is not None  # whoever is gone has taken it with her
        reason = str(say("新团队申请通过", "Its application was accepted").zh)
        appointment.give(
            Appointment(
                person=row.applicant,
                by=by,
                role=Role.TEAM_MANAGER,
                subject=team.uid,
                starts_at=now,
                reason=reason,
            )
        )
        row.move_to(State.ADMITTED, team=team, decided_by=by, decided_at=now)
        _moved(row, by, "admit")
    return row


def _free_code(county: str) -> str:
    """The county's code with the next number; whoever decides may give another."""
    n = 1
    while Team.objects.filter(code=f"C{county}{n:02}").exists():
        n += 1
    return f"C{county}{n:02}"


def _to_decide(row: TeamApplication, by: Person, seen: str) -> TeamApplication:
    must(by, ADMIT, at=Place(region=row.county_id))
    found = TeamApplication.objects.select_for_update(of=("self",)).select_related("county", "applicant")
    row = there(found, row)
    if row.applicant_id == by.pk:
        raise NotAllowed(say("不能审核自己的申请。", "Nobody decides about her own application."))
    if row.state != State.SUBMITTED:
        raise Conflict()
    if seen_of(row) != seen:
        raise Conflict(CHANGED)
    return row


def _moved(row: TeamApplication, by: Person, action: str) -> None:
    outbox.record(ApplicationMoved(application_id=row.pk, state=row.state))
    audit.record(by, action, "TeamApplication", row.uid, county=row.county_id)


def forget_old() -> int:
    """For beat: what came to nothing is forgotten after ninety days, and so are the papers of a team that is there."""
    since = timezone.now() - KEPT_FOR
    ended = Q(state__in=(State.WITHDRAWN, State.REFUSED), decided_at__lt=since)
    lapsed = Q(state=State.INVITED, expires_at__lt=since)
    # What she wrote stays as long as she goes on with it.
    left = Q(saved_at__lt=since) & (Q(state=State.WRITING) | Q(state=State.RETURNED, decided_at__lt=since))
    gone, _ = TeamApplication.objects.filter(ended | lapsed | left).delete()
    papers, _ = ApplicationPaper.objects.filter(
        application__state=State.ADMITTED, application__decided_at__lt=since
    ).delete()
    return gone + papers


def forget(person: Person) -> None:
    """Of whoever is erased: what she has not handed in as a team goes, with its papers; of a team that is there stays what
    the team says itself (`settings.PERSON_ERASERS`)."""
    TeamApplication.objects.filter(applicant=person).exclude(state=State.ADMITTED).delete()
    ways = list(ways_of(person).values_list("value", flat=True))
    TeamApplication.objects.filter(Q(email__in=ways) | Q(phone__in=ways), applicant=None).delete()
    ApplicationPaper.objects.filter(application__applicant=person).delete()
    for row in TeamApplication.objects.filter(applicant=person):
        TeamApplication.objects.filter(pk=row.pk).update(
            email=f"{row.uid}@erased.invalid", is_woman=False, **dict.fromkeys(HERS, "")
        )
