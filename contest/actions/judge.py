"""Who sits in a committee: seated by her appointment, and judging once she has named what ties her to the teams."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.events import Appointed
from accounts.models import Appointment, Person
from accounts.models.appointment import OF_A_TEAM
from accounts.permissions import must
from accounts.places import Place
from accounts.reads import region_coded
from catalog.models import Team
from contest.actions import conflict
from contest.actions.edition import demand_open
from contest.models import Conflict, Judge
from contest.reads.apart import competes, judges_where
from contest.reads.judging import JUDGE
from core.language import say
from core.refusals import Conflict as SomeoneElse
from core.refusals import Invalid, NotFound
from core.texts import visible
from impact.models import Edition, Entry

MOST_TIES = 600
APART = say(
    "评委与参赛人不能是同一人：参赛团队的人不评这一届。",
    "Judge and entrant are never one person: nobody of a team that competes in an edition judges it.",
)


def take_seats(events: Sequence[Appointed]) -> None:
    """At once: whoever is appointed to judge an edition has a part in its committee, and what ties her to its entries is
    looked for before she is shown anything. CONFLICT for one of a team that competes in it."""
    rows = Appointment.objects.filter(pk__in=[e.appointment_id for e in events], role=Appointment.Role.JUDGE)
    editions = {edition.uid: edition for edition in Edition.objects.filter(uid__in=rows.values("subject"))}
    for row in rows:
        if row.subject in editions:
            if competes(row.person_id, editions[row.subject]):
                raise SomeoneElse(APART)
            judge, _ = Judge.objects.get_or_create(edition=editions[row.subject], person_id=row.person_id)
            conflict.look_for_ties([judge])


def keep_off_teams(events: Sequence[Appointed]) -> None:
    """At once: nobody comes to work at the desk of a team that competes in an edition which she judges."""
    rows = Appointment.objects.filter(pk__in=[e.appointment_id for e in events], role__in=OF_A_TEAM)
    teams = {team.uid: team for team in Team.objects.filter(uid__in=rows.values("subject"))}
    if any(judges_where(row.person_id, teams[row.subject]) for row in rows if row.subject in teams):
        raise SomeoneElse(APART)


def judge_at(edition: Edition, by: Person) -> Judge:
    """Her part in an edition's committee, while she is appointed to it; NotFound for anybody else."""
    must(by, JUDGE, at=Place(subject=edition.uid))
    judge = Judge.objects.filter(edition=edition, person=by).select_related("person", "edition").first()
    if judge is None:
        raise NotFound(field="edition")
    return judge


def declare(edition: Edition, by: Person, county: str, ties: str = "", is_complete: bool = False) -> Judge:
    """She says where she lives or works and with which teams she or her family has to do: those of them that take part do
    not exist for her from now on.

    What she writes is kept as it stands and answered alike whether or not such a team takes part, so that nothing is
    learnt of those that are hidden from her; whoever keeps the contest reads it. Said again it adds to what she said.
    """
    judge = judge_at(edition, by)
    demand_open(edition)
    region = region_coded(county, "county")
    if region.children.exists():  # a city without counties stands for itself
        raise Invalid(say("请选到县级。", "Please choose a county."), field="county")
    if not is_complete:
        words = say("请确认已写明全部关系。", "Please confirm that you have named all ties.")
        raise Invalid(words, field="is_complete")
    lines = _lines(ties)
    with transaction.atomic():
        row = Judge.objects.select_for_update(of=("self",)).select_related("person").get(pk=judge.pk)
        said = row.declared_ties.splitlines()
        row.declared_ties = "\n".join([*said, *(each for each in lines if each not in said)])
        _check_length(row.declared_ties)
        row.county, row.declared_at = region, timezone.now()
        row.save(update_fields=["county", "declared_at", "declared_ties"])
        for entry in _named(edition, lines):
            conflict.declared(row, entry, Conflict.Kind.KINSHIP)
        conflict.look_for_ties([row])
        audit.record(by, "declare_ties", "Judge", row.uid)
    return row


def _lines(ties: str) -> list[str]:
    return [plain for each in visible(ties or "").splitlines() if (plain := " ".join(each.split()))]


def _check_length(text: str) -> None:
    if len(text) > MOST_TIES:
        raise Invalid(say("最多 {n} 个字。", "At most {n} characters.", n=MOST_TIES), field="ties")


def _named(edition: Edition, lines: Sequence[str]) -> list[Entry]:
    """The entries whose team is called so, by its code or by its name in either language."""
    asked = {each.casefold() for each in lines}
    rows = Entry.objects.filter(round__edition=edition).select_related("team", "round")
    return [entry for entry in rows if asked & {name.casefold() for name in _names(entry)}]


def _names(entry: Entry) -> tuple[str, ...]:
    return entry.number, entry.team.code, entry.team.name_zh, entry.team.name_en
