"""What may be seen of people, organisations, regions and addresses; changes nothing."""

import hashlib
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import (
    Address,
    ApiToken,
    Appointment,
    Invitation,
    Membership,
    Organisation,
    Person,
    Region,
    SecondFactor,
)
from accounts.permissions import has_role, not_over, places_of, running, with_desk_alone, without_roles
from accounts.places import below
from accounts.subjects import named
from core import texts
from core.language import say
from core.refusals import Invalid, NotFound, SignInRequired

NO_SUCH_REGION = say("没有这个地区。", "There is no such region.")

Role = Membership.Role


def hashed(token: str) -> str:
    """What is kept of a token or link that is shown only once."""
    return hashlib.sha256(token.encode()).hexdigest()


# --- People ---------------------------------------------------------------------------------------


def signed_in(request: HttpRequest) -> Person:
    """Whoever is signed in; a guest is asked to."""
    if isinstance(request.user, Person):
        return request.user
    raise SignInRequired()


def live_token(text: str) -> ApiToken | None:
    """The token of this text, as long as it and its person are good."""
    rows = ApiToken.objects.filter(token_sha256=hashed(text), revoked_at=None, expires_at__gt=timezone.now())
    return rows.filter(person__is_active=True).select_related("person").first()


def person_of_token(request: HttpRequest) -> Person | None:
    """Whoever the request's bearer token stands for; the token's scopes go with the request.

    An operator's powers are never lent to a program: by token she is a person like any other, or one at a team's desk.
    """
    token = live_token(request.headers.get("Authorization", "").partition(" ")[2].strip())
    if token is None:
        return None
    request.api_scopes = frozenset(token.scopes)
    request.lent = request.api_scopes & set(ApiToken.OWN_SCOPES)
    if ApiToken.Scope.DESK in token.scopes:
        return with_desk_alone(token.person, token.created_at)
    return without_roles(token.person)


def tokens_of(person: Person) -> QuerySet[ApiToken]:
    """The person's tokens that still open the door."""
    return person.api_tokens.filter(revoked_at=None, expires_at__gt=timezone.now()).order_by("-id")


def account_in_full(person: Person) -> dict[str, Any]:
    """What this floor knows of a person, as plain values for an export."""
    factor = SecondFactor.objects.filter(person=person).first()
    return {
        "account": {
            "uid": person.uid,
            "email": person.email,
            "email_verified_at": person.email_verified_at,
            "name": person.name,
            "nickname": person.nickname,
            "phone": person.phone,
            "language": person.language,
            "mobiliser_code": person.mobiliser_code,
            "joined_at": person.joined_at,
            "last_signed_in_at": person.last_login,
            "is_operator": has_role(person),
            **{name: getattr(person, name) for name in ("erasure_asked_at", "number_lost_at")},
        },
        # That there is one, never what opens by it.
        "second_factor": {
            "set_up_at": factor and factor.confirmed_at,
            "recovery_codes_left": person.recovery_codes.filter(used_at=None).count(),
        },
        "addresses": [
            {
                "recipient": address.recipient,
                "phone": address.phone,
                "region": "".join(region.name_zh for region in region_in_full(address.region)),
                "street": address.street,
                "saved_at": address.created_at,
            }
            for address in addresses_of(person).select_related("region__parent__parent")
        ],
        "memberships": list(
            person.memberships.order_by("id").values(
                "organisation__name_zh", "role", "started_at", "ended_at"
            )
        ),
        "appointments": list(
            person.appointments.order_by("id").values(
                "role",
                "region",
                "organisation__name_zh",
                "subject",
                "starts_at",
                "ends_at",
                "reason",
                "end_reason",
            )
        ),
        "invitations": list(
            Invitation.objects.filter(email=person.email)
            .order_by("id")
            .values("organisation__name_zh", "role", "created_at", "expires_at", "used_at")
        ),
        "tokens": list(person.api_tokens.order_by("id").values("name", "scopes", "created_at", "expires_at")),
    }


def appointments_of(person: Person) -> QuerySet[Appointment]:
    """What she is appointed to, now or later, in the order in which the terms begin."""
    return named(person.appointments.filter(not_over())).order_by("starts_at", "pk")


def running_appointment(uid: UUID) -> Appointment:
    """One whose term runs."""
    return _one(Appointment.objects.filter(running(), uid=uid).select_related("person"))


def seen_by(person: Person, rows: QuerySet) -> QuerySet:
    """Of appointments, or of invitations to them, those at the places that she looks after."""
    places = places_of(person, "accounts.see_appointments")
    return rows.filter(places.rows(region="region", organisation="organisation", subject="subject"))


def appointments_seen_by(person: Person) -> QuerySet[Appointment]:
    """Whoever's, at the places that she looks after."""
    return seen_by(person, Appointment.objects.all())


# --- Organisations --------------------------------------------------------------------------------


def memberships_of(person: Person) -> QuerySet[Membership]:
    """What the person belongs to today."""
    return person.memberships.filter(ended_at=None).order_by("id")


def organisations_of(person: Person | AnonymousUser, role: str | None = None) -> QuerySet[Organisation]:
    """The organisations that the person belongs to today, whatever their state."""
    if not person.is_authenticated:
        return Organisation.objects.none()
    current = memberships_of(person)
    if role:
        current = current.filter(role=role)
    return Organisation.objects.filter(pk__in=current.values("organisation")).order_by("id")


def membership_in(person: Person | AnonymousUser, organisation: Organisation) -> Membership | None:
    """The person's part in it today, if any."""
    if not person.is_authenticated:
        return None
    return memberships_of(person).filter(organisation=organisation).first()


def is_partial_to(person: Person, organisation: Organisation) -> bool:
    """Whether the person proposed it, belongs to it or did, and so may not decide about it."""
    if organisation.proposed_by_id == person.pk:
        return True
    return organisation.memberships.filter(person=person).exists()


def is_member(person: Person | AnonymousUser, organisation: Organisation) -> bool:
    """Whether the person belongs to it today."""
    return organisations_of(person).filter(pk=organisation.pk).exists()


def is_coordinator(person: Person | AnonymousUser, organisation: Organisation) -> bool:
    """Whether the person coordinates it today; whether it is verified is another question."""
    return organisations_of(person, Role.COORDINATOR).filter(pk=organisation.pk).exists()


def organisations_seen_by(person: Person | AnonymousUser) -> QuerySet[Organisation]:
    """The verified ones, one's own in any state; whoever looks after organisations, those of her places."""
    here = {"region": "region", "organisation": "pk"}
    hers = places_of(person, "accounts.see_organisations").rows(**here)
    unions = places_of(person, "accounts.decide_union").rows(**here)
    own = organisations_of(person).values("pk")
    verified = Q(state=Organisation.State.VERIFIED)
    return Organisation.objects.filter(
        verified | Q(pk__in=own) | hers | unions & Q(kind=Organisation.Kind.UNION)
    )


def organisation_seen_by(person: Person | AnonymousUser, uid: UUID) -> Organisation:
    """One that this person may see."""
    return _one(organisations_seen_by(person).filter(uid=uid))


def organisation_led_by(person: Person, uid: UUID) -> Organisation:
    """One that this person coordinates today; for anybody else there is no such thing."""
    return _one(organisations_of(person, Role.COORDINATOR).filter(uid=uid))


def subtree(organisation: Organisation) -> list[int]:
    """The ids of an organisation and all that stand below it."""
    found, level = [organisation.pk], [organisation.pk]
    while level:
        level = list(Organisation.objects.filter(parent__in=level).values_list("pk", flat=True))
        found += level
    return found


def members_of(organisation: Organisation) -> QuerySet[Membership]:
    """Who belongs to it today."""
    return organisation.memberships.filter(ended_at=None)


def membership_led_by(person: Person, uid: UUID) -> Membership:
    """A current membership that is the person's own or in an organisation she coordinates."""
    led = organisations_of(person, Role.COORDINATOR).values("pk")
    mine = Q(person=person) | Q(organisation__in=led)
    return _one(Membership.objects.filter(mine, uid=uid, ended_at=None).select_related("organisation"))


def is_last_coordinator(membership: Membership) -> bool:
    """Whether nobody would coordinate its organisation without this one."""
    if membership.role != Role.COORDINATOR:
        return False
    coordinators = Membership.objects.filter(
        organisation=membership.organisation_id, role=Role.COORDINATOR, ended_at=None, person__is_active=True
    )
    return not coordinators.exclude(pk=membership.pk).exists()


def open_invitations(organisation: Organisation) -> QuerySet[Invitation]:
    """Links that would still let somebody in."""
    return organisation.invitations.filter(
        used_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
    ).order_by("-id")


def invitation_by_token(token: str) -> Invitation:
    """An invitation as its link shows it, while it would still let somebody in."""
    rows = Invitation.objects.filter(
        token_sha256=hashed(token), used_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
    )
    verified = rows.filter(organisation__state=Organisation.State.VERIFIED)
    return _one(verified.select_related("organisation"))


def mobiliser(code: str) -> tuple[Organisation | None, Person | None]:
    """Whose call a code stands for: a verified organisation, or a person, by an account that went into hers too; or nobody's."""
    if not (code := texts.code(code).upper()):
        return None, None
    found = Organisation.objects.filter(mobiliser_code=code, state=Organisation.State.VERIFIED).first()
    if found:
        return found, None
    by_code = Q(mobiliser_code=code) | Q(merged__mobiliser_code=code)
    return None, Person.objects.filter(by_code, is_active=True).first()


# --- Regions and addresses ------------------------------------------------------------------------


def regions_of(parent: str | None = None) -> QuerySet[Region]:
    """What lies directly below a region; without one, the 34 provincial-level regions."""
    return Region.objects.filter(parent=parent or None).order_by("code")


def regions_within(code: str) -> QuerySet[Region]:
    """A region and all that lies in it, by their codes."""
    return Region.objects.filter(code__in=below({code})).select_related("parent__parent").order_by("code")


def region_coded(code: str, field: str = "region") -> Region:
    """A region by its code, as it is written into this field of a form."""
    found = Region.objects.filter(code=code).first()
    if found is None:
        raise Invalid(NO_SUCH_REGION, field=field)
    return found


def region_to_send_to(code: str, field: str = "region") -> Region:
    """A region as precise as an address needs it: one that has no regions below."""
    try:
        region = _region(code)
    except Region.DoesNotExist:
        raise Invalid(NO_SUCH_REGION, field=field) from None
    if not is_precise(region):
        raise Invalid(say("请选择到区县。", "Please choose the county or district."), field=field)
    return region


@lru_cache(maxsize=4096)
def _region(code: str) -> Region:
    return Region.objects.get(code=code)


@cache
def _with_regions_below() -> frozenset[str]:
    # The regions come with a migration and stay for the life of a process.
    parents = Region.objects.exclude(parent=None).values_list("parent", flat=True).distinct()
    return frozenset(code for code in parents if code)


def is_precise(region: Region) -> bool:
    """Whether an address may end with this region: none lies below it."""
    return region.code not in _with_regions_below()


def region_in_full(region: Region) -> list[Region]:
    """The region with all above it, the province first."""
    chain = [region]
    while above := chain[0].parent:
        chain.insert(0, above)
    return chain


def addresses_of(person: Person) -> QuerySet[Address]:
    """The person's addresses, the usual one first."""
    return person.addresses.order_by("-is_default", "-id")


def address_of(person: Person, uid: UUID) -> Address:
    """One of the person's own; anybody else's does not exist."""
    return _one(person.addresses.filter(uid=uid))


def _one(rows: QuerySet):
    row = rows.first()
    if row is None:
        raise NotFound()
    return row
