"""Numbers are read in one way or not at all."""

import time

import pytest

from core import numbers
from core.numbers import MONEY, PERCENT, WEIGHT, NotANumber


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("36.90", 3690), ("36.9", 3690), ("36", 3600), ("36.900", 3690), ("0.01", 1), ("007", 700), ("-5", -500),
        ("¥1,036", 103_600), ("¥ 1,036.50", 103_650), ("￥36", 3600), ("36 元", 3600), ("12,345,678.90", 1_234_567_890),
        ("３６．９０", 3690), ("１，０３６", 103_600), ("３６．９０元", 3690), ("٣٦٫٩٠", 3690), ("٣٬٦٩٠", 369_000),
        ("३६.९०", 3690), ("\u202d36.90\u202c", 3690), ("\ufeff36.90\u200b", 3690), ("\u00a036.90 ", 3690),
    ],
)  # fmt: skip
def test_an_amount_is_read(text, fen):
    assert numbers.scaled(text, 2, MONEY) == fen


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "36,90", "12元5", "1,5", "1_0", "1 000", "1,0000", "0,500", "10,00", ",500", "1,,000", "1,000,", "12,34,567",
        "1000,000", "1.000.000", "1.5.2", "36.905", ".5", "5.", "36。90", "1e3", "1E3", "0x10", "1e9999999", "1e-9999999",
        "NaN", "sNaN", "Infinity", "-Infinity", "∞", "--1", "+1", "1-", "10²", "½", "Ⅳ", "五", "１2", "1٢", "¥¥36", "元36", "36%",
        "36元元", "9" * 5000, "0." + "0" * 5000 + "1", "3\u200d,\u200d6 9", "１．５.2", "12'000", "$5", "1\n2", "36斤",
    ],
)  # fmt: skip
def test_what_may_be_meant_otherwise_is_not_read(text):
    began = time.process_time()
    with pytest.raises(NotANumber):
        numbers.scaled(text, 2, MONEY)
    assert time.process_time() - began < 0.1


def test_whole_numbers_percent_and_weights():
    assert numbers.whole("1,000") == 1000 and numbers.whole("１０") == 10 and numbers.whole("3.0") == 3
    assert numbers.scaled("8.25%", 2, PERCENT) == numbers.scaled("８．２５％", 2, PERCENT) == 825
    assert numbers.scaled("42.5 kg", 3, WEIGHT) == numbers.scaled("42.5公斤", 3, WEIGHT) == 42_500
    for text in ("1,5", "1.5", "1_0", "17,5"):
        with pytest.raises(NotANumber):
            numbers.whole(text)


@pytest.mark.parametrize(
    ("said", "bytes_"),
    [
        ("", 0),
        ("0", 0),
        ("64000", 64_000),
        ("٣", None),
        ("²", None),
        ("-1", None),
        ("1_0", None),
        ("9" * 5000, None),
    ],
)
def test_what_a_request_says_of_its_length(said, bytes_):
    assert numbers.body_length({"CONTENT_LENGTH": said}) == bytes_
