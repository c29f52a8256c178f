"""Say who grew a lot before the first unit of it is sold; until then a mistake is mended by a new version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.actions import audit
from accounts.models import Person
from accounts.permissions import may
from catalog.actions import desk
from catalog.actions.stock import lock
from catalog.models import Lot, Product
from catalog.reads import desks_of
from core.language import say
from core.refusals import Conflict, Invalid, NotAllowed
from impact.actions.ledger import account_ids
from impact.models import Credit, Household, LotShare, LotTally, ShareVersion
from impact.models.kind import NAMING_HOUSEHOLDS
from impact.reads.positions import AccountKey

# What households bring, in percent of what a lot's units weigh. Fresh produce is packed as it comes; of leaves or
# mushrooms a tenth may be left when they are dried, and to what is processed others add. A point in the wrong place
# is beyond it.
FRESH, WORKED = (50, 200), (20, 1500)
SOLD = say("已有人购买，不能再更改分配。", "Units of this lot are sold or held: its shares are fixed.")


@dataclass(frozen=True)
class Grown:
    """How many grams of a lot each household brought, by household id."""

    lot: Lot
    grams: Mapping[int, int]


def share_out(lot: Lot, grams: Mapping[int, int], by: Person | None) -> None:
    """Set one lot's shares."""
    share_out_many([Grown(lot, grams)], by)


@transaction.atomic
def share_out_many(grown: Sequence[Grown], by: Person | None) -> None:
    """Set lots' shares. In few statements, whatever their number.

    A lot of level 2 has exactly one household, of level 1 at least two, of level 0 (the team's pool) none
    and so is not named here. The households are verified ones of the lot's own team.
    """
    lots = _unsold([g.lot.pk for g in grown])
    if len(lots) < len(grown) or LotTally.objects.filter(lot_id__in=lots).exists():
        raise Conflict(say("这一批次的分配已经确定。", "The shares of this lot are set already."))
    _may(by, lots.values())
    _check(grown, lots, by)
    Lot.objects.filter(pk__in=lots).update(traced_at=timezone.now())
    LotTally.objects.bulk_create(LotTally(lot_id=g.lot.pk, grams=sum(g.grams.values())) for g in grown)
    ShareVersion.objects.bulk_create(_version(g, 1, by) for g in grown)
    _put(grown)
    # The lots' accounts are opened now, so that no buyer's payment waits for another that opens the same one.
    team_of = {pk: lot.variant.product.team_id for pk, lot in lots.items()}
    account_ids([AccountKey(kind, team, lot) for lot, team in team_of.items() for kind in NAMING_HOUSEHOLDS])


@transaction.atomic
def weigh_anew(grown: Grown, version: int, by: Person | None) -> None:
    """Mend what was weighed in for a lot before the first unit of it is sold: the next version, and the former ones stay.

    `version` is the one that she has before her: of two who mend at once, the second looks again.
    """
    lots = _unsold([grown.lot.pk])
    _may(by, lots.values())
    tally = LotTally.objects.select_for_update(no_key=True).filter(lot=grown.lot).first()
    if tally is None or tally.number or tally.corrections:
        raise Conflict(
            SOLD if tally else say("这一批次还没有登记。", "Nothing is on record of this lot yet.")
        )
    if version != last_number(grown.lot):
        words = say(
            "别人刚刚改过，请看过新的再改。", "Somebody has just changed it. Please look at it as it is now."
        )
        raise Conflict(words, field="version")
    _check([grown], lots, by)
    keep_first_version(grown.lot)
    ShareVersion.objects.bulk_create([_version(grown, version + 1, by)])
    LotShare.objects.filter(lot=grown.lot).delete()
    Credit.objects.filter(lot=grown.lot).delete()
    LotTally.objects.filter(pk=tally.pk).update(grams=sum(grown.grams.values()))
    _put([grown])
    audit.record(by, "lot.weigh_anew", "Lot", grown.lot.uid, version=version + 1)


def versions_of(lot: Lot) -> QuerySet[ShareVersion]:
    """What was weighed in for a lot, the first version first."""
    return ShareVersion.objects.filter(lot=lot).order_by("number")


def last_number(lot: Lot) -> int:
    """The number of the version that is in force."""
    last = versions_of(lot).last()
    return last.number if last else 1


def keep_first_version(lot: Lot) -> None:
    """Of a lot whose shares the release of before has set, which kept no version."""
    if not versions_of(lot).exists():
        had = Grown(lot, dict(LotShare.objects.filter(lot=lot).values_list("household", "grams")))
        ShareVersion.objects.bulk_create([_version(had, 1, None)])


def is_unsold(lot: Lot) -> bool:
    """Whether no unit of it is sold, held or sent in place of another."""
    return not (lot.units_sold or lot.units_reserved or lot.units_replaced)


def _version(grown: Grown, number: int, by: Person | None) -> ShareVersion:
    grams = {str(household): weight for household, weight in sorted(grown.grams.items())}
    return ShareVersion(lot=grown.lot, number=number, grams=grams, by=by, at=timezone.now())


def _put(grown: Sequence[Grown]) -> None:
    rows = [(g.lot.pk, household, grams) for g in grown for household, grams in sorted(g.grams.items())]
    LotShare.objects.bulk_create(LotShare(lot_id=lot, household_id=h, grams=grams) for lot, h, grams in rows)
    Credit.objects.bulk_create(Credit(lot_id=lot, household_id=h) for lot, h, _ in rows)


def _check(grown: Sequence[Grown], lots: Mapping[int, Lot], by: Person | None) -> None:
    check_households(grown, lots)
    for g in grown:
        check_level(lots[g.lot.pk], g.grams)
        if by is not None:
            check_weight(lots[g.lot.pk], sum(g.grams.values()))


def _unsold(lot_ids: Sequence[int]) -> dict[int, Lot]:
    """The lots, locked as a sale locks them: whoever comes first, the other sees what came of it."""
    found = Lot.objects.select_related("variant__product__team").filter(pk__in=lot_ids)
    lots = {lot.pk: lot for lot in lock(found)}
    if not all(is_unsold(lot) for lot in lots.values()):
        raise Conflict(SOLD)
    return lots


def _may(by: Person | None, lots: object) -> None:
    """Whoever keeps a team's households shares out its lots, whoever may at a place those of its teams; `by` is None for
    the shop itself."""
    if by is None:
        return
    of = {lot.variant.product.team for lot in lots}  # type: ignore[attr-defined]
    teams = {team.pk for team in of if not may(by, "impact.share_out_lot", at=desk.place_of(team))}
    if not teams:
        return
    if not teams <= set(desks_of(by, "impact.keep_households").values_list("pk", flat=True)):
        raise NotAllowed()


def check_level(lot: Lot, grams: Mapping[int, int]) -> None:
    """As many households as the lot's level says."""
    if any(weight <= 0 for weight in grams.values()):
        raise Invalid(say("重量须大于零。", "Each share must weigh something."), field="grams")
    amiss = None
    if lot.level == Lot.Level.POOL:
        amiss = say("团队合批不分户。", "A pooled lot is not shared out.")
    elif lot.level == Lot.Level.SHARED and len(grams) < 2:
        amiss = say("多户合批至少填两户。", "A shared lot has at least two households.")
    elif lot.level == Lot.Level.SINGLE and len(grams) != 1:
        amiss = say("单户批次只填一户。", "A single household’s lot has one household.")
    if amiss:
        raise Invalid(amiss, field="grams", lot=lot.code)


def check_weight(lot: Lot, grams: int) -> None:
    """What people write down is final, and the households' money goes by it: it has to be able to be true."""
    units = lot.units_declared * lot.variant.weight_grams
    least, most = FRESH if lot.variant.product.kind == Product.Kind.FRESH else WORKED
    if not least * units <= 100 * grams <= most * units:
        words = say(
            "这些重量合计 {a} 公斤，而这一批共约 {b} 公斤，对不上。请再看一遍每个数。",
            "Together this is {a} kg, but the lot's units weigh about {b} kg. Please look at each number again.",
            a=f"{grams / 1000:,.10g}",
            b=f"{units / 1000:,.10g}",
        )
        raise Invalid(words, field="grams")


def check_households(grown: Sequence[Grown], lots: Mapping[int, Lot]) -> None:
    """Shares go to verified households of the lot's own team."""
    asked = {household for g in grown for household in g.grams}
    verified = Household.objects.filter(pk__in=asked, state=Household.State.VERIFIED).order_by("pk")
    # Locked, so that no family that withdraws at this moment is given a share afterwards.
    team_of = dict(verified.select_for_update(no_key=True).values_list("pk", "team_id"))
    for g in grown:
        team = lots[g.lot.pk].variant.product.team_id
        if any(team_of.get(household) != team for household in g.grams):
            words = say(
                "只能分给本团队已核实的农户。", "Shares go to verified households of the lot's own team."
            )
            raise Invalid(words, field="grams")
