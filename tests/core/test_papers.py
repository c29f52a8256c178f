"""Pictures and papers: in both languages, within their frames, and the same words the same bytes."""

import re
import zlib
from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image

from core.papers import faces
from core.papers.colours import INK
from core.papers.faces import Face
from core.papers.paper import Paper
from core.papers.picture import Picture, fitted
from core.papers.qr import squares

NAME = "秭归九月红脐橙合作社，与 Zigui navel orange growers"


def a_picture() -> bytes:
    picture = Picture(600, 315)
    picture.text(20, 20, NAME, 40, width=400, lines=2, face=Face.SERIF)
    picture.qr(430, 100, 150, "https://example.com/zh/contest/second/07/")
    return picture.png()


def a_paper(rows: int = 3) -> bytes:
    paper = Paper("示例公报 Bulletin", "zh", datetime(2026, 8, 1, tzinfo=UTC))
    paper.heading("结果")
    paper.text(NAME * 5)
    paper.small("截至 8 月 1 日")
    paper.table(
        ["名次", "团队"], [[str(n), f"示例团队 {n}"] for n in range(rows)], widths=[1, 5], figures={0}
    )
    paper.qr("https://example.com/")
    return paper.pdf()


def said(pdf: bytes) -> str:
    """What a reader can search for in a paper: the characters that its typefaces map back to."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    found = b""
    for stream in streams:
        try:
            found += zlib.decompress(stream)
        except zlib.error:
            found += stream
    codes = re.findall(rb"<[0-9A-F]{4}> <([0-9A-F]{4})>", found)
    return "".join(chr(int(code, 16)) for code in codes)


def test_the_same_words_are_the_same_bytes():
    assert a_picture() == a_picture()
    assert a_paper() == a_paper()


def test_a_paper_has_its_words_and_as_many_pages_as_they_take():
    one, more = a_paper(), a_paper(rows=90)
    assert set("示例公报结果秭归脐橙名次团队第页Ziguinavel") <= set(said(one))
    assert b"/Count 1\n" in one
    assert b"/Count 4\n" in more or b"/Count 3\n" in more


def test_a_typeface_is_measured_once_a_process(monkeypatch: pytest.MonkeyPatch):
    a_paper()
    measured = faces._measured.cache_info().misses
    a_paper()
    assert faces._measured.cache_info().misses == measured == len(Face)


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_a_text_stays_within_its_width_and_lines_and_is_cut_where_it_does_not(lines):
    set_ = fitted(NAME * 2, 40, 300, lines)
    assert len(set_) == lines
    assert all(faces.of_pictures(Face.SANS, 40).getlength(line) <= 300 for line in set_)
    assert set_[-1].endswith("…")
    assert not any(line.startswith("，") for line in set_), "no line begins with what closes one"
    assert fitted("短", 40, 300, lines) == ["短"]
    assert fitted("Verylongwordwithoutanyspaceinit" * 3, 40, 300, 1)[0].endswith("…")


def test_a_code_in_a_picture_is_the_code():
    text = "https://example.com/zh/contest/second/07/"
    rows = squares(text)
    with Image.open(BytesIO(a_picture())) as image:
        drawn, each = image.convert("RGB"), 150 // len(rows)
        found = [
            [
                drawn.getpixel((430 + x * each + each // 2, 100 + y * each + each // 2))
                for x in range(len(rows))
            ]
            for y in range(len(rows))
        ]
    assert [[sum(pixel) < 384 for pixel in row] for row in found] == rows
    assert sum(INK) < 384
