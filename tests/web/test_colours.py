"""The shop's colours, light and dark: each text reads on each ground it stands on (WCAG 2.2, AA), by their tokens."""

import re

import pytest

from core.papers import colours
from shop.web.document import HERE

STYLE = HERE / "static" / "style"
SHEET = (STYLE / "page.css").read_text()
# A text and the grounds it stands on; 4.5 is asked, of what is large or no text 3.
GROUNDS = ("paper", "white", "straw-light", "input")
TEXTS: list[tuple[str, tuple[str, ...], float]] = [
    ("ink", (*GROUNDS, "straw", "leaf-light", "land"), 4.5),
    ("soft", (*GROUNDS, "land"), 4.5),
    ("field", ("paper", "white", "leaf-light"), 4.5),
    ("field-deep", (*GROUNDS, "leaf-light", "land"), 4.5),
    ("water", (*GROUNDS, "land"), 4.5),
    ("seal", (*GROUNDS, "seal-light"), 4.5),
    ("persimmon", ("paper", "white", "input"), 4.5),
    ("persimmon", ("straw-light",), 3),  # a price there is large and bold
    ("warm", ("warm-light",), 4.5),
    ("on-fill", ("field", "field-deep", "seal"), 4.5),
    ("edge", GROUNDS, 3),  # of a field to write in
    ("field", GROUNDS, 3),  # of a button
]


def tokens(text: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", text))


LIGHT = tokens(SHEET.split("@media")[0])
DARK = tokens(SHEET.split("prefers-color-scheme: dark")[1].split("\n}")[0])


def contrast(one: str, other: str) -> float:
    """As WCAG works it out, 1 to 21."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_each_text_reads_on_each_ground(scheme):
    faint = [
        (text, ground, round(contrast(scheme[text], scheme[ground]), 2))
        for text, grounds, least in TEXTS
        for ground in grounds
        if contrast(scheme[text], scheme[ground]) < least
    ]
    assert faint == []
    assert contrast("#fdfaf2", scheme["strip"]) >= 4.5


def test_dark_has_each_colour_that_light_has_and_a_light_one_would_not_do():
    assert LIGHT.keys() == DARK.keys() and len(LIGHT) > 15
    assert DARK["paper"] == "#14201c" and DARK["ink"] == LIGHT["paper"], "as look.md says"
    for text in ("field", "persimmon", "water", "seal"):
        assert contrast(DARK[text], DARK["paper"]) >= 4.5 > contrast(LIGHT[text], DARK["paper"])


def test_no_rule_has_a_colour_of_its_own_that_dark_does_not_know():
    """Where a rule names a colour and no token, it stands on what is of that colour by day and by night."""
    same = re.compile(r"^\.p\d|^\.strip|^\s*body \{ background: #fff")
    for sheet in sorted(STYLE.glob("*.css")):
        rules = sheet.read_text() if sheet.name != "page.css" else SHEET.split("* { box-sizing")[1]
        own = [line for line in rules.splitlines() if re.search(r"#[0-9a-f]{3,6}\b", line)]
        assert [line for line in own if not same.match(line) and "mask-image" not in line] == [], sheet.name


def test_pictures_are_drawn_in_the_pages_own_colours():
    for name, drawn in (("paper", colours.PAPER), ("ink", colours.INK), ("field", colours.GREEN)):
        assert LIGHT[name] == "#{:02x}{:02x}{:02x}".format(*drawn)
