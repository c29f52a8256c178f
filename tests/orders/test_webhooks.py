"""Programs are told what happens: signed, at least once, in order of each order, and whoever is slow or dead holds up nobody."""

import base64
import hashlib
import hmac
import json
import threading
import time
from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from core.api.ids import global_id
from core.deliveries import drain
from core.outbox import telling_nobody
from orders.actions import webhook as webhooks
from orders.actions import webhook_call, webhook_note
from orders.models import Webhook, WebhookMessage
from orders.verify import verify
from orders.webhook_examples import EXAMPLES
from tests.catalog.world import a_team, an_operator
from tests.orders.world import BUYER, Buyer, a_lot, a_person, key, settle_all, tell
from tests.receiver import receiving, status
from tests.together.world import pay_at_the_till

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop", "no_rates")]
ALL = list(Webhook.Kind)
EVENTS = [kind.name for kind in ALL]
State = WebhookMessage.State
MADE = "webhook { id url events } secret"


@pytest.fixture
def receiver(settings):
    with receiving(settings) as made:
        yield made


def a_hook(team, receiver, kinds=ALL):
    return webhooks.make(team, receiver.url, kinds, None)


def told(receiver):
    """What it has heard, by kind and noun, in the order in which it came."""
    return [(one.told["type"], one.told["data"].get("order", "")) for one in receiver.heard]


def shape(value):
    """Which names stand where, and what kind of value each has; of a list its first."""
    if isinstance(value, dict):
        return {name: shape(one) for name, one in value.items()}
    return [shape(value[0])] if isinstance(value, list) else type(value)


def is_signed(heard, secret) -> bool:
    """As a receiver checks it by the standard, from its text alone."""
    key = base64.b64decode(secret.partition("_")[2])
    signed = f"{heard.headers['webhook-id']}.{heard.headers['webhook-timestamp']}.".encode() + heard.body
    right = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{right}" in heard.headers["webhook-signature"].split(" ")


def some(hook, nouns, kind=WebhookMessage.Kind.ORDER_PLACED):
    """Messages of these nouns, as a change would write them down."""
    with transaction.atomic():
        return webhook_note.write([(hook, kind, noun, {"order": noun}) for noun in nouns])


def wait_no_more(hook=None):
    """The pauses are over."""
    WebhookMessage.objects.filter(state=State.WAITING).update(due_at=timezone.now())
    Webhook.objects.update(rests_until=None)


# --- What is told ---------------------------------------------------------------------------------------


def test_the_signature_is_the_standards_own_example():
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    made = webhook_call.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_team_is_told_of_its_own_and_the_shop_of_all_from_placed_to_given_back(settings, paid):
    mine, other = paid.row.shipments.order_by("pk")
    with receiving(settings) as teams, receiving(settings) as shops, receiving(settings) as others:
        given = {"team": global_id("Team", mine.team.uid), "url": teams.url, "events": EVENTS}
        made = paid.team.done("teamWebhookMake", MADE, **given)
        assert made["webhook"]["events"] == EVENTS and made["secret"].startswith("whsec_")
        a_hook(None, shops)
        a_hook(a_team(), others)
        placed = paid.buyer.place(paid.lots[0])
        pay_at_the_till(paid.till, paid.buyer, placed)
        tell(paid.stand, "checkout.session.completed")
        sending = {"carrier": "顺丰", "trackingNumber": "SF1234567890", "idempotencyKey": key()}
        paid.team.done(
            "shipmentShip", "shipment { id }", shipmentId=global_id("Shipment", mine.uid), **sending
        )
        paid.give(paid.team, (0, 1, None))
        settle_all()
        drain()
        webhook_call.call_all()
        number, later = paid.order["number"], placed["number"]
        assert sorted(told(teams)) == sorted(
            [
                ("order.placed", later),
                ("order.paid", later),
                ("order.sent", number),
                ("order.refunded", number),
            ]
        )
        for one in (number, later):
            kinds = [kind for kind, noun in told(teams) if noun == one]
            assert kinds == [kind for kind, noun in told(shops) if noun == one]
            assert kinds in (["order.placed", "order.paid"], ["order.sent", "order.refunded"])
        assert sorted(told(shops)) == sorted(told(teams)) and others.heard == []
        by_kind = {one.told["type"]: one.told["data"] for one in teams.heard}
        parcel = {
            "id": global_id("Shipment", mine.uid),
            "team": global_id("Team", mine.team.uid),
            "lines": [{"variant": global_id("Variant", mine.lines.get().variant.uid), "units": 3}],
        }
        assert by_kind["order.sent"] == {"order": number, "parcels": [parcel]}
        back = by_kind["order.refunded"]
        assert back["parcels"] == [{**parcel, "lines": [{**parcel["lines"][0], "units": 1}]}]
        assert set(back) == {"order", "refund", "parcels"}
        assert {kind: shape(data) for kind, data in by_kind.items()} == {
            kind: shape(EXAMPLES[kind]) for kind in by_kind
        }
        assert all(is_signed(one, made["secret"]) for one in teams.heard)
        everything = b"".join(one.body + repr(one.headers).encode() for one in [*teams.heard, *shops.heard])
        for private in (BUYER["email"], BUYER["recipient"], BUYER["phone"], BUYER["street"], "SF1234567890"):
            assert private.encode() not in everything
        assert all(set(one.told) == {"type", "timestamp", "data"} for one in teams.heard)
        # Both teams' parts of one order: each is told of its own, the shop of both.
        both = paid.buyer.place(*paid.lots)
        webhook_call.call_all()
        for receiver, parcels in ((teams, 1), (shops, 2)):
            (found,) = [
                one.told["data"] for one in receiver.heard if one.told["data"]["order"] == both["number"]
            ]
            assert len(found["parcels"]) == parcels
    assert [one for one in verify() if one.rule == "WEBHOOK"] == []


def test_a_groups_seats_are_told_to_the_shop_and_the_group_to_its_team(settings, together):
    with receiving(settings) as teams, receiving(settings) as shops:
        whole = together(minimum=2, maximum=2)
        a_hook(whole.team, teams)
        a_hook(None, shops)
        whole.fill(2)
        drain()
        webhook_call.call_all()
        group = whole.row
        assert group.state == "confirmed"
        (confirmed,) = teams.heard
        assert confirmed.told["type"] == "group.confirmed"
        assert shape(confirmed.told["data"]) == shape(EXAMPLES["group.confirmed"])
        assert confirmed.told["data"] == {
            "group": whole.id,
            "team": global_id("Team", whole.team.uid),
            "variant": global_id("Variant", group.variant.uid),
            "units": group.units_held,
        }
        kinds = sorted(kind for kind, _ in told(shops))
        assert kinds == ["group.confirmed", *["order.paid"] * 2, *["order.placed"] * 2]


def test_what_is_undone_or_made_up_is_told_to_nobody(receiver):
    hook, _ = a_hook(None, receiver)
    lot = a_lot(units=5)
    with pytest.raises(RuntimeError), transaction.atomic():
        Buyer().place(lot)
        raise RuntimeError
    with telling_nobody():
        Buyer().place(lot)
    assert not hook.messages.exists()
    Buyer().place(lot)
    assert hook.messages.get().kind == "order.placed"


# --- At least once, in order, and not for ever ----------------------------------------------------------


def test_of_one_noun_the_next_waits_for_the_last_and_others_do_not(receiver):
    hook, _ = a_hook(None, receiver)
    some(hook, ["A", "A", "B", "A", "B"])
    receiver.answer = status(500)
    assert webhook_call.call_all() >= 2
    assert sorted({noun for _, noun in told(receiver)}) == ["A", "B"]
    first = set(hook.messages.order_by("pk").values_list("uid", flat=True)[:3:2])
    assert {one.headers["webhook-id"] for one in receiver.heard} == {f"msg_{uid.hex}" for uid in first}
    receiver.heard.clear()
    receiver.answer = status(204)
    wait_no_more()
    webhook_call.call_all()
    assert sorted(told(receiver)) == sorted([("order.placed", noun) for noun in "AABAB"])
    came = [one.headers["webhook-id"] for one in receiver.heard]
    for noun in "AB":
        ids = [f"msg_{one.uid.hex}" for one in hook.messages.filter(noun=noun).order_by("pk")]
        assert [one for one in came if one in ids] == ids
    assert set(hook.messages.values_list("state", flat=True)) == {State.DELIVERED}


def test_pauses_grow_the_same_bytes_come_again_and_after_a_day_it_is_given_up_and_told_once(receiver):
    manager = a_person(language="en")
    team = a_team(manager=manager)
    hook, secret = a_hook(team, receiver)
    receiver.answer = status(503)
    some(hook, ["A", "B"])
    pauses = []
    for _ in range(4):
        webhook_call.call_all()
        message = hook.messages.get(noun="A")
        pauses.append(round((message.due_at - message.called_at).total_seconds()))
        wait_no_more()
    assert pauses == [5, 30, 120, 600]
    bodies = {one.body for one in receiver.heard if one.told["data"]["order"] == "A"}
    assert len(bodies) == 1 and all(is_signed(one, secret) for one in receiver.heard)
    hook.messages.update(begun_at=timezone.now() - timedelta(days=1, seconds=1))
    before = len(receiver.heard)
    mail.outbox.clear()
    webhook_call.call_all()
    drain()
    assert len(receiver.heard) == before
    assert set(hook.messages.values_list("state", flat=True)) == {State.GIVEN_UP}
    (letter,) = mail.outbox
    assert letter.to == [manager.email] and "/en/desk/webhooks/" in letter.body
    assert receiver.at not in letter.body
    some(hook, ["C"])
    hook.messages.filter(noun="C").update(begun_at=timezone.now() - timedelta(days=2))
    webhook_call.call_all()
    drain()
    assert len(mail.outbox) == 1, "once, until it answers again"


def test_five_failures_and_it_rests_and_what_waited_comes_when_it_answers(receiver):
    hook, _ = a_hook(None, receiver)
    some(hook, [f"N{n}" for n in range(12)])
    receiver.answer = status(302, "Location: http://127.0.0.1/")
    webhook_call.call_all()
    # Four at once before it was known to fail, then one at a time.
    assert 5 <= len(receiver.heard) <= 8
    hook.refresh_from_db()
    assert hook.is_resting and hook.failing_since
    assert hook.messages.filter(state=State.WAITING).count() == 12
    webhook_call.call_all()
    assert len(receiver.heard) <= 8, "it is left alone"
    receiver.answer = status(200)
    Webhook.objects.update(rests_until=timezone.now() - timedelta(seconds=1))
    webhook_call.call_all()
    assert set(hook.messages.values_list("state", flat=True)) == {State.DELIVERED}
    hook.refresh_from_db()
    assert (hook.failures, hook.rests_until, hook.failing_since) == (0, None, None)


def test_who_is_slow_or_never_answers_holds_up_nobody_else(settings):
    """Two hang until the test lets them go: all else happens meanwhile, and at neither more than four at once."""
    let_go = threading.Event()
    with receiving(settings) as slow, receiving(settings) as dead, receiving(settings) as quick:
        slow.answer = lambda wire: (let_go.wait(8), status(200)(wire))
        dead.answer = lambda wire: let_go.wait(8)
        hooks = [a_hook(None, one)[0] for one in (slow, dead, quick)]
        for hook in hooks:
            some(hook, [f"N{n}" for n in range(8)])
        run = threading.Thread(target=in_its_own_connection, args=(webhook_call.call_all,))
        run.start()
        until(lambda: len(quick.heard) == 8)
        some(hooks[2], ["later"])
        until(lambda: "later" in {noun for _, noun in told(quick)})
        # What happens meanwhile is written down at once: nobody who buys waits for a receiver.
        Buyer().place(a_lot(units=2))
        assert not let_go.is_set() and (len(slow.heard), len(dead.heard)) == (4, 4)
        assert webhook_call.call_all() == 0, "one worker at a time"
        let_go.set()
        run.join(30)
        assert (slow.most_at_once, dead.most_at_once) == (webhook_call.AT_ONE, webhook_call.AT_ONE)
        assert set(hooks[0].messages.filter(noun__startswith="N").values_list("state", flat=True)) == {
            State.DELIVERED
        }
        assert set(hooks[1].messages.values_list("problem", flat=True)) == {"broken", ""}
    assert not run.is_alive()


def until(is_so) -> None:
    """Soon: long before anybody who hangs is given up."""
    ends = time.monotonic() + 7
    while not is_so() and time.monotonic() < ends:
        time.sleep(0.02)
    assert is_so()


def in_its_own_connection(run):
    from django.db import connections

    try:
        run()
    finally:
        connections.close_all()


def test_a_worker_that_dies_with_a_call_leaves_it_to_the_next(receiver):
    hook, _ = a_hook(None, receiver)
    some(hook, ["A", "A"])
    (call,) = webhook_call._claim(10)
    assert webhook_call._claim(10) == [], "it is leased, and the one after it waits"
    assert webhook_call.call_all() == 0 and receiver.heard == []
    WebhookMessage.objects.filter(pk=call.message_id).update(
        due_at=timezone.now(), leased_until=timezone.now()
    )
    webhook_call.call_all()
    assert len(receiver.heard) == 2
    # The one that was thought dead speaks up after all: nothing of what it says counts.
    webhook_call._settle(call, webhook_call.Called(webhook_call.outward.Answer(status=500), 1))
    assert set(hook.messages.values_list("state", flat=True)) == {State.DELIVERED}


def test_a_worker_calls_them_beside_its_tasks(receiver):
    hook, _ = a_hook(None, receiver)
    some(hook, ["A"])
    receiver.answer = lambda wire: (time.sleep(0.3), status(200)(wire))
    assert webhook_call.start() and not webhook_call.start()
    webhook_call._thread.join(10)
    assert told(receiver) == [("order.placed", "A")] and webhook_call.start()
    webhook_call._thread.join(10)


# --- Kept by people -------------------------------------------------------------------------------------


def test_a_secret_is_turned_over_and_for_a_day_both_sign(receiver):
    hook, old = a_hook(None, receiver)
    operator = Buyer(an_operator())
    new = operator.done("webhookSecretTurn", "secret webhook { formerUntil }", id=webhook_note.id_of(hook))
    assert new["secret"] != old and new["webhook"]["formerUntil"]
    some(hook, ["A"])
    webhook_call.call_all()
    assert is_signed(receiver.heard[0], old) and is_signed(receiver.heard[0], new["secret"])
    Webhook.objects.update(former_until=timezone.now() - timedelta(seconds=1))
    some(hook, ["B"])
    webhook_call.call_all()
    assert not is_signed(receiver.heard[1], old) and is_signed(receiver.heard[1], new["secret"])
    webhook_call.forget_old()
    hook.refresh_from_db()
    assert bytes(hook.former_sealed) == b"" and hook.former_until is None
    assert old.encode() not in bytes(hook.sealed) and new["secret"].encode() not in bytes(hook.sealed)


SEEN = """query($team: ID) { teamWebhooks(team: $team) { id isResting messages {
  id kind noun state status problem tries tookMs messageId body } } }"""


def test_a_test_is_sent_and_what_was_taken_is_sent_again_under_the_same_id(receiver):
    manager = a_person()
    team = a_team(manager=manager)
    hook, _ = a_hook(team, receiver)
    keeper, stranger = Buyer(manager), Buyer(a_person())
    receiver.answer = status(418)
    tried = keeper.done("webhookTest", "message { id kind state }", id=webhook_note.id_of(hook))["message"]
    assert (tried["kind"], tried["state"]) == ("WEBHOOK_TEST", "WAITING")
    webhook_call.call_all()
    (seen,) = keeper.ask(SEEN)["teamWebhooks"]
    (message,) = seen["messages"]
    assert (message["status"], message["state"], message["problem"]) == (418, "WAITING", None)
    assert "So" not in json.dumps(message), "nothing of what was answered but its status"
    receiver.answer = status(200)
    wait_no_more()
    webhook_call.call_all()
    keeper.done("webhookSendAgain", "message { state }", id=message["id"])
    keeper.done("webhookSendAgain", "message { state }", id=message["id"])
    webhook_call.call_all()
    assert len(receiver.heard) == 3
    assert {one.headers["webhook-id"] for one in receiver.heard} == {message["messageId"]}
    for act, of in (
        ("webhookSendAgain", message["id"]),
        ("webhookTest", seen["id"]),
        ("webhookEnd", seen["id"]),
    ):
        refused = stranger.do(act, "errors { code }", id=of)
        assert [one["code"] for one in refused["errors"]] == ["NOT_FOUND"]
    assert stranger.ask(SEEN)["teamWebhooks"] == []
    some(hook, ["A"])
    keeper.done("webhookEnd", "webhook { endedAt }", id=seen["id"])
    webhook_call.call_all()
    assert len(receiver.heard) == 3 and keeper.ask(SEEN)["teamWebhooks"] == []
    assert hook.messages.get(noun="A").state == State.GIVEN_UP


def test_the_test_button_and_send_again_lead_inside_no_more_than_any_call(settings, receiver):
    """Kept while the settings named it, or changed in the table by somebody else: it is looked at with each call."""
    hook, _ = a_hook(None, receiver)
    operator = Buyer(an_operator())
    settings.CALLABLE_INSIDE = []
    tried = operator.done("webhookTest", "message { id }", id=webhook_note.id_of(hook))["message"]
    webhook_call.call_all()
    message = hook.messages.get()
    assert (message.status, message.problem, receiver.heard) == (None, "nowhere", [])
    hook.messages.update(state=State.GIVEN_UP, settled_at=timezone.now())
    operator.done("webhookSendAgain", "message { id }", id=tried["id"])
    webhook_call.call_all()
    assert hook.messages.get().problem == "nowhere" and receiver.heard == []
    asked = operator.do("shopWebhookMake", MADE, url="https://127.1/", events=EVENTS)
    assert [(one["code"], one["field"]) for one in asked["errors"]] == [("INVALID", ["url"])]
    asked = operator.do(
        "webhookUpdate", "webhook { id }", id=webhook_note.id_of(hook), url=receiver.url, events=[]
    )
    assert [one["field"] for one in asked["errors"]] == [["url"], ["events"]]


def test_another_address_begins_anew_and_what_waits_goes_there(settings, receiver):
    hook, _ = a_hook(None, receiver)
    some(hook, ["A"])
    receiver.answer = status(500)
    for _ in range(5):
        webhook_call.call_all()
        WebhookMessage.objects.update(due_at=timezone.now())
    hook.refresh_from_db()
    assert hook.is_resting
    with receiving(settings) as other:
        webhooks.update(hook, other.url, [Webhook.Kind.ORDER_PAID], None)
        webhook_call.call_all()
        assert told(other) == [("order.placed", "A")]
        Buyer().place(a_lot(units=1))
        webhook_call.call_all()
        assert len(other.heard) == 1, "of what is placed it is told no more"


def test_a_team_has_at_most_five(receiver):
    team = a_team(manager=a_person())
    for _ in range(webhooks.MOST):
        a_hook(team, receiver)
    keeper = Buyer(team.members.get().person)
    given = {"team": global_id("Team", team.uid), "url": receiver.url, "events": ["ORDER_PAID"]}
    assert [one["field"] for one in keeper.do("teamWebhookMake", MADE, **given)["errors"]] == [["url"]]
    webhooks.end(Webhook.objects.filter(team=team).first(), None)
    assert keeper.do("teamWebhookMake", MADE, **given)["errors"] == []


def test_what_was_settled_a_month_ago_is_forgotten(receiver):
    hook, _ = a_hook(None, receiver)
    some(hook, ["A", "B"])
    webhook_call.call_all()
    hook.messages.filter(noun="A").update(settled_at=timezone.now() - timedelta(days=31))
    assert webhook_call.forget_old() == 1 and hook.messages.get().noun == "B"


def test_verify_names_what_overtook_and_what_nobody_sends(receiver):
    hook, _ = a_hook(None, receiver)
    some(hook, ["A", "A"])
    webhook_call.call_all()
    first = hook.messages.order_by("pk").first()
    WebhookMessage.objects.filter(pk=first.pk).update(state=State.WAITING, settled_at=None)
    assert [one.noun for one in verify() if one.rule == "WEBHOOK"] == ["WebhookMessage"]
    WebhookMessage.objects.filter(pk=first.pk).update(again_at=timezone.now())
    assert [one for one in verify() if one.rule == "WEBHOOK"] == []
    WebhookMessage.objects.filter(pk=first.pk).update(begun_at=timezone.now() - timedelta(days=2))
    assert [one.noun for one in verify() if one.rule == "WEBHOOK"] == ["WebhookMessage"]
