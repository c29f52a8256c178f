"""What can be seen of a text stays, whoever's name it is; what cannot be seen is nothing."""

import pytest

from core.texts import has_ink, visible, without_invisible

SEEN = [
    "𱍟王", "㐀𠀀𮯰𲎯龘", "王𰻝", "Zoë Ł. O’Neill-Żak", "李·示例", "أحمد", "می\u200cخواهم", "ನಾನು", "👨\u200d👩\u200d👧\u200d👦", "🏳️\u200d🌈",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", "1️⃣", "葛\U000e0100城", "辻︀", "👍🏽", "🇨🇳", "e\u0301", "가", "\ue000王", "\U0001fae8",
]  # fmt: skip


@pytest.mark.parametrize("text", SEEN)
def test_what_is_seen_stays_as_it_is(text):
    assert visible(text) == text and has_ink(text)


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("王\u200b\u200e小\ufeff明\u2060", "王小明"), ("\u202e王\u202c", "王"), ("王\u200d", "王"), ("\u200d王", "王"), ("\ufe0f王", "王"),
        ("王\u200d 明", "王 明"), ("王\u200d\u200d\u200d明", "王\u200d明"), ("王\ufe0f\ufe0f\ufe0f", "王\ufe0f"), ("王\u3164明", "王明"),
        ("王\U000e0041\U000e0042", "王"), ("王\x00\x07\x9f", "王"), ("王\ufffe\U0001ffff", "王"), ("a\u00adb", "ab"), ("王\u2800明", "王 明"),
    ],
)  # fmt: skip
def test_what_has_no_shape_goes(written, seen):
    assert visible(written) == seen


BLANK = [
    "",
    " ",
    "\u3000",
    "\u3164",
    "\u2800",
    "\u115f",
    "\u1160",
    "\uffa0",
    "\u200b",
    "\u200d",
    "\ufe0f",
    "\u034f",
    "\u17b5",
    "\u180e",
]
BLANK += [
    "\u00a0",
    "\u2060",
    "\u0301",
    "\U000e0001",
    "\U0001d159",
    "\u061c",
    "\ufff9",
    "\u202e",
    "\ufffc",
    "\U00016fe4",
    "\u2028",
]


@pytest.mark.parametrize("text", BLANK)
def test_what_looks_like_nothing_is_nothing(text):
    for written in (text, text * 20, f" {text} "):
        assert not has_ink(visible(written)) and not has_ink(written)


def test_of_an_address_or_a_number_nothing_invisible_stays():
    assert without_invisible("\u2066a@b.cn\u2069\u200d\ufe0f") == "a@b.cn"


def test_texts_are_read_in_a_time_that_grows_with_their_length():
    for odd in ("\u200d", "\ufe0f", "\U000e0061", "🏴\U000e0061", "\u3164 ", "\u200d\ufe0f"):
        assert len(visible(odd * 30_000)) <= 60_000
