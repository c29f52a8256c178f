"""What posters look like: a card's words on a picture as high as a phone, its photo above, its code large below."""

from io import BytesIO

from core.language import say
from core.papers.colours import GREEN, INK, PERSIMMON, SOFT, STRAW
from core.papers.faces import Face
from core.papers.picture import Picture
from shop.web.card_pictures import Card

WIDTH, HEIGHT = 1080, 1440  # three by four, as a phone's album and a chat show it whole
MARGIN, SIDE = 72, 340
ACROSS = WIDTH - 2 * MARGIN
ABOVE = 600


def drawn(card: Card) -> bytes:
    """The poster as PNG."""
    picture = Picture(WIDTH, HEIGHT)
    if card.photo is None:
        # Its name stands where a photo would.
        picture.box(0, 0, WIDTH, ABOVE, STRAW)
        picture.text(MARGIN, 72, card.shop, 40, width=ACROSS)
        picture.text(MARGIN, 200, card.title, 96, width=ACROSS, lines=3, face=Face.SERIF)
    else:
        picture.photo(0, 0, WIDTH, ABOVE, BytesIO(card.photo))
    picture.box(0, ABOVE, WIDTH, 14, GREEN)
    y = picture.text(MARGIN, ABOVE + 50, card.above, 32, width=ACROSS, colour=SOFT) + 8
    if card.photo is not None:
        y = picture.text(MARGIN, y, card.title, 60, width=ACROSS, lines=2, face=Face.SERIF) + 8
    picture.text(MARGIN, y, card.below, 36, width=ACROSS, lines=1 if card.photo else 4, colour=GREEN)
    foot = HEIGHT - 96 - SIDE
    left = WIDTH - MARGIN - SIDE
    picture.box(MARGIN, foot - 28, ACROSS, 3, STRAW)
    picture.qr(left, foot, SIDE, card.address)
    _figures(picture, card, foot, left - MARGIN - 32)
    picture.text(left, HEIGHT - 84, str(say("长按或扫码看看", "Scan to see")), 28, width=SIDE, colour=SOFT)
    said = " · ".join(filter(None, (card.shop, card.as_of)))
    picture.text(MARGIN, HEIGHT - 84, said, 26, width=left - MARGIN - 32, colour=SOFT)
    return picture.png()


def _figures(picture: Picture, card: Card, y: int, width: int) -> None:
    """One below the other, beside the code."""
    for n, figure in enumerate(card.figures):
        picture.text(MARGIN, y, figure.name, 28, width=width, colour=SOFT)
        picture.text(MARGIN, y + 36, figure.value, 48, width=width, colour=INK if n else PERSIMMON)
        y += 110
