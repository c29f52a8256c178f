"""The stand-in for Stripe: which requests it takes, and that a key repeats no deed."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import requests
import stripe

from local.stripe.forms import parse
from tests.local.stripe_world import World, refused


def test_nested_form_parameters() -> None:
    raw = "a[b][0][c]=1&a[b][1][c]=2&l[]=x&l[]=y&e=&m[order]=7"
    assert parse(raw) == {
        "a": {"b": [{"c": "1"}, {"c": "2"}]},
        "l": ["x", "y"],
        "e": "",
        "m": {"order": "7"},
    }


@pytest.mark.parametrize(
    ("change", "param", "code"),
    [
        ({"amount": 0}, "amount", "parameter_invalid_integer"),
        ({"amount": -5}, "amount", "parameter_invalid_integer"),
        ({"amount": "12.5"}, "amount", "parameter_invalid_integer"),
        ({"amount": ""}, "amount", "parameter_missing"),
        ({"amount": 100_000_000}, "amount", "amount_too_large"),
        ({"currency": "xyz"}, "currency", None),
        ({"currency": ""}, "currency", "parameter_missing"),
        ({"colour": "red"}, "colour", "parameter_unknown"),
        ({"metadata": {"k" * 41: "v"}}, f"metadata[{'k' * 41}]", None),
        ({"metadata": {"k": "v" * 501}}, "metadata[k]", None),
        ({"metadata": {f"k{n}": "v" for n in range(51)}}, "metadata", None),
        ({"receipt_email": "nobody"}, "receipt_email", "email_invalid"),
        ({"customer": "cus_none"}, "customer", "resource_missing"),
        ({"payment_method": "alipay"}, "payment_method", "resource_missing"),
        ({"payment_method_types": ["card"]}, "payment_method_types", "payment_method_types_no_longer_supported"),
    ],
)  # fmt: skip
def test_wrong_parameters_are_refused_by_name(
    world: World, change: dict[str, Any], param: str, code: str | None
) -> None:
    error = refused(lambda: world.intent(**{"method": None, **change}))
    assert (error.param, error.code) == (param, code)
    assert world.v1.payment_intents.list().data == []


def test_only_test_keys_are_let_in(world: World) -> None:
    for key in ("sk_live_1", "pk_test_1"):
        client = stripe.StripeClient(key, base_addresses={"api": world.url})
        refused(lambda client=client: client.v1.payment_intents.list(), stripe.AuthenticationError)
    assert requests.get(world.url + "/v1/events").status_code == 401
    assert requests.get(world.url + "/v1/events", auth=("sk_test_1", "")).status_code == 200
    missing = requests.get(world.url + "/v1/nothing", auth=("sk_test_1", ""))
    assert missing.status_code == 404 and "Unrecognized request URL" in missing.json()["error"]["message"]


def test_a_key_replays_the_first_answer(world: World) -> None:
    params: Any = {"amount": 700, "currency": "cny", "metadata": {"order": "1"}}
    first = world.v1.payment_intents.create(params, {"idempotency_key": "k"})
    again = world.v1.payment_intents.create(params, {"idempotency_key": "k"})
    assert again.id == first.id and len(world.v1.payment_intents.list().data) == 1
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    other = refused(
        lambda: world.v1.payment_intents.create({**params, "amount": 701}, {"idempotency_key": "k"}),
        stripe.IdempotencyError,
    )
    assert other.http_status == 400 and "same parameters" in str(other)
    refused(
        lambda: world.v1.customers.create({"name": "x"}, {"idempotency_key": "k"}), stripe.IdempotencyError
    )


def test_a_key_is_forgotten_after_a_day(world: World) -> None:
    params: Any = {"amount": 700, "currency": "cny"}
    first = world.v1.payment_intents.create(params, {"idempotency_key": "k"})
    world.control.advance(23 * 3600)
    assert world.v1.payment_intents.create(params, {"idempotency_key": "k"}).id == first.id
    world.control.advance(3601)
    assert world.v1.payment_intents.create(params, {"idempotency_key": "k"}).id != first.id


def test_a_decline_is_kept_under_its_key_and_a_wrong_parameter_is_not(world: World) -> None:
    def declined() -> Any:
        params: Any = {"amount": 1, "currency": "cny", "payment_method": "pm_card_chargeDeclined"}
        params |= {"confirm": True, "allowed_payment_method_types": ["card"]}
        return world.v1.payment_intents.create(params, {"idempotency_key": "d"})

    one, two = refused(declined, stripe.CardError), refused(declined, stripe.CardError)
    assert one.error.payment_intent.id == two.error.payment_intent.id
    assert len(world.v1.charges.list().data) == 1
    refused(
        lambda: world.v1.payment_intents.create({"amount": 0, "currency": "cny"}, {"idempotency_key": "v"})
    )
    world.v1.payment_intents.create({"amount": 1, "currency": "cny"}, {"idempotency_key": "v"})


def test_many_at_once_with_one_key_charge_once(world: World) -> None:
    ids, told = [], []

    def create() -> None:
        try:
            made = world.v1.payment_intents.create(
                {"amount": 5, "currency": "cny"}, {"idempotency_key": "storm", "max_network_retries": 0}
            )
            ids.append(made.id)
        except stripe.APIError as error:
            told.append(error.http_status)

    threads = [threading.Thread(target=create) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids)) == 1 and len(ids) + len(told) == 20 and set(told) <= {409}
    assert len(world.v1.payment_intents.list({"limit": 100}).data) == 1


def test_a_lost_answer_is_found_again_by_its_key(world: World) -> None:
    world.control.trouble("lose_answer", path="/v1/refunds")
    paid = world.intent(900)
    params: Any = {"payment_intent": paid.id, "amount": 300}
    refused(
        lambda: world.v1.refunds.create(params, {"idempotency_key": "r", "max_network_retries": 0}),
        stripe.APIConnectionError,
    )
    found = world.v1.refunds.create(params, {"idempotency_key": "r"})
    assert [one.id for one in world.v1.refunds.list().data] == [found.id]
    for mode, kind in (
        ("fail", stripe.APIError),
        ("rate_limit", stripe.RateLimitError),
        ("drop", stripe.APIConnectionError),
    ):
        world.control.trouble(mode)
        refused(lambda: world.v1.events.list(), kind)
    assert world.v1.events.list().data
