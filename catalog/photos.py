"""Files that strangers say are photos: looked at before they are decoded, made smaller, freed of what cameras write.

A small file may hold a picture that fills the memory, or something on which a decoder breaks. What it would take is
known from its head; one is decoded at a time in a process; and whatever a decoder raises is a refusal.
"""

import hashlib
import logging
from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import NoReturn

from django.core.files.uploadedfile import UploadedFile
from PIL import Image

from core.language import Words, say
from core.refusals import Invalid

log = logging.getLogger("sheaf.photos")

MOST_BYTES = 8_000_000
# What cameras make: a JPEG is decoded at the size that is needed, so that all its pixels are never in the memory …
MOST_PIXELS = 50_000_000
# … but for one that comes in several passes, and every other format.
MOST_PIXELS_WHOLE = 12_700_000
LEAST_SIDE = 400
# A longer strip would be a line of a few pixels on a card.
LONGEST_TO_SHORTEST = 4
FORMATS = ("JPEG", "PNG", "WEBP")
LARGE, CARD = 1280, 480
# What a page may ask of a phone's connection: a card's photo, and the first one of a product.
MOST_OF_A_CARD, MOST_OF_A_PAGE = 25_000, 80_000
# Tried in turn until a photo is small enough; after the last, fewer pixels.
QUALITIES = (82, 74, 66, 58)
# How long a photo waits for the one before it; each takes well under a second.
PATIENCE_SECONDS = 10

NO_PHOTO = say("这个文件不是可用的照片（JPEG、PNG、WebP）。", "This file is no photo that we can read.")
BUSY = say(
    "同时上传的照片太多，请稍后再试。", "Too many photos are coming in. Please try again a little later."
)

_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_one_at_a_time = Lock()


@dataclass(frozen=True)
class Cleaned:
    """A photo that is safe to show: WebP at two sizes, nothing of the original beside its pixels."""

    full: bytes
    card: bytes
    width: int
    height: int


def digest_of(file: UploadedFile) -> str:
    """By what a photo is known to be the same when it is sent again."""
    digest = hashlib.sha256(file.read(MOST_BYTES + 1)).hexdigest()
    file.seek(0)
    return digest


def cleaned(file: UploadedFile, most_of_full: int = MOST_BYTES) -> Cleaned:
    """The photo made smaller and plain, its card within 25,000 bytes; refused when it is none, or when it would fill
    the memory. `most_of_full`: bytes of the large one; evidence keeps its details, what a page shows may not be heavy."""
    if (file.size or 0) > MOST_BYTES:
        _refuse(say("照片不能超过 {n} MB。", "A photo may have at most {n} MB.", n=MOST_BYTES // 1_000_000))
    data = file.read(MOST_BYTES + 1)
    if not _one_at_a_time.acquire(timeout=PATIENCE_SECONDS):
        _refuse(BUSY)
    try:
        return _made(data, most_of_full)
    except Invalid:
        raise
    except Exception as broken:  # a decoder may raise anything on what a stranger made up
        log.info("a photo was refused: %s", type(broken).__name__)
        _refuse(NO_PHOTO)
    finally:
        _one_at_a_time.release()


def _made(data: bytes, most_of_full: int) -> Cleaned:
    _look(data)
    decoded = _flat(_decoded(data))
    full, large = _within(most_of_full, decoded)
    card, _ = _within(MOST_OF_A_CARD, _resized(decoded, CARD))
    return Cleaned(full, card, *large.size)


def _within(most: int, image: Image.Image) -> tuple[bytes, Image.Image]:
    """It in at most so many bytes, and the picture that was written: coarser first, then smaller."""
    for quality in QUALITIES:
        if len(written := _webp(image, quality)) <= most:
            break
    while len(written) > most:
        # Bytes go with the area; a little less of it, since they do not quite.
        image = _resized(image, int(max(image.size) * (most / len(written)) ** 0.5 * 0.95))
        written = _webp(image, QUALITIES[-1])
    return written, image


def _look(data: bytes) -> None:
    """Refuse by the head alone what cannot be shown, or would fill the memory."""
    stream = BytesIO(data)
    with Image.open(stream, formats=FORMATS) as head:
        short, long = sorted(head.size)
        if short * long > (
            MOST_PIXELS if _comes_in_one_pass(head, data, stream.tell()) else MOST_PIXELS_WHOLE
        ):
            _refuse(say("照片的像素太大了。", "This photo has too many pixels."))
        if short < LEAST_SIDE:
            words = say(
                "照片太小，短边至少 {n} 像素。", "The shorter side needs at least {n} pixels.", n=LEAST_SIDE
            )
            _refuse(words)
        if long > short * LONGEST_TO_SHORTEST:
            words = say(
                "照片太长，长边最多是短边的 {n} 倍。",
                "This photo is too long: one side may be at most {n} times the other.",
                n=LONGEST_TO_SHORTEST,
            )
            _refuse(words)
        head.verify()


def _comes_in_one_pass(head: Image.Image, data: bytes, at: int) -> bool:
    """Whether it is a JPEG of one scan: of several, a decoder holds all before it shows any. `at`: behind its head."""
    return head.format == "JPEG" and not head.info.get("progressive") and data.find(b"\xff\xda", at) < 0


def _decoded(data: bytes) -> Image.Image:
    """The picture, upright, no larger than it is shown."""
    image: Image.Image = Image.open(BytesIO(data), formats=FORMATS)
    if image.format == "JPEG":
        image.draft("RGB", (LARGE, LARGE))
    image.load()
    turn = _TURNS.get(_orientation(image))
    if image.mode in ("P", "1"):  # whose numbers are no colours: nothing lies between two of them
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    image.thumbnail((LARGE, LARGE), Image.Resampling.LANCZOS)
    return image.transpose(turn) if turn else image


def _orientation(image: Image.Image) -> int:
    """How the camera was held; of a text or another odd value nothing is known."""
    said = image.getexif().get(_ORIENTATION, 1)
    return said if isinstance(said, int) else 1


def _flat(image: Image.Image) -> Image.Image:
    """In plain colours; what was transparent is paper."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "#FBF7EF")
        return Image.alpha_composite(paper, layer).convert("RGB")
    return image.convert("RGB")


def _resized(image: Image.Image, side: int) -> Image.Image:
    smaller = image.copy()
    smaller.thumbnail((side, side), Image.Resampling.LANCZOS)
    return smaller


def _webp(image: Image.Image, quality: int) -> bytes:
    # Nothing of the original goes along: pixels alone, no EXIF, no comments, no thumbnails.
    bare = Image.frombytes("RGB", image.size, image.tobytes())
    written_to = BytesIO()
    bare.save(written_to, "WEBP", quality=quality, method=4)
    return written_to.getvalue()


def _refuse(words: Words) -> NoReturn:
    raise Invalid(words, field="photo")
