"""Teams that are not there yet, as whoever was invited sees her own, and as their county sees them."""

from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from accounts.models import Person, SignInWay
from accounts.permissions import places_of
from accounts.ways import ways_of
from catalog.models import ApplicationPaper, TeamApplication
from core.language import say

ADMIT = "catalog.admit_teams"
Kind = SignInWay.Kind
# What a county must know of a team before it looks at it, and what is said where it is missing.
NEEDED = {
    "name_zh": say("还没写团队叫什么。", "What the team is called is missing."),
    "village_zh": say("还没写哪个村。", "Its village is missing."),
    "leader_zh": say("还没写谁带头。", "Who leads it is missing."),
    "producer_zh": say("还没写谁对食品负责。", "Who answers for the food is missing."),
    "goods": say("还没写种什么、做什么。", "What you grow or make is missing."),
    "linking_zh": say("还没写农户怎么得益。", "How households gain is missing."),
}
MOST_PAPERS = 6


def applications_of(person: Any) -> QuerySet[TeamApplication]:
    """Hers: those that she has begun, and invitations to a mailbox or number that she has proved. Of anybody else there is
    none, so that a stranger who opens the page of one learns nothing of it."""
    if not person.is_authenticated:
        return TeamApplication.objects.none()
    ways = ways_of(person)
    to_her = Q(email__in=ways.filter(kind=Kind.EMAIL).values("value"))
    to_her |= Q(phone__in=ways.filter(kind=Kind.PHONE).values("value"))
    return TeamApplication.objects.filter(Q(applicant=person) | Q(to_her, applicant=None))


def applications_at(person: Any) -> QuerySet[TeamApplication]:
    """Those of counties where she lets teams in, those that wait first."""
    return TeamApplication.objects.filter(places_of(person, ADMIT).rows(region="county"))


def paper_seen_by(person: Any, uid: UUID) -> ApplicationPaper | None:
    """A paper, for whoever wrote the application and whoever decides about it where it lies; for nobody else."""
    rows = ApplicationPaper.objects.filter(
        Q(application__in=applications_of(person).filter(applicant=person.pk))
        | Q(application__in=applications_at(person).exclude(state__in=TeamApplication.UNSEEN))
    )
    return rows.filter(uid=uid).select_related("file").first() if person.is_authenticated else None


def missing(application: TeamApplication) -> list[str]:
    """The columns that are still to be written before it can be handed in."""
    return [name for name in NEEDED if not getattr(application, name)]


def is_over(application: TeamApplication, now: Any) -> bool:
    """Whether nobody has begun it in time."""
    return application.state == TeamApplication.State.INVITED and application.expires_at <= now


def export(person: Person) -> dict[str, Any]:
    """What she has written of a team to be (`settings.PERSON_EXPORTERS`), and which papers stand beside it."""
    texts = ("name_zh", "name_en", "village_zh", "leader_zh", "leader_en", "is_woman", "producer_zh")
    about = (
        "email",
        "phone",
        "county__name_zh",
        "state",
        "invited_at",
        "submitted_at",
        "decided_at",
        "reason",
    )
    rows = applications_of(person).order_by("pk")
    papers = ApplicationPaper.objects.filter(application__in=rows.filter(applicant=person)).order_by("pk")
    return {
        "team_applications": list(rows.values(*about, *texts, "licence_number", "goods", "linking_zh")),
        "application_papers": list(papers.values("kind", "is_pdf", "added_at", of=F("application__name_zh"))),
        "applications_decided": list(
            TeamApplication.objects.filter(Q(invited_by=person) | Q(decided_by=person))
            .order_by("pk")
            .values("county__name_zh", "state", "invited_at", "decided_at")
        ),
    }
