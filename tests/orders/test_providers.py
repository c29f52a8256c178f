"""Several providers side by side: each payment is begun, told of, given back and asked about at its own."""

import re
from functools import partial
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import IntegrityError
from django.test import Client

from orders import provider as providers
from orders.actions import elsewhere, payment, reconcile, refund
from orders.models import Dispute, Notice, Payment, Refund
from orders.provider import provider
from orders.provider.port import RefundSeen, Was
from scripts.floors import standing
from tests.orders.coop import Till
from tests.orders.test_payment import in_time
from tests.orders.world import (
    PAID,
    Buyer,
    a_lot,
    at_rest,
    events,
    row,
    run_out,
    session_of,
    settle_all,
    tell,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def coops(settings):
    """Two accounts at the cooperative beside Stripe; what either calls by a number the other does too."""
    with Till("of the north") as north, Till("of the south") as south:
        others = {"north": north.named(), "south": south.named()}
        settings.PAYMENT_PROVIDERS = {**settings.PAYMENT_PROVIDERS, **others}
        yield SimpleNamespace(north=north, south=south)
        providers._made.cache_clear()


@pytest.fixture
def begin(settings):
    """An order that is about to be paid by this provider."""

    def begun(name: str, lot=None):
        settings.PAYMENT_PROVIDER = name
        buyer = Buyer()
        order = buyer.place(lot or a_lot(), quantity=2)
        page = buyer.begin(order)
        settings.PAYMENT_PROVIDER = "stripe"
        return SimpleNamespace(buyer=buyer, order=order, page=page)

    return begun


def hand_in(name: str, slip: tuple[bytes, dict[str, str]]) -> int:
    body, headers = slip
    return Client().post(f"/notices/{name}/", body, "application/json", headers=headers).status_code


def of(begun) -> Payment:
    return Payment.objects.get(order=row(begun.order))


def ask_back(begun) -> Refund:
    order = row(begun.order)
    return refund.request(order, {order.lines.get().uid: refund.Part(units=1)}, reason=Refund.Reason.TEAM)


def states(*some) -> list[str]:
    return [row(one.order).state for one in some]


def test_an_order_is_paid_and_given_back_with_each_and_each_notice_reaches_its_own(
    till, a_stand, coops, begin
):
    card, north, south = begin("stripe"), begin("north"), begin("south")
    assert [of(one).provider for one in (card, north, south)] == ["stripe", "north", "south"]
    assert of(north).payment_ref == of(south).payment_ref == "1", "each counts by itself"
    assert north.page["url"] == f"{coops.north.url}/counter/1"

    assert hand_in("south", coops.south.book("1")) == 200
    assert states(card, north, south) == ["placed", "placed", "paid"]
    assert hand_in("north", coops.north.book("1")) == 200
    assert states(card, north, south) == ["placed", "paid", "paid"]
    till.pay(session_of(card.page), "alipay")
    assert set(tell(a_stand, PAID)) == {200}
    assert states(card, north, south) == ["paid", "paid", "paid"]
    assert [(n.provider, n.event_id) for n in Notice.objects.exclude(provider="stripe").order_by("pk")] == [
        ("south", "1"),
        ("north", "1"),
    ]

    asked = [ask_back(one) for one in (card, north, south)]
    settle_all()
    for made in asked:
        made.refresh_from_db()
    assert [made.state for made in asked] == ["succeeded"] * 3
    assert [made.provider_id for made in asked[1:]] == ["1", "1"]
    for coop, made in zip((coops.north, coops.south), asked[1:], strict=True):
        (given,) = coop.shelves["repayments"]
        assert (given["fen"], given["ours"]) == (made.amount_minor, f"{made.uid}:1")
    (given,) = a_stand.store.select("refund", [], 9)
    assert given["amount"] == asked[0].amount_minor
    at_rest()


def test_a_notice_in_anothers_name_is_forged_and_an_unknown_providers_door_is_shut(
    till, a_stand, coops, begin
):
    begun = begin("north")
    slip = coops.north.book("1")
    assert hand_in("south", slip) == 400 and hand_in("stripe", slip) == 400
    assert hand_in("nobody", slip) == 404
    assert Notice.objects.count() == 0 and states(begun) == ["placed"]
    till.pay(session_of(begin("stripe").page), "alipay")
    assert hand_in("north", (str(events(a_stand, PAID)[0]).encode(), {"Stripe-Signature": "t=1,v1=x"})) == 400
    assert hand_in("north", slip) == 200 and states(begun) == ["paid"]


def test_an_objection_is_about_its_own_providers_payment(coops, begin):
    north, south = begin("north"), begin("south")
    for name, one in (("north", coops.north), ("south", coops.south)):
        hand_in(name, one.book("1"))
    assert hand_in("south", coops.south.object("1", "lost")) == 200
    assert Dispute.objects.get().payment == of(south)
    assert states(north, south) == ["paid", "refunded"]
    assert hand_in("north", coops.north.object("1", "open")) == 200
    assert Dispute.objects.filter(provider_id="1").count() == 2 and row(north.order).contested_at
    at_rest()


def test_lost_notices_are_found_at_each_and_one_that_is_away_holds_up_no_other(till, coops, begin):
    north, south = begin("north"), begin("south")
    coops.north.book("1")
    coops.south.book("1")
    coops.north.is_shut = True
    in_time()
    reconcile.all_waiting()
    assert states(north, south) == ["placed", "paid"]
    coops.north.is_shut = False
    in_time()
    assert reconcile.all_waiting()["payments"] == 1
    assert states(north, south) == ["paid", "paid"]
    at_rest()


def test_one_that_breaks_holds_up_no_other_and_is_not_silent(till, coops, begin, monkeypatch, caplog):
    south = begin("south")
    coops.south.book("1")

    def broken(*_):
        raise ValueError("what the north tells is no list")

    monkeypatch.setattr(provider("north"), "recent", broken)
    in_time()
    for ask in (reconcile.all_waiting, partial(reconcile.look_back, 1)):
        caplog.clear()
        with pytest.raises(ExceptionGroup) as met:
            ask()
        assert [str(failure) for failure in met.value.exceptions] == ["what the north tells is no list"]
        said = [r for r in caplog.records if r.name == "sheaf.reconcile" and r.levelname == "ERROR"]
        assert len(said) == 1 and "north" in said[0].getMessage() and said[0].exc_info
    assert states(south) == ["paid"], "each is asked, whoever of them breaks"
    at_rest()


# --- A refund and a dispute of one number are two things ---


def on_payments(coops, *begun) -> None:
    """Each is paid in the south; then the bank takes back what paid the first, by its objection 1."""
    for one in begun:
        assert hand_in("south", coops.south.book(of(one).payment_ref)) == 200
    assert hand_in("south", coops.south.object("1", "lost")) == 200
    assert states(*begun) == ["refunded", *["paid"] * (len(begun) - 1)]


def test_a_dispute_takes_what_a_refund_of_its_number_has_left_of_the_payment(till, coops, begin):
    south = begin("south")
    hand_in("south", coops.south.book("1"))
    made = ask_back(south)
    settle_all()
    made.refresh_from_db()
    assert (made.state, made.provider_id) == ("succeeded", "1")
    coops.south.find("deposits", "1")["fen"] -= made.amount_minor  # the bank asks for what is left
    assert hand_in("south", coops.south.object("1", "lost")) == 200
    assert [d.state for d in Dispute.objects.all()] == ["lost"], Notice.objects.latest("pk").effect
    rows = Refund.objects.order_by("pk").values_list("reason", "state", "provider_id")
    assert [*rows] == [("team", "succeeded", "1"), ("dispute", "succeeded", "1")]
    assert states(south) == ["refunded"]
    in_time()
    reconcile.all_waiting()
    assert Refund.objects.count() == 2, "both are known by now"
    at_rest()


@pytest.mark.parametrize("is_told", [True, False], ids=["by a notice", "by reconciling"])
def test_what_the_tills_own_desk_repays_is_taken_up_beside_a_dispute_of_its_number(
    till, coops, begin, is_told
):
    one, other = begin("south"), begin("south")
    on_payments(coops, one, other)
    fen = row(other.order).total_minor
    assert coops.south.put("repayments", {"key": "desk", "deposit": "2", "fen": fen, "ours": ""})["no"] == "1"
    if is_told:
        assert hand_in("south", coops.south.slip("repayments", "1")) == 200
    else:
        in_time()
        reconcile.all_waiting()
    assert states(one, other) == ["refunded", "refunded"], Notice.objects.latest("pk").effect
    assert [*Refund.objects.order_by("pk").values_list("reason", flat=True)] == ["dispute", "desk"]
    settle_all()
    at_rest()


def test_a_refund_that_fails_later_is_told_from_a_dispute_of_its_number(till, coops, begin):
    one, other = begin("south"), begin("south")
    on_payments(coops, one, other)
    made = ask_back(other)
    settle_all()
    made.refresh_from_db()
    assert (made.state, made.provider_id) == ("succeeded", "1")
    gone = RefundSeen(
        Was.FAILED, "1", made.amount_minor, "account closed", payment_ref="2", ours=f"{made.uid}:1"
    )
    assert elsewhere.take_refund("south", gone) == "failed"
    states_now = dict(Refund.objects.values_list("reason", "state"))
    assert states_now == {"team": "failed", "dispute": "succeeded"}
    assert states(one) == ["refunded"]
    at_rest()


def test_a_refund_on_its_way_is_asked_about_by_its_own_number(till, coops, begin):
    one, other = begin("south"), begin("south")
    on_payments(coops, one, other)
    made = ask_back(other)
    settle_all()
    Refund.objects.filter(pk=made.pk).update(state="pending")
    assert refund.learn("south", "1") == "succeeded"
    assert refund.learn("south", "") == "not ours"
    made.refresh_from_db()
    assert made.state == "succeeded"


def test_what_the_desk_repays_is_no_chargeback_even_of_its_sum(till, coops, begin):
    one = begin("south")
    on_payments(coops, one)
    taken = Refund.objects.get()
    Refund.objects.filter(pk=taken.pk).update(state="failed")
    seen = RefundSeen(Was.SUCCEEDED, "2", taken.amount_minor, payment_ref="1")
    assert elsewhere.take_refund("south", seen) == "given back elsewhere"
    taken.refresh_from_db()
    assert (taken.state, taken.provider_id) == ("failed", "1"), "it bears no refund's number"


def test_what_no_provider_has_numbered_yet_is_found_by_no_number(till, coops, begin):
    south = begin("south")
    hand_in("south", coops.south.book("1"))
    made = ask_back(south)
    seen = RefundSeen(Was.SUCCEEDED, "", made.amount_minor, payment_ref="2")
    assert elsewhere.take_refund("south", seen) == "waits"
    assert Refund.objects.get().state == "requested"


def test_a_number_names_one_refund_and_one_chargeback_of_a_payment(till, coops, begin):
    one = begin("south")
    on_payments(coops, one)
    taken = Refund.objects.get()
    same = {"payment": taken.payment, "provider_id": taken.provider_id, "amount_minor": 1}
    Refund.objects.create(**same, reason=Refund.Reason.TEAM)
    for reason, name in ((Refund.Reason.DESK, "refund_once"), (Refund.Reason.DISPUTE, "chargeback_once")):
        with pytest.raises(IntegrityError, match=name):
            Refund.objects.create(**same, reason=reason)


def test_what_is_not_paid_in_time_is_closed_at_its_own(till, coops, begin):
    north, south = begin("north"), begin("south")
    run_out(north.order)
    settle_all()
    assert coops.north.find("deposits", "1")["state"] == "void"
    assert coops.south.find("deposits", "1")["state"] == "awaited"
    assert (of(north).state, of(south).state) == ("cancelled", "created")
    assert states(north, south) == ["expired", "placed"]
    assert not any("void" in asked for asked in coops.south.asked)


def test_an_attempt_stays_with_the_provider_it_was_begun_at(till, coops, begin):
    begun = begin("south")
    assert begun.buyer.begin(begun.order)["url"] == begun.page["url"], "new ones are Stripe's again"
    assert payment.begin(row(begun.order)).provider == "south" and Payment.objects.count() == 1


def test_what_a_provider_takes_at_least_and_how_long_is_its_own(till, coops, begin, settings):
    at_coop, at_stripe = of(begin("north")), of(begin("stripe"))
    assert (at_coop.ends_at - at_coop.created_at).total_seconds() == pytest.approx(3600, abs=5)
    assert (at_stripe.ends_at - at_stripe.created_at).total_seconds() == pytest.approx(2100, abs=5)
    assert provider("north").least_minor != provider("stripe").least_minor


# What only the adapter says: event names, the nouns and the ids of one provider.
ITS_WORDS = re.compile(
    r"checkout\.session|payment_intents?\b|charge\.(dispute|refund)|PaymentIntent|\bintents?\b|\bintent_id\b"
    r"|session_id\b|\b(cs|pi|evt|pm|ch)_(test_)?[a-z{]|Stripe-Signature|charge_(already|disputed)",
)
ROOT = Path(__file__).parents[2]
# Who tells the stand-in what the demo has sold; what a migration makes of before; and the adapters.
MAY_SAY_THEM = ("orders/migrations/", "shop/demo/stand_in.py")
ADAPTERS = "orders/provider/"
# What every adapter shares stands beside them.
SHARED = {ADAPTERS + name for name in ("__init__.py", "port.py", "outside.py", "haste.py", "clock.py")}


def may_say_them(name: str) -> bool:
    return name.startswith(MAY_SAY_THEM) or (name.startswith(ADAPTERS) and name not in SHARED)


def may_be_another(name: str) -> set[str]:
    """Where somebody is signed in is a session, too."""
    return {"session_id"} if name.startswith("accounts/") or name == "shop/sessions.py" else set()


def test_no_file_but_the_adapters_has_a_providers_words():
    said = []
    for floor in standing():
        for path in sorted((ROOT / floor).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix not in (".py", ".html", ".graphql", ".txt", ".sql") or may_say_them(name):
                continue
            said += [
                f"{name}:{n} {line.strip()}"
                for n, line in enumerate(path.read_text().splitlines(), 1)
                if {word[0] for word in ITS_WORDS.finditer(line)} - may_be_another(name)
            ]
    assert not said, "\n".join(said)
    adapter = "".join(path.read_text() for path in (ROOT / "orders/provider/stripe").glob("*.py"))
    assert len(set(ITS_WORDS.findall(adapter))) > 2, "the search finds what it looks for"


def is_an_adapter(name: str) -> bool:
    """By what it has, whether or not this machine sets its address."""
    module = import_module(name.removesuffix(".py").replace("/", "."))
    own = [one for one in vars(module).values() if getattr(one, "__module__", "") == module.__name__]
    return any({"begin", "look", "close", "refund", "hear", "read"} <= set(dir(one)) for one in own)


def test_an_adapter_is_a_file_or_a_folder_and_what_all_share_is_none():
    assert all(map(may_say_them, ("orders/provider/coop.py", "orders/provider/stripe/adapter.py")))
    assert not any(map(may_say_them, SHARED)) and all((ROOT / name).is_file() for name in SHARED)
    beside = {path.relative_to(ROOT).as_posix() for path in (ROOT / ADAPTERS).glob("*.py")}
    assert is_an_adapter("tests/orders/coop.py") and not any(map(is_an_adapter, SHARED))
    alone = {name for name in beside - SHARED if not is_an_adapter(name)}
    assert not alone, "whatever else stands there is held to the port's words, or is some provider's adapter"
