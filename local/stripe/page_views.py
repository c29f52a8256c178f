"""The pay pages as HTML: no script, nothing from elsewhere."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

from .page_words import STYLE, problem, say
from .store import Row

GOOD = "4242 4242 4242 4242"
TRIES = (
    ("good", GOOD),
    ("declined", "4000 0000 0000 0002"),
    ("poor", "4000 0000 0000 9995"),
    ("secure", "4000 0025 0000 3155"),
)
SIGNS = {"cny": "¥", "hkd": "HK$", "usd": "US$", "eur": "€", "gbp": "£", "jpy": "JP¥"}


def money(amount: int, currency: str) -> str:
    return f"{SIGNS.get(currency, currency.upper() + ' ')}{amount / 100:,.2f}"


def document(title: str, body: str, language: str, path: str, keep: dict[str, str] | None = None) -> str:
    """The page around the content: that no money moves, the title, the way to the other language."""
    other = "en" if language == "zh" else "zh"
    query = urlencode({**(keep or {}), "locale": other})
    return f"""<!doctype html>
<html lang="{"zh-CN" if language == "zh" else "en"}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{escape(title)} · {say("stand_in", language)}</title>
<style>{STYLE}</style></head>
<body><aside class="stand-in" aria-label="{say("stand_in", language)}">支付替身，不动真钱 / stand-in, no real money
<small>{say("stand_in_more", language)}</small></aside>
<main><header><h1>{escape(title)}</h1>
<a href="{escape(path)}?{query}" lang="{"zh-CN" if other == "zh" else "en"}">{say("other_language", language)}</a>
</header>
{body}
</main></body></html>"""


def pay_page(session: Row, language: str, number: str, wrong: str) -> str:
    """What is bought, and the ways to pay for it."""
    amount = money(session["amount_total"], session["currency"])
    parts = [f'<p>{say("to_pay", language)}</p><p class="amount">{amount}</p>']
    if wrong:
        parts.append(problem_box(wrong, language))
    parts.append(f"<h2>{say('how', language)}</h2>")
    for kind in session["payment_method_types"]:
        is_first = kind == session["payment_method_types"][0]
        form = card_form(session, language, number, amount) if kind == "card" else wallet_form(
            session, kind, language, amount, is_first)  # fmt: skip
        parts.append(form)
    parts.append(f"<h2>{say('what', language)}</h2>{bought(session, language)}")
    if session["cancel_url"]:
        parts.append(link(session["cancel_url"], say("back", language)))
    path = f"/pay/{session['id']}"
    return document(say("pay", language), "\n".join(parts), language, path)


def card_form(session: Row, language: str, number: str, amount: str) -> str:
    """The number is prefilled with a test card; links put another one there without a script."""
    action = f"/pay/{session['id']}"
    tries = "".join(
        f'<li><a href="{action}?{urlencode({"locale": language, "number": sample.replace(" ", "")})}">'
        f"{say(name, language)} · {sample}</a></li>"
        for name, sample in TRIES
    )
    return f"""<form method="post" action="{action}" autocomplete="off"><fieldset>
<legend>{say("card", language)}</legend>{hidden(language)}
<label for="number">{say("number", language)}</label>
<input id="number" name="number" inputmode="numeric" autocomplete="off" maxlength="30" required
 value="{escape(number)}">
<div class="pair"><div><label for="expiry">{say("expiry", language)}</label>
<input id="expiry" name="expiry" autocomplete="off" maxlength="9" required value="12/34"></div>
<div><label for="cvc">{say("cvc", language)}</label>
<input id="cvc" name="cvc" inputmode="numeric" autocomplete="off" maxlength="6" required value="123"></div></div>
<button name="method" value="card">{say("pay_card", language, amount=amount)}</button>
<details class="tries"><summary>{say("try", language)}</summary><ul>{tries}</ul></details></fieldset></form>"""


def wallet_form(session: Row, kind: str, language: str, amount: str, is_first: bool) -> str:
    """A way to another page; the one that is offered first is the page's main button, and Enter presses it."""
    look = "autofocus" if is_first else 'class="plain"'
    return f"""<form method="post" action="/pay/{session["id"]}">{hidden(language)}
<button {look} name="method" value="{kind}">{say("pay_" + kind, language, amount=amount)}</button></form>"""


def authorise_page(intent: Row, kind: str, language: str) -> str:
    """The second page: the wallet, or the card's bank."""
    method = say("bank" if kind == "card" else kind, language)
    title = (
        say("secure_title", language) if kind == "card" else say("authorise_title", language, method=method)
    )
    path, attempt = f"/authorise/{intent['id']}", str(intent["_attempt"])
    body = f"""<p>{say("to_pay", language)}</p>
<p class="amount">{money(intent["amount"], intent["currency"])}</p>
<p>{say("authorise_more", language, method=method)}</p>
<form method="post" action="{path}">{hidden(language)}<input type="hidden" name="attempt" value="{attempt}">
<button name="answer" value="authorise">{say("authorise", language)}</button>
<button class="harm" name="answer" value="fail">{say("fail", language)}</button>
<button class="plain" name="answer" value="cancel">{say("cancel", language)}</button></form>"""
    return document(title, body, language, path, {"attempt": attempt})


def notice_page(name: str, language: str, path: str, onward: tuple[str, str] | None = None) -> str:
    """A page that only tells something, and the way on."""
    body = f"<p>{say(name + '_more', language)}</p>"
    if onward:
        body += link(onward[0], say(onward[1], language))
    return document(say(name + "_title", language), body, language, path)


def receipt_page(charge: Row, language: str) -> str:
    rows = [
        (say(charge["payment_method_details"]["type"], language), money(charge["amount"], charge["currency"]))
    ]
    if charge["amount_refunded"]:
        back = ("已退款", "Refunded")[language != "zh"]
        rows.append((back, money(-charge["amount_refunded"], charge["currency"])))
    cells = "".join(f"<tr><td>{escape(what)}</td><td>{amount}</td></tr>" for what, amount in rows)
    body = f"<p>{escape(charge['id'])}</p><table>{cells}</table>"
    return document(say("receipt", language), body, language, f"/receipts/{charge['id']}")


def bought(session: Row, language: str) -> str:
    rows = [
        (f"{item['description']} × {item['quantity']}", item["amount_total"]) for item in session["_items"]
    ]
    if session["total_details"]["amount_shipping"]:
        rows.append((say("shipping", language), session["total_details"]["amount_shipping"]))
    rows.append((say("total", language), session["amount_total"]))
    cells = "".join(
        f"<tr><td>{escape(what)}</td><td>{money(amount, session['currency'])}</td></tr>"
        for what, amount in rows
    )
    return f"<table>{cells}</table>"


def problem_box(code: str, language: str) -> str:
    return (
        f'<div class="problem" role="alert"><strong>{say("problem", language)}</strong>'
        f"<div>{problem(code, language)} {say('again', language)}</div></div>"
    )


def hidden(language: str) -> str:
    return f'<input type="hidden" name="locale" value="{language}">'


def link(url: str, words: str) -> str:
    return f'<p><a href="{escape(url)}">{escape(words)}</a></p>'
