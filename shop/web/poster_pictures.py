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
PHOTO, BAND = 640, 200


def drawn(card: Card) -> bytes:
    """The poster as PNG."""
    picture = Picture(WIDTH, HEIGHT)
    top = BAND
    if card.photo is None:
        picture.box(0, 0, WIDTH, BAND, STRAW)
        picture.text(MARGIN, 70, card.shop, 44, width=ACROSS, face=Face.SERIF)
    else:
        top = PHOTO
        picture.photo(0, 0, WIDTH, PHOTO, BytesIO(card.photo))
    picture.box(0, top, WIDTH, 14, GREEN)
    y = picture.text(MARGIN, top + 50, card.above, 32, width=ACROSS, colour=SOFT)
    y = picture.text(MARGIN, y + 8, card.title, 68, width=ACROSS, lines=2, face=Face.SERIF)
    # Where no photo stands there is room for more words, and none is left empty.
    picture.text(MARGIN, y + 8, card.below, 36, width=ACROSS, lines=1 if card.photo else 4, colour=GREEN)
    foot = HEIGHT - 96 - SIDE
    left = WIDTH - MARGIN - SIDE
    picture.box(MARGIN, foot - 28, ACROSS, 3, STRAW)
    picture.qr(left, foot, SIDE, card.address)
    _figures(picture, card, foot + 16, left - MARGIN - 32)
    picture.text(left, HEIGHT - 84, str(say("长按或扫码看看", "Scan to see")), 28, width=SIDE, colour=SOFT)
    said = " · ".join(filter(None, (card.shop, card.as_of)))
    picture.text(MARGIN, HEIGHT - 84, said, 26, width=left - MARGIN - 32, colour=SOFT)
    return picture.png()


def _figures(picture: Picture, card: Card, y: int, width: int) -> None:
    """One below the other, beside the code."""
    for n, figure in enumerate(card.figures):
        picture.text(MARGIN, y, figure.name, 28, width=width, colour=SOFT)
        picture.text(MARGIN, y + 36, figure.value, 48, width=width, colour=INK if n else PERSIMMON)
        y += 114
