"""A team's photos: made smaller, freed of what the camera wrote, and nothing else than photos."""

import struct
import zlib
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from catalog.actions import picture as pictures
from catalog.models import Picture
from core.api.ids import global_id
from core.refusals import Invalid, NotFound
from tests.catalog.asker import Asker
from tests.catalog.world import a_person, a_product, a_team

pytestmark = pytest.mark.django_db(transaction=True)


def a_photo(width=1600, height=1200, format="JPEG", mode="RGB", **options) -> SimpleUploadedFile:
    image = Image.effect_noise((width, height), 60).convert(mode)
    file = BytesIO()
    image.save(file, format, **options)
    return SimpleUploadedFile(f"photo.{format.lower()}", file.getvalue())


def with_a_place() -> bytes:
    """EXIF that says where the photo was taken, by whom, and that it lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x013B] = "Xiang Lichun"
    exif.get_ifd(0x8825)[2] = (30.0, 49.0, 12.0)
    return exif.tobytes()


@pytest.fixture
def manager():
    return a_person()


@pytest.fixture
def product(manager):
    return a_product(a_team(manager=manager))


def stored() -> set[str]:
    return set(default_storage.listdir("pictures")[1]) if default_storage.exists("pictures") else set()


def test_a_photo_is_kept_at_two_sizes_without_what_the_camera_wrote(product, manager):
    picture = pictures.add(product, a_photo(exif=with_a_place()), manager)
    with picture.file.open() as file, Image.open(file) as large:
        assert (large.format, large.size) == ("WEBP", (960, 1280)), "turned upright, at most 1280 pixels"
        assert not large.getexif() and set(large.info) <= {"background", "loop", "timestamp"}
    with picture.file.open() as file:
        raw = file.read()
        assert b"Exif" not in raw and b"Xiang" not in raw
    with picture.card_file.open() as file, Image.open(file) as card:
        assert card.size == (360, 480)
    assert (picture.width, picture.height) == (960, 1280)
    seen = Asker().ask("{ products(first: 1) { nodes { pictures { url cardUrl width height alt } } } }")
    (shown,) = seen["products"]["nodes"][0]["pictures"]
    assert shown["alt"] == "Zigui summer oranges"
    assert shown["url"].endswith(".webp") and shown["cardUrl"].endswith("-card.webp")


@pytest.mark.parametrize(
    "photo",
    [
        a_photo(format="PNG", mode="RGBA"),
        a_photo(format="PNG", mode="P"),
        a_photo(format="WEBP"),
        a_photo(format="JPEG", mode="CMYK"),
        a_photo(format="JPEG", mode="L"),
    ],
    ids=["rgba", "palette", "webp", "cmyk", "grey"],
)
def test_photos_of_all_usual_kinds_are_taken(product, manager, photo):
    photo.seek(0)
    assert pictures.add(product, photo, manager).width == 1280


def a_bomb(width=60_000, height=60_000) -> SimpleUploadedFile:
    """A PNG of a few hundred bytes that says it has 3.6 thousand million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 10_000))
        + chunk(b"IEND", b"")
    )
    return SimpleUploadedFile("bomb.png", data)


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("x.jpg", b"<script>alert(1)</script>"),
        SimpleUploadedFile("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        SimpleUploadedFile("x.jpg", b""),
        SimpleUploadedFile("x.jpg", a_photo().read()[:5000]),
        a_photo(format="GIF", mode="P"),
        a_photo(399, 900),
        a_bomb(),
        SimpleUploadedFile("x.jpg", b"\xff\xd8\xff" + b"0" * (pictures.MOST_BYTES + 1)),
    ],
    ids=["script", "svg", "empty", "cut off", "gif", "small", "bomb", "heavy"],
)
def test_anything_else_is_refused_and_nothing_is_kept(product, manager, file):
    file.seek(0)
    before = stored()
    with pytest.raises(Invalid) as refused:
        pictures.add(product, file, manager)
    assert refused.value.field == ("photo",)
    assert stored() == before and not Picture.objects.exists()


def test_only_the_teams_manager_adds_photos_and_only_so_many(product, manager):
    with pytest.raises(NotFound):
        pictures.add(product, a_photo(), a_person())
    for _ in range(pictures.MOST_PICTURES):
        pictures.add(product, a_photo(500, 500), manager)
    before = stored()
    with pytest.raises(Invalid):
        pictures.add(product, a_photo(500, 500), manager)
    assert stored() == before, "what was written before the refusal is taken away again"


def test_a_photo_that_is_taken_away_leaves_no_file(product, manager):
    picture = pictures.add(product, a_photo(500, 500), manager)
    names = {picture.file.name, picture.card_file.name}
    assert names <= {f"pictures/{name}" for name in stored()}
    Asker(manager).done("pictureDelete", id=global_id("Picture", picture.uid))
    assert not names & {f"pictures/{name}" for name in stored()}
    assert not Picture.objects.exists()
