"""Organisations in the office: verified, declined and suspended by somebody who is none of them."""

from typing import Any

import graphene

from accounts import office
from accounts.actions import membership as memberships
from accounts.actions import organisation as organisations
from accounts.api.access import HELD, SIGNED_IN, whoever_may
from accounts.clean import email_address
from accounts.models import Organisation, Person
from core.api.access import Access
from core.api.act import Act
from core.api.connections import connection_field
from core.api.facts import guarded
from core.api.ids import global_id, uid_of
from core.api.lookahead import prefetched
from core.api.types import Localized, ModelType, PlainType, enum_of, list_of
from core.language import say
from core.refusals import Invalid

DECIDES = Access(
    "whoever verifies organisations", lambda request, parent: office.decides_organisations(request.user)
)


class OfficeOrganisationType(ModelType):
    """An organisation as whoever verifies it sees it, in any state."""

    class Meta:
        model = Organisation
        main = False
        name = "OfficeOrganisation"
        access = HELD
        fields = (
            "kind",
            "name_zh",
            "name_en",
            "region",
            "state",
            "state_reason",
            "created_at",
            "verified_at",
        )
        about = {
            "kind": "What kind of body it is.",
            "name_zh": "Its name in Chinese.",
            "name_en": "Its name in English; empty where it has none.",
            "region": "Where it is.",
            "state": "Only a verified one may invite, mobilise and buy together.",
            "state_reason": "Why it is declined or suspended; else empty.",
            "created_at": "When it was proposed.",
            "verified_at": "When it was verified last; null where it never was.",
        }

    id = graphene.ID(required=True, description="The id of the Organisation.")
    name = Localized("name", description="Its name in the reader's language.")
    kind_name = graphene.String(required=True, description="Its kind in the reader's language.")
    parent_name = graphene.String(
        required=True, description="What stands above it; empty where nothing does."
    )
    coordinators = list_of(
        graphene.String,
        most=20,
        resolver=lambda root, info: office.coordinators_of(root),
        description="The mailboxes of those who coordinate it today.",
    )
    may_decide = graphene.Boolean(
        required=True, description="Whether it is the asker's to decide about: she is and was none of it."
    )

    def resolve_id(root, info):
        """The same id as on every other page and in the API."""
        return global_id("Organisation", root.uid)

    def resolve_kind_name(root, info):
        """As every form calls it."""
        return str(Organisation.Kind(root.kind).words)

    def resolve_parent_name(root, info):
        """By its Chinese name, which each has."""
        return root.parent.name_zh if root.parent else ""

    def resolve_may_decide(root, info):
        """Nobody decides about an organisation of her own, of today or before."""
        return office.may_decide(info.context.user, root)


class OrganisationOffice(PlainType):
    """The organisations that the asker verifies."""

    class Meta:
        access = HELD

    organisations = connection_field(
        OfficeOrganisationType,
        lambda root, info, search="", state=None: office.organisations_found(
            info.context.user, search or "", state.value if state else ""
        ),
        order=("-id",),
        description="The newest first.",
        search=graphene.Argument(graphene.String, description="Part of a name."),
        state=graphene.Argument(enum_of(Organisation, "state"), description="Only those in this state."),
    )


def _office(root: Any, info: Any) -> OrganisationOffice | None:
    return OrganisationOffice() if office.decides_organisations(info.context.user) else None


def _organisation(root: Any, info: Any, id: str) -> Organisation | None:
    rows = office.organisations_decided_by(info.context.user).filter(uid=uid_of(id, "Organisation"))
    return prefetched(rows.select_related("parent", "region"), info).first()


def _to_decide(request: Any, id: str) -> Organisation:
    return office.organisation_to_decide(request.user, uid_of(id, "Organisation"))


class OrganisationVerify(Act):
    """Whoever verifies organisations and is none of this one: vouch for it, for the first time or again."""

    class Meta:
        access = DECIDES

    class Input:
        id = graphene.ID(required=True, description="The organisation.")

    organisation = graphene.Field(OfficeOrganisationType, description="The organisation, verified.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The organisation; CONFLICT where its state allows it not, NOT_ALLOWED for one of her own."""
        row = _to_decide(request, id)
        organisations.verify(row, request.user)
        return cls(organisation=row)


class OrganisationDecline(Act):
    """Whoever verifies organisations and is none of this one: do not accept it, for good, and say why."""

    class Meta:
        access = DECIDES

    class Input:
        id = graphene.ID(required=True, description="The organisation.")
        reason = graphene.String(required=True, description="Why; its coordinators read it.")

    organisation = graphene.Field(OfficeOrganisationType, description="The organisation, declined.")

    @classmethod
    def act(cls, request: Any, id: str, reason: str) -> Any:
        """The organisation; CONFLICT where it was decided about before, NOT_ALLOWED for one of her own."""
        row = _to_decide(request, id)
        organisations.decline(row, request.user, reason)
        return cls(organisation=row)


class OrganisationSuspend(Act):
    """Whoever verifies organisations and is none of this one: stop its inviting and buying together, and say why."""

    class Meta:
        access = DECIDES

    class Input:
        id = graphene.ID(required=True, description="The organisation.")
        reason = graphene.String(required=True, description="Why; its coordinators read it.")

    organisation = graphene.Field(OfficeOrganisationType, description="The organisation, suspended.")

    @classmethod
    def act(cls, request: Any, id: str, reason: str) -> Any:
        """The organisation; CONFLICT where it is not verified, NOT_ALLOWED for one of her own."""
        row = _to_decide(request, id)
        organisations.suspend(row, request.user, reason)
        return cls(organisation=row)


class CoordinatorName(Act):
    """Operators: name who coordinates an organisation from now on, beside whoever does today."""

    class Meta:
        # Whether a mailbox has an account is told to nobody who may not name its person.
        access = whoever_may("accounts.name_coordinator", anywhere=True)

    class Input:
        organisation = graphene.ID(required=True, description="The organisation.")
        email = graphene.String(required=True, description="The mailbox of her account.")

    organisation = graphene.Field(OfficeOrganisationType, description="The organisation.")

    @classmethod
    def act(cls, request: Any, organisation: str, email: str) -> Any:
        """The organisation; she is told by mail. INVALID where no account that can sign in has this mailbox."""
        row = office.organisation_to_decide(
            request.user, uid_of(organisation, "Organisation", field="organisation"), "organisation"
        )
        person = Person.objects.of_mailbox(email_address(email)).first()
        if person is None:
            raise Invalid(say("没有这个账户。", "There is no such account."), field="email")
        memberships.appoint(row, person, request.user)
        return cls(organisation=row)


class Query:
    """What the office may read of organisations."""

    organisation_office = guarded(
        graphene.Field(
            OrganisationOffice,
            resolver=_office,
            description="The organisations that the asker verifies; null for whoever verifies none.",
        ),
        SIGNED_IN,
    )
    office_organisation = guarded(
        graphene.Field(
            OfficeOrganisationType,
            args={"id": graphene.Argument(graphene.ID, required=True, description="The organisation.")},
            resolver=_organisation,
            description="An organisation that the asker verifies; null for any other.",
        ),
        SIGNED_IN,
    )


class Mutation:
    """What the office may do with organisations."""

    organisation_verify = OrganisationVerify.Field()
    organisation_decline = OrganisationDecline.Field()
    organisation_suspend = OrganisationSuspend.Field()
    coordinator_name = CoordinatorName.Field()
