"""Share cards: pictures of an entry, a product or a group purchase, each at an address of its own. A poster is the same as
high as a phone.

A card says what its page says to everybody at that moment, and nothing else: it asks the same API. It is drawn once and
kept until the hour is over. Only what there is has a card; one is drawn at a time, and so many a minute: whoever asks for
ten thousand is told to come again.
"""

from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts import shop
from catalog.models import Picture
from contest.reads.entry import entry_seen
from contest.reads.referral import live_links
from core import clock, fast, language, money, rates
from core.api.documents import ask
from core.api.reply import unchanged
from core.language import localized, say
from core.templatetags.sheaf import moment
from impact.models import Round
from shop.web import poster_pictures
from shop.web.acts import to
from shop.web.card_pictures import Card, Figure, drawn
from together.models import GroupPurchase
from together.reads.group import is_offered

MOST_BYTES, HOUR = 12_000_000, 3600
# So many are drawn a minute by all processes, and so many a day for one person with her own link.
A_MINUTE, OWN_A_DAY = 240, 60
PATIENCE_SECONDS = 2.0
pictures = fast.Responses(MOST_BYTES)
_pen = Lock()

ENTRY = """query EntryCard($edition: String!, $number: String!, $level: RoundLevel) {
  contestEntry(edition: $edition, number: $number, level: $level) {
    editionName entry { number team { name } } division { name } round { name phaseName }
    figures { net { minor } personTimesInWords peopleInWords }
  }
}"""
PRODUCT = """query ProductCard($slug: String!) {
  product(slug: $slug) { name summary householdBps priceFrom { minor } team { name county { name } } }
}"""
# By any address that it ever had.
FORMER = """query ProductMoved($slug: String!) { formerProduct(slug: $slug) { slug } }"""

TEAM = """query TeamCard($slug: String!) {
  team(slug: $slug) { slug name county { name } division { name } products(first: 3) { nodes { slug name } } }
}"""

PURCHASES = """query PurchasesCard {
  myPurchases { setAside { minor } owed { minor } teamCount days { team { name } } }
}"""
# So many of her teams are named on a picture; the others are counted.
TEAMS_NAMED = 3


class Busy(Exception):
    """More cards are asked for than are drawn."""


def entry_card(request: HttpRequest, lang: str, edition: str, number: str) -> HttpResponse:
    """Of an entry, with its figures as the board tells them; leads to its page."""
    language.activate(lang)
    where = {"edition": edition, "number": number, "level": _level(request)}
    card = _entry_card(request, where, to(f"contest/{edition}/{number}/") + _with_level(request))
    return cached_card(request, f"entry/{edition}/{number}/{where['level'] or ''}", card)


def own_entry_card(request: HttpRequest, lang: str, edition: str, number: str) -> HttpResponse:
    """The same whose code to scan is the asker's own link; hers alone, and kept nowhere."""
    language.activate(lang)
    level = _level(request)
    entry = entry_seen(edition, number, level and level.lower())
    if entry is None or not request.user.is_authenticated:
        raise Http404
    link = live_links(request.user).filter(entry=entry, organisation=None).first()
    if link is None:
        raise Http404
    where = {"edition": edition, "number": number, "level": level}
    return _own_card(request.user, _entry_card(request, where, f"/r/{link.code}/"), f"{edition}-{number}")


def purchases_card(request: HttpRequest, lang: str) -> HttpResponse:
    """Of what the asker's own purchases have set aside: to be shown to others, and so without a word of who she is."""
    language.activate(lang)
    told, _ = ask(request, PURCHASES, {})
    found = (told or {}).get("myPurchases")
    if not found or not found["teamCount"]:
        raise Http404
    teams = dict.fromkeys(day["team"]["name"] for day in found["days"])
    more = len(teams) < found["teamCount"] or len(teams) > TEAMS_NAMED
    named = str(say("、", ", ")).join(list(teams)[:TEAMS_NAMED])
    card = card_of(
        str(say("我的购买做了什么", "What my purchases did")),
        str(say("记在农户名下的账", "Set aside for households")),
        str(say("{n} 等", "{n} and others", n=named)) if more else named,
        [
            Figure(str(say("为农户记账", "Set aside")), money.show(found["setAside"]["minor"])),
            Figure(str(say("已转为应付", "Owed by now")), money.show(found["owed"]["minor"])),
            Figure(str(say("团队", "Teams")), str(found["teamCount"])),
        ],
        to(""),
    )
    return _own_card(request.user, card, "purchases")


def _own_card(person: Any, card: Card, name: str) -> HttpResponse:
    """Drawn for its asker alone, so many a day, and kept nowhere."""
    if not rates.allow("own card", str(person.uid), OWN_A_DAY, 86_400):
        raise Http404
    try:
        body = _draw(card)
    except Busy:
        return _busy()
    response = HttpResponse(body, content_type="image/png")
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = f'inline; filename="{name}.png"'
    return response


def product_card(request: HttpRequest, lang: str, slug: str, *, as_poster: bool = False) -> HttpResponse:
    """Of a product on the shelf, with its team's first photo, its price and the households' part; at an address that it
    had before it leads on, as the page does."""
    language.activate(lang)
    try:
        found = public_facts(request, PRODUCT, {"slug": slug})
    except Http404:
        now = public_facts(request, FORMER, {"slug": slug})["slug"]
        if now == slug:
            raise
        name = "product_poster" if as_poster else "product_card"
        return redirect(name, permanent=True, lang=lang, slug=now)
    figures = (
        [Figure(str(say("起价", "From")), money.show(found["priceFrom"]["minor"]))]
        if found["priceFrom"]
        else []
    )
    if bps := found["householdBps"]:
        figures.append(Figure(str(say("归农户", "For the households")), f"{bps / 100:g}%"))
    card = card_of(
        f"{found['team']['name']} · {found['team']['county']['name']}",
        found["name"],
        found["summary"] or "",
        figures,
        to(f"p/{slug}/"),
    )
    # Another price is another picture: an approved one is told at once, whatever was drawn within the hour.
    which = f"product/{slug}/{card.figures!r}"
    card = card._replace(photo=photo_of(slug, is_whole=as_poster))
    return cached_card(request, which, card, as_poster=as_poster)


def team_card(request: HttpRequest, lang: str, slug: str) -> HttpResponse:
    """Of a team: where it is, who leads it, and what it offers; no figure, so that it may be shown for years."""
    language.activate(lang)
    found = public_facts(request, TEAM, {"slug": slug})
    if found["slug"] != slug:
        return redirect("team_card", permanent=True, lang=lang, slug=found["slug"])
    goods = [one["name"] for one in found["products"]["nodes"]]
    card = card_of(
        " · ".join(dict.fromkeys((found["division"]["name"], found["county"]["name"]))),
        found["name"],
        str(say("、", ", ")).join(goods) or str(say("村里的团队", "A village team")),
        [],
        to(f"t/{slug}/"),
    )
    first = found["products"]["nodes"][:1]
    photo = photo_of(first[0]["slug"]) if first else None
    return cached_card(request, f"team/{slug}", card._replace(photo=photo, as_of=""))


def shop_card(request: HttpRequest, lang: str) -> HttpResponse:
    """Of the shop, for every page that has no card of its own."""
    language.activate(lang)
    card = card_of(
        str(say("消费帮扶", "Buy from village teams")),
        str(say("应季的，从村里来", "In season, from the villages")),
        str(say("每一分钱为谁记账，都能查。", "For whom each fen is set aside can be looked up.")),
        [],
        to(""),
    )
    return cached_card(request, "shop", card._replace(as_of=""))


def photo_of(slug: str, *, is_whole: bool = False) -> bytes | None:
    """The first photo of a product that is on the shelf, the small one of it or the whole; None where its team has put up
    none."""
    first = Picture.objects.filter(product__slug=slug).first()
    if first is None:
        return None
    try:
        with (first.file if is_whole else first.card_file).open("rb") as file:
            return bytes(file.read())
    except FileNotFoundError:
        return None


def group_card(request: HttpRequest, lang: str, code: str, *, as_poster: bool = False) -> HttpResponse:
    """Of a group purchase that can be joined: what is bought and how far it is; never whose it is, nor its title, in
    which its coordinator may have said so."""
    language.activate(lang)
    rows = GroupPurchase.objects.filter(join_code=code).select_related("variant__product__team")
    group = rows.first()
    if group is None or not is_offered(group):
        raise Http404
    product = group.variant.product
    figures = [
        Figure(str(say("团购价", "Group price")), money.show(group.price_minor)),
        Figure(str(say("已有", "In so far")), str(group.units_held)),
        Figure(str(say("满几份成团", "Needed")), str(group.minimum_units)),
    ]
    ends = say("{t} 截止", "until {t}", t=moment(group.closes_at))
    above = str(say("一起买", "Buy together"))
    below = f"{localized(group.variant, 'name')} · {ends}"
    card = card_of(above, localized(product, "name"), below, figures, to(f"g/{code}/"))
    if as_poster:
        card = card._replace(photo=photo_of(product.slug, is_whole=True))
    return cached_card(request, f"group/{code}", card, as_poster=as_poster)


def _entry_card(request: HttpRequest, where: dict[str, Any], address: str) -> Card:
    found = public_facts(request, ENTRY, where)
    figures, round_ = found["figures"], found["round"]
    return card_of(
        f"{found['editionName']} · {round_['name']} · {round_['phaseName']}",
        found["entry"]["team"]["name"],
        f"{found['division']['name']} · {say('编号 {n}', 'no. {n}', n=found['entry']['number'])}",
        [
            Figure(str(say("净支持", "Net support")), money.show(figures["net"]["minor"])),
            Figure(str(say("人次", "Person-times")), figures["personTimesInWords"]),
            Figure(str(say("人数", "People")), figures["peopleInWords"]),
        ],
        address,
    )


def card_of(above: str, title: str, below: str, figures: list[Figure], path: str) -> Card:
    as_of = say("截至 {t}", "as of {t}", t=moment(clock.now()))
    name = localized(shop.this_shop(), "name")
    return Card(above, title, below, figures, str(as_of), name, f"{settings.SITE_URL}{path}")


def public_facts(request: HttpRequest, document: str, variables: dict[str, Any]) -> dict[str, Any]:
    """What the API tells of it to nobody in particular, whoever asks for the card."""
    nobody: Any = HttpRequest()
    nobody.META, nobody.user, nobody.session, nobody.id = request.META, AnonymousUser(), {}, request.id
    data, errors = ask(nobody, document, {k: v for k, v in variables.items() if v is not None})
    found: dict[str, Any] | None = next(iter((data or {}).values()), None)
    if errors or found is None:
        raise Http404
    return found


def _level(request: HttpRequest) -> str | None:
    level = request.GET.get("level", "")
    return level if level.lower() in Round.Level.values and level.isupper() else None


def _with_level(request: HttpRequest) -> str:
    level = _level(request)
    return f"?level={level}" if level else ""


def cached_card(request: HttpRequest, which: str, card: Card, *, as_poster: bool = False) -> HttpResponse:
    """The card of this hour, drawn by whoever asks first."""
    now = timezone.now()
    left = HOUR - (now.minute * 60 + now.second)
    key = (f"{which}/poster" if as_poster else which, f"{now:%Y-%m-%d %H}", language.current())
    draw = partial(_draw, card, as_poster=as_poster)
    try:
        found = pictures.at_hand(key) or pictures.made(key, (), left, partial(_made, draw))[0]
    except Busy:
        return _busy()
    assert found is not None
    response = HttpResponse(content_type="image/png")
    if unchanged(request.META, found.etag):
        response.status_code = 304
    else:
        response.content = found.body
    response["ETag"] = found.etag
    response["Cache-Control"] = f"public, max-age={left}"
    return response


def _made(draw: Callable[[], bytes]) -> tuple[bytes, None]:
    return draw(), None


def _draw(card: Card, *, as_poster: bool = False) -> bytes:
    """Drawn now, one at a time; Busy where others are waiting too long for it already."""
    if not rates.allow_roughly("cards", "drawn", A_MINUTE, 60) or not _pen.acquire(timeout=PATIENCE_SECONDS):
        raise Busy
    try:
        return poster_pictures.drawn(card) if as_poster else drawn(card)
    finally:
        _pen.release()


def _busy() -> HttpResponse:
    response = HttpResponse(status=503)
    response["Retry-After"] = "30"
    response["Cache-Control"] = "no-store"
    return response
