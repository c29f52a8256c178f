"""Labels on A4 sheets, so many across and down, to be cut or peeled: a heading, some lines, a QR code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fpdf import FPDF
from fpdf.enums import Align, MethodReturnValue, WrapMode

from core.clock import SHANGHAI
from core.language import tag
from core.papers import faces
from core.papers.colours import INK, SOFT, WHITE
from core.papers.faces import Face
from core.papers.qr import squares

PAGE_WIDTH, PAGE_HEIGHT, PADDING, QR_SIDE = 210.0, 297.0, 5.0, 24.0  # millimetres
HEADING, TEXT, SMALL = 15.0, 10.5, 8.0  # points


@dataclass(frozen=True)
class Label:
    """`heading` is read across a room; `lines` as far as there is room; `small` at the foot; `code` what a phone reads."""

    heading: str
    lines: Sequence[str]
    small: str = ""
    code: str = ""


class Sheet:
    """Labels set from left to right and from above to below."""

    def __init__(self, title: str, language: str, made_at: datetime, *, across: int, down: int):
        self._pdf = pdf = FPDF(format="A4")
        pdf.set_title(title)
        pdf.set_lang(tag(language))
        pdf.set_creation_date(made_at.astimezone(SHANGHAI))
        pdf.set_auto_page_break(False)
        pdf.set_margins(0, 0, 0)
        for face in Face:
            faces.add_to(pdf, face)
        self._across, self._down, self._set = across, down, 0
        self._wide, self._high = PAGE_WIDTH / across, PAGE_HEIGHT / down

    def add(self, label: Label) -> None:
        """One more; what of its lines has no room is left out, and three dots say so."""
        n = self._set % (self._across * self._down)
        if n == 0:
            self._pdf.add_page()
            self._cut_here()
        self._set += 1
        x, y = (n % self._across) * self._wide, (n // self._across) * self._high
        self._draw(label, x + PADDING, y + PADDING, self._wide - 2 * PADDING, self._high - 2 * PADDING)

    def pdf(self) -> bytes:
        """The sheets' bytes."""
        if not self._set:
            self._pdf.add_page()
        return bytes(self._pdf.output())

    def _draw(self, label: Label, x: float, y: float, wide: float, high: float) -> None:
        foot = y + high
        if label.small:
            foot = self._text(label.small, x, foot - 4.0, wide, SMALL, foot, SOFT) and foot - 5.0
        if label.code:
            self._qr(label.code, x + wide - QR_SIDE, foot - QR_SIDE)
        at = self._text(label.heading, x, y, wide, HEADING, foot, INK, Face.SERIF) + 1.0
        for line in label.lines:
            # Beside the code a line is shorter.
            beside = label.code and at + 5.0 > foot - QR_SIDE
            at = self._text(line, x, at, wide - (QR_SIDE + 2.0 if beside else 0.0), TEXT, foot, INK) + 0.5

    def _text(
        self,
        text: str,
        x: float,
        y: float,
        wide: float,
        size: float,
        foot: float,
        colour: tuple[int, int, int],
        face: Face = Face.SANS,
    ) -> float:
        """The text in its column, no further down than the foot; where it ends."""
        pdf, height = self._pdf, size * 0.45
        pdf.set_font(face, size=size)
        pdf.set_text_color(*colour)
        pdf.set_xy(x, y)
        rows: Any = pdf.multi_cell(
            wide, height, text, dry_run=True, output=MethodReturnValue.LINES, wrapmode=WrapMode.CHAR
        )
        fits = max(0, int((foot - y) / height + 0.01))
        shown = rows[:fits]
        if shown and len(rows) > fits:
            shown[-1] = shown[-1][:-1] + "…"
        for n, row in enumerate(shown):
            pdf.set_xy(x, y + n * height)
            pdf.cell(wide, height, row, align=Align.L)
        return y + len(shown) * height

    def _qr(self, text: str, x: float, y: float) -> None:
        pdf, rows = self._pdf, squares(text)
        each = QR_SIDE / len(rows)
        pdf.set_fill_color(*WHITE)
        pdf.rect(x, y, QR_SIDE, QR_SIDE, style="F")
        pdf.set_fill_color(*INK)
        for down, row in enumerate(rows):
            for right, dark in enumerate(row):
                if dark:
                    pdf.rect(x + right * each, y + down * each, each, each, style="F")

    def _cut_here(self) -> None:
        pdf = self._pdf
        pdf.set_draw_color(*SOFT)
        pdf.set_line_width(0.1)
        pdf.set_dash_pattern(dash=1.0, gap=2.0)
        for n in range(1, self._across):
            pdf.line(n * self._wide, 0, n * self._wide, PAGE_HEIGHT)
        for n in range(1, self._down):
            pdf.line(0, n * self._high, PAGE_WIDTH, n * self._high)
        pdf.set_dash_pattern()
