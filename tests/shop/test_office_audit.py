"""The audit log is searched by its page; who reads what one person has done is written into it herself."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts.actions import audit
from accounts.models import AuditEntry
from core.api.ids import global_id
from tests.accounts.world import a_person
from tests.catalog.world import a_product, a_team, an_operator
from tests.web.conftest import signed_in
from tests.web.test_pages import fields, unfolded, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_whole_shop")]


@pytest.fixture
def log() -> SimpleNamespace:
    """What two people have done to two products, and an operator who reads it."""
    ada, bea, clerk = a_person(name="示例甲"), a_person(name="示例乙"), an_operator()
    one, two = (a_product(a_team()) for _ in range(2))
    for person in (ada, bea):
        for product in (one, two):
            audit.record(person, "change", "Product", product.uid, fields=["name_zh"])
    audit.record(ada, "submit", "Product", one.uid)
    return SimpleNamespace(ada=ada, bea=bea, clerk=clerk, one=one, two=two, office=signed_in(clerk))


def deeds(page: str) -> list[tuple[str, str]]:
    """(deed, who) of each entry that is shown."""
    return re.findall(
        r'<b class="code">([^<]+)</b>.*?<p class="small soft flush">.*?(示例.|shop itself|—)', page
    )


def see(log, query: str = "") -> list[tuple[str, str]]:
    return deeds(words(log.office.get(f"/en/office/audit/{query}")))


def test_it_is_searched_by_deed_thing_and_day(log):
    ada, bea = log.ada.name, log.bea.name
    assert see(log) == [("submit", ada), ("change", bea), ("change", bea), ("change", ada), ("change", ada)]
    assert see(log, "?action=submit") == [("submit", ada)]
    ours = [("submit", ada), ("change", bea), ("change", ada)]
    assert see(log, f"?thing={log.one.uid}") == ours
    assert see(log, f"?thing={global_id('Product', log.one.uid)}") == ours
    assert see(log, "?day=2020-01-01") == []
    today = timezone.localtime(timezone.now()).date()
    assert len(see(log, f"?day={today}")) == 5 and see(log, f"?day={today - timedelta(days=1)}") == []
    assert AuditEntry.objects.filter(actor=log.clerk).count() == 0, "looking at things is not written down"


def test_what_one_person_has_done_is_opened_by_her_mailbox_and_written_down(log):
    form = fields(unfolded(log.office, "/en/office/audit/", "find_trail"), "find_trail")
    there = log.office.post("/do/find_trail/", form | {"email": log.ada.email.upper()}).url
    assert log.ada.email not in there
    page = words(log.office.get(there))
    assert [deed for deed, _ in deeds(page)] == ["submit", "change", "change"] and log.bea.name not in page
    entry = AuditEntry.objects.get(actor=log.clerk)
    assert (entry.deed, entry.noun, entry.object_uid) == ("look_at_trail", "Person", str(log.ada.uid))
    nobody = log.office.post("/do/find_trail/", form | {"email": "no@example.com", "lang": "en"}).url
    assert "There is no such account." in words(log.office.get(nobody))


def test_it_goes_on_page_by_page_and_shows_nothing_twice(log):
    AuditEntry.objects.bulk_create(
        AuditEntry(actor=log.bea, deed=f"deed_{n}", noun="Product", object_uid=str(n)) for n in range(60)
    )
    first = words(log.office.get("/en/office/audit/"))
    further = re.search(r'href="(\?after=[^"]+)"', first)
    assert further
    second = words(log.office.get(f"/en/office/audit/{further[1]}"))
    shown = [re.findall(r'<b class="code">([^<]+)</b>', page) for page in (first, second)]
    assert [len(page) for page in shown] == [50, 15] and not set(shown[0]) & set(shown[1])


def test_an_auditor_reads_it_and_does_nothing_else(log):
    eve = a_person()
    eve.appointments.create(role="auditor", starts_at=timezone.now())
    client = signed_in(eve)
    assert len(deeds(words(client.get("/en/office/audit/")))) == 5
    assert client.get("/en/office/orders/").status_code == client.get("/en/office/parked/").status_code == 404
    for stranger in (log.ada, a_person()):
        assert signed_in(stranger).get("/en/office/audit/").status_code == 404
