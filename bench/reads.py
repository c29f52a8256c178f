"""What is asked of the shop by those who look: the requests of each figure."""

import hashlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

from bench.client import Load, Talk, api_request, request

HERE = Path(__file__).parent
LIST_DOCUMENT = (HERE / "documents" / "list.graphql").read_text()
DETAIL_DOCUMENT = (HERE / "documents" / "detail.graphql").read_text()
SEARCH_DOCUMENT = (HERE / "documents" / "search.graphql").read_text()
# As much as a stranger may ask for at once, of what takes longest for what it costs: a page of each parent's.
DEAREST = (HERE / "documents" / "dearest.graphql").read_text()
PAGES = HERE.parent / "shop" / "web" / "contest"
BOARD_DOCUMENT = (PAGES / "contest.graphql").read_text()
MOST_SLUGS = 200


def known(document: str, **variables: object) -> bytes:
    """A trusted document by its hash, as a client of the shop's own sends it."""
    return api_request({"documentId": hashlib.sha256(document.encode()).hexdigest(), "variables": variables})


def slugs(connection: object) -> list[str]:
    """Products to look at, in an order that does not follow their ids."""
    rows = connection.execute(  # type: ignore[attr-defined]
        "SELECT slug FROM catalog_product WHERE state = 'published' ORDER BY md5(slug) LIMIT %s", [MOST_SLUGS]
    )
    return [slug for (slug,) in rows.fetchall()]


def words_of(connection: object, count: int = 500) -> list[str]:
    """Distinct words that people type: Chinese and English names and their pieces, pinyin, places, slips."""
    rows = connection.execute(  # type: ignore[attr-defined]
        "SELECT p.name_zh, p.name_en, r.name_zh, r.name_en, array_to_string(tsvector_to_array(e.title_words), ' '),"
        " t.village_zh FROM catalog_product p"
        " JOIN catalog_team t ON t.id = p.team_id JOIN accounts_region r ON r.code = t.county_id"
        " JOIN catalog_searchentry e ON e.product_id = p.id WHERE p.state = 'published' ORDER BY md5(p.slug) LIMIT 400"
    ).fetchall()
    found: dict[str, None] = {}
    for title, en, county_zh, county_en, latin, village in rows:
        zh = re.sub(r"\s*\d+号$", "", title)  # a clone's number says nothing of what it is
        pieces = [
            title,
            zh[-2:],
            zh[:2],
            zh[-4:],
            en,
            county_zh,
            county_en,
            village,
            f"{county_zh[:2]} {zh[-2:]}",
        ]
        pieces += re.findall(r"[A-Za-z]{4,}", en) + re.findall(r"[a-z]{4,}", latin)[:6]
        pieces += [word[:-1] for word in re.findall(r"[A-Za-z]{6,}", en)[:2]]
        found.update(dict.fromkeys(piece.lower() for piece in pieces if piece))
    return list(found)[:count]


def list_(port: int, **more: object) -> Load:
    """The list of 24."""
    return Load(port, [known(LIST_DOCUMENT)], least=10_000, **more)  # type: ignore[arg-type]


def dearest(port: int, **more: object) -> Load:
    """The dearest document that a stranger may send as text."""
    return Load(port, [api_request({"query": DEAREST})], least=1_000, **more)  # type: ignore[arg-type]


def detail(port: int, names: list[str], **more: object) -> Load:
    """One product after the other, with all that its page shows."""
    return Load(port, [known(DETAIL_DOCUMENT, slug=slug) for slug in names], least=1_000, **more)  # type: ignore[arg-type]


def search(port: int, words: list[str], **more: object) -> Load:
    """Different words each time."""
    return Load(port, [known(SEARCH_DOCUMENT, words=each) for each in words], least=100, **more)  # type: ignore[arg-type]


def board(port: int, **more: object) -> Load:
    """The contest and its board, as its page asks."""
    return Load(port, [known(BOARD_DOCUMENT)], least=2_000, **more)  # type: ignore[arg-type]


def _of_a_round(name: str, *given: str) -> Callable[..., Load]:
    document = (PAGES / f"{name}.graphql").read_text()

    def look(port: int, where: Mapping[str, str], **more: object) -> Load:
        variables = {each: where[each] for each in given}
        return Load(port, [known(document, **variables)], least=500, **({"clients": 4} | more))  # type: ignore[arg-type]

    return look


# What is asked of the open round, each as its page asks: contest's home, its board, the board as of a day that is over,
# an entry, the edition.
OF_A_ROUND = {
    "home": _of_a_round("contest"),
    "round": _of_a_round("round", "edition", "level"),
    "past_day": _of_a_round("race", "edition", "level", "day"),
    "entry": _of_a_round("entry", "edition", "number", "level"),
    "edition": _of_a_round("edition", "edition"),
}


def page(port: int, names: list[str], cookies: str, **more: object) -> Load:
    """A product's page for somebody who has something in her cart."""
    requests = [request("GET", f"/zh/p/{slug}/", headers={"Cookie": cookies}) for slug in names]
    return Load(port, requests, least=5_000, ends=b"</html>", **more)  # type: ignore[arg-type]


def first_offered(page: bytes) -> str:
    """The id of the first variant that a product's page lets one choose; empty where there is none."""
    for choice in re.findall(rb'<input\s[^>]*name="variant"[^>]*>', page):
        if b"disabled" not in choice and (found := re.search(rb'value="([^"]+)"', choice)):
            return found[1].decode()
    return ""


def visitor(port: int, slug: str) -> str:
    """The cookies of a guest who has put two of something into her cart, by the shop's own form."""
    talk = Talk(port)
    try:
        _, body = talk.ask(request("GET", f"/zh/p/{slug}/"))
        csrf = re.search(rb"[Ss]et-[Cc]ookie:\s*csrf=([^;]+)", b"\n" + talk.head)
        variant = first_offered(body)
        assert csrf and variant, "the product's page has its form"
        cookie = f"csrf={csrf[1].decode()}"
        form = {
            "variant": variant,
            "quantity": "2",
            "csrfmiddlewaretoken": csrf[1].decode(),
            "next": "/",
        }
        words = "&".join(f"{name}={quote(value)}" for name, value in form.items()).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
        status, _ = talk.ask(request("POST", "/do/add_to_cart/", words, headers))
        session = re.search(rb"[Ss]et-[Cc]ookie:\s*session=([^;]+)", b"\n" + talk.head)
        assert status == 302 and session, (status, talk.head)
        cookies = f"{cookie}; session={session[1].decode()}"
        _, body = talk.ask(request("GET", f"/zh/p/{slug}/", headers={"Cookie": cookies}))
        assert re.search(rb'class="count"[^>]*>2<', body), "the page shows how many are in the cart"
        return cookies
    finally:
        talk.close()
