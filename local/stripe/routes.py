"""Which address of the API does which deed."""

from __future__ import annotations

import re
from collections.abc import Callable

from . import disputes, intents, methods, refunds, sessions, small
from .account import Account
from .errors import ApiError
from .forms import Params
from .store import Row

Handler = Callable[..., Row]
ID = r"([A-Za-z0-9_]+)"

TABLE: list[tuple[str, str, Handler]] = [
    ("POST", "payment_intents", intents.create),
    ("GET", "payment_intents", intents.list_all),
    ("GET", "payment_intents/ID", intents.retrieve),
    ("POST", "payment_intents/ID", intents.update),
    ("POST", "payment_intents/ID/confirm", intents.confirm),
    ("POST", "payment_intents/ID/capture", intents.capture),
    ("POST", "payment_intents/ID/cancel", intents.cancel),
    ("POST", "payment_methods", methods.create),
    ("GET", "payment_methods/ID", methods.retrieve),
    ("POST", "payment_methods/ID/attach", methods.attach),
    ("POST", "checkout/sessions", sessions.create),
    ("GET", "checkout/sessions", sessions.list_all),
    ("GET", "checkout/sessions/ID", sessions.retrieve),
    ("POST", "checkout/sessions/ID", sessions.update),
    ("POST", "checkout/sessions/ID/expire", sessions.expire),
    ("GET", "checkout/sessions/ID/line_items", sessions.line_items),
    ("POST", "refunds", refunds.create),
    ("GET", "refunds", refunds.list_all),
    ("GET", "refunds/ID", refunds.retrieve),
    ("POST", "refunds/ID", refunds.update),
    ("GET", "charges", small.charges),
    ("GET", "charges/ID", small.charge),
    ("POST", "charges/ID", small.update_charge),
    ("GET", "charges/ID/refunds", refunds.of_charge),
    ("GET", "disputes", disputes.list_all),
    ("GET", "disputes/ID", disputes.retrieve),
    ("POST", "disputes/ID", disputes.update),
    ("POST", "disputes/ID/close", disputes.accept),
    ("GET", "balance", small.balance),
    ("GET", "balance_transactions", small.balance_transactions),
    ("GET", "balance_transactions/ID", small.balance_transaction),
    ("POST", "customers", small.create_customer),
    ("GET", "customers", small.customers),
    ("GET", "customers/ID", small.customer),
    ("POST", "customers/ID", small.update_customer),
    ("DELETE", "customers/ID", small.delete_customer),
    ("GET", "events", small.events),
    ("GET", "events/ID", small.event),
    ("POST", "webhook_endpoints", small.create_endpoint),
    ("GET", "webhook_endpoints", small.endpoints),
    ("GET", "webhook_endpoints/ID", small.endpoint),
    ("POST", "webhook_endpoints/ID", small.update_endpoint),
    ("DELETE", "webhook_endpoints/ID", small.delete_endpoint),
]
ROUTES = [(method, re.compile("/v1/" + path.replace("ID", ID)), handler) for method, path, handler in TABLE]

# What is done to an object when its time has come.
TIMERS: dict[str, Callable[[Account, str], object]] = {
    "session.expire": sessions.run_out,
    "hold.lapse": intents.lapse,
    "refund.succeed": refunds.succeed,
    "refund.fail": refunds.fail,
}


def answer(account: Account, method: str, path: str, params: Params) -> Row:
    """Do the deed of an address."""
    for wanted, pattern, handler in ROUTES:
        found = pattern.fullmatch(path.rstrip("/"))
        if found and wanted == method:
            return handler(account, params, *found.groups())
    message = f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs."
    raise ApiError(404, message, recorded=False)


def run_due(account: Account) -> None:
    """Do what the timers say, inside the caller's transaction: nobody meets a session that should have ended."""
    for row in account.store.rows(
        "SELECT * FROM timers WHERE due <= ? ORDER BY due, id", account.exact_now()
    ):
        account.store.run("DELETE FROM timers WHERE id = ?", row["id"])
        if account.store.find(row["object"]):
            TIMERS[row["deed"]](account, row["object"])
