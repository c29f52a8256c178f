"""The page on which one of the demo's people says yes: no script, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from .people import PLAYERS

STYLE = """
:root { color-scheme: light; font: 17px/1.7 system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif; }
body { margin: 0; background: #FBF7EF; color: #23302A; }
aside { padding: 8px 16px; background: #23302A; color: #FBF7EF; font-size: 15px; }
main { max-width: 30rem; margin: 0 auto; padding: 16px; }
h1 { font-size: 1.4rem; line-height: 1.4; }
button { display: block; width: 100%; min-height: 48px; margin: 12px 0; padding: 8px 16px; border: 0; border-radius: 6px;
  background: #2F6B4F; color: #FFF; font: inherit; text-align: start; }
button:focus-visible { outline: 3px solid #3C6E8F; outline-offset: 2px; }
p { margin: 8px 0; } small { display: block; }
"""
STYLE_HASH = "sha256-" + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
# No `form-action`: browsers apply it to the redirect that follows a form, and that leads to the shop.
POLICY = f"default-src 'none'; style-src '{STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'"
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def asking(language: str, is_desk: bool) -> str:
    """Who says yes? Each button is one person."""
    zh = language == "zh"
    title = (
        ("用哪个微信登录" if zh else "Who signs in")
        if not is_desk
        else ("用微信扫码" if zh else "Scan with WeChat")
    )
    more = (
        (
            "真的微信会在这里显示二维码，或请您确认。这里按一个人就算确认。",
            "WeChat would show a QR code here, or ask you to agree. Here, press one of these people.",
        )
    )[0 if zh else 1]
    buttons = "".join(
        f'<button name="person" value="{one.key}">{escape(one.zh if zh else one.en)}</button>'
        for one in PLAYERS.values()
    )
    return _document(title, f'<p>{more}</p><form method="post">{buttons}</form>', language)


def wrong(language: str, why_zh: str, why_en: str) -> str:
    """What WeChat would not ask, and why."""
    zh = language == "zh"
    title = "微信打不开这一页" if zh else "WeChat does not open this page"
    return _document(title, f"<p>{escape(why_zh if zh else why_en)}</p>", language)


def _document(title: str, body: str, language: str) -> str:
    return f"""<!doctype html>
<html lang="{"zh-CN" if language == "zh" else "en"}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{escape(title)}</title><style>{STYLE}</style></head>
<body><aside>微信替身，不是微信 / stand-in, not WeChat</aside>
<main><h1>{escape(title)}</h1>{body}</main></body></html>"""
