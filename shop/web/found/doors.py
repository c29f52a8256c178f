"""The small files that are looked for at fixed addresses."""

from functools import cache
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static

from accounts.shop import this_shop
from core import language
from core.language import localized, say
from shop.web.document import HERE

WORKER = HERE / "found" / "worker.js"
HOUR = "public, max-age=3600"
# Nothing is to be found behind these. A page that is nobody else's says so itself, and must be read to be believed.
NOT_ASKED = ("/do/", "/graphql", "/notices/", "/operators/", "/*/suggestions/")
# (file, size, what it is for): drawn so that a round mask cuts nothing off the maskable one.
ICONS = (
    ("brand/icon-192.png", 192, "any"),
    ("brand/icon-512.png", 512, "any"),
    ("brand/icon-mask-512.png", 512, "maskable"),
)


def robots(request: HttpRequest) -> HttpResponse:
    """Where a search engine need not look, and where it is told of what there is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_ASKED), ""]
    text = "\n".join([*lines, f"Sitemap: {settings.SITE_URL}/sitemap.xml", ""])
    return _public(HttpResponse(text, content_type="text/plain; charset=utf-8"))


def favicon(request: HttpRequest) -> HttpResponse:
    """For those who ask for it without having read a page."""
    return _public(redirect(static("brand/icon-48.png")))


def manifest(request: HttpRequest, lang: str) -> HttpResponse:
    """What a phone keeps of the shop on its home screen, in the language in which it was put there."""
    language.activate(lang)
    name = localized(this_shop(), "name") or str(say("小店", "The shop"))
    told: dict[str, Any] = {
        "id": f"/{lang}/",
        "name": name,
        "short_name": name[:12],
        "description": str(say("向村里的团队买应季农产。", "Buy what village teams grow.")),
        "lang": language.tag(lang),
        "dir": "ltr",
        "start_url": f"/{lang}/",
        "scope": "/",
        "display": "minimal-ui",
        "background_color": "#FBF7EF",
        "theme_color": "#FBF7EF",
        "categories": ["shopping", "food"],
        "icons": [
            {"src": static(file), "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}
            for file, side, purpose in ICONS
        ],
    }
    return _public(JsonResponse(told, content_type="application/manifest+json"))


def worker(request: HttpRequest) -> HttpResponse:
    """What keeps public pages on a device for when there is no signal (decision 0061). Of another release it is another
    one, and what the one before had kept goes."""
    text = WORKER.read_text().replace("{{ release }}", release())
    response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@cache
def release() -> str:
    """Another word whenever the pages, or what they are drawn with, are others."""
    files = sorted(path for path in HERE.rglob("*") if path.suffix in (".html", ".css", ".js"))
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def _public(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = HOUR
    return response
