"""Mails at each step: in the reader's language, the order's facts first, a guest's with the key to her order."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from catalog.actions.lot import recall
from core import outbox
from core.deliveries import drain, reaction_named
from core.models import Delivery
from orders.actions import cancel
from orders.events import OrderPaid
from orders.models import Order, Shipment
from shop.reactions import REACTIONS
from tests.orders.sold import Sold
from tests.orders.world import Buyer, a_person, key, row, session_of, tell
from tests.together.world import Together, at_rest
from together.actions import group

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]

TEMPLATES = Path("orders/templates/mail")


def new_mails(*to):
    """What was sent since the last look; only to these, if any are named."""
    drain()
    sent = list(mail.outbox)
    mail.outbox.clear()
    return [m for m in sent if not to or m.to[0] in to]


def test_every_reaction_in_the_shops_table_exists():
    for line in REACTIONS.values():
        for name in line.afterwards:
            assert reaction_named(name).name == name
        for name in line.at_once:
            assert callable(outbox._named(name))


def test_each_mail_is_written_in_both_languages():
    names = {path.name.rsplit(".", 2)[0] for path in TEMPLATES.glob("*.txt")}
    assert len(names) >= 19
    assert {path.name for path in TEMPLATES.glob("*.txt")} == {
        f"{n}.{lang}.txt" for n in names for lang in ("zh", "en")
    }


def test_a_guest_is_told_what_she_paid_with_the_key_to_her_order(till, a_stand):
    sold = Sold(till, a_stand)
    (told,) = new_mails("buyer@example.com")
    assert told.subject == f"Order {sold.order['number']} is paid: ¥{sold.row.total_minor / 100:.2f}"
    first, *_ = told.body.splitlines()
    assert first == "Zigui summer oranges 2.5 kg box × 2  ¥73.80"
    assert f"/en/order/{sold.order['number']}/?token=" in told.body
    token = told.body.split("token=")[1].split()[0].replace("%3D", "=")
    assert Buyer().look({"number": sold.order["number"], "token": token})["state"] == "PAID"
    assert "Wuchang District" in told.body and "13800138000" not in told.body


def test_the_reader_is_told_in_the_language_she_bought_in(till, a_stand):
    sold = Sold(till, a_stand, Buyer(a_person(language="en"), language="zh"))
    (told,) = new_mails("buyer@example.com")
    assert told.subject == f"订单 {sold.order['number']} 已付款 ¥{sold.row.total_minor / 100:.2f}"
    assert "秭归夏橙 5 斤装 × 2" in told.body and "token=" not in told.body


def test_each_teams_managers_hear_of_a_new_order_in_their_own_language_without_the_buyer(till, a_stand):
    sold = Sold(till, a_stand)
    chinese, english = (asker.person.email for asker in sold.managers)
    (first,) = new_mails(chinese)
    assert first.subject.startswith(f"新订单 {sold.order['number']}") and "秭归夏橙 5 斤装 × 2" in first.body
    assert "/zh/desk/orders/" in first.body and "Tea" not in first.body
    assert not any(word in first.body for word in ("示例买家", "示例路", "13800138000", "buyer@example.com"))


def test_the_second_team_hears_of_its_own_part(till, a_stand):
    sold = Sold(till, a_stand)
    (told,) = new_mails(sold.managers[1].person.email)
    assert told.subject.startswith(f"New order {sold.order['number']}, to be sent by ")
    assert "Tea 2.5 kg box × 2" in told.body and "oranges" not in told.body


def test_sent_and_delivered_are_told_with_number_and_deadline(till, a_stand):
    sold = Sold(till, a_stand)
    new_mails()
    sold.ship(0)
    (sent,) = new_mails()
    assert sent.subject == f"On its way: 顺丰 SF0000 (order {sold.order['number']})"
    sold.buyer.done("shipmentDelivered", shipmentId=sold.parcel_id(0), token=sold.order["token"])
    (delivered,) = new_mails()
    assert delivered.subject.startswith("Delivered: the parcel of Demo Team")
    until = timezone.localtime(sold.parcel(0).after_sale_until)
    assert f"{until:%H:%M}" in delivered.body and "?token=" in delivered.body
    at_rest()


def test_a_claim_goes_to_the_team_and_its_answer_to_the_buyer(till, a_stand):
    sold = Sold(till, a_stand)
    sold.arrive(0)
    new_mails()
    claim = sold.claim("两个坏了")["claim"]
    (asked,) = new_mails()
    assert asked.to == [sold.managers[0].person.email] and "两个坏了" in asked.body
    # She sent none: nobody is to look for it.
    assert "没有附照片" in asked.body and "请看照片" not in asked.body
    answer = {"claimId": claim["id"], "words": "抱歉", "amount": "3.5", "idempotencyKey": key()}
    sold.managers[0].done("claimAnswer", **answer)
    answered, refunded = new_mails()
    assert "Refund  ¥3.50" in answered.body and "抱歉" in answered.body
    assert refunded.subject == f"¥3.50 was given back (order {sold.order['number']})"
    assert "Something was wrong" in refunded.body
    at_rest()


def test_whoever_bought_of_a_recalled_lot_is_told_why_and_nobody_else(till, a_stand):
    sold = Sold(till, a_stand)
    sold.arrive(0)
    Sold(till, a_stand)  # of other lots
    new_mails()
    lot = sold.row.lines.order_by("pk").first().lots.get().lot
    recall(lot, a_person(("operator",)), "个别箱受潮")
    team, told = sorted(new_mails(), key=lambda letter: sold.order["number"] in letter.subject)
    assert team.to == [sold.managers[0].person.email] and lot.code in team.subject
    assert told.to == ["buyer@example.com"] and sold.order["number"] in told.subject
    assert lot.code in told.body and "个别箱受潮" in told.body and "Tea" not in told.body
    assert new_mails() == []
    at_rest()


def test_money_that_buys_nothing_is_promised_back_and_then_told_as_given(till, a_stand):
    sold = Sold(till, a_stand)
    late = sold.buyer.place(sold.lots[0], quantity=1)
    till.pay(session_of(sold.buyer.begin(late)), "alipay")
    new_mails()
    sold.buyer.done("orderCancel", **late, idempotencyKey=key())
    promised, given = new_mails()
    assert promised.subject.endswith(f"goes back to you (order {late['number']})")
    assert "The payment came too late" in promised.body and "was given back" in given.subject
    tell(a_stand, "checkout.session.completed")
    assert new_mails() == []


def test_a_member_hears_that_her_money_waits_and_then_that_it_is_on_its_way_back(till, a_stand):
    made = Together(till, a_stand, minimum=3, maximum=4)
    order = made.join()
    made.pay(order)
    (held,) = new_mails("guest@example.com")
    assert held.subject == "You are in: 示例工会:脐橙一起买" and "With 3 units it is confirmed" in held.body
    assert made.seat(order).pickup_code in held.body
    made.end()
    group.close_due()
    sent = new_mails()
    (short,) = (m for m in sent if m.to == [made.coordinator.person.email])
    assert "已付  1 份，需要 3 份" in short.body
    repaid, given = (m for m in sent if m.to == ["guest@example.com"])
    assert "At the deadline there were fewer than 3 units." in repaid.body
    assert "The group purchase fell short" in given.body
    at_rest()


def test_a_confirmed_group_is_told_to_members_coordinator_and_team_once(till, a_stand):
    made = Together(till, a_stand, minimum=2, maximum=2)
    orders = [made.join(), made.join()]
    made.pay(*orders)
    told = {}
    for message in new_mails():
        told.setdefault(message.to[0], []).append(message)
    assert {to: len(all_) for to, all_ in told.items()} == {
        "guest@example.com": 4,
        made.coordinator.person.email: 1,
        made.manager.person.email: 1,
    }
    confirmed = [m for m in told["guest@example.com"] if "is paid" in m.subject]
    assert len(confirmed) == 2 and all("Pick-up code" in m.body for m in confirmed)
    assert f"/zh/g/{made.code}/" in told[made.coordinator.person.email][0].body
    assert "× 2" in told[made.manager.person.email][0].subject


def test_who_is_forgotten_gets_no_mail(till, a_stand):
    sold = Sold(till, a_stand)
    Order.objects.update(email="")
    assert [m.to[0] for m in new_mails()] == [asker.person.email for asker in sold.managers]


def test_a_mail_that_failed_is_sent_again_and_one_that_went_out_is_not(till, a_stand, monkeypatch):
    sold = Sold(till, a_stand)
    drain()
    mail.outbox.clear()
    with transaction.atomic():
        Order.objects.filter(pk=sold.row.pk).update(note="x")
    drain()
    assert mail.outbox == []
    from accounts import mail as post

    sold.ship(0)
    send = post.send
    monkeypatch.setattr(post, "send", lambda *_: 1 / 0)
    outbox.hand_over()
    waiting = Delivery.objects.get(done_at=None)
    assert (waiting.reaction, waiting.tries) == ("orders.letters.send_shipped", 1)
    monkeypatch.setattr(post, "send", send)
    Delivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert len(new_mails()) == 1 and new_mails() == []


def test_no_mail_is_sent_while_a_transaction_is_open(till, a_stand):
    from orders import letters

    sold = Sold(till, a_stand)
    new_mails()
    with transaction.atomic(), pytest.raises(RuntimeError):
        event = OrderPaid(order_id=sold.row.pk, payment_id=sold.row.payments.get().pk)
        letters.send_confirmation(event, letters._sold([event])[event])
    assert mail.outbox == []


def test_an_order_that_is_cancelled_unpaid_says_nothing(till):
    sold_lot = Together().lot
    order = Buyer().place(sold_lot)
    cancel.cancel(row(order))
    assert new_mails() == [] and not Shipment.objects.exclude(state="waiting").exists()


def test_links_in_mails_lead_to_pages_that_exist(till, a_stand):
    from django.urls import resolve

    sold = Sold(till, a_stand, Buyer(a_person()))
    for message in new_mails():
        for word in message.body.split():
            if word.startswith("http://testserver/"):
                assert resolve(word.removeprefix("http://testserver").split("?")[0])
    assert sold.row.state == "paid"


def test_a_team_hears_that_what_it_was_told_to_pack_is_called_off(till, a_stand):
    sold = Sold(till, a_stand)
    new_mails()
    sold.buyer.done("orderCancel", **sold.order, idempotencyKey=key())
    told = {
        one.to[0]: one for one in new_mails() if "不要再发" in one.subject or "Do not send" in one.subject
    }
    assert set(told) == {manager.person.email for manager in sold.managers}
    for one in told.values():
        assert sold.order["number"] in one.subject and "× 2" in one.body and "示例买家" not in one.body
    at_rest()


def test_a_team_hears_of_no_seat_that_it_was_never_told_of(till, a_stand):
    made = Together(till, a_stand, minimum=3, maximum=9)
    (order,) = made.fill(1)
    new_mails()
    Buyer().done("orderCancel", **order, idempotencyKey=key())
    assert not [one for one in new_mails() if made.manager.person.email in one.to]
    at_rest()
