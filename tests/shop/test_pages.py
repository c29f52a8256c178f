"""Every page with the demo on it: there in both languages, marked as made up, and keeping to the rules."""

import gzip
import re
from collections import Counter
from pathlib import Path

import shop.web
from tests.figures import full
from tests.shop import tour

SELECT = re.compile(r"<select\b([^>]*)>(.*?)</select>", re.DOTALL)
FIRST = re.compile(r'\s*<option value=""(?: selected)?>\s*[^\s<]')
PLACES = {"region", "county", "province"}


def test_the_tour_leaves_no_page_out_in_either_language(walked):
    """In the suite it looks at each in one of them."""
    everything = {(name, language) for name in tour.named_pages() for language in tour.LANGUAGES}
    assert {(one.name, language) for one in tour.stops() for language in one.languages} == everything
    assert {seen.stop.name for seen in walked} == tour.named_pages()
    assert full({(seen.stop.name, seen.language) for seen in walked}, everything) == everything


def test_every_page_is_there(walked):
    assert [(s.stop, s.language, s.status) for s in walked if s.status != 200] == []


def test_every_page_says_that_it_is_made_up(walked):
    assert [s.stop for s in walked if "演示数据 / demo data" not in s.words] == []


def choices(seen: tour.Seen) -> list[tuple[str, str, str]]:
    """(its name, its attributes, what it offers) of each choice on the page."""
    found = []
    for attributes, offered in SELECT.findall(seen.html):
        name = re.search(r'\bname="([^"]*)"', attributes)
        found.append((name[1] if name else "", attributes, offered))
    return found


def test_no_choice_that_has_to_be_made_is_made_by_the_page(walked):
    """As HTML asks it, too: a required choice begins with an option without a value."""
    asked, silent = Counter[str](), []
    for seen in [*walked, *tour.unfolded(walked)]:
        for name, attributes, offered in choices(seen):
            if re.search(r"\brequired\b", attributes):
                asked[name] += 1
                silent += [] if FIRST.match(offered) else [(seen.stop, name)]
    assert silent == []
    assert {"region", "county", "province", "role", "kind", "category", "storage"} <= asked.keys()


def test_no_place_is_chosen_by_the_page(walked):
    """Where a form that is sent asks for a place, it is asked for, and none is chosen before she has chosen one."""
    found = set()
    for seen in walked:
        posted = "".join(re.findall(r'<form method="post".*?</form>', seen.html, re.DOTALL))
        for attributes, offered in SELECT.findall(posted):
            name = re.search(r'\bname="([^"]*)"', attributes)
            if not name or name[1] not in PLACES or seen.stop.name == "organiser":
                continue
            found.add(seen.stop.name)
            chosen = re.findall(r'<option value="([^"]*)" selected', offered)
            assert re.search(r"\brequired\b", attributes), (seen.stop, name[1])
            assert FIRST.match(offered) and chosen in ([], [""]), (seen.stop, name[1], chosen)
    assert found == {
        *("checkout", "addresses", "organisations", "group_open"),
        *("office_teams", "office_appoint", "set_up_shipping"),
    }


# What a person has written keeps its lines: it stands in a textarea.
NO_TEXT = re.compile(r"<(script|style|textarea|pre)\b.*?</\1>", re.DOTALL)
BLANK = re.compile(r"[。？！；]\s+(?=[\u4e00-\u9fff“（])")


def test_no_blank_stands_between_two_sentences_of_chinese(walked):
    assert (
        BLANK.search("页面。\n不注册")
        and not BLANK.search("页面。 2 份")
        and not BLANK.search("页面。不注册")
    )
    found = [
        (seen.stop.name, text.strip())
        for seen in walked
        if seen.language == "zh"
        for text in re.split(r"<[^>]+>", NO_TEXT.sub("<>", seen.html))
        if BLANK.search(text.strip())
    ]
    assert found == []


MOST_OF_A_PAGE, MOST_SCRIPT = 100_000, 15_000
STATIC = Path(shop.web.__file__).parent / "static"
ASKED_FOR = re.compile(r'(?:href|src)="/static/([^"]+\.(?:css|js))"')
# What a page fetches where somebody reaches for it, and nobody else does (sheaf.js).
FETCHED_LATER = {"photos.js", "explorer.js"}
# What others wrote, for whoever opens the explorer of the API: a megabyte, compressed a third of it.
EXPLORER = {
    f"explorer/{name}"
    for name in ("graphiql.css", "graphiql.min.js", "react.production.min.js", "react-dom.production.min.js")
}
WITHIN = re.compile(r"<script\b(?![^>]*ld\+json)[^>]*>(.*?)</script>", re.DOTALL)


def test_no_page_is_heavy_beside_its_photos_and_none_has_much_script(walked):
    """In bytes as they are sent: pages as they are, styles and scripts compressed; script as it is run."""
    files = {str(path.relative_to(STATIC)): path.read_bytes() for path in STATIC.rglob("*.[cj]s*")}
    sent = {name: len(gzip.compress(content)) for name, content in files.items()}
    heavy, seen_files = [], set()
    for seen in walked:
        asked = set(ASKED_FOR.findall(seen.html))
        script = sum(len(files[name]) for name in asked if name.endswith(".js"))
        script += sum(len(words.encode()) for words in WITHIN.findall(seen.html))
        weight = len(seen.html.encode()) + sum(sent[name] for name in asked)
        heavy += [(seen.stop, weight, script)] if weight > MOST_OF_A_PAGE or script > MOST_SCRIPT else []
        seen_files |= asked
    assert heavy == [] and seen_files == set(files) - FETCHED_LATER - EXPLORER
    assert max(len(files[name]) for name in FETCHED_LATER) < 4_000
    assert sum(sent[name] for name in EXPLORER) < 400_000
