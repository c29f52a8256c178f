"""A team that is not there yet: invited in the office, written by whoever was invited, let in by its county."""

from typing import Any

import graphene
from django.db.models import Case, QuerySet, When
from django.utils import timezone

from accounts.api.access import whoever_may
from accounts.api.office import add_to_office
from accounts.reads import region_coded
from catalog.actions import application as actions
from catalog.actions import application_paper as papers
from catalog.api.access import PUBLIC, SIGNED_IN
from catalog.models import ApplicationPaper, TeamApplication
from catalog.reads import application as reads
from core.api.access import HELD
from core.api.act import Act
from core.api.connections import connection_field
from core.api.facts import guarded
from core.api.ids import uid_of
from core.api.lookahead import prefetched
from core.api.types import ModelType, enum_of, list_of, to_many
from core.refusals import NotFound

ADMITS = whoever_may(reads.ADMIT, anywhere=True)
State = TeamApplication.State
TEXTS = {
    "name_zh": "What the team is called, in Chinese.",
    "name_en": "The same in English; may be empty.",
    "village_zh": "Its village.",
    "leader_zh": "Who leads it, in Chinese.",
    "leader_en": "The same in English; may be empty.",
    "producer_zh": "The body that answers for the food.",
    "licence_number": "That body's licence; may be empty.",
    "goods": "What it grows or makes, and about how much.",
    "linking_zh": "How households gain by what it sells.",
}


class ApplicationPaperType(ModelType):
    """A paper beside an application; its file is served to whoever may read this, at `/papers/<id>/`."""

    class Meta:
        model = ApplicationPaper
        access = HELD
        fields = ("kind", "is_pdf", "added_at")
        about = {
            "kind": "What it is.",
            "is_pdf": "Whether it is a PDF; else a picture.",
            "added_at": "When it was added.",
        }

    kind_name = graphene.String(required=True, description="What it is, in the reader's language.")

    def resolve_kind_name(root, info):
        """In a word or two."""
        return str(ApplicationPaper.Kind(root.kind).words)


class TeamApplicationType(ModelType):
    """A team that is not there yet, from the invitation to the team, for whoever was invited and for its county."""

    class Meta:
        model = TeamApplication
        access = HELD
        fields = (
            *("state", "email", "phone", "county", "team", "invited_at", "expires_at", "is_woman"),
            *(*TEXTS, "submitted_at", "decided_at", "reason"),
        )
        about = {
            **TEXTS,
            "state": "Where it stands.",
            "email": "The mailbox that was invited; empty where it was a number.",
            "phone": "The number that was invited, as E.164; empty where it was a mailbox.",
            "county": "Where the team works.",
            "team": "The team that it has become; null until then.",
            "invited_at": "When the invitation was sent.",
            "expires_at": "Until when it can be begun.",
            "is_woman": "Whether the leader has told that she is a woman.",
            "submitted_at": "When it was handed in last; null where it was not.",
            "decided_at": "When somebody decided about it, or took it back; null before.",
            "reason": "What is to be completed, or why it was refused; empty of all else.",
        }

    state_name = graphene.String(required=True, description="Where it stands, in words.")
    is_over = graphene.Boolean(required=True, description="Whether nobody has begun it in time.")
    is_mine = graphene.Boolean(
        required=True, description="Whether the asker writes it: she does not decide about it."
    )
    seen = graphene.String(
        required=True,
        description="Which version this is. Sent back with a decision, so that no other is decided about.",
    )
    papers = to_many(
        "papers",
        ApplicationPaperType,
        most=reads.MOST_PAPERS,
        description="The papers beside it, the first added first.",
    )

    def resolve_state_name(root, info):
        """In the reader's language."""
        return str(State(root.state).words)

    def resolve_is_over(root, info):
        """By the clock of this question."""
        return reads.is_over(root, timezone.now())

    def resolve_is_mine(root, info):
        """By who has begun it."""
        return root.applicant_id is not None and root.applicant_id == info.context.user.pk

    def resolve_seen(root, info):
        """By the moment at which it was handed in."""
        return actions.seen_of(root)


class _WithApplication:
    application = graphene.Field(TeamApplicationType, description="As it is now.")


class TeamInvite(_WithApplication, Act):
    """Whoever lets teams in: invite somebody to bring one, by a letter to a mailbox or a text to a number."""

    class Meta:
        access = ADMITS
        rate = (60, 3600)

    class Input:
        county = graphene.String(required=True, description="The code of the county where the team works.")
        email = graphene.String(description="Her mailbox; this or a number.")
        phone = graphene.String(description="Her mobile number; this or a mailbox.")

    @classmethod
    def act(cls, request: Any, county: str, email: str = "", phone: str = "") -> Any:
        """The invitation. INVALID by field, NOT_ALLOWED for a county that is not hers, CONFLICT while one waits for the
        same mailbox or number."""
        where = region_coded(county, "county")
        return cls(application=actions.invite(request.user, where, email=email or "", phone=phone or ""))


class TeamInvitationWithdraw(_WithApplication, Act):
    """Whoever lets teams in: take back what has not been handed in."""

    class Meta:
        access = ADMITS

    class Input:
        id = graphene.ID(required=True, description="The invitation.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """It, taken back; a second time changes nothing. TOO_LATE once it was handed in."""
        return cls(application=actions.withdraw(_to_decide(request, id), request.user))


def _to_decide(request: Any, id: str) -> TeamApplication:
    found = reads.applications_at(request.user).filter(uid=uid_of(id, "TeamApplication")).first()
    if found is None:
        raise NotFound(field="id")
    return found


def _own(request: Any, id: str) -> TeamApplication:
    found = reads.applications_of(request.user).filter(uid=uid_of(id, "TeamApplication")).first()
    if found is None:
        raise NotFound(field="id")
    return found


class TeamApplicationSave(_WithApplication, Act):
    """Whoever was invited: keep what is written so far, and hand it in where that is said. The first time makes it hers."""

    class Meta:
        access = SIGNED_IN
        rate = (60, 60)

    Input = type(
        "Input",
        (),
        {
            "id": graphene.ID(required=True, description="Her invitation."),
            **{name: graphene.String(description=about) for name, about in TEXTS.items()},
            "is_woman": graphene.Boolean(description="Whether the leader tells that she is a woman."),
            "hand_in": graphene.Boolean(description="Whether its county is to look at it now."),
        },
    )

    @classmethod
    def act(cls, request: Any, id: str, hand_in: bool = False, **given: Any) -> Any:
        """It, kept. INVALID on each field that is missing where it is handed in: the rest is kept all the same.
        NOT_FOUND for another's, TOO_LATE once it was handed in, taken back, or has run out."""
        return cls(application=actions.save(_own(request, id), request.user, hand_in=bool(hand_in), **given))


class ApplicationPaperAdd(_WithApplication, Act):
    """Whoever writes an application: add a paper, sent as `file` beside this (multipart)."""

    class Meta:
        access = SIGNED_IN
        rate = (30, 60)

    class Input:
        id = graphene.ID(required=True, description="The application.")
        kind = graphene.Field(enum_of(ApplicationPaper, "kind"), required=True, description="What it is.")

    @classmethod
    def act(cls, request: Any, id: str, kind: Any) -> Any:
        """The application. INVALID on `file` for what is neither a PDF nor a picture, or is too large."""
        row = _own(request, id)
        papers.add(row, request.user, str(kind.value), request.FILES.get("file"))
        return cls(application=row)


class ApplicationPaperRemove(_WithApplication, Act):
    """Whoever writes an application: take a paper away again."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="The paper.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The application; NOT_FOUND for another's, TOO_LATE once it is handed in."""
        return cls(application=papers.remove(request.user, uid_of(id, "ApplicationPaper")))


class _Decides:
    id = graphene.ID(required=True, description="The application.")
    seen = graphene.String(required=True, description="Its `seen`, as it was shown.")


class TeamApplicationReturn(_WithApplication, Act):
    """Whoever lets teams in: ask for what is missing, or refuse it for good."""

    class Meta:
        access = ADMITS

    class Input(_Decides):
        reason = graphene.String(
            required=True, description="What is to be completed, or why not; she reads it."
        )
        for_good = graphene.Boolean(description="Whether it is refused for good.")

    @classmethod
    def act(cls, request: Any, id: str, seen: str, reason: str, for_good: bool = False) -> Any:
        """It, returned or refused. CONFLICT where it was handed in anew, or does not wait."""
        row = _to_decide(request, id)
        return cls(application=actions.send_back(row, request.user, reason, seen, for_good=bool(for_good)))


class TeamApplicationAdmit(_WithApplication, Act):
    """Whoever lets teams in: the team is set up, whoever applied keeps its desk, its leader is vouched for."""

    class Meta:
        access = ADMITS

    class Input(_Decides):
        code = graphene.String(description="The team's short public code, for good; one is made without it.")

    @classmethod
    def act(cls, request: Any, id: str, seen: str, code: str = "") -> Any:
        """It, with its team. CONFLICT where it was handed in anew, INVALID on `code` where another team has it."""
        return cls(application=actions.admit(_to_decide(request, id), request.user, seen, code or ""))


# Who has been invited more often than that has her last ones.
MOST = 10


def _mine(root: Any, info: Any) -> QuerySet[TeamApplication]:
    return prefetched(reads.applications_of(info.context.user).order_by("-pk")[:MOST], info)


def _at(root: Any, info: Any, all: bool = False) -> QuerySet[TeamApplication]:
    # A cursor cannot stand at a moment that is not there yet.
    rows = reads.applications_at(root).annotate(waits=Case(When(state=State.SUBMITTED, then=1), default=0))
    return rows if all else rows.filter(state__in=(*TeamApplication.OPEN, State.SUBMITTED))


class Query:
    my_team_applications = guarded(
        list_of(
            TeamApplicationType,
            most=MOST,
            resolver=_mine,
            description="Teams that the asker was invited to bring, by a mailbox or number that she has proved; none for a guest.",
        ),
        PUBLIC,
    )


class Mutation:
    team_invite = TeamInvite.Field()
    team_invitation_withdraw = TeamInvitationWithdraw.Field()
    team_application_save = TeamApplicationSave.Field()
    application_paper_add = ApplicationPaperAdd.Field()
    application_paper_remove = ApplicationPaperRemove.Field()
    team_application_return = TeamApplicationReturn.Field()
    team_application_admit = TeamApplicationAdmit.Field()


add_to_office(
    applications=guarded(
        connection_field(
            TeamApplicationType,
            _at,
            order=("-waits", "-id"),
            description="Teams that were invited to her places, those that wait first.",
            all=graphene.Argument(graphene.Boolean, description="Those that were decided or taken back too."),
        ),
        ADMITS,
    )
)
