"""A team's photos: made smaller, freed of what the camera wrote, and nothing else than photos."""

import random
import struct
import subprocess
import sys
import zlib
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from catalog import photos
from catalog.actions import picture as pictures
from catalog.models import Picture
from core.api.ids import global_id
from core.refusals import Invalid, NotFound
from tests.catalog.asker import Asker
from tests.catalog.world import a_person, a_product, a_team
from tests.figures import full

pytestmark = pytest.mark.django_db(transaction=True)


def a_photo(width=1600, height=1200, format="JPEG", mode="RGB", **options) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"photo.{format.lower()}", noise(width, height, format, mode, **options))


@cache
def noise(width, height, format, mode, grain=3, **options) -> bytes:
    file = BytesIO()
    Image.effect_noise((width, height), grain).convert(mode).save(file, format, **options)
    return file.getvalue()


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


def test_a_products_photo_is_light_whatever_it_shows_and_evidence_keeps_its_details(product, manager):
    picture = pictures.add(product, a_photo(grain=60), manager)
    assert picture.file.size <= 80_000 and picture.card_file.size <= 25_000
    with picture.file.open() as file, Image.open(file) as large:
        assert large.size == (picture.width, picture.height)
        assert abs(large.width * 3 - large.height * 4) <= 4, "nothing is cut off"
    evidence = photos.cleaned(a_photo(grain=60))
    assert (evidence.width, evidence.height) == (1280, 960) and len(evidence.full) > 80_000


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
        a_photo(400, 1601),
        a_photo(400, 9_000, mode="L"),
        a_bomb(),
        a_bomb(5000, 5000),
        SimpleUploadedFile("x.jpg", b"\xff\xd8\xff" + b"0" * (photos.MOST_BYTES + 1)),
    ],
    ids=["script", "svg", "empty", "cut off", "gif", "small", "long", "sliver", "bomb", "large", "heavy"],
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


def in_memory(format="PNG", **options) -> bytes:
    return a_photo(450, 400, format, **options).read()


def exif(*entries: tuple[int, int, int, bytes], tail: bytes = b"") -> bytes:
    """A block of EXIF by hand: (tag, type, count, four bytes of value or its place)."""
    rows = b"".join(struct.pack(">HHI", *entry[:3]) + entry[3] for entry in entries)
    return b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">H", len(entries)) + rows + b"\0\0\0\0" + tail


TURNED = (0x0112, 3, 1, b"\0\x06\0\0")
ODD_EXIF = {
    "a text for an orientation": exif((0x0112, 2, 4, b"abc\0")),
    "a text in another tag": exif(TURNED, (0x0100, 2, 4, b"abc\0")),
    "floats that are none": exif(TURNED, (0x011A, 12, 1, b"\xff\xff\xff\xff")),
    "a value beyond the end": exif(TURNED, (0x010F, 2, 2**31, b"\xff\xff\xff\xff")),
    "a count beyond the end": exif(TURNED)[:14] + b"\xff\xff" + exif(TURNED)[16:],
    "another byte order": b"Exif\0\0XX\0*\0\0\0\x08",
    "an orientation of a hundred": exif((0x0112, 3, 1, b"\0\x64\0\0")),
    "a divisor of zero": exif(TURNED, (0x011A, 5, 1, struct.pack(">I", 38)), tail=b"\0" * 8),
    "nothing": b"",
    "noise": bytes(range(256)) * 40,
}


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("block", ODD_EXIF.values(), ids=ODD_EXIF)
def test_odd_notes_of_a_camera_never_break_the_desk(product, manager, block, format):
    """Either the photo is taken, without them, or it is refused with a sentence."""
    file = SimpleUploadedFile("x", in_memory(format, **({"exif": block} if block else {})))
    try:
        assert pictures.add(product, file, manager).width in (400, 450)
    except Invalid as refused:
        assert refused.field == ("photo",)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_whatever_a_decoder_raises_is_a_refusal(product, manager, format):
    chance = random.Random(13)
    whole = in_memory(format, exif=with_a_place())
    for _ in range(full(400, 25)):
        changed = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            # Most of what can go wrong stands at the beginning, and in the notes at the end.
            at = chance.choice(
                [chance.randrange(300), chance.randrange(len(whole)), -chance.randrange(1, 200)]
            )
            changed[at] = chance.randrange(256)
        if chance.random() < 0.2:
            del changed[chance.randrange(len(changed)) :]
        try:
            photos.cleaned(SimpleUploadedFile("x", bytes(changed)))
        except Invalid as refused:
            assert refused.field == ("photo",) and str(refused)


@pytest.mark.parametrize(
    "raised",
    [MemoryError(), RuntimeError("x"), struct.error("x"), TypeError("x"), KeyError(1), ZeroDivisionError()],
)
def test_a_decoder_may_raise_anything(product, manager, monkeypatch, raised):
    def broken(*_args, **_options):
        raise raised

    monkeypatch.setattr(Image.Image, "thumbnail", broken)
    with pytest.raises(Invalid):
        pictures.add(product, a_photo(), manager)
    monkeypatch.undo()
    assert pictures.add(product, a_photo(), manager).width == 1280


PEAK = """
import resource, sys
from functools import cache
from io import BytesIO
from django.conf import settings
settings.configure()
from django.core.files.uploadedfile import SimpleUploadedFile
from catalog import photos
from core.refusals import Invalid
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
photos.cleaned(SimpleUploadedFile("small", open(sys.argv[2], "rb").read()))
data, before = open(sys.argv[1], "rb").read(), peak()
try: photos.cleaned(SimpleUploadedFile("x", data)); said = "taken"
except Invalid: said = "refused"
print(said, peak() - before)
"""


def plain_picture(side_a: int, side_b: int, format: str, mode: str = "RGB", **options) -> bytes:
    """Of one colour: a few kilobytes, however large."""
    file = BytesIO()
    Image.new(mode, (side_a, side_b)).save(file, format, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    ("picture", "said", "most"),
    [
        (lambda: plain_picture(4000, 3100, "PNG", "RGBA", optimize=True), "taken", 130),
        (lambda: plain_picture(4000, 3100, "PNG", "P"), "taken", 130),
        (lambda: plain_picture(4000, 3100, "WEBP", "RGBA", method=0), "taken", 320),
        (lambda: plain_picture(8000, 6000, "JPEG"), "taken", 60),
        (lambda: plain_picture(4000, 3100, "JPEG", progressive=True), "taken", 130),
        (lambda: plain_picture(8000, 6000, "JPEG", progressive=True), "refused", 20),
        (lambda: plain_picture(6300, 6300, "PNG", "L"), "refused", 20),
        (lambda: plain_picture(400, 90_000, "PNG", "L"), "refused", 20),
        (lambda: plain_picture(6300, 6300, "PNG", "RGBA"), "refused", 20),
    ],
    ids=["rgba", "palette", "webp", "jpeg", "passes", "many passes", "grey bomb", "sliver", "bomb"],
)  # fmt: skip
def test_the_memory_that_a_photo_takes_is_bounded(tmp_path, picture, said, most):
    (tmp_path / "x").write_bytes(picture())
    (tmp_path / "small").write_bytes(in_memory())
    script = [sys.executable, "-c", PEAK, str(tmp_path / "x"), str(tmp_path / "small")]
    done = subprocess.run(
        script, capture_output=True, text=True, check=True, cwd=Path(photos.__file__).parents[1]
    )
    what, megabytes = done.stdout.split()
    assert what == said and int(megabytes) <= most, done.stdout


def test_photos_are_decoded_one_at_a_time(monkeypatch):
    monkeypatch.setattr(photos, "PATIENCE_SECONDS", 0.01)
    with photos._one_at_a_time, pytest.raises(Invalid) as refused:
        photos.cleaned(a_photo(500, 500))
    assert "稍后再试" in str(refused.value)
    photos.cleaned(a_photo(500, 500))
