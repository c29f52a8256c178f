"""What of its households a team sees to before it sells: one that is verified, and who grew the first lot."""

from collections.abc import Iterator

from catalog.going_live import DONE, TO_DO, WAITS, Beginning, Step
from catalog.models import Lot
from core.api.ids import global_id
from core.language import Words, say
from impact.models import Household

State = Household.State


def of_households(begun: Beginning) -> Iterator[Step]:
    """One that is verified will do; until then who has them to look at, and since when."""
    words, may = say("登记农户", "Register households"), "impact.keep_households"
    path = begun.at("households/")
    rows = list(
        Household.objects.filter(team=begun.team)
        .order_by("created_at")
        .only("state", "created_at", "decline_reason")
    )
    states = {one.state for one in rows}
    if State.VERIFIED in states:
        yield Step("HOUSEHOLDS", words, DONE, path, permission=may)
    elif State.PROPOSED in states:
        first = next(one for one in rows if one.state == State.PROPOSED)
        county = say("县里核验员", "the county’s verifier")
        yield Step(
            "HOUSEHOLDS", words, WAITS, path, waits_with=county, since=first.created_at, permission=may
        )
    else:
        said = dict.fromkeys(one.decline_reason for one in rows if one.decline_reason)
        yield Step("HOUSEHOLDS", words, TO_DO, path, tuple(Words(x, x) for x in said), permission=may)


def of_weights(begun: Beginning) -> Iterator[Step]:
    """Who brought how much of a lot that is sold by household; a lot of the team's pool has none to weigh."""
    words, may = say("称重：各户交了多少", "Weights: who brought how much"), "impact.keep_households"
    product = begun.product
    lots = (
        [lot for v in product.variants.all() for lot in v.lots.all() if lot.state in Lot.SELLABLE]
        if product
        else []
    )
    bare = next((lot for lot in lots if lot.level != Lot.Level.POOL and lot.traced_at is None), None)
    if begun.is_live or (lots and bare is None):
        yield Step("WEIGHTS", words, DONE, begun.at("lots/"), is_needed=False, permission=may)
        return
    path = begun.at("lots/")
    if bare is not None and product is not None:
        lot, its = (global_id(noun, uid) for noun, uid in (("Lot", bare.uid), ("Product", product.uid)))
        path = begun.at(f"product/{its}/lot/{lot}/")
    first_sale = say("卖出第一份以前称好，之后就定了。", "Before the first unit is sold: then it stands.")
    yield Step("WEIGHTS", words, TO_DO, path, (first_sale,) if lots else (), is_needed=False, permission=may)
