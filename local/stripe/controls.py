"""/_control/…: what tests and the demo may do to the stand-in that nobody may do to Stripe."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from . import disputes, imports, notices, refunds, sessions
from .account import Account, public
from .errors import ApiError, invalid
from .forms import Params
from .methods import checked_card
from .routes import run_due

Wishes = dict[str, Any]


def set_notices(account: Account, wish: Wishes) -> Wishes:
    """deliver | hold | drop | duplicate | shuffle; `delay` seconds, `copies`, only these `types`."""
    mode = wish.get("mode", "deliver")
    if mode not in notices.MODES:
        raise invalid(f"mode must be one of {', '.join(notices.MODES)}", "mode")
    kept = {
        "mode": mode, "delay": float(wish.get("delay") or 0), "copies": int(wish.get("copies") or 2),
        "types": _names(wish.get("types")),
    }  # fmt: skip
    account.store.set("notices", kept)
    return kept


def release(account: Account, wish: Wishes) -> Wishes:
    """Let held notices go, in the given order, and (unless `keep`) hold no more."""
    held = account.store.rows("SELECT d.id, d.event FROM deliveries d WHERE d.state = 'held' ORDER BY d.id")
    chosen = [row["id"] for row in held if wish.get("event") in (None, row["event"])]
    if wish.get("order") == "reverse":
        chosen.reverse()
    now, gap = time.time(), float(wish.get("gap") or 0)
    for place, id in enumerate(chosen):
        account.store.run(
            "UPDATE deliveries SET state = 'pending', due = ? WHERE id = ?", now + place * max(gap, 1e-6), id
        )
    if not wish.get("keep"):
        account.store.set("notices", notices.CALM)
    return {"released": len(chosen)}


def resend(account: Account, wish: Wishes) -> Wishes:
    """Deliver an event once more, even one that was dropped; `times` for several."""
    event = account.get("event", wish.get("event"), "event")
    count = sum(notices.enqueue(account, event, calm=True) for _ in range(int(wish.get("times") or 1)))
    return {"queued": count}


def refund_mode(account: Account, wish: Wishes) -> Wishes:
    """succeed | pending | fail_later; settled `after` seconds (null: never by itself); only these `methods`."""
    mode = wish.get("mode", "succeed")
    if mode not in refunds.MODES:
        raise invalid(f"mode must be one of {', '.join(refunds.MODES)}", "mode")
    after = wish.get("after", refunds.ANSWERS_IN)
    kept = {
        "mode": mode,
        "after": None if after in (None, "") else float(after),
        "methods": _names(wish.get("methods")),
    }
    account.store.set("refund_mode", kept)
    return kept


def settle_refund(account: Account, wish: Wishes) -> Wishes:
    """Decide a refund now: `status` succeeded or failed."""
    id, status = str(wish.get("refund")), str(wish.get("status", "succeeded"))
    return dict(public(refunds.settle(account, id, status, wish.get("reason") or "unknown")))


def refund_at_the_desk(account: Account, wish: Wishes) -> Wishes:
    """Somebody gives back in the dashboard: without our keys, and without our word on it."""
    given = {name: str(wish[name]) for name in ("payment_intent", "amount") if wish.get(name)}
    return dict(public(refunds.create(account, Params(given))))


def dispute(account: Account, wish: Wishes) -> Wishes:
    """The buyer's bank contests a charge (or the charge of a PaymentIntent)."""
    id = wish.get("charge")
    if wish.get("payment_intent"):
        id = account.get("payment_intent", wish["payment_intent"])["latest_charge"]
    amount = int(wish["amount"]) if wish.get("amount") else None
    status = str(wish.get("status") or "needs_response")
    reason = wish.get("reason") or "fraudulent"
    return dict(
        public(
            disputes.open_dispute(
                account, account.get("charge", id), reason, amount, status, wish.get("currency")
            )
        )
    )


def move_dispute(account: Account, wish: Wishes) -> Wishes:
    """What the bank does next: any `status` of the schema, or one that is not in it."""
    return dict(
        public(disputes.become(account, account.get("dispute", wish.get("dispute")), str(wish.get("status"))))
    )


def close_dispute(account: Account, wish: Wishes) -> Wishes:
    """The bank decides: `status` won or lost; by `dispute`, or by `charge`."""
    if wish.get("dispute"):
        made = account.get("dispute", wish["dispute"])
    else:
        found = [one for one in account.store.where("dispute", "charge", wish.get("charge"))
                 if one["status"] in disputes.OPEN]  # fmt: skip
        if not found:
            raise invalid("No open dispute for this charge.", "charge")
        made = found[0]
    return dict(public(disputes.close(account, made, str(wish.get("status")))))


def pay(account: Account, wish: Wishes) -> Wishes:
    """Pay a Checkout Session without a browser: `method` card|alipay|wechat_pay, `number` of the card."""
    from .charging import authorise, refuse

    run_due(account)
    session, kind = (
        account.get("checkout.session", wish.get("session"), "session"),
        wish.get("method") or "card",
    )
    number = str(wish.get("number") or imports.GOOD_CARD)
    card = checked_card(account, number, "12/34", "123") if kind == "card" else None
    intent = sessions.pay(account, session, kind, card)
    if intent["status"] == "requires_action":
        intent = refuse(account, intent) if wish.get("fail") else authorise(account, intent)
    return {"payment_intent": intent["id"], "status": intent["status"], "charge": intent["latest_charge"]}


def advance_clock(account: Account, wish: Wishes) -> Wishes:
    """Move the account's clock; sessions and holds whose time is then up end at once."""
    account.advance(float(wish.get("seconds") or 0))
    run_due(account)
    return {"now": account.now()}


def reset(account: Account, wish: Wishes) -> Wishes:
    """Forget everything but the webhook endpoint of the command line."""
    for table in ("idempotency", "deliveries", "timers", "settings"):
        account.store.run(f"DELETE FROM {table}")
    account.store.run("DELETE FROM objects WHERE id <> ?", "we_from_the_command_line")
    account.shift = 0.0
    return {"reset": True}


def list_deliveries(account: Account, wish: Wishes) -> Wishes:
    return {"data": notices.deliveries(account, wish.get("event"))}


def take_import(account: Account, wish: Wishes) -> Wishes:
    return dict(imports.take(account, wish.get("body", "")))


CONTROLS: dict[str, Callable[[Account, Wishes], Wishes]] = {
    "notices": set_notices,
    "release": release,
    "resend": resend,
    "refund_mode": refund_mode,
    "refund/settle": settle_refund,
    "refund/desk": refund_at_the_desk,
    "dispute": dispute,
    "dispute/close": close_dispute,
    "dispute/move": move_dispute,
    "pay": pay,
    "clock": advance_clock,
    "reset": reset,
    "deliveries": list_deliveries,
    "import": take_import,
}


def control(account: Account, name: str, wish: Wishes) -> Wishes:
    """Do what a test asks for; refused cards keep their traces as they do on the pay page."""
    if name not in CONTROLS:
        raise ApiError(404, f"No such control: {name}. There are: {', '.join(CONTROLS)}, trouble.")
    with account.store.transaction():
        account.store.has_news = True  # what is held may be let go, the clock may be moved
        try:
            with account.store.undone_on_error(unless=lambda error: getattr(error, "keep", False)):
                return CONTROLS[name](account, wish)
        except ApiError as error:
            if not error.keep:
                raise
            return {**public(error.body()), "status": "declined"}


def _names(value: Any) -> list[str] | None:
    if not value:
        return None
    return value.split(",") if isinstance(value, str) else [str(one) for one in value]
