"""Outside results by pages alone: the importer's and the approver's desk, from the file to what counts."""

import re

import pytest
from django.test import Client

from accounts.models import AuditEntry, Person
from contest.models import ImportBatch, OutsideTally, ProjectMapping, TwinSale
from contest.tasks import read_waiting
from impact.models import Entry
from tests.accounts.world import a_person
from tests.catalog.world import a_team
from tests.contest.outside import a_file, at
from tests.impact.world import a_round
from tests.web.conftest import signed_in
from tests.web.test_pages import fields, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry() -> Entry:
    return a_round(a_team()).entries.get()


@pytest.fixture
def importer() -> Person:
    return a_person(("importer",))


@pytest.fixture
def approver() -> Person:
    return a_person(("import_approver",))


def desk(entry: Entry) -> str:
    return f"/en/organiser/{entry.round.edition.slug}/provincial/imports/"


def send(client: Client, page: str, act: str, **given):
    """Send the form of this act as the page has it, filled in."""
    sent = {**fields(page, act), **given}
    answer = client.post(f"/do/{act}/", sent)
    assert answer.status_code == 302, answer.status_code
    return client.get(answer["Location"]).content.decode()


def option(page: str, words: str) -> str:
    """The value of the choice whose words begin so."""
    return re.search(rf'<option\s+value="([^"]*)"[^>]*>\s*{words}', page)[1]


def opened(client: Client, address: str, act: str) -> str:
    return client.get(f"{address}?open={act}").content.decode()


ROWS = (f"P1,o1,1,{at()},100.00,,u1,", f"P1,o2,1,{at()},bad,,u2,")
SIGNED = {"controlRows": "2", "controlAmountMinor": "150.00", "controlRefundMinor": "0"}


def uploaded(client: Client, entry: Entry, **given) -> str:
    page = opened(client, desk(entry), "upload_import")
    what = {
        "file": a_file(*ROWS),
        "source": option(page, "JD"),
        "scope": "FULL",
        "grade": "ORDERS",
        "statedOn": at()[:10],
        **SIGNED,
        **given,
    }
    return send(client, page, "upload_import", **what)


def test_a_statement_goes_from_the_importers_desk_to_the_approvers_and_counts(entry, importer, approver):
    hers, theirs = signed_in(importer), signed_in(approver)
    assert "/en/organiser/" in hers.get("/en/office/").content.decode()
    rounds = hers.get("/en/organiser/").content.decode()
    assert desk(entry) in rounds and "create_round" not in rounds and "create_edition" not in rounds
    page = send(
        hers,
        opened(hers, desk(entry), "create_outside_source"),
        "create_outside_source",
        platform="jd",
        nameZh="京东",
        nameEn="JD",
        adapter="plain",
    )
    page = opened(hers, desk(entry), "propose_mapping")
    send(
        hers,
        page,
        "propose_mapping",
        source=option(page, "JD"),
        project="P1",
        entry=option(page, entry.number),
        url="https://jd.example.com/p1",
        canonical="HERE",
    )
    page = uploaded(hers, entry)
    assert "being read" in page
    batch = ImportBatch.objects.get()
    of_it = re.search(rf'href="({desk(entry)}[^"]+/)"', page)[1]
    waiting = hers.get(of_it).content.decode()
    assert 'http-equiv="refresh"' in waiting and "<progress" in waiting
    assert read_waiting() == 1
    page = hers.get(of_it).content.decode()
    assert "refresh" not in page and "Row 3" in page and "A number with at most 2 decimals." in page
    assert "approve_import" not in page and "approve_mapping" not in hers.get(desk(entry)).content.decode()

    sheet = hers.get(f"/en/organiser/imports/{of_it.split('/')[-2]}/quarantine.csv").content.decode(
        "utf-8-sig"
    )
    head, row = sheet.strip().splitlines()
    assert head.startswith("Row in the file,Project,Order") and row.startswith("3,P1,o2,1,")
    back = a_file(row.replace("bad", "50.00"), heads=head, name="mended.csv")
    page = send(hers, opened(hers, of_it, "repair_import"), "repair_import", file=back)
    assert "1 rows were taken, 0 are still wrong" in page

    assert 'action="/do/approve_import/"' not in theirs.get(of_it).content.decode()
    send(theirs, theirs.get(desk(entry)).content.decode(), "approve_mapping")
    assert ProjectMapping.objects.get().approved_by == approver
    page = theirs.get(of_it).content.decode()
    assert "it would add 2 sales, change 0 and withdraw 0." in " ".join(page.split())
    page = send(theirs, page, "approve_import")
    assert "Counts" in page and OutsideTally.objects.get().net_minor == 150_00
    page = send(theirs, opened(theirs, of_it, "roll_back_import"), "roll_back_import", reason="wrong month")
    assert "Rolled back" in page and not OutsideTally.objects.exists()
    deeds = AuditEntry.objects.filter(noun="ImportBatch").order_by("pk").values_list("deed", flat=True)
    assert list(deeds) == ["upload", "download", "repair", "approve", "roll_back"]
    assert str(batch.uid) not in page


def test_a_refused_upload_says_beside_each_field_what_is_wrong_and_keeps_what_was_typed(entry, importer):
    her = signed_in(importer)
    send(
        her,
        opened(her, desk(entry), "create_outside_source"),
        "create_outside_source",
        platform="jd",
        nameZh="京东",
        nameEn="JD",
        adapter="plain",
    )
    page = uploaded(her, entry, controlAmountMinor="1,5", statedOn="", controlRows="two", grade="AGGREGATE")
    assert "An amount, such as 1280.50." in page and "A whole number." in page and "A date is needed." in page
    assert 'value="1,5"' in page and not ImportBatch.objects.exists()
    assert "none of such a file" in uploaded(her, entry, grade="AGGREGATE")
    uploaded(her, entry)
    assert "imported already" in uploaded(her, entry)
    assert ImportBatch.objects.count() == 1


def test_a_stranger_and_whoever_imports_elsewhere_find_nothing_there(entry, importer, client):
    from accounts.places import Place
    from tests.accounts.world import holds

    her = signed_in(importer)
    send(
        her,
        opened(her, desk(entry), "create_outside_source"),
        "create_outside_source",
        platform="jd",
        nameZh="京东",
        nameEn="JD",
        adapter="plain",
    )
    page = uploaded(her, entry)
    of_it = re.search(rf'href="({desk(entry)}[^"]+/)"', page)[1]
    id = of_it.split("/")[-2]
    elsewhere = a_person()
    holds(elsewhere, "importer", Place(region="110000"))
    for other in (client, signed_in(a_person()), signed_in(elsewhere)):
        assert other.get(of_it).status_code in (302, 404)
        assert other.get(f"/en/organiser/imports/{id}/quarantine.csv").status_code == 404
    post(signed_in(elsewhere), "discard_import", batch=id, reason="x")
    assert ImportBatch.objects.get().state == "uploaded"
    assert her.get(f"/en/organiser/imports/{id}/quarantine.exe").status_code == 404


def test_a_pair_is_decided_on_the_page_and_decided_anew(entry, importer):
    from uuid import uuid4

    from tests.contest.outside import a_mapping, a_source

    source = a_source("jd")
    a_mapping(source, entry)
    TwinSale.objects.create(source=source, entry=entry, key="o|o1|1", order_uid=uuid4(), amount_minor=88_00)
    her = signed_in(importer)
    page = her.get(desk(entry)).content.decode()
    assert "¥88.00" in page
    page = send(her, page, "decide_twin")
    assert TwinSale.objects.get().state == "same" and "The same sale" in page
    send(her, page, "decide_twin")
    assert TwinSale.objects.filter(withdrawn_at=None).get().state == "open"
