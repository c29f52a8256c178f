"""Appointments are given by invitation and ended in the office; whoever is invited accepts by her link."""

from datetime import datetime
from typing import Any

import graphene
from django.db.models import QuerySet
from django.utils import timezone

from accounts import reads
from accounts.actions import appointment as appointments
from accounts.actions import role_invitation as invitations
from accounts.api.access import HELD, PUBLIC, SIGNED_IN
from accounts.api.appointment import KEEPS, KINDS, AppointmentType, RoleInvitationType
from accounts.api.office import add_to_office
from accounts.models import Appointment, Person, RoleInvitation
from accounts.models.appointment import FITS, Role
from accounts.permissions import appointed_by, may_anywhere, places_of, running
from accounts.places import Place
from accounts.subjects import choices, named, subject_with
from core import clock, language
from core.api.act import Act
from core.api.connections import connection_field
from core.api.facts import guarded
from core.api.ids import uid_of
from core.api.lookahead import prefetched
from core.api.types import PlainType, enum_of, list_of
from core.refusals import NotFound, Refusal

MOST_SUBJECTS = 500


class AppointmentTime(graphene.Enum):
    """Which appointments, by their terms."""

    CURRENT = "CURRENT"
    COMING = "COMING"
    ENDED = "ENDED"

    @property
    def description(self) -> str:
        """A sentence for the schema."""
        return {
            "CURRENT": "Those whose term runs.",
            "COMING": "Those whose term has not begun.",
            "ENDED": "Those whose term is over, or never began.",
        }[self.value]


class RoleChoice(PlainType):
    """A role that the asker may give."""

    class Meta:
        access = HELD

    role = graphene.String(required=True, description="Its name in the API.")
    name = graphene.String(required=True, description="What it is called.")
    places = list_of(
        lambda: PlaceKind, most=4, description="Where it can be held: one of these kinds of places."
    )


class PlaceKind(PlainType):
    """A kind of place at which a role can be held."""

    class Meta:
        access = HELD

    kind = graphene.String(required=True, description="SHOP, REGION, ORGANISATION or SUBJECT (a team).")
    name = graphene.String(required=True, description="What it is called.")


class SubjectChoice(PlainType):
    """A team or an edition to appoint somebody at."""

    class Meta:
        access = HELD

    id = graphene.ID(required=True, description="Its id.")
    name = graphene.String(required=True, description="Its name in the reader's language.")


class RegionChoice(PlainType):
    """A region to appoint somebody at."""

    class Meta:
        access = HELD

    code = graphene.String(required=True, description="Six digits, by GB/T 2260.")
    name = graphene.String(required=True, description="Its name with all that it lies in.")


def _roles(root: Person, info: Any) -> list[RoleChoice]:
    return [
        RoleChoice(
            role=role.name,
            name=str(role.words),
            places=[
                PlaceKind(kind=kind.upper(), name=str(KINDS[kind.upper()]))
                for kind in FITS
                if role in FITS[kind]
            ],
        )
        for role in Role
        if may_anywhere(root, appointed_by(role))
    ]


def _regions(root: Person, info: Any, province: str) -> list[RegionChoice]:
    rows = reads.regions_within(province)
    return [
        RegionChoice(
            code=row.code,
            name=" ".join(language.localized(region, "name") for region in reads.region_in_full(row)),
        )
        for row in rows
    ]


def _subjects(root: Person, info: Any, role: str) -> list[SubjectChoice]:
    if role not in Role.__members__ or Role[role] not in FITS["subject"]:
        return []
    where = places_of(root, appointed_by(Role[role])).rows(region="lies", subject="uid")
    return [SubjectChoice(id=id, name=str(name)) for id, name in choices(Role[role], MOST_SUBJECTS, where)]


def _people(root: Person, info: Any, time: Any = None) -> QuerySet[Appointment]:
    now = timezone.now()
    rows = named(reads.appointments_seen_by(root))
    if time == AppointmentTime.COMING:
        return rows.filter(reads.not_over(), starts_at__gt=now)
    if time == AppointmentTime.ENDED:
        return rows.exclude(reads.not_over())
    return rows.filter(running(now))


def _offers(root: Person, info: Any) -> QuerySet[RoleInvitation]:
    seen = reads.seen_by(root, invitations.waiting())
    return prefetched(named(seen).order_by("-pk"), info)


add_to_office(
    may_appoint=guarded(
        list_of(RoleChoice, most=len(Role), resolver=_roles, description="The roles that she may give."),
        KEEPS,
    ),
    region_choices=guarded(
        list_of(
            RegionChoice,
            most=250,
            resolver=_regions,
            description="A province and all that lies in it.",
            province=graphene.Argument(graphene.String, required=True, description="Its code."),
        ),
        KEEPS,
    ),
    subject_choices=guarded(
        list_of(
            SubjectChoice,
            most=MOST_SUBJECTS,
            resolver=_subjects,
            description="The teams or editions at which she may give a role.",
            role=graphene.Argument(graphene.String, required=True, description="The role, by its name."),
        ),
        KEEPS,
    ),
    people=guarded(
        connection_field(
            AppointmentType,
            _people,
            order=("-id",),
            description="Who is appointed to what at the places that she looks after, the latest first.",
            time=graphene.Argument(AppointmentTime, description="Which of them; without it those that run."),
        ),
        KEEPS,
    ),
    offers=guarded(
        list_of(
            RoleInvitationType,
            most=200,
            resolver=_offers,
            description="Invitations to roles that nobody has accepted yet.",
        ),
        KEEPS,
    ),
)


class RoleInvitationSend(Act):
    """Invite somebody to a role by a letter to her mailbox; she accepts by its link, within 7 days."""

    class Meta:
        access = SIGNED_IN
        rate = (60, 3600)

    class Input:
        email = graphene.String(required=True, description="Her mailbox; she need not have an account yet.")
        role = graphene.Field(enum_of(Appointment, "role"), required=True, description="The role.")
        region = graphene.String(description="The code of the region where; all below it is included.")
        organisation = graphene.ID(description="The organisation where.")
        subject = graphene.ID(description="The team where. Without any place it is the whole shop.")
        starts_at = graphene.DateTime(
            description="From when; from now without it. Without a zone, in Shanghai."
        )
        ends_at = graphene.DateTime(
            description="The first moment outside; without it no end is set. Without a zone, in Shanghai."
        )
        reason = graphene.String(description="Why; she reads it.")

    invitation = graphene.Field(RoleInvitationType, description="What was sent.")

    @classmethod
    def act(
        cls,
        request: Any,
        email: str,
        role: Any,
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
        reason: str = "",
        **at: str,
    ) -> Any:
        """The invitation. NOT_ALLOWED for whoever may not give this role there, INVALID by field, CONFLICT while the
        same waits for her already."""
        where = _place(request.user, str(role.value), **at)
        starts_at, ends_at = (at and clock.in_shanghai(at) for at in (starts_at, ends_at))
        sent = invitations.send(email, str(role.value), where, request.user, starts_at, ends_at, reason or "")
        return cls(invitation=sent)


def _place(by: Person, role: str, region: str = "", organisation: str = "", subject: str = "") -> Place:
    uid = uid_of(organisation, "Organisation", field="organisation") if organisation else None
    return Place(
        reads.region_coded(region).code if region else None,
        reads.organisation_seen_by(by, uid).pk if uid else None,
        subject_with(role, subject, field="subject") if subject else None,
    )


class RoleInvitationAccept(Act):
    """Accept a role by the link in one's letter, signed in with the address it was sent to."""

    class Meta:
        access = SIGNED_IN
        rate = (20, 60)

    class Input:
        token = graphene.String(required=True, description="What the link carries.")

    appointment = graphene.Field(AppointmentType, description="What she is appointed to.")

    @classmethod
    def act(cls, request: Any, token: str) -> Any:
        """Her appointment. INVALID for what is no link of ours, TOO_LATE once it is used, withdrawn or past, or whoever
        sent it may not any more, NOT_ALLOWED if it was sent to another mailbox, CONFLICT beside what she holds."""
        return cls(appointment=invitations.accept(token, request.user))


class RoleInvitationWithdraw(Act):
    """Take back an invitation to a role that nobody has accepted."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="The invitation.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """Nothing; a second time changes nothing. NOT_FOUND for whoever does not see it, TOO_LATE once it is used."""
        row = invitations.seen_by(request.user).filter(uid=uid_of(id, "RoleInvitation")).first()
        if row is None:
            raise NotFound()
        invitations.withdraw(row.uid, request.user)


class AppointmentEnd(Act):
    """End an appointment now, before its time or before it begins; its person is told why."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="The appointment.")
        reason = graphene.String(required=True, description="Why; its person reads it.")

    appointment = graphene.Field(AppointmentType, description="The appointment, ended.")

    @classmethod
    def act(cls, request: Any, id: str, reason: str) -> Any:
        """The appointment. NOT_FOUND for whoever does not see it, NOT_ALLOWED for one's own and for whoever may not give
        it there, CONFLICT once it is over and for the last owner."""
        row = reads.appointments_seen_by(request.user).filter(uid=uid_of(id, "Appointment")).first()
        if row is None:
            raise NotFound()
        return cls(appointment=appointments.end(row, request.user, reason))


def _role_invitation(root: Any, info: Any, token: str) -> RoleInvitation | None:
    try:
        row = invitations.behind(token)
    except Refusal:
        return None
    return prefetched(named(invitations.waiting().filter(pk=row.pk)), info).first()


def _mine(root: Any, info: Any) -> QuerySet[RoleInvitation]:
    return prefetched(named(invitations.waiting_for(info.context.user).order_by("-pk")), info)


class Query:
    my_role_invitations = guarded(
        list_of(
            RoleInvitationType,
            most=20,
            resolver=_mine,
            description="The roles that wait for the asker to accept them; none for a guest.",
        ),
        PUBLIC,
    )
    role_invitation = guarded(
        graphene.Field(
            RoleInvitationType,
            args={"token": graphene.Argument(graphene.String, required=True, description="From the link.")},
            resolver=_role_invitation,
            description="The role behind a link, for whoever was sent it; null once it is used, withdrawn or past.",
        ),
        PUBLIC,
    )


class Mutation:
    role_invitation_send = RoleInvitationSend.Field()
    role_invitation_accept = RoleInvitationAccept.Field()
    role_invitation_withdraw = RoleInvitationWithdraw.Field()
    appointment_end = AppointmentEnd.Field()
