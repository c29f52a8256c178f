"""A team's own photos: checked, made smaller, and freed of what the camera wrote about place and time."""

from dataclasses import dataclass
from io import BytesIO
from typing import NoReturn
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from PIL import Image, ImageOps

from accounts.actions import audit
from accounts.models import Person
from catalog import written
from catalog.actions import desk, listing
from catalog.models import Picture, Product
from core.language import Words, say
from core.refusals import Invalid

MOST_BYTES = 8_000_000
MOST_PIXELS = 40_000_000
LEAST_SIDE = 400
MOST_PICTURES = 5
FORMATS = ("JPEG", "PNG", "WEBP")
LARGE, CARD = 1280, 480


@dataclass(frozen=True)
class Cleaned:
    """A photo that is safe to show: WebP at two sizes, nothing of the original beside its pixels."""

    full: bytes
    card: bytes
    width: int
    height: int


def cleaned(file: UploadedFile) -> Cleaned:
    """The photo made smaller and plain; refused when it is none, or when it would fill the memory."""
    image = _opened(file)
    large = _resized(image, LARGE)
    return Cleaned(_webp(large), _webp(_resized(large, CARD)), *large.size)


def add(
    product: Product, file: UploadedFile, by: Person | None, alt_zh: str = "", alt_en: str = ""
) -> Picture:
    """Show a photo with the product, at 1280 and 480 pixels."""
    desk.must_manage(by, product.team_id)
    alt = {
        "alt_zh": written.text_for(Picture, "alt_zh", alt_zh or product.name_zh),
        "alt_en": written.text_for(Picture, "alt_en", alt_en or product.name_en),
    }
    photo = cleaned(file)
    # Files are written before the transaction begins, and taken away again should it fail.
    name = f"pictures/{uuid4().hex}"
    files = [
        default_storage.save(f"{name}.webp", ContentFile(photo.full)),
        default_storage.save(f"{name}-card.webp", ContentFile(photo.card)),
    ]
    try:
        return _kept(product, by, files, (photo.width, photo.height), alt)
    except BaseException:
        _forget(files)
        raise


def _kept(
    product: Product, by: Person | None, files: list[str], size: tuple[int, int], alt: dict[str, str]
) -> Picture:
    with transaction.atomic():
        row = desk.opened(product, by)
        count = row.pictures.count()
        if count >= MOST_PICTURES:
            _refuse(say("最多 {n} 张照片。", "At most {n} photos.", n=MOST_PICTURES))
        picture = row.pictures.create(
            file=files[0], card_file=files[1], width=size[0], height=size[1], position=count, **alt
        )
        audit.record(by, "add", "Picture", picture.uid, product=str(row.uid))
        listing.tell(row)
    return picture


def remove(picture: Picture, by: Person | None) -> None:
    """Take a photo away; its files go once that is certain."""
    files = [picture.file.name, picture.card_file.name]
    with transaction.atomic():
        row = desk.opened(picture.product_id, by)
        audit.record(by, "remove", "Picture", picture.uid, product=str(row.uid))
        picture.delete()
        listing.tell(row)
        transaction.on_commit(lambda: _forget(files))


def _forget(files: list[str]) -> None:
    for name in files:
        default_storage.delete(name)


def _opened(file: UploadedFile) -> Image.Image:
    """The image, decoded; anything else, or one that would fill the memory, is refused."""
    if (file.size or 0) > MOST_BYTES:
        _refuse(say("照片不能超过 {n} MB。", "A photo may have at most {n} MB.", n=MOST_BYTES // 1_000_000))
    data = file.read()
    try:
        # The first look reads the header alone: its size is known before anything is decoded.
        with Image.open(BytesIO(data), formats=FORMATS) as head:
            width, height = head.size
            if width * height > MOST_PIXELS:
                _refuse(say("照片的像素太大了。", "This photo has too many pixels."))
            if min(width, height) < LEAST_SIDE:
                _refuse(
                    say(
                        "照片太小，短边至少 {n} 像素。",
                        "The shorter side needs at least {n} pixels.",
                        n=LEAST_SIDE,
                    )
                )
            head.verify()
        image = Image.open(BytesIO(data), formats=FORMATS)
        if image.format == "JPEG":
            image.draft("RGB", (LARGE, LARGE))
        image.load()
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        _refuse(say("这个文件不是可用的照片（JPEG、PNG、WebP）。", "This file is no photo that we can read."))
    return _flat(ImageOps.exif_transpose(image))


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


def _webp(image: Image.Image) -> bytes:
    # Nothing of the original goes along: pixels alone, no EXIF, no comments, no thumbnails.
    bare = Image.frombytes("RGB", image.size, image.tobytes())
    written_to = BytesIO()
    bare.save(written_to, "WEBP", quality=82, method=4)
    return written_to.getvalue()


def _refuse(words: Words) -> NoReturn:
    raise Invalid(words, field="photo")
