"""A refund of which a bank has given one part and the provider, its desk or a person the other: what one of them takes
back is owed again, and nothing else."""

from importlib import import_module
from itertools import product
from typing import Any

import pytest
from django.db import connection

from core.money import show
from orders.actions import elsewhere, reconcile, refund
from orders.models import Order, Refund
from orders.provider.port import Away, RefundAttempt, RefundSeen, Was
from tests.catalog import world as shelves
from tests.figures import full
from tests.impact import world
from tests.orders.test_dispute import kept, offences, refunds, told
from tests.orders.test_mails import new_mails
from tests.orders.test_won_on_appeal import bank, bought
from tests.orders.world import settle_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]

OF_THE_BANK = 249


def covered_in_part(order: Order) -> Refund:
    """One unit is asked back, the provider fails, and a bank has given a part of it."""
    made = refund.request(order, {order.lines.get().uid: refund.Part(units=1)})
    refund.settle(made, RefundSeen(Was.FAILED, failure="card_gone"), made.attempt)
    bank(kept(order), "lost", OF_THE_BANK)
    assert refunds(order) == [("team", "failed", made.amount_minor, OF_THE_BANK)]
    assert told(order)[1] == 0 and offences() == []
    return made


def shared(order: Order) -> Refund:
    """Of a refund a bank has given its part and the provider the rest; then the bank has taken its part back."""
    made = covered_in_part(order)
    give(made, "re_rest")
    assert told(order)[1] == made.amount_minor and offences() == []
    bank(kept(order), "won", OF_THE_BANK)
    made.refresh_from_db()
    assert (made.state, made.due_minor) == ("failed", OF_THE_BANK)
    assert told(order)[1] == made.amount_minor - OF_THE_BANK and offences() == []
    return made


def give(made: Refund, id: str, state: Was = Was.SUCCEEDED) -> Refund:
    """It is tried once more, and the provider has given (or is giving) all that is due."""
    again = refund.retry(made, shelves.an_operator())
    refund.settle(again, RefundSeen(state, id, again.due_minor), again.attempt)
    return again


def came_back(order: Order, made: Refund, id: str, attempt: int) -> RefundSeen:
    """Alipay and WeChat Pay can fail days after they succeeded: the money is with the shop again."""
    return RefundSeen(
        Was.FAILED,
        id,
        failure="card_gone",
        payment_ref=kept(order).payment_ref,
        ours=f"{made.uid}:{attempt}",
    )


def buyers(order: Order) -> int:
    return world.balances(order).get("buyer", 0)


def test_what_the_desk_gave_beside_a_bank_is_not_counted_again_once_the_banks_part_is_owed_again():
    order = bought(world.a_lot(units=50))
    made = covered_in_part(order)
    rest = made.amount_minor - OF_THE_BANK
    # Nothing of ours is written on it.
    desk = RefundSeen(Was.SUCCEEDED, "re_desk", rest, payment_ref=kept(order).payment_ref)
    elsewhere.take_refund("stripe", desk)
    assert refunds(order) == [("team", "succeeded", made.amount_minor, OF_THE_BANK)] and offences() == []
    bank(kept(order), "won", OF_THE_BANK)
    # The rounds of the reconciler list it again, before the rest is given and after.
    assert elsewhere.take_refund("stripe", desk) == "known"
    give(made, "re_last")
    before = refunds(order), told(order), world.balances(order)
    assert elsewhere.take_refund("stripe", desk) == "known"
    assert (refunds(order), told(order), world.balances(order)) == before and offences() == []
    assert before[:2] == ([("team", "succeeded", made.amount_minor, 0)], ("paid", made.amount_minor))
    assert reconcile._known("stripe", [desk]) == [True]


# Each end of it once in the suite, and each sign by which the provider's word is known.
ENDS = [None, "pending", "succeeded", "by hand"]


@pytest.mark.proof
@pytest.mark.parametrize(
    ("ours", "then"),
    full([*product([True, False], ENDS)], [*zip([True, False, True, False], ENDS, strict=True)]),
)
def test_what_the_provider_gave_of_it_and_takes_back_later_is_owed_again(ours, then):
    order = bought(world.a_lot(units=50))
    made = shared(order)
    rest = made.amount_minor - OF_THE_BANK
    if then == "by hand":
        elsewhere.settle_otherwise(made, shelves.an_operator(), "银行转账")
    elif then:
        made = give(made, "re_last", Was(then))
    seen = came_back(order, made, "re_rest", 2) if ours else RefundSeen(Was.FAILED, "re_rest")
    assert elsewhere.take_refund("stripe", seen) == "failed"
    made.refresh_from_db()
    has = OF_THE_BANK if then in ("succeeded", "by hand") else 0
    assert (made.due_minor, told(order)[1]) == (made.amount_minor - has, has)
    assert buyers(order) == made.amount_minor - has and offences() == []
    assert elsewhere.take_refund("stripe", seen) in ("known", "nothing given", "not ours")  # told once more
    assert buyers(order) == made.amount_minor - has
    if then == "pending":
        refund.settle(made, RefundSeen(Was.SUCCEEDED, "re_last"), made.attempt)
        made.refresh_from_db()
        assert (made.state, made.due_minor, buyers(order)) == ("failed", rest, rest) and offences() == []
    give(made, "re_again")
    assert told(order)[1] == made.amount_minor and buyers(order) == 0 and offences() == []


@pytest.mark.parametrize("ends", [Was.SUCCEEDED, Was.FAILED])
def test_a_banks_part_that_comes_back_while_the_rest_is_under_way_is_owed(ends):
    order = bought(world.a_lot(units=50))
    made = give(covered_in_part(order), "re_rest", Was.PENDING)
    bank(kept(order), "won", OF_THE_BANK)
    assert buyers(order) == made.amount_minor and offences() == []
    refund.settle(made, RefundSeen(ends, "re_rest"), made.attempt)
    made.refresh_from_db()
    due = OF_THE_BANK if ends is Was.SUCCEEDED else made.amount_minor
    assert (made.state, made.due_minor, buyers(order)) == ("failed", due, due) and offences() == []
    give(made, "re_last")
    assert told(order)[1] == made.amount_minor and buyers(order) == 0 and offences() == []


def test_one_key_asks_for_one_sum_whatever_comes_to_be_owed_before_it_is_answered(monkeypatch):
    asked: list[tuple[int, int]] = []

    class Slow:
        def refund(self, attempt: RefundAttempt) -> RefundSeen:
            asked.append((attempt.attempt, attempt.amount_minor))
            if len(asked) == 1:
                raise Away()
            return RefundSeen(Was.SUCCEEDED, f"re_{len(asked)}", attempt.amount_minor)

    monkeypatch.setattr(refund, "provider", lambda source: Slow())
    order = bought(world.a_lot(units=50))
    made = refund.retry(covered_in_part(order), shelves.an_operator())
    with pytest.raises(Away):
        refund.submit(made)
    bank(kept(order), "won", OF_THE_BANK)
    refund.submit(made)
    assert buyers(order) == OF_THE_BANK and offences() == []
    refund.submit(refund.retry(made, shelves.an_operator()))
    rest = made.amount_minor - OF_THE_BANK
    assert asked == [(2, rest), (2, rest), (3, OF_THE_BANK)]
    assert told(order)[1] == made.amount_minor and buyers(order) == 0 and offences() == []


def test_the_buyer_is_told_what_came_back_and_what_was_given_anew_and_not_all_of_it():
    order = bought(world.a_lot(units=50))
    settle_all()
    new_mails()
    made = shared(order)
    settle_all()

    def subjects(*words: str) -> list[Any]:
        told_her = [letter.subject for letter in new_mails(order.email)]
        return [subject for subject in told_her if any(word in subject for word in words)]

    (correction,) = subjects("A correction", "更正")
    assert show(OF_THE_BANK) in correction and show(made.amount_minor) not in correction
    give(made, "re_last")
    settle_all()
    (anew,) = subjects("This time", "这次退到了")
    assert show(OF_THE_BANK) in anew and show(made.amount_minor) not in anew


def test_the_banks_part_that_is_owed_again_may_be_given_by_hand():
    order = bought(world.a_lot(units=50))
    made = shared(order)
    elsewhere.settle_otherwise(made, shelves.an_operator(), "银行转账")
    assert offences() == [] and world.balances(order)["purse"] == OF_THE_BANK
    assert told(order)[1] == made.amount_minor and buyers(order) == 0


def test_the_banks_part_is_owed_again_where_the_rest_was_given_by_hand():
    order = bought(world.a_lot(units=50))
    made = covered_in_part(order)
    elsewhere.settle_otherwise(made, shelves.an_operator(), "银行转账")
    bank(kept(order), "won", OF_THE_BANK)
    made.refresh_from_db()
    assert (made.state, made.due_minor, made.otherwise) == ("failed", OF_THE_BANK, "")
    assert buyers(order) == OF_THE_BANK and offences() == []
    give(made, "re_last")
    assert world.balances(order)["purse"] == made.amount_minor - OF_THE_BANK and offences() == []


def test_verify_names_a_refund_whose_attempts_gave_another_sum():
    order = bought(world.a_lot(units=50))
    made = shared(order)
    made.given.update(amount_minor=1)
    named = [found.words for found in offences() if found.noun == "Refund"]
    assert any("not what each of them gave" in words for words in named), named


@pytest.mark.parametrize("is_tried_again", [False, True])
def test_what_was_shared_under_the_release_before_is_known_after_its_migration(is_tried_again):
    order = bought(world.a_lot(units=50))
    made = shared(order)
    # As it stood then: no row beside it, its id on the refund until it was tried again, the order without the part.
    made.given.all().delete()
    Refund.objects.update(provider_id="re_rest")
    Order.objects.update(refunded_minor=0)
    if is_tried_again:
        made = refund.retry(made, shelves.an_operator())
    migration = import_module("orders.migrations.0020_refund_given")
    with connection.cursor() as cursor:
        for statement in (migration.GIVEN, migration.MOVED, migration.ARRIVED.format(sign="+")):
            cursor.execute(statement)
    assert offences() == []
    part = made.given.get()
    assert (part.attempt, part.provider_id) == (2, "" if is_tried_again else "re_rest")
    assert elsewhere.take_refund("stripe", came_back(order, made, "re_rest", 2)) == "failed"
    assert buyers(order) == made.amount_minor and offences() == []
