"""What share cards look like: a name, figures with what they are, the moment that they are of, and a code to scan."""

from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple

from core.language import say
from core.papers.colours import GREEN, INK, PERSIMMON, SOFT, STRAW
from core.papers.faces import Face
from core.papers.picture import Picture, fitted

WIDTH, HEIGHT = 1200, 630  # as every network shows them
MARGIN, SIDE, PHOTO = 64, 236, (340, 250)
# A figure is set in the largest of these in which it stands whole.
SIZES = (42, 36, 30, 24)


class Figure(NamedTuple):
    """A figure as it is told, and what it is."""

    name: str
    value: str


class Card(NamedTuple):
    """All words of a card, in the reader's language."""

    above: str
    title: str
    below: str
    figures: Sequence[Figure]
    as_of: str  # empty where it tells nothing that changes
    shop: str
    address: str  # where the code to scan leads
    photo: bytes | None = None  # of a product, beside its name


def drawn(card: Card) -> bytes:
    """The card as PNG."""
    picture = Picture(WIDTH, HEIGHT)
    picture.box(0, 0, WIDTH, 14, GREEN)
    across = WIDTH - 2 * MARGIN
    if card.photo is not None:
        picture.photo(WIDTH - MARGIN - PHOTO[0], 46, *PHOTO, BytesIO(card.photo))
        across -= PHOTO[0] + 32
    y = picture.text(MARGIN, 56, card.above, 28, width=across, colour=SOFT)
    y = picture.text(MARGIN, y + 10, card.title, 54, width=across, lines=2, face=Face.SERIF)
    picture.text(MARGIN, y + 8, card.below, 30, width=across, colour=GREEN)
    left = WIDTH - MARGIN - SIDE
    top = HEIGHT - 70 - SIDE
    picture.qr(left, top, SIDE, card.address)
    each = (left - MARGIN - 24) // max(1, len(card.figures))
    for n, figure in enumerate(card.figures):
        x = MARGIN + n * each
        picture.box(x, top + 16, each - 24, 3, STRAW)
        picture.text(x, top + 36, figure.name, 26, width=each - 24, colour=SOFT)
        colour = INK if n else PERSIMMON
        size = next((size for size in SIZES if _fits(figure.value, size, each - 24)), SIZES[-1])
        picture.text(x, top + 84, figure.value, size, width=each - 24, lines=2, colour=colour)
    words = say("扫码看看", "Scan to see")
    foot = HEIGHT - 56
    picture.text(
        MARGIN,
        foot,
        " · ".join(filter(None, (card.shop, card.as_of))),
        24,
        width=left - MARGIN - 24,
        colour=SOFT,
    )
    picture.text(left + 16, foot, str(words), 24, width=SIDE, colour=SOFT)
    return picture.png()


def _fits(text: str, size: int, width: int) -> bool:
    return not any(line.endswith("…") for line in fitted(text, size, width, 2))
