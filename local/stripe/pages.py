"""What a buyer's browser asks of the stand-in: the pay page, the second page, the receipt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from . import charging, sessions
from .account import Account
from .errors import ApiError
from .methods import checked_card
from .page_views import GOOD, authorise_page, notice_page, pay_page, receipt_page
from .page_words import PROBLEMS, STYLE_HASH
from .routes import run_due
from .store import Row

PATH = re.compile(r"/(pay|authorise|receipts)/([A-Za-z0-9_]+)")
# No `form-action`: browsers apply it to the redirect that follows a form, and that leads to the shop.
POLICY = f"default-src 'none'; style-src '{STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'"


@dataclass
class Page:
    """An answer to a browser: a document, or a way to another one."""

    status: int
    html: str = ""
    location: str = ""

    @property
    def headers(self) -> dict[str, str]:
        safe = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
                "X-Content-Type-Options": "nosniff"}  # fmt: skip
        return {**safe, "Location": self.location} if self.location else safe


@dataclass
class Visit:
    """One request of a browser."""

    account: Account
    method: str
    path: str
    values: dict[str, str]
    accepts: str

    def language(self, locale: str | None = None) -> str:
        """The address decides, then the session's locale, then the browser."""
        for wish in (
            self.values.get("locale"),
            locale if locale != "auto" else None,
            self.accepts[:5] or None,
        ):
            if wish:
                return "zh" if wish.lower().startswith("zh") else "en"
        return "zh"


def visit(account: Account, method: str, path: str, query: str, body: str, accepts: str) -> Page:
    """Answer a browser inside one transaction; a refused card leaves its traces."""
    visit = Visit(account, method, path, dict(parse_qsl(f"{query}&{body}")), accepts)
    found = PATH.fullmatch(path.rstrip("/"))
    if not found:
        return Page(404, notice_page("lost", visit.language(), path))
    with account.store.transaction():
        run_due(account)
        try:
            return {"pay": _pay, "authorise": _authorise, "receipts": _receipt}[found[1]](visit, found[2])
        except ApiError as error:
            if error.status != 404:
                raise
            return Page(404, notice_page("lost", visit.language(), path))


def _pay(visit: Visit, id: str) -> Page:
    account, session = visit.account, visit.account.get("checkout.session", id)
    language = visit.language(session["locale"])
    if session["status"] != "open":
        return _ended(visit, session, language)
    if visit.method == "GET":
        number = visit.values.get("number", "")
        shown = " ".join(re.findall(r"\d{1,4}", number[:30])) or GOOD
        return Page(200, pay_page(session, language, shown, _last_problem(visit, session)))
    kind = visit.values.get("method", "card")
    try:
        with account.store.undone_on_error(unless=lambda error: getattr(error, "keep", False)):
            card = None
            if kind == "card":
                given = visit.values
                card = checked_card(
                    account, given.get("number", ""), given.get("expiry", ""), given.get("cvc", "")
                )
            intent = sessions.pay(account, session, kind, card)
    except ApiError as error:
        return Page(
            303, location=_pay_address(session, language, error.error.get("decline_code") or error.code)
        )
    return Page(303, location=_after(account, intent, language))


def _authorise(visit: Visit, id: str) -> Page:
    account, intent = visit.account, visit.account.get("payment_intent", id)
    session = account.store.find(intent["_session"]) if intent["_session"] else None
    language = visit.language(session["locale"] if session else None)
    if intent["status"] != "requires_action" or visit.values.get("attempt") != str(intent["_attempt"]):
        onward = _pay_address(session, language) if session else charging.return_address(account, intent)
        named = "to_pay_page" if session else "to_shop"
        return Page(409, notice_page("stale", language, visit.path, (onward, named) if onward else None))
    if visit.method == "GET":
        kind = account.get("payment_method", intent["payment_method"])["type"]
        return Page(200, authorise_page(intent, kind, language))
    answer = {"authorise": charging.authorise, "fail": charging.refuse}.get(
        visit.values.get("answer", ""), charging.step_back
    )
    try:
        with account.store.undone_on_error(unless=lambda error: getattr(error, "keep", False)):
            intent = answer(account, intent)
    except ApiError:
        intent = account.get("payment_intent", id)
    return Page(303, location=_after(account, intent, language))


def _receipt(visit: Visit, id: str) -> Page:
    return Page(200, receipt_page(visit.account.get("charge", id), visit.language()))


def _ended(visit: Visit, session: Row, language: str) -> Page:
    if session["status"] == "expired":
        back = (session["cancel_url"], "to_shop") if session["cancel_url"] else None
        return Page(410, notice_page("expired", language, visit.path, back))
    return Page(200, notice_page("paid", language, visit.path, (_success(session), "onward")))


def _last_problem(visit: Visit, session: Row) -> str:
    """Why the last try failed: told by the address (a number that never was a card) or kept by the intent."""
    told = visit.values.get("problem", "")
    if told in PROBLEMS:
        return told
    if "number" in visit.values or not session["payment_intent"]:
        return ""
    error = visit.account.get("payment_intent", session["payment_intent"])["last_payment_error"] or {}
    return str(error.get("decline_code") or error.get("code") or "")


def _after(account: Account, intent: Row, language: str) -> str:
    """Where a browser goes once something has been tried."""
    if intent["status"] == "requires_action":
        return f"/authorise/{intent['id']}?" + urlencode({"attempt": intent["_attempt"], "locale": language})
    if not intent["_session"]:
        return charging.return_address(account, intent) or f"/receipts/{intent['latest_charge']}"
    session = account.get("checkout.session", intent["_session"])
    return _success(session) if session["status"] == "complete" else _pay_address(session, language)


def _success(session: Row) -> str:
    address = session["success_url"] or "/"
    return str(address).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _pay_address(session: Row, language: str, problem: str = "") -> str:
    query = {"locale": language, **({"problem": problem} if problem else {})}
    return f"/pay/{session['id']}?{urlencode(query)}"
