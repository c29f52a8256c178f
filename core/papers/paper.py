"""A paper of A4 pages, as PDF: a bulletin, a certificate, a letter."""

from collections.abc import Collection, Sequence
from datetime import datetime

from fpdf import FPDF
from fpdf.enums import Align, WrapMode, XPos, YPos
from fpdf.fonts import FontFace

from core.clock import SHANGHAI
from core.language import say, tag
from core.papers import faces
from core.papers.colours import GREEN, INK, SOFT, STRAW, WHITE, Colour
from core.papers.faces import Face
from core.papers.qr import squares

MARGIN, LINE = 20.0, 6.4  # millimetres
SMALL, TEXT, HEADING, TITLE = 8.5, 10.5, 14.0, 22.0  # points


class _Pages(FPDF):
    """Pages of ours: margins, typefaces, a number at the foot of each."""

    def __init__(self, language: str):
        super().__init__(format="A4")
        self.language = language
        # Chinese breaks between any two characters, English at spaces.
        self.wrapping = WrapMode.CHAR if language == "zh" else WrapMode.WORD
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(True, MARGIN)
        for face in Face:
            faces.add_to(self, face)
        self.add_page()

    def footer(self) -> None:
        """FPDF calls it at the end of each page."""
        self.set_y(-MARGIN + 6.0)
        self.set_font(Face.SANS, size=SMALL)
        self.set_text_color(*SOFT)
        number = say("第 {n} 页", "Page {n}", n=self.page_no()).in_language(self.language)
        self.cell(0, 5.0, number, align=Align.R)


class Paper:
    """Set from above to below in one language; pages break by themselves and are numbered.

    `made_at` is the moment that it tells of itself: with it and the same words it is the same to the byte.
    """

    def __init__(self, title: str, language: str, made_at: datetime):
        self._pdf = pdf = _Pages(language)
        pdf.set_title(title)
        pdf.set_lang(tag(language))
        pdf.set_creation_date(made_at.astimezone(SHANGHAI))
        self._set(title, TITLE, face=Face.SERIF, after=3.0)

    def heading(self, text: str) -> None:
        """What follows is about this."""
        self._pdf.ln(3.0)
        self._set(text, HEADING, face=Face.SERIF, colour=GREEN, after=1.0)

    def text(self, text: str) -> None:
        """A paragraph."""
        self._set(text, TEXT, after=2.0)

    def small(self, text: str) -> None:
        """What is said in passing."""
        self._set(text, SMALL, colour=SOFT, after=1.5)

    def table(
        self,
        titles: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        widths: Sequence[int],
        figures: Collection[int] = (),
    ) -> None:
        """Rows under titles, which are said again on each page; `widths` are shares, `figures` the columns set right."""
        pdf = self._pdf
        pdf.set_font(Face.SANS, size=SMALL)
        pdf.set_text_color(*INK)
        pdf.set_draw_color(*SOFT)
        pdf.set_line_width(0.1)
        aligned = tuple(Align.R if n in figures else Align.L for n in range(len(titles)))
        with pdf.table(
            col_widths=tuple(widths),
            text_align=aligned,
            line_height=5.0,
            padding=1.0,
            borders_layout="HORIZONTAL_LINES",
            wrapmode=pdf.wrapping,
            headings_style=FontFace(family=Face.SANS, emphasis="", color=INK, fill_color=STRAW),
        ) as table:
            for each in (titles, *rows):
                row = table.row()
                for cell in each:
                    row.cell(cell)
        pdf.ln(3.0)

    def qr(self, text: str, side: float = 32.0) -> None:
        """A QR code, so many millimetres wide, on one page as a whole."""
        pdf, rows = self._pdf, squares(text)
        if pdf.will_page_break(side):
            pdf.add_page()
        each, x, y = side / len(rows), pdf.l_margin, pdf.get_y()
        pdf.set_fill_color(*WHITE)
        pdf.rect(x, y, side, side, style="F")
        pdf.set_fill_color(*INK)
        for down, row in enumerate(rows):
            for right, dark in enumerate(row):
                if dark:
                    pdf.rect(x + right * each, y + down * each, each, each, style="F")
        pdf.set_y(y + side + 2.0)

    def pdf(self) -> bytes:
        """The paper's bytes."""
        return bytes(self._pdf.output())

    def _set(
        self, text: str, size: float, *, face: Face = Face.SANS, colour: Colour = INK, after: float = 0.0
    ) -> None:
        pdf = self._pdf
        pdf.set_font(face, size=size)
        pdf.set_text_color(*colour)
        height = max(LINE, size * 0.55)
        pdf.multi_cell(
            0, height, text, align=Align.L, wrapmode=pdf.wrapping, new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )
        pdf.ln(after)
