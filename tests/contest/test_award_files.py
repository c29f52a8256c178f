"""What shows that an award was handed over is kept, and told to whoever keeps the round."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import AuditEntry
from contest.actions import award as awards
from contest.actions import result as results
from contest.actions.award_file import MOST_BYTES
from contest.models import AwardFile
from core.api.ids import global_id
from tests.catalog import world as shelves
from tests.contest.rounds import a_field
from tests.web.conftest import signed_in
from tests.web.test_desk import a_photo
from tests.web.test_pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
TITLE = ("示例奖", "Demo award")


@pytest.fixture
def field(monkeypatch):
    made = a_field(monkeypatch, teams=3, advances=1)
    made.scoring((80, 60), (50, 40), (90, 70))
    made.freeze()
    made.publish()
    made.window_over()
    assert results.finalise_due() == 1
    return made


def test_papers_that_show_it_are_kept_and_told_to_whoever_keeps_the_round(field):
    made = awards.propose(field.entries[2], field.organiser, TITLE, 100)
    her = signed_in(field.organiser)
    page = f"/en/organiser/{field.round.edition.slug}/provincial/results/"

    def sent(file, client=her):
        given = {
            "award": global_id("Award", made.uid),
            "file": file,
            "back": page,
            "next": page,
            "lang": "en",
        }
        client.post("/do/upload_award_file/", given)
        return AwardFile.objects.count()

    pdf = b"%PDF-1.4 receipt"
    assert sent(SimpleUploadedFile("receipt.pdf", pdf)) == 0, "it is not approved yet"
    awards.approve(made, shelves.an_operator())
    assert sent(SimpleUploadedFile("receipt.pdf", pdf), signed_in(shelves.a_person())) == 0
    assert sent(SimpleUploadedFile("script.html", b"<script>")) == 0
    assert sent(SimpleUploadedFile("large.pdf", pdf + bytes(MOST_BYTES))) == 0
    assert sent(SimpleUploadedFile("receipt.pdf", pdf)) == 1
    assert sent(SimpleUploadedFile("again.pdf", pdf)) == 1
    awards.deliver(made, field.organiser, "Receipt 1")
    assert sent(a_photo()) == 2, "the photo of the handing over comes afterwards"
    first, photo = AwardFile.objects.order_by("pk")
    assert (first.name, first.kind, bytes(first.body)) == ("receipt.pdf", "application/pdf", pdf)
    assert photo.kind == "image/webp"
    assert "receipt.pdf" in words(her.get(page))
    where = f"/en/organiser/award_files/{global_id('AwardFile', first.uid)}"
    got = her.get(where)
    assert (got.content, got["Content-Type"], got["X-Content-Type-Options"]) == (
        pdf,
        "application/pdf",
        "nosniff",
    )
    assert got["Content-Disposition"].startswith("attachment") and "no-store" in got["Cache-Control"]
    for other in (signed_in(shelves.a_person()), Client()):
        assert other.get(where).status_code == 404
    assert AuditEntry.objects.filter(noun="Award", deed="download").count() == 1
