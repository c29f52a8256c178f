"""A lot's shares, put right after units were sold: asked for at the team's desk, decided by whoever verifies there."""

from typing import Any
from uuid import UUID

import graphene
from django.utils import timezone

from accounts.permissions import absent
from catalog.models import Lot, Team
from catalog.reads.teams import desks_of
from core.api.access import HELD, SIGNED_IN, Access
from core.api.act import Act
from core.api.facts import guarded
from core.api.ids import global_id, uid_of
from core.api.nodes import Door
from core.api.types import MoneyField, PlainType, enum_of, list_of
from core.language import localized
from impact.actions import correction as corrections
from impact.api.household import code_of
from impact.api.lots import LotShareInput, grams_of
from impact.models import Household, LotShare, ShareCorrection, ShareVersion
from impact.reads import correction as reads
from impact.reads.sharings import for_others, lacking, made_good_of, sharings_of

DECIDES = Access(
    "whoever verifies households", lambda request, parent: reads.decides_corrections(request.user)
)
State = ShareCorrection.State


class ChangedShare(PlainType):
    """What a correction makes of one household's share of a lot."""

    class Meta:
        access = HELD

    number = graphene.Int(description="By which its team calls it; null where it has none.")
    code = graphene.String(required=True, description="Its pseudonym.")
    grams_before = graphene.Int(
        required=True, description="What is, or was, on record, in grams; 0: nothing."
    )
    grams = graphene.Int(required=True, description="What it shall be; 0: nothing.")


class ShareCorrectionType(PlainType):
    """What was asked to be put right of a lot's shares, as its own team sees it."""

    class Meta:
        name = "ShareCorrection"
        access = HELD

    id = graphene.ID(
        required=True,
        resolver=lambda root, info: global_id("ShareCorrection", root.uid),
        description="Opaque id, the same for ever.",
    )
    state = graphene.Field(
        enum_of(ShareCorrection, "state"), required=True, description="Whether it is decided, and how."
    )
    reason = graphene.String(required=True, description="Why, as its leader wrote.")
    asked_at = graphene.DateTime(required=True, description="When it was asked for.")
    decided_at = graphene.DateTime(description="When it was decided.")
    refusal = graphene.String(required=True, description="Why not, where it was not agreed to; else empty.")
    moved = MoneyField(
        "moved_minor", description="Once approved: so much of what was set aside is others' since; else 0."
    )
    made_good = MoneyField(
        "made_good_minor", description="Once approved: so much the team's reserve has paid; else 0."
    )


class CorrectionEffect(PlainType):
    """What would follow of a correction, as things stand now."""

    class Meta:
        access = HELD

    moved = MoneyField(
        "moved_minor", description="Of what is set aside: for others than now, to within a fen a household."
    )
    made_good = MoneyField(
        "made_good_minor", description="What the team's reserve would pay of what is owed."
    )


class OfficeCorrection(PlainType):
    """A correction as whoever decides it sees it: what it changes for whom, while she has it open for a purpose."""

    class Meta:
        door = Door("officeCorrection", lambda request, uids: _shown(request.user, uids))
        access = HELD

    id = graphene.ID(
        required=True,
        resolver=lambda root, info: global_id("OfficeCorrection", root.uid),
        description="Opaque id, the same for ever.",
    )
    state = graphene.Field(
        enum_of(ShareCorrection, "state"), required=True, description="Whether it is decided, and how."
    )
    team_name = graphene.String(
        required=True,
        resolver=lambda root, info: localized(root.lot.variant.product.team, "name"),
        description="Whose lot it is.",
    )
    product_name = graphene.String(
        required=True,
        resolver=lambda root, info: localized(root.lot.variant.product, "name"),
        description="What it is a lot of.",
    )
    lot_code = graphene.String(
        required=True, resolver=lambda root, info: root.lot.code, description="As printed on the parcel."
    )
    reason = graphene.String(required=True, description="Why, as the team's leader wrote.")
    asked_at = graphene.DateTime(required=True, description="When it was asked for.")
    decided_at = graphene.DateTime(description="When it was decided.")
    refusal = graphene.String(required=True, description="Why not, where it was not agreed to; else empty.")
    may_decide = graphene.Boolean(
        required=True,
        resolver=lambda root, info: reads.may_decide(info.context.user, root),
        description="Whether the asker may decide it: it waits, she did not ask for it, and it is not of her own team.",
    )
    open_until = graphene.DateTime(
        resolver=lambda root, info: getattr(root, "open_until", None),
        description="Until when the asker has it open; null while it is closed.",
    )
    changes = list_of(
        ChangedShare,
        most=1000,
        resolver=lambda root, info: _changes(root) if getattr(root, "open_until", None) else [],
        description="Whose share it changes, before and after; nothing while it is closed.",
    )
    effect = graphene.Field(
        CorrectionEffect,
        resolver=lambda root, info: _effect(root),
        description="What would follow of it; null while it is closed, and once it is decided.",
    )


def corrections_of_lot(team: Team, lot: str) -> Any:
    """What was asked of one of the team's lots, the last first."""
    return reads.corrections_of(team).filter(lot__uid=uid_of(lot, "Lot", field="lot"))[:20]


def last_changes(team: Team, lot: str) -> list[dict[str, Any]]:
    """Whose share the last that was asked of one of the team's lots changes."""
    last = corrections_of_lot(team, lot).first()
    return _changes(last) if last else []


def _changes(correction: ShareCorrection) -> list[dict[str, Any]]:
    after = corrections.grams_of(correction)
    version = ShareVersion.objects.filter(lot=correction.lot_id, number=correction.version).first()
    before = (
        {int(household): weight for household, weight in version.grams.items()}
        if version
        else dict(LotShare.objects.filter(lot=correction.lot_id).values_list("household", "grams"))
    )
    changed = {pk for pk in {**before, **after} if before.get(pk) != after.get(pk)}
    rows = Household.objects.filter(pk__in=changed).order_by("number", "pk")
    return [
        {
            "number": row.number,
            "code": code_of(row),
            "grams_before": before.get(row.pk, 0),
            "grams": after.get(row.pk, 0),
        }
        for row in rows
    ]


def _effect(correction: ShareCorrection) -> CorrectionEffect | None:
    if correction.state != State.ASKED or not getattr(correction, "open_until", None):
        return None
    grams, stands = corrections.grams_of(correction), sharings_of(correction.lot_id)
    made_good = lacking(stands, made_good_of(correction.lot_id), grams)
    effect = CorrectionEffect()
    effect.moved_minor, effect.made_good_minor = for_others(stands, grams), sum(made_good.values())
    return effect


def _office_correction(root: Any, info: Any, id: str) -> ShareCorrection | None:
    return next(iter(_shown(info.context.user, [uid_of(id, "OfficeCorrection")])), None)


def _shown(person: Any, uids: list[UUID]) -> list[ShareCorrection]:
    """What they change is shown while she has them open, and each such page is written down first."""
    found = list(reads.corrections_decided_by(person).filter(uid__in=uids))
    openings = reads.openings_of(found, person, timezone.now())
    for correction in found:
        if opening := openings.get(correction.pk):
            corrections.read(opening)
            correction.open_until = opening.until
    return found


def _to_decide(request: Any, id: str) -> ShareCorrection:
    return reads.correction_to_decide(request.user, uid_of(id, "OfficeCorrection"))


class LotSharesCorrect(Act):
    """Leaders: ask for a lot's shares to be put right once units of it are sold; whoever verifies there decides."""

    class Meta:
        access = SIGNED_IN
        rate = (20, 3600)

    class Input:
        lot = graphene.ID(required=True, description="A lot of the asker's own team.")
        shares = graphene.List(
            graphene.NonNull(LotShareInput), required=True, description="All of them, each household once."
        )
        version = graphene.Int(required=True, description="The version of the shares that it puts right.")
        reason = graphene.String(required=True, description="Why, naming nobody; at most 200 characters.")

    correction = graphene.Field(ShareCorrectionType, description="What was asked for.")

    @classmethod
    def act(cls, request: Any, lot: str, shares: list[Any], version: int, reason: str) -> Any:
        """It waits. INVALID where the weights do not fit; CONFLICT where another waits, another version is in force, or
        nothing is sold yet."""
        its = Lot.objects.filter(variant__product__team__in=desks_of(request.user, reads.ASK))
        found = (
            its.filter(uid=uid_of(lot, "Lot", field="lot")).select_related("variant__product__team").first()
        )
        if found is None:
            raise absent(request.user, reads.ASK)
        asked = corrections.ask(found, grams_of(shares), version, reason, request.user)
        return cls(correction=asked)


class ShareCorrectionWithdraw(Act):
    """Leaders: take back what they have asked for, before it is decided."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="A correction of the asker's own team.")

    correction = graphene.Field(ShareCorrectionType, description="It, taken back.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """It; CONFLICT once it is decided."""
        its = ShareCorrection.objects.filter(
            lot__variant__product__team__in=desks_of(request.user, reads.ASK)
        )
        found = its.filter(uid=uid_of(id, "ShareCorrection")).select_related("lot__variant__product").first()
        if found is None:
            raise absent(request.user, reads.ASK)
        return cls(correction=corrections.withdraw(found, request.user))


class CorrectionOpen(Act):
    """Whoever verifies there: open what a correction changes for each household, for half an hour. Each page is written down."""

    class Meta:
        access = DECIDES
        rate = (60, 60)

    class Input:
        id = graphene.ID(required=True, description="The correction.")
        purpose = graphene.String(required=True, description="What for; at most 120 characters.")

    until = graphene.DateTime(description="Until when it is open to her.")

    @classmethod
    def act(cls, request: Any, id: str, purpose: str) -> Any:
        """Until when; INVALID without a purpose."""
        return cls(until=corrections.open_correction(_to_decide(request, id), request.user, purpose).until)


class CorrectionApprove(Act):
    """Whoever verifies there, is none of its team and did not ask: put the new weights in force; the money follows, once."""

    class Meta:
        access = DECIDES
        rate = (30, 60)

    class Input:
        id = graphene.ID(required=True, description="The correction.")

    correction = graphene.Field(OfficeCorrection, description="It, approved.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """It; CONFLICT where it is decided, the shares have changed since, or the team has too little to make good what is
        owed already."""
        return cls(correction=corrections.approve(_to_decide(request, id), request.user))


class CorrectionRefuse(Act):
    """Whoever verifies there, is none of its team and did not ask: do not agree, and say why."""

    class Meta:
        access = DECIDES

    class Input:
        id = graphene.ID(required=True, description="The correction.")
        reason = graphene.String(required=True, description="Why, naming nobody; its team reads it.")

    correction = graphene.Field(OfficeCorrection, description="It, not agreed to.")

    @classmethod
    def act(cls, request: Any, id: str, reason: str) -> Any:
        """It; CONFLICT where it is decided."""
        return cls(correction=corrections.refuse(_to_decide(request, id), request.user, reason))


class Query:
    """What whoever decides may read of corrections."""

    office_corrections = guarded(
        list_of(
            OfficeCorrection,
            most=100,
            resolver=lambda root, info: reads.waiting_first(info.context.user)[:100],
            description="Corrections of lots' shares where the asker verifies, those that wait first.",
        ),
        SIGNED_IN,
    )
    office_correction = guarded(
        graphene.Field(
            OfficeCorrection,
            args={"id": graphene.Argument(graphene.ID, required=True, description="The correction.")},
            resolver=_office_correction,
            description="One of them; null for any other.",
        ),
        SIGNED_IN,
        cost=10,
    )


class Mutation:
    """What may be asked for and decided."""

    lot_shares_correct = LotSharesCorrect.Field()
    share_correction_withdraw = ShareCorrectionWithdraw.Field()
    correction_open = CorrectionOpen.Field()
    correction_approve = CorrectionApprove.Field()
    correction_refuse = CorrectionRefuse.Field()
