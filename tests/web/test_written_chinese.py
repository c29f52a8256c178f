"""How Chinese is written on pages and in letters: what only a look at the whole would show."""

import re
from pathlib import Path

import shop.settings

HOME = Path(shop.settings.__file__).parent.parent
HAN = "[\u4e00-\u9fff]"
# {d} is a day, which ends in 日; a moment ends in a figure and keeps its blank.
SAID = re.compile(rf'"[^"]*{{d}} {HAN}[^"]*"[^%]*?d=(?:[\w.]+\|day|day\()')
WRITTEN = re.compile(rf"\|day }}}} {HAN}")


def wrong(text: str) -> list[str]:
    return [found.group() for rule in (SAID, WRITTEN) for found in rule.finditer(text)]


def test_no_blank_stands_between_a_chinese_date_and_the_next_character():
    assert wrong('{% say "{d} 前发货" "sent by {d}" d=x.shipBy|day %}') and wrong("{{ ship_by|day }} 发货")
    assert not wrong('{% say "{d} 前答复" "by {d}" d=x.at|moment %}')
    files = [
        file
        for kind in ("*/templates/**/*.*", "shop/web/**/*.html", "shop/templatetags/*.py")
        for file in HOME.glob(kind)
        if file.is_file()
    ]
    assert len(files) > 200
    assert {str(file.relative_to(HOME)): found for file in files if (found := wrong(file.read_text()))} == {}
