"""Ceremonies: told to everybody, invited to by letter, attended by a code, and the one that opens a round."""

from typing import Any

import graphene
from django.db.models import QuerySet

from contest.actions import ceremony as ceremonies
from contest.api.organiser import KEEPS_IT, add_to_round
from contest.models import Ceremony, CeremonyGuest
from contest.reads import ceremony as reads
from contest.reads import keeping
from core.api.access import HELD, PUBLIC, SIGNED_IN
from core.api.act import Act
from core.api.connections import connection_field
from core.api.facts import cache_tags, guarded
from core.api.ids import key_of, uid_of
from core.api.types import Localized, ModelType, PlainType, list_of

CEREMONY = "The ceremony."
OTHER_LANGUAGE = "The same in English; may be empty."


class CeremonyType(ModelType):
    """A launch or an award of an edition."""

    class Meta:
        model = Ceremony
        fields = ("begins_at", "link", "opened_at")
        access = HELD
        about = {
            "begins_at": "When it begins.",
            "link": "Where it is followed or recorded; may be empty.",
            "opened_at": "When it opened its round, by the trade's clock; null where it has not.",
        }

    title = Localized("title", description="In the reader's language.")
    place = Localized("place", description="In the reader's language; may be empty.")
    opens_round = graphene.Boolean(required=True, description="Whether it is to open a round, or has.")

    def resolve_opens_round(root, info):
        """By its row alone."""
        return root.opens_id is not None


class CeremonyGuestType(ModelType):
    """Somebody who is invited, as whoever keeps the edition knows her."""

    class Meta:
        model = CeremonyGuest
        fields = ("name", "body", "code", "invited_at", "came_at")
        access = HELD
        about = {
            "name": "Her name.",
            "body": "Whom she comes for; may be empty.",
            "code": "What her invitation carries.",
            "invited_at": "When she was invited.",
            "came_at": "When she was let in; null before.",
        }


class OrganiserCeremonyType(CeremonyType):
    """A ceremony at its organiser's desk."""

    class Meta:
        model = Ceremony
        main = False
        name = "OrganiserCeremony"
        fields = ("begins_at", "link", "opened_at", "title_zh", "title_en", "place_zh", "place_en")
        access = HELD
        about = {
            "begins_at": "When it begins.",
            "link": "Where it is followed or recorded; may be empty.",
            "opened_at": "When it opened its round; null where it has not.",
            "title_zh": "In Chinese.",
            "title_en": "In English; may be empty.",
            "place_zh": "In Chinese; may be empty.",
            "place_en": "In English; may be empty.",
        }

    invited = graphene.Int(required=True, description="How many are invited.")
    came = graphene.Int(required=True, description="How many have come.")
    guests = connection_field(
        CeremonyGuestType,
        lambda root, info: CeremonyGuest.objects.filter(ceremony=root),
        order=("name", "id"),
        description="Who is invited, by name.",
    )

    def resolve_invited(root, info):
        """Those who have come are among them."""
        return root.guests.count()

    def resolve_came(root, info):
        """Whom somebody has let in."""
        return root.guests.filter(came_at__isnull=False).count()


class CeremonyInvitation(PlainType):
    """An invitation, to whoever has its code."""

    class Meta:
        access = HELD

    code = graphene.String(required=True, description="As it was made.")
    name = graphene.String(required=True, description="Who is invited.")
    body = graphene.String(required=True, description="Whom she comes for; may be empty.")
    came_at = graphene.DateTime(description="When she was let in; null before.")
    ceremony = graphene.Field(CeremonyType, required=True, description="To what.")
    lets_in = graphene.Boolean(required=True, description="Whether the asker lets guests in there.")

    def resolve_lets_in(root, info):
        """Whoever keeps the edition."""
        return reads.is_managed(info.context.user, root.ceremony)


class CeremonySave(Act):
    """Tell of a ceremony of an edition, or change what is told of one."""

    class Meta:
        access = SIGNED_IN

    class Input:
        edition = graphene.String(required=True, description="The edition's slug.")
        id = graphene.ID(description="The ceremony; a new one where it is left out.")
        title_zh = graphene.String(required=True, description="At most 80 characters.")
        title_en = graphene.String(description=OTHER_LANGUAGE)
        place_zh = graphene.String(description="At most 120 characters.")
        place_en = graphene.String(description=OTHER_LANGUAGE)
        begins_at = graphene.DateTime(required=True, description="Without a zone, in Shanghai.")
        link = graphene.String(description="A live picture or recording, by https; may be empty.")
        opens = graphene.ID(description="The round that it opens; none where it is left out.")

    ceremony = graphene.Field(OrganiserCeremonyType, description="The ceremony.")

    @classmethod
    def act(
        cls, request: Any, edition: str, id: str | None = None, opens: str | None = None, **facts: Any
    ) -> Any:
        """The ceremony; NOT_FOUND for an edition that is not hers to keep."""
        its = keeping.edition_called(request.user, edition)
        known = (
            reads.managed_ceremony(request.user, uid_of(id, "OrganiserCeremony", field="id"), "id")
            if id
            else None
        )
        facts["opens"] = (
            keeping.round_of(request.user, key_of(opens, "Round", field="opens"), "opens") if opens else None
        )
        return {"ceremony": ceremonies.save(its, request.user, facts, known)}


class CeremonyInvite(Act):
    """Invite somebody; with a mailbox she is told by letter."""

    class Meta:
        access = SIGNED_IN
        rate = (200, 60)

    class Input:
        ceremony = graphene.ID(required=True, description=CEREMONY)
        name = graphene.String(required=True, description="At most 60 characters.")
        body = graphene.String(description="Whom she comes for; may be empty.")
        email = graphene.String(description="Her mailbox; may be empty.")
        language = graphene.String(description="Of her letter: zh or en; zh where it is left out.")

    guest = graphene.Field(CeremonyGuestType, description="The guest.")

    @classmethod
    def act(cls, request: Any, ceremony: str, **facts: Any) -> Any:
        """The guest; CONFLICT where the mailbox is invited already."""
        its = reads.managed_ceremony(request.user, uid_of(ceremony, "OrganiserCeremony", field="ceremony"))
        return {"guest": ceremonies.invite(its, request.user, facts)}


class CeremonyLetIn(Act):
    """Note that a guest has come, by the code of her invitation."""

    class Meta:
        access = SIGNED_IN
        rate = (200, 60)

    class Input:
        code = graphene.String(required=True, description="As her QR code or she says it.")

    guest = graphene.Field(CeremonyGuestType, description="The guest.")

    @classmethod
    def act(cls, request: Any, code: str) -> Any:
        """The guest, also where she had come already; NOT_FOUND for a code of another ceremony."""
        return {"guest": ceremonies.let_in(reads.managed_guest(request.user, code), request.user)}


class CeremonyOpen(Act):
    """Open the round of a ceremony, now."""

    class Meta:
        access = SIGNED_IN

    class Input:
        ceremony = graphene.ID(required=True, description=CEREMONY)

    ceremony = graphene.Field(OrganiserCeremonyType, description="The ceremony.")

    @classmethod
    def act(cls, request: Any, ceremony: str) -> Any:
        """The ceremony; TOO_LATE where the round has begun, CONFLICT without a frozen rulebook."""
        its = reads.managed_ceremony(request.user, uid_of(ceremony, "OrganiserCeremony", field="ceremony"))
        return {"ceremony": ceremonies.open_it(its, request.user)}


def _of_round(root: Any, info: Any) -> QuerySet[Ceremony]:
    return reads.ceremonies_managed(info.context.user).filter(edition=root.edition_id)[:20]


add_to_round(
    ceremonies=guarded(
        list_of(
            OrganiserCeremonyType,
            most=20,
            resolver=_of_round,
            description="The edition's ceremonies, where hers to keep.",
        ),
        KEEPS_IT,
    )
)


class Query:
    ceremonies = cache_tags(
        guarded(
            list_of(
                CeremonyType,
                most=20,
                resolver=lambda root, info, edition: reads.ceremonies_of(edition)[:20],
                description="An edition's ceremonies, the first to begin first.",
                edition=graphene.Argument(graphene.String, required=True, description="The edition's slug."),
            ),
            PUBLIC,
        ),
        "contest",
    )
    ceremony_invitation = guarded(
        graphene.Field(
            CeremonyInvitation,
            args={"code": graphene.Argument(graphene.String, required=True, description="Its code.")},
            resolver=lambda root, info, code: reads.guest_called(code),
            description="An invitation to a ceremony; null where none has this code.",
        ),
        PUBLIC,
    )


class Mutation:
    ceremony_save = CeremonySave.Field()
    ceremony_invite = CeremonyInvite.Field()
    ceremony_let_in = CeremonyLetIn.Field()
    ceremony_open = CeremonyOpen.Field()
