"""Organisations are proposed by people and verified by an operator, who is none of them."""

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.clean import line
from accounts.events import OrganisationVerified
from accounts.models import Membership, Organisation, Person
from accounts.permissions import Place, may, must
from accounts.reads import is_partial_to, region_coded, subtree
from core import outbox
from core.language import say
from core.refusals import Invalid, NotAllowed, every

State = Organisation.State
MOST_WAITING = 3


def propose(
    by: Person,
    *,
    kind: str,
    name_zh: str,
    region: str,
    name_en: str = "",
    parent: Organisation | None = None,
) -> Organisation:
    """Put an organisation forward; its proposer coordinates it, and it may do nothing until verified."""
    told = every(
        {
            "kind": lambda: _kind(kind),
            "region": lambda: region_coded(region),
            "parent": lambda: _above(parent),
            "name_zh": lambda: line(name_zh, "name_zh", 80),
            "name_en": lambda: line(name_en, "name_en", 120, required=False),
        }
    )
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=by.pk)
        if Organisation.objects.filter(proposed_by=by, state=State.PROPOSED).count() >= MOST_WAITING:
            words = say("您已有 {n} 个组织在等待审核。", "{n} of yours are waiting already.", n=MOST_WAITING)
            raise Invalid(words)
        organisation = Organisation.objects.create(**told, proposed_by=by)
        organisation.memberships.create(person=by, role=Membership.Role.COORDINATOR)
    return organisation


def _kind(kind: str) -> str:
    if kind not in Organisation.Kind.values:
        raise Invalid(field="kind")
    return kind


def _above(parent: Organisation | None) -> Organisation | None:
    if parent and not parent.is_verified:
        raise Invalid(say("上级组织还没有通过审核。", "The parent is not verified."), field="parent")
    return parent


def verify(organisation: Organisation, by: Person) -> None:
    """An operator has checked who they are: it may invite, mobilise and buy together."""
    _check_operator(organisation, by)
    with transaction.atomic():
        organisation.move_to(State.VERIFIED, verified_by=by, verified_at=timezone.now(), state_reason="")
        audit.record(by, "verify", "Organisation", organisation.uid)
        outbox.record(OrganisationVerified(organisation_id=organisation.pk))


def decline(organisation: Organisation, by: Person, reason: str) -> None:
    """An operator could not find that they are who they say, and says why: its coordinators read it."""
    _check_operator(organisation, by)
    reason = line(reason, "reason", 200)
    with transaction.atomic():
        organisation.move_to(State.DECLINED, state_reason=reason)
        audit.record(by, "decline", "Organisation", organisation.uid)


def suspend(organisation: Organisation, by: Person, reason: str) -> None:
    """Until verified again it may neither invite nor mobilise; its open invitations end, and its coordinators read why."""
    _check_operator(organisation, by)
    reason = line(reason, "reason", 200)
    with transaction.atomic():
        organisation.move_to(State.SUSPENDED, state_reason=reason)
        organisation.invitations.filter(used_at=None, withdrawn_at=None).update(withdrawn_at=timezone.now())
        audit.record(by, "suspend", "Organisation", organisation.uid)


def place_under(organisation: Organisation, parent: Organisation | None, by: Person) -> None:
    """Give it another place in the tree; never below itself."""
    _check_operator(organisation, by)
    with transaction.atomic():
        # Two moves at once could close a ring that neither sees: moves wait for each other.
        list(Organisation.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
        if parent and parent.pk in subtree(organisation):
            words = say("不能放在自己的下级之下。", "It cannot stand below itself.")
            raise Invalid(words, field="parent")
        organisation.parent = parent
        organisation.save(update_fields=["parent"])
        audit.record(
            by, "place_under", "Organisation", organisation.uid, parent=str(parent.uid) if parent else None
        )


def _check_operator(organisation: Organisation, by: Person) -> None:
    at = Place(region=organisation.region_id, organisation=organisation.pk)
    if organisation.kind != Organisation.Kind.UNION or not may(by, "accounts.decide_union", at):
        must(by, "accounts.decide_organisation", at)
    if is_partial_to(by, organisation):
        raise NotAllowed(
            say("不能审核自己所在的组织。", "Nobody decides about an organisation of their own.")
        )
