"""A picture drawn in pixels, as PNG."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import IO

from PIL import Image, ImageDraw, ImageOps

from core.papers import faces
from core.papers.colours import INK, PAPER, WHITE, Colour
from core.papers.faces import Face
from core.papers.qr import squares

# A line may break at a space, and on either side of a character that is written without spaces.
_PIECES = re.compile(
    r"\s+|[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]|[^\s\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]+"
)
# These begin no line: they stay with what they close.
_CLOSES = "，。、；：！？）》」』”’%…,.;:!?)"
LEADING = 1.45


class Picture:
    """So many pixels, drawn from the upper left; each deed draws over what is there."""

    def __init__(self, width: int, height: int, ground: Colour = PAPER):
        self._image = Image.new("RGB", (width, height), ground)
        self._pen = ImageDraw.Draw(self._image)

    def box(self, x: int, y: int, width: int, height: int, colour: Colour) -> None:
        """A filled box."""
        self._pen.rectangle((x, y, x + width - 1, y + height - 1), fill=colour)

    def text(
        self,
        x: int,
        y: int,
        text: str,
        size: int,
        *,
        width: int,
        lines: int = 1,
        colour: Colour = INK,
        face: Face = Face.SANS,
    ) -> int:
        """Set a text in so many lines at most, the last cut by an ellipsis; where the next one may begin."""
        font = faces.of_pictures(face, size)
        for line in fitted(text, size, width, lines, face):
            self._pen.text((x, y), line, font=font, fill=colour)
            y += round(size * LEADING)
        return y

    def qr(self, x: int, y: int, most: int, text: str) -> int:
        """A QR code within so many pixels, each square as many whole ones as fit; its side."""
        rows = squares(text)
        each = max(1, most // len(rows))
        self.box(x, y, each * len(rows), each * len(rows), WHITE)
        for down, row in enumerate(rows):
            for right, dark in enumerate(row):
                if dark:
                    self.box(x + right * each, y + down * each, each, each, INK)
        return each * len(rows)

    def photo(self, x: int, y: int, width: int, height: int, file: IO[bytes]) -> None:
        """A photo, cut to fill the box."""
        with Image.open(file) as photo:
            whole = ImageOps.fit(photo.convert("RGB"), (width, height), Image.Resampling.LANCZOS)
        self._image.paste(whole, (x, y))

    def png(self) -> bytes:
        """The picture's bytes; 256 colours are as many as its flat colours and smooth letters need."""
        out = BytesIO()
        self._image.quantize(256, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        return out.getvalue()


def fitted(text: str, size: int, width: int, lines: int, face: Face = Face.SANS) -> list[str]:
    """A text as the lines in which it is set within so many pixels."""
    font = faces.of_pictures(face, size)
    done: list[str] = []
    line = ""
    for piece in _PIECES.findall(" ".join(text.split())):
        if not line.strip() or piece in _CLOSES or font.getlength((line + piece).rstrip()) <= width:
            line += piece
        else:
            done.append(line.strip())
            line = piece
    done.append(line.strip())
    kept = done[:lines]
    if len(done) > lines:
        kept[-1] += "…"
    return [_cut(each, font.getlength, width) for each in kept]


def _cut(line: str, length: Callable[[str], float], width: int) -> str:
    while length(line) > width and len(line) > 1:
        line = line.rstrip("…")[:-1].rstrip() + "…"
    return line
