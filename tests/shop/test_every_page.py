"""Every page by the W3C's own checker and by schema.org's vocabulary, and no link of any of them leads nowhere."""

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest

from local import machine
from tests import vocabulary
from tests.figures import FULL
from tests.shop import tour
from tests.web.test_structured import data_of

JAR = machine.ROOT / ".tools" / "vnu" / "vnu.jar"
WHY_NOT = "no vnu.jar is in .tools/vnu, or no Java is found: .ci/run fetches it from npm's vnu-jar"
pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(not FULL, reason="walks all pages once more: make test-full"),
]
# Where a link leads to somebody else, takes a file along, or is asked once only.
ELSEWHERE = re.compile(r"^(?:[a-z]+:|//|/media/|/static/|/do/)")


def _page_of(seen: tour.Seen) -> str:
    return f"{seen.stop.who} {seen.stop.path(seen.language)}"


@pytest.mark.skipif(not (JAR.exists() and shutil.which("java")), reason=WHY_NOT)
def test_the_w3cs_checker_finds_nothing_on_any_page(walked: list[tour.Seen], tmp_path: Path) -> None:
    pages = [*walked, *tour.unfolded(walked)]
    for n, seen in enumerate(pages):
        (tmp_path / f"{n}.html").write_text(seen.html)
    said = subprocess.run(
        [
            "java",
            "-Xss2m",
            "-jar",
            str(JAR),
            "--format",
            "json",
            "--errors-only",
            "--exit-zero-always",
            str(tmp_path),
        ],
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    told = json.loads(said.stderr)["messages"]
    found: dict[str, set[str]] = {}
    for one in told:
        page = pages[int(Path(urlsplit(one["url"]).path).stem)]
        found.setdefault(f"{one['type']}: {one['message']}: {one.get('extract', '')[:120]}", set()).add(
            _page_of(page)
        )
    assert len(pages) > 250
    assert {message: sorted(where)[:3] for message, where in found.items()} == {}


@vocabulary.needs_it
def test_what_any_page_says_to_machines_is_as_schema_org_has_it(
    walked: list[tour.Seen], tmp_path: Path
) -> None:
    """In which states its product stands: `tests/web/test_vocabulary.py`."""
    told = {_page_of(seen): data_of(seen.html) for seen in walked if "application/ld+json" in seen.html}
    assert len(told) > 20
    assert vocabulary.faults(told, tmp_path) == []


def test_no_link_of_any_page_leads_nowhere(walked: list[tour.Seen]) -> None:
    """As whoever sees it follows it: the page is there, and so is the place on it."""
    links: dict[str, tuple[tour.Seen, str]] = {}
    for seen in walked:
        for href in re.findall(r'<a\b[^>]*?\shref="([^"]*)"', seen.html):
            href = unescape(href)
            if not ELSEWHERE.match(href):
                whole = urljoin(seen.stop.path(seen.language), href)
                links.setdefault(whole, (seen, whole))
    pages: dict[tuple[str, str], tuple[int, str]] = {
        (one.stop.who, one.stop.path(one.language)): (one.status, one.html) for one in walked
    }
    clients, dead = {}, []
    for seen, whole in links.values():
        path, place = urldefrag(whole)
        who = seen.stop.who
        if (who, path) not in pages:
            client = clients.get(who) or clients.setdefault(who, tour.arrive(who))
            answer = client.get(path, follow=True)
            is_text = not answer.streaming and "text/html" in answer.headers.get("Content-Type", "")
            # Who is led elsewhere (to sign in, and back) finds the place later.
            is_there = is_text and not answer.redirect_chain
            pages[who, path] = (answer.status_code, answer.content.decode() if is_there else "")
        status, html = pages[who, path]
        if status != 200 or (place and html and not re.search(rf'\bid="{re.escape(place)}"', html)):
            dead.append(f"{_page_of(seen)} → {whole}: {status}")
    assert len(links) > 500
    assert dead == []
