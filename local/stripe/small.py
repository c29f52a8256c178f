"""The smaller resources: charges, balance, customers, events, webhook endpoints."""

from __future__ import annotations

import secrets
from typing import Any

from . import API_VERSION
from .account import Account
from .errors import invalid
from .forms import Params
from .listing import listed
from .store import Row

MINE = "we_from_the_command_line"
ANY = ["*"]


# -- charges and balance


def charge(account: Account, params: Params, id: str) -> Row:
    return account.get("charge", id)


def update_charge(account: Account, params: Params, id: str) -> Row:
    params.only("metadata", "description", "receipt_email")
    made = account.get("charge", id)
    if "description" in params:
        made["description"] = params.text("description")
    before = {"metadata": made["metadata"]}
    account.save(made, metadata=params.metadata(made["metadata"]))
    account.emit("charge.updated", made, before)
    return made


def charges(account: Account, params: Params) -> Row:
    return listed(account, params, "charge", "/v1/charges", ("payment_intent", "customer"))


def balance_transaction(account: Account, params: Params, id: str) -> Row:
    return account.get("balance_transaction", id)


def balance_transactions(account: Account, params: Params) -> Row:
    url, fields = "/v1/balance_transactions", ("type", "source", "currency")
    return listed(account, params, "balance_transaction", url, fields)


def balance(account: Account, params: Params) -> Row:
    sums = account.store.rows(
        "SELECT json_extract(body, '$.currency') AS currency, json_extract(body, '$.available_on') <= ? AS settled,"
        " sum(json_extract(body, '$.net')) AS net FROM objects WHERE kind = 'balance_transaction' GROUP BY 1, 2",
        account.now(),
    )
    told = {flag: [{"amount": row["net"], "currency": row["currency"], "source_types": {"card": row["net"]}}
                   for row in sums if bool(row["settled"]) == flag] for flag in (True, False)}  # fmt: skip
    return {"object": "balance", "livemode": False, "available": told[True], "pending": told[False]}


# -- customers


def create_customer(account: Account, params: Params) -> Row:
    params.only(
        "email", "name", "phone", "description", "metadata", "preferred_locales", "address", "shipping"
    )
    made = account.stamp("customer", address=None, balance=0, business_name=None, currency=None, customer_account=None,
                         default_source=None, delinquent=False, description=None, discount=None, email=None,
                         individual_name=None, invoice_prefix=secrets.token_hex(4).upper(), metadata={}, name=None,
                         next_invoice_sequence=1, phone=None, preferred_locales=[], shipping=None,
                         tax_exempt="none", test_clock=None)  # fmt: skip
    account.add(_fill_customer(made, params))
    account.emit("customer.created", made)
    return made


def customer(account: Account, params: Params, id: str) -> Row:
    return account.get("customer", id)


def update_customer(account: Account, params: Params, id: str) -> Row:
    params.only(
        "email", "name", "phone", "description", "metadata", "preferred_locales", "address", "shipping"
    )
    made = account.get("customer", id)
    account.save(_fill_customer(made, params))
    account.emit("customer.updated", made)
    return made


def delete_customer(account: Account, params: Params, id: str) -> Row:
    account.emit("customer.deleted", account.get("customer", id))
    account.store.remove(id)
    return {"id": id, "object": "customer", "deleted": True}


def customers(account: Account, params: Params) -> Row:
    return listed(account, params, "customer", "/v1/customers", ("email",))


def _fill_customer(made: Row, params: Params) -> Row:
    for name in ("name", "phone", "description"):
        if name in params:
            made[name] = params.text(name)
    if "email" in params:
        made["email"] = params.email("email")
    for name in ("address", "shipping"):
        if name in params:
            made[name] = params.part(name).data or None
    made["preferred_locales"] = params.texts("preferred_locales") or made["preferred_locales"]
    made["metadata"] = params.metadata(made["metadata"])
    return made


# -- events


def event(account: Account, params: Params, id: str) -> Row:
    return with_pending(account, account.get("event", id))


def events(account: Account, params: Params) -> Row:
    where: list[tuple[str, Any]] = []
    kind, kinds = params.text("type"), params.texts("types")
    if kind and kinds:
        raise invalid("You may only specify one of these parameters: type, types.")
    if kind:
        where.append(("json_extract(body, '$.type') GLOB ?", kind))
    if kinds:
        marks = ", ".join("?" for _ in kinds)
        where.append((f"json_extract(body, '$.type') IN ({marks})", tuple(kinds)))
    rest = Params({name: value for name, value in params.data.items() if name not in ("type", "types")})
    page = listed(account, rest, "event", "/v1/events", where=where)
    page["data"] = [with_pending(account, found) for found in page["data"]]
    return page


def with_pending(account: Account, found: Row) -> Row:
    """`pending_webhooks`: endpoints that have not taken this event yet."""
    sql = (
        "SELECT count(DISTINCT endpoint) AS n FROM deliveries"
        " WHERE event = ? AND state NOT IN ('delivered', 'dropped')"
    )
    return {**found, "pending_webhooks": account.store.rows(sql, found["id"])[0]["n"]}


# -- webhook endpoints


def create_endpoint(account: Account, params: Params) -> Row:
    params.only("url", "enabled_events", "description", "metadata", "api_version", "connect")
    url, kinds = params.need("url").url("url"), params.need("enabled_events").texts("enabled_events")
    made = endpoint_of(account, str(url), "whsec_" + secrets.token_hex(16), list(kinds or ANY))
    account.add({**made, "description": params.text("description"), "metadata": params.metadata()})
    return {**made, "secret": made["_secret"]}


def endpoint_of(account: Account, url: str, secret: str, kinds: list[str], id: str | None = None) -> Row:
    return account.stamp("webhook_endpoint", id=id, url=url, enabled_events=kinds, status="enabled", description=None,
                         metadata={}, api_version=API_VERSION, application=None, _secret=secret)  # fmt: skip


def endpoint(account: Account, params: Params, id: str) -> Row:
    return account.get("webhook_endpoint", id)


def update_endpoint(account: Account, params: Params, id: str) -> Row:
    params.only("url", "enabled_events", "disabled", "description", "metadata")
    made = account.get("webhook_endpoint", id)
    made["url"] = params.url("url") or made["url"]
    made["enabled_events"] = params.texts("enabled_events") or made["enabled_events"]
    made["status"] = "disabled" if params.flag("disabled", made["status"] == "disabled") else "enabled"
    return account.save(made, metadata=params.metadata(made["metadata"]))


def delete_endpoint(account: Account, params: Params, id: str) -> Row:
    account.get("webhook_endpoint", id)
    account.store.remove(id)
    return {"id": id, "object": "webhook_endpoint", "deleted": True}


def endpoints(account: Account, params: Params) -> Row:
    return listed(account, params, "webhook_endpoint", "/v1/webhook_endpoints")
