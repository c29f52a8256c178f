"""How Chinese is written on pages and in letters: what only a look at the whole would show."""

import re
from pathlib import Path

import pytest
from django.template import Context, Engine

import shop.settings
from core.language import use
from shop.web.loader import closed_up

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


FIRST, LINK = '{% say "看一看。" "Look." %}', '{% say "共" "In all" %}'
SECOND = "{% sentence n=2 %}\n买 {n} 份。\n{% english %}\nBuy {n}.\n{% endsentence %}"


@pytest.mark.parametrize(
    ("written", "zh", "en"),
    [
        (f"{FIRST}\n{SECOND}", "看一看。买 2 份。", "Look. Buy 2."),
        (f"{SECOND} {FIRST}", "买 2 份。看一看。", "Buy 2. Look."),
        (f"{{% if 1 %}}\n{FIRST}\n{{% endif %}}\n{SECOND}", "看一看。买 2 份。", "Look. Buy 2."),
        (f"{FIRST}\n{{% if x == '' %}}\n{SECOND}\n{{% endif %}}", "看一看。买 2 份。", "Look. Buy 2."),
        (f"{FIRST} {FIRST}\n{SECOND}", "看一看。看一看。买 2 份。", "Look. Look. Buy 2."),
        (
            f"{{% if x %}} 2 {{% else %}} {FIRST} {{% endif %}} {{% if x == '' %}} {SECOND} {{% else %}} {LINK} {{% endif %}}",
            "看一看。 买 2 份。",
            "Look. Buy 2.",
        ),
        (
            f"{FIRST}\n{{% if x %}}\n{LINK}\n{{% else %}}\n{FIRST}\n{{% endif %}}\n{LINK}",
            "看一看。看一看。 共",
            "Look. Look. In all",
        ),
        (f"{LINK} {SECOND}", "共 买 2 份。", "In all Buy 2."),
        (f"{FIRST} 2 {SECOND}", "看一看。 2 买 2 份。", "Look. 2 Buy 2."),
    ],
)
def test_where_two_sentences_meet_a_blank_stands_in_english_alone(written, zh, en):
    engine = Engine(libraries={"sheaf": "core.templatetags.sheaf"}, builtins=["core.templatetags.sheaf"])
    made = engine.from_string(closed_up(written))
    assert closed_up(written).count("\n") == written.count("\n"), "a mistake is found where it stands"
    for language, text in (("zh", zh), ("en", en)):
        with use(language):
            assert " ".join(made.render(Context({"x": ""})).split()) == text
