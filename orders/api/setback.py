"""Harvests that are late or short: what a team says of a lot, and what each buyer of it chooses."""

from datetime import date
from typing import Any

import graphene

from core.api.access import HELD, PUBLIC, SIGNED_IN
from core.api.act import Act
from core.api.facts import guarded
from core.api.ids import global_id, uid_of
from core.api.types import Money, PlainType, enum_of, list_of, money
from core.language import say
from orders.actions import setback
from orders.api.payment import BY_LINK, NUMBER, ORDER_HOLDER, open_order
from orders.models import Order, Setback, SetbackChoice
from orders.reads import setback as reads

Kind, Reason = enum_of(Setback, "kind"), enum_of(Setback, "reason")
Choice, ChoiceState = enum_of(SetbackChoice, "choice"), enum_of(SetbackChoice, "state")
DAY = "The day by which it is sent to whoever waits."


class HarvestChoiceType(PlainType):
    """Units of an order whose harvest is late or short, and what becomes of them."""

    class Meta:
        access = ORDER_HOLDER

    id = graphene.ID(required=True, description="For harvestChoose.")
    name = graphene.String(required=True, description="What was bought, as it was called then.")
    units = graphene.Int(required=True, description="How many of it.")
    kind = graphene.Field(lambda: Kind, required=True, description="Late, or short.")
    reason = graphene.String(required=True, description="Why, in the reader's language.")
    words = graphene.String(required=True, description="The team's own words; empty for none.")
    lot_code = graphene.String(required=True, description="The lot that was bought.")
    day = graphene.Date(required=True, description=DAY)
    answer_by = graphene.DateTime(
        description="Until when she may choose; then silence is an answer by the rule. Null once that has been."
    )
    is_sure = graphene.Boolean(
        required=True,
        description="Whether goods reach her in the order of payment whatever the others choose.",
    )
    choice = graphene.Field(lambda: Choice, required=True, description="What its buyer has chosen.")
    choices = graphene.List(
        graphene.NonNull(lambda: Choice),
        required=True,
        description="What she may choose now instead; empty once it is carried out.",
    )
    state = graphene.Field(lambda: ChoiceState, required=True, description="What became of it.")
    state_name = graphene.String(required=True, description="That in words.")
    goods_units = graphene.Int(required=True, description="Units of this lot that are hers.")
    other_units = graphene.Int(required=True, description="Units of another lot that are hers instead.")
    money_units = graphene.Int(required=True, description="Units whose money goes back.")
    refund = graphene.Field(
        Money,
        required=True,
        description="What goes back for the goods if she has her money; sending may join it.",
    )


def harvests_of(order: Order) -> list[dict[str, Any]]:
    """What is told of an order's late and short harvests."""
    found = reads.choices_of(order)
    sure = {one.setback_id: reads.are_sure(one.setback) for one in found}
    return [_row(one, order, one.pk in sure[one.setback_id]) for one in found]


def _row(one: SetbackChoice, order: Order, is_sure: bool) -> dict[str, Any]:
    line, is_asked = one.line, one.state == SetbackChoice.State.ASKED
    return {
        "id": global_id("SetbackChoice", one.uid),
        "name": str(say(line.name_zh, line.name_en or line.name_zh)),
        "units": one.units,
        "kind": one.setback.kind,
        "reason": str(Setback.Reason(one.setback.reason).words),
        "words": one.setback.words,
        "lot_code": one.setback.lot.code,
        "day": one.setback.day,
        "answer_by": one.answer_by if is_asked else None,
        "is_sure": is_sure,
        "choice": one.choice,
        "choices": reads.allowed_choices(one, order),
        "state": one.state,
        "state_name": str(SetbackChoice.State(one.state).words),
        "goods_units": one.goods_units,
        "other_units": one.other_units,
        "money_units": one.money_units,
        "refund": money(reads.refund_minor(one)),
    }


class WithHarvests:
    """What an order is asked of its harvests."""

    harvest_choices = list_of(
        HarvestChoiceType,
        most=20,
        resolver=lambda root, info: harvests_of(root)[:20],
        description="What its buyer chooses, or has chosen, of harvests that are late or short; empty for most.",
    )


class HarvestStandingType(PlainType):
    """How far a late or short harvest is: each unit that was to be sent stands in one of these."""

    class Meta:
        access = HELD

    kind = graphene.Field(lambda: Kind, required=True, description="Late, or short.")
    kind_name = graphene.String(required=True, description="The same, in words.")
    reason = graphene.String(required=True, description="Why, in the reader's language.")
    words = graphene.String(required=True, description="The team's own words.")
    day = graphene.Date(required=True, description=DAY)
    units_there = graphene.Int(description="Of a short one: how many there are for those who wait.")
    made_at = graphene.DateTime(required=True, description="When its team said so.")
    ended_at = graphene.DateTime(description="When everybody had goods or money; null before.")
    buyers = graphene.Int(required=True, description="How many orders were asked.")
    units = graphene.Int(required=True, description="How many units they were asked of.")
    silent = graphene.Int(required=True, description="Units of which nothing is chosen yet.")
    waiting = graphene.Int(required=True, description="Units whose buyers wait, not decided yet.")
    to_other = graphene.Int(
        required=True, description="Units that are to come of another lot within the hour."
    )
    to_money = graphene.Int(required=True, description="Units whose money is to go back within the hour.")
    goods = graphene.Int(required=True, description="Units of this lot, given.")
    other = graphene.Int(required=True, description="Units of another lot, given.")
    money = graphene.Int(required=True, description="Units whose money was asked back.")
    gone = graphene.Int(required=True, description="Units given back by another way.")
    refunds_under_way = graphene.Int(required=True, description="Refunds that have not arrived.")
    refunds_failed = graphene.Int(required=True, description="Refunds that failed: the office sees to them.")


def _standing(one: Setback) -> dict[str, Any]:
    stands = reads.standing_of(one)
    units, refunds = stands.units, stands.refunds
    return {
        "kind": one.kind,
        "kind_name": str(Setback.Kind(one.kind).words),
        "reason": str(Setback.Reason(one.reason).words),
        "words": one.words,
        "day": one.day,
        "units_there": one.units_there,
        "made_at": one.made_at,
        "ended_at": one.ended_at,
        "buyers": stands.buyers,
        "units": stands.all_units,
        "silent": units["none"],
        "waiting": units["wait"],
        "to_other": units["to_other"],
        "to_money": units["to_money"],
        **{name: units[name] for name in ("goods", "other", "money", "gone")},
        "refunds_under_way": sum(refunds.get(state, 0) for state in ("requested", "pending")),
        "refunds_failed": refunds.get("failed", 0),
    }


class HarvestDeskType(PlainType):
    """A lot as its team says that it is late or short."""

    class Meta:
        access = HELD

    lot_code = graphene.String(required=True, description="The lot.")
    product_id = graphene.ID(required=True, description="Its product.")
    product_name = graphene.String(required=True, description="What it is of.")
    variant_name = graphene.String(required=True, description="Its size.")
    is_recalled = graphene.Boolean(required=True, description="Whether it is recalled, and not to be marked.")
    units_waiting = graphene.Int(required=True, description="Units that are paid and still to be sent.")
    buyers = graphene.Int(required=True, description="How many orders they are of.")
    refund = graphene.Field(
        Money, required=True, description="What goes back at most, without sending, if all have their money."
    )
    now = graphene.Field(HarvestStandingType, description="What goes on; null where nothing does.")
    past = list_of(HarvestStandingType, most=20, description="What is done, the newest first.")


def _lot_to_mark(root: Any, info: Any, lot: str) -> dict[str, Any]:
    found = reads.lot_to_mark(info.context.user, uid_of(lot, "Lot", field="lot"))
    variant = found.lot.variant
    return {
        "lot_code": found.lot.code,
        "product_id": global_id("Product", variant.product.uid),
        "product_name": str(say(variant.product.name_zh, variant.product.name_en or variant.product.name_zh)),
        "variant_name": str(say(variant.name_zh, variant.name_en or variant.name_zh)),
        "is_recalled": found.lot.state == found.lot.State.RECALLED,
        "units_waiting": found.units,
        "buyers": found.buyers,
        "refund": money(found.refund_minor),
        "now": _standing(found.open) if found.open else None,
        "past": [_standing(one) for one in found.past[:20]],
    }


class HarvestSetBack(Act):
    """Managers: a lot is late, or less of it is there than is to be sent. Said once; whoever bought of it is written to and
    chooses within three days. Of a short one nothing more is sold."""

    class Meta:
        access = SIGNED_IN
        idempotent = True

    class Input:
        lot_id = graphene.ID(required=True, description="A lot of one's own team.")
        kind = graphene.Argument(Kind, required=True, description="Late, or short.")
        day = graphene.Date(required=True, description=DAY)
        units_there = graphene.Int(
            description="Of a short one: how many there are for those who wait; else none."
        )
        reason = graphene.Argument(Reason, required=True, description="Why.")
        words = graphene.String(description="In the team's own words, up to 200; needed for another reason.")

    buyers = graphene.Int(description="How many orders are asked; null where nothing is.")

    @classmethod
    def act(
        cls,
        request: Any,
        lot_id: str,
        kind: Any,
        day: date,
        reason: Any,
        units_there: int | None = None,
        words: str | None = None,
    ) -> Any:
        """How many are asked. NOT_FOUND outside one's own desk; INVALID for a day that is over or as many as are to be
        sent; CONFLICT where it is marked already, recalled, or nothing of it waits."""
        found = reads.lot_to_mark(request.user, uid_of(lot_id, "Lot", field="lot_id"))
        told = {"kind": str(kind.value), "reason": str(reason.value), "words": words or ""}
        setback.mark(found.lot, request.user, day=day, units_there=units_there, **told)
        return {"buyers": found.buyers}


class HarvestChoose(Act):
    """Of goods whose harvest is late or short: wait, take another lot's of the same size and price, or have the money back.
    Carried out an hour later; until then it can be changed."""

    class Meta:
        access = PUBLIC
        idempotent = True
        rate = (60, 60)
        read_by = {"order": "orders.reads.order.order_by_pk"}

    class Input:
        number = graphene.String(required=True, description=NUMBER)
        token = graphene.String(description=BY_LINK)
        choice_id = graphene.ID(required=True, description="Which of the order's `harvestChoices`.")
        choice = graphene.Argument(Choice, required=True, description="WAIT, OTHER or MONEY.")

    order = graphene.Field("orders.api.order.OrderType", description="The order as it is now.")

    @classmethod
    def act(cls, request: Any, number: str, choice_id: str, choice: Any, token: str | None = None) -> Any:
        """The order. CONFLICT where the other lot has too few by now, TOO_LATE once it is carried out; the same choice
        again changes nothing."""
        order = open_order(request, number, token)
        uid = uid_of(choice_id, "SetbackChoice", field="choice_id")
        setback.choose(order, uid, str(choice.value))
        return {"order": order}


class Query:
    """What a team reads of a lot that is late or short."""

    harvest_desk = guarded(
        graphene.Field(
            HarvestDeskType,
            args={
                "lot": graphene.Argument(graphene.ID, required=True, description="A lot of one's own team.")
            },
            resolver=_lot_to_mark,
            description="A lot, what of it waits, and what its buyers choose; NOT_FOUND outside one's own desk.",
        ),
        SIGNED_IN,
        cost=20,
    )


class Mutation:
    harvest_set_back = HarvestSetBack.Field()
    harvest_choose = HarvestChoose.Field()
