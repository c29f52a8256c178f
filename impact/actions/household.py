"""Households: proposed by a team, verified by an operator who is not of it, withdrawn whenever they wish."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.actions import audit
from accounts.clean import line
from accounts.models import AuditEntry, Person, Region
from accounts.permissions import must
from accounts.places import Place
from catalog.models import Team
from catalog.reads import is_related
from core import clock
from core.language import say
from core.middleware import request_id
from core.outbox import record
from core.refusals import Invalid, NotAllowed
from core.states import move_many
from impact.actions import short_name
from impact.actions.disclosed_households import disclose_first
from impact.events import EntryHasFewHouseholds
from impact.models import DetailReading, Entry, Household, HouseholdDetail, HouseholdStatus
from impact.reads.household import FEWEST, verified_of
from impact.sealing import seal_facts, unseal_facts

State = Household.State


@dataclass(frozen=True)
class Proposal:
    """A household as its team proposes it; `details` (name, telephone, bank) and what the team calls it are kept sealed."""

    team: Team
    county: Region
    consented_at: datetime | None
    details: dict[str, Any] = field(default_factory=dict)
    kind: str = HouseholdStatus.Kind.REGISTERED
    since: date | None = None
    short_name: str = ""


def propose(proposal: Proposal, by: Person | None) -> Household:
    """Propose one household."""
    return propose_many([proposal], by)[0]


@transaction.atomic
def propose_many(proposals: Sequence[Proposal], by: Person | None) -> list[Household]:
    """Propose households; without a family's consent there is no proposal."""
    if any(proposal.consented_at is None for proposal in proposals):
        words = say("须先取得农户的同意。", "The household must have agreed first.")
        raise Invalid(words, field="consented")
    made = [
        Household(team=p.team, county=p.county, consented_at=p.consented_at, proposed_by=by)
        for p in proposals
    ]
    short_name.number(made)
    Household.objects.bulk_create(made)
    pairs = zip(made, proposals, strict=True)
    if named := {row: p.short_name for row, p in pairs if p.short_name}:
        short_name.keep_names(named)
    HouseholdDetail.objects.bulk_create(
        HouseholdDetail(household=household, sealed=seal_facts(proposal.details))
        for household, proposal in zip(made, proposals, strict=True)
        if proposal.details
    )
    HouseholdStatus.objects.bulk_create(
        HouseholdStatus(
            household=household,
            kind=proposal.kind,
            since=proposal.since or timezone.localdate(proposal.consented_at),
        )
        for household, proposal in zip(made, proposals, strict=True)
    )
    _note(by, "household.propose", made)
    return made


def verify(household: Household, by: Person) -> Household:
    """Vouch for one household."""
    return verify_many([household], by)[0]


@transaction.atomic
def verify_many(households: Sequence[Household], by: Person) -> list[Household]:
    """A verifier vouches for households; never for those of a team that is her own, or that she proposed."""
    decided = _decide(households, by, State.VERIFIED, verified_at=timezone.now(), verified_by=by)
    disclose_first({household.team_id for household in decided})
    return decided


def reject(household: Household, by: Person, reason: str) -> Household:
    """A verifier declines a proposal and says why, in words that name nobody: its team reads them. The details are
    destroyed."""
    return _decide([household], by, State.REJECTED, decline_reason=line(reason, "reason", 200))[0]


@transaction.atomic
def _decide(households: Sequence[Household], by: Person, state: str, **fields: Any) -> list[Household]:
    for county in {household.county_id for household in households}:
        must(by, "impact.verify_household", at=Place(region=county))
    teams = {household.team_id for household in households}
    _must_be_another(by, teams)
    if any(household.proposed_by_id == by.pk for household in households):
        words = say("您登记的农户由别人核实。", "Whoever proposed a household does not verify it.")
        raise NotAllowed(words)
    move_many(households, state, **fields)
    if state == State.REJECTED:
        _destroy_details(households)
    _note(by, f"household.{state}", households)
    return list(households)


def _must_be_another(by: Person, teams: Collection[int]) -> None:
    # Past membership included, as for the team's listings: who leaves in the morning verifies nothing at noon.
    if any(is_related(by, team) for team in teams):
        words = say("不能核实自己团队的农户。", "Nobody verifies households of a team that is her own.")
        raise NotAllowed(words)


@transaction.atomic
def withdraw(household: Household, by: Person | None, reason: str = "") -> Household:
    """The family no longer wishes to take part, whether anybody has verified it yet or not: details are destroyed, what
    the ledger holds stays balanced.

    Where too few are left behind an entry of a contest, the operators hear of it before anything shows.
    """
    # Locked, so that of two families that leave at once one is found to be the one by which they are too few.
    before = list(
        verified_of(household.team_id)
        .order_by("pk")
        .select_for_update(no_key=True)
        .values_list("pk", flat=True)
    )
    household.refresh_from_db(fields=["state"])
    was_verified = household.pk in before
    household.move_to(State.WITHDRAWN, withdrawn_at=timezone.now(), decline_reason=reason)
    _destroy_details([household])
    if was_verified and len(before) <= FEWEST:
        record(*[EntryHasFewHouseholds(pk) for pk in _entries_that_move(household.team_id)])
    _note(by, "household.withdraw", [household])
    return household


def take_out(household: Household, by: Person, reason: str) -> Household:
    """The same by the office, which says why in words that name nobody: its team reads them. Raises NotAllowed for a team
    of her own, and for whoever may not verify there."""
    must(by, "impact.verify_household", at=Place(region=household.county_id))
    _must_be_another(by, {household.team_id})
    return withdraw(household, by, line(reason, "reason", 200))


def _entries_that_move(team_id: int) -> QuerySet[Entry, int]:
    """Entries whose public figures still follow each purchase."""
    entries = Entry.objects.filter(
        team=team_id,
        approved_at__isnull=False,
        round__freezes_at__gt=clock.now(),
        disclosure__held_since=None,
    )
    return entries.values_list("pk", flat=True)


def _destroy_details(households: Collection[Household]) -> None:
    HouseholdDetail.objects.filter(household__in=households).delete()
    short_name.destroy(households)


@transaction.atomic
def open_details(household: Household, by: Person, purpose: str) -> dict[str, Any]:
    """Read what names a household; only whoever verifies may, and every opening is written down: its team sees it."""
    must(by, "impact.open_details", at=Place(region=household.county_id))
    purpose = line(purpose, "purpose", 120, required=False)
    if not purpose:
        raise Invalid(say("请说明查看的用途。", "Say what you need it for."), field="purpose")
    DetailReading.objects.create(household=household, reader=by, purpose=purpose)
    audit.record(by, "household.open_details", "Household", household.uid)
    detail = HouseholdDetail.objects.filter(household=household).first()
    return unseal_facts(detail.sealed) if detail else {}


def _note(by: Person | None, action: str, households: Sequence[Household]) -> None:
    if len(households) == 1:
        audit.record(by, action, "Household", households[0].uid)
        return
    named = request_id.get()
    AuditEntry.objects.bulk_create(
        AuditEntry(
            actor=by,
            deed=action,
            noun="Household",
            object_uid=str(household.uid),
            request_id="" if named == "-" else named,
        )
        for household in households
    )
