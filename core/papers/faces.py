"""The typefaces of pictures and papers: a serif for headings, a sans for all else, each with Chinese and Latin."""

import logging
from copy import copy
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.fonts import SubsetMap, TTFFont
from PIL import ImageFont
from pylopdf_fonts_zh_cn import sans_path, serif_path

# It tells of each table that it cuts.
logging.getLogger("fontTools").setLevel(logging.WARNING)


class Face(StrEnum):
    """What a text is set in."""

    SANS = "sans"
    SERIF = "serif"


def _file(face: Face) -> Path:
    return Path(serif_path() if face is Face.SERIF else sans_path())


@lru_cache(maxsize=32)
def of_pictures(face: Face, size: int) -> ImageFont.FreeTypeFont:
    """A face at so many pixels."""
    return ImageFont.truetype(_file(face), size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _measured(face: Face) -> TTFFont:
    paper = FPDF()
    paper.add_font(face.value, "", _file(face))
    font = paper.fonts[face.value]
    assert isinstance(font, TTFFont)
    return font


def add_to(paper: FPDF, face: Face) -> None:
    """Let a paper be set in a face. Its 30,000 characters are measured once a process; what a paper uses of them is cut
    out of a copy of its own."""
    font = copy(_measured(face))
    font.i = len(paper.fonts) + 1
    font.ttfont = TTFont(_file(face), recalcTimestamp=False, lazy=True)
    font.subset, font.missing_glyphs, font.biggest_size_pt = SubsetMap(font), [], 0
    paper.fonts[face.value] = font
