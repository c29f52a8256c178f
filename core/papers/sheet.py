"""A picture as a page that any machine prints."""

from datetime import datetime
from io import BytesIO

from fpdf import FPDF
from PIL import Image

from core.clock import SHANGHAI

MARGIN = 10.0  # millimetres


def page_of(picture: bytes, made_at: datetime) -> bytes:
    """A PDF of one A4 page with the picture on it, upright and as large as it fits: nothing of it is cut."""
    with Image.open(BytesIO(picture)) as opened:
        wide, high = opened.size
    pdf = FPDF(format="A4", orientation="landscape" if wide > high else "portrait")
    pdf.set_creation_date(made_at.astimezone(SHANGHAI))
    pdf.add_page()
    across, down = pdf.w - 2 * MARGIN, pdf.h - 2 * MARGIN
    pdf.image(BytesIO(picture), x=MARGIN, y=MARGIN, w=across, h=down, keep_aspect_ratio=True)
    return bytes(pdf.output())
