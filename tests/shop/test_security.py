"""docs/security.md names each requirement of ASVS 5.0.0, levels 1 and 2, once, and nothing that is not there."""

import re

from local.machine import ROOT

TEXT = (ROOT / "docs" / "security.md").read_text()
ROWS = re.findall(r"(?m)^\| (\d+\.\d+\.\d+) \| (held|absent|open) \| (.+) \|$", TEXT)
# Of each section the requirements of levels 1 and 2, as OWASP numbers them.
REQUIREMENTS = """
1.1:1-2 1.2:1-9 1.3:1-11 1.4:1-3 1.5:1-2 2.1:1-3 2.2:1-3 2.3:1-4 2.4:1 3.2:1-2 3.3:1-4 3.4:1-6 3.5:1-5 3.7:1-2
4.1:1-3 4.2:1 4.3:1-2 4.4:1-4 5.1:1 5.2:1-3 5.3:1-2 5.4:1-3 6.1:1-3 6.2:1-12 6.3:1-4 6.4:1-4 6.5:1-5 6.6:1-3 6.8:1-4
7.1:1-3 7.2:1-4 7.3:1-2 7.4:1-5 7.5:1-2 7.6:1-2 8.1:1-2 8.2:1-3 8.3:1 8.4:1 9.1:1-3 9.2:1-4
10.1:1-2 10.2:1-2 10.3:1-4 10.4:1-11 10.5:1-5 10.6:1-2 10.7:1-3 11.1:1-2 11.2:1-3 11.3:1-3 11.4:1-4 11.5:1 11.6:1
12.1:1-3 12.2:1-2 12.3:1-4 13.1:1 13.2:1-5 13.3:1-2 13.4:1-5 14.1:1-2 14.2:1-4 14.3:1-3 15.1:1-3 15.2:1-3 15.3:1-7
16.1:1 16.2:1-5 16.3:1-4 16.4:1-3 16.5:1-3 17.1:1 17.2:1-4 17.3:1-2
"""


def numbered(text: str) -> list[str]:
    """Every id of `10.4.1–10.4.11`, `10.4:1-11` or `17.1.1`."""
    ids = []
    for section, first, last in re.findall(r"(\d+\.\d+)[:.](\d+)(?:(?:-|–(?:\d+\.\d+\.))(\d+))?", text):
        ids += [f"{section}.{n}" for n in range(int(first), int(last or first) + 1)]
    return ids


def test_every_requirement_is_answered_once():
    (absent,) = re.findall(r"(?s)## V10 OAuth, V17 WebRTC\n(.+?)are absent", TEXT)
    answered = [number for number, _, _ in ROWS] + numbered(absent)
    assert len(numbered(REQUIREMENTS)) == 253
    assert sorted(answered) == sorted(numbered(REQUIREMENTS))


def test_every_test_and_place_that_is_named_is_there():
    tests = {
        name
        for file in ROOT.glob("tests/**/test_*.py")
        for name in re.findall(r"(?m)^def (test_\w+)", file.read_text())
    }
    lost = [name for name in re.findall(r"`(test_\w+)`", TEXT) if name not in tests]
    places = re.findall(r"`([a-z_]+/[\w./-]*)`", TEXT)
    assert lost == [] and len(places) > 30
    assert [place for place in places if not (ROOT / place).exists()] == []


def test_what_is_open_is_listed_at_the_end():
    (listed,) = re.findall(r"(?s)## Open\n(.+)", TEXT)
    assert sorted(numbered(listed)) == sorted(number for number, verdict, _ in ROWS if verdict == "open")
