"""What a team calls its households: its own people open that for a purpose, and it is nowhere else."""

import logging
import re
from datetime import timedelta
from html import unescape
from unittest import mock

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from accounts.actions.export import export
from accounts.models import AuditEntry
from core.api.ids import global_id
from impact.actions import household
from impact.models import Household, NamesOpening, NamesReading, ShortName
from impact.verify import verify
from tests.catalog.world import a_person, an_operator, works_at
from tests.orders.world import Buyer
from tests.web.conftest import signed_in
from tests.web.test_desk import fill
from tests.web.test_pages import fields, post, unfolded, words

pytestmark = pytest.mark.django_db
NAME, OTHER = "示例村口二叔", "示例坡上阿姑"
PAGE = "/en/desk/households/"
NAMED = (
    "{ householdDesk { namesOpenUntil roster { households { number shortName } } growers { shortName } } }"
)


def called(manager, team, *names):
    """The first households of a team under these names."""
    rows = list(team.households.order_by("number")[: len(names)])
    for row, name in zip(rows, names, strict=True):
        given = {"id": global_id("Household", row.uid), "shortName": name}
        assert Buyer(manager).done("householdRename", "household { number }", **given)
    return rows


def refused(person, act, **given):
    """The codes of what she hears."""
    return {error["code"] for error in Buyer(person).do(act, **given)["errors"]}


@pytest.fixture
def named(shelf):
    return called(shelf.manager, shelf.team, NAME, OTHER)


def shown(person):
    """The names that she is told by the API."""
    desk = Buyer(person).ask(NAMED)["householdDesk"]
    rows = desk and [*desk["roster"]["households"], *desk["growers"]]
    return {row["shortName"] for row in rows or () if row["shortName"]}


def test_a_household_is_registered_under_a_number_and_a_short_name(shelf):
    desk = signed_in(shelf.manager)
    told = {"name": "示例户", "shortName": NAME, "consented": "1"}
    page = words(fill(desk, PAGE, "propose_household", **told))
    assert "Registered as number 13." in page and NAME not in page
    row = Household.objects.get(number=13)
    assert bytes(row.short_name.sealed).startswith(b"gAAAA") and NAME.encode() not in bytes(
        row.short_name.sealed
    )
    assert list(shelf.team.households.order_by("pk").values_list("number", flat=True)) == list(range(1, 14))
    twice = words(fill(desk, PAGE, "propose_household", **told | {"shortName": "示 例村口二叔"}))
    assert "Another household has this short name already." in twice and "Registered" not in twice
    digits = words(fill(desk, PAGE, "propose_household", **told | {"shortName": "１２"}))
    assert "A short name has at least one letter." in digits
    assert Household.objects.count() == 13 and not list(verify())


def test_a_list_opens_for_a_purpose_half_an_hour_and_each_page_is_written_down(shelf, named):
    desk = signed_in(shelf.manager)
    assert NAME not in words(desk.get(PAGE)) and not shown(shelf.manager)
    told = words(fill(desk, PAGE, "open_names", purpose="  "))
    assert "Please fill this in." in told and NAME not in told
    team = global_id("Team", shelf.team.uid)
    assert refused(shelf.manager, "householdNamesOpen", team=team, purpose=" ") == {"INVALID"}
    assert not NamesOpening.objects.exists() and not NamesReading.objects.exists()
    page = words(fill(desk, PAGE, "open_names", purpose="登记柿饼"))
    assert NAME in page and OTHER in page and "登记柿饼" in page
    assert [sorted(row.households) for row in NamesReading.objects.all()] == [[row.pk for row in named]]
    other = words(desk.get(f"{PAGE}?find=12"))
    assert re.search("示例管理 · 登记柿饼 ?<span[^>]*>1 page seen", other) and NAME not in other
    assert NamesReading.objects.count() == 1, "a page without a name reads none"
    later = timezone.now() + timedelta(minutes=30, seconds=1)
    with mock.patch("django.utils.timezone.now", lambda: later):
        assert NAME not in words(desk.get(PAGE)) and not shown(shelf.manager)
    assert AuditEntry.objects.filter(deed="household.open_names").count() == 1 and not list(verify())


def test_it_opens_to_its_own_manager_and_leader_and_to_nobody_else(shelf, named):
    ask = {"team": global_id("Team", shelf.team.uid), "purpose": "好奇"}
    leader, packer, was, other = (a_person() for _ in range(4))
    works_at(shelf.team, leader, "leader")
    works_at(shelf.team, packer, "packer")
    ends = timezone.now() + timedelta(minutes=5)
    works_at(shelf.team, was, ends_at=ends)
    for person in (shelf.manager, leader, was):
        post(signed_in(person), "open_names", **ask)
        assert shown(person) == {NAME, OTHER}
    operator = an_operator()
    for person in (packer, other, operator, shelf.buyer):
        post(signed_in(person), "open_names", **ask)
        assert not shown(person)
    assert set(NamesOpening.objects.values_list("reader", flat=True)) == {shelf.manager.pk, leader.pk, was.pk}
    with mock.patch("django.utils.timezone.now", lambda: ends):
        assert not shown(was), "what was open to her closes with her role"
    row = {"id": global_id("OfficeHousehold", named[0].uid), "purpose": "核对"}
    assert NAME not in words(post(signed_in(operator), "open_details", **row))


def test_one_is_found_by_name_and_its_number_alone_stands_in_the_address(shelf, named):
    desk = signed_in(shelf.manager)
    team = {"team": global_id("Team", shelf.team.uid)}
    assert refused(shelf.manager, "householdFind", name="二叔", **team) == {"CONFLICT"}
    fill(desk, PAGE, "open_names", purpose="找一户")
    form = fields(unfolded(desk, PAGE, "find_household"), "find_household")
    there = desk.post("/do/find_household/", {**form, "name": "二 叔", "lang": "en"}).url
    assert there.startswith(PAGE) and there.endswith("&find=1#list") and len(there) < 90
    found = words(desk.get(there.partition("#")[0]))
    assert NAME in found and OTHER not in found
    assert "No household is called so." in words(fill(desk, PAGE, "find_household", name="没有"))


def test_who_leaves_leaves_no_name_and_a_name_is_free_again(shelf, named):
    household.withdraw(named[0], None)
    assert set(ShortName.objects.values_list("household", flat=True)) == {named[1].pk}
    (again,) = shelf.team.households.filter(number=3)
    desk = Buyer(shelf.manager)
    given = {"shortName": NAME, "id": global_id("Household", again.uid)}
    assert desk.done("householdRename", "household { number }", **given)["household"] == {"number": 3}
    gone = {"shortName": "示例", "id": global_id("Household", named[0].uid)}
    assert refused(shelf.manager, "householdRename", **gone) == {"CONFLICT"}
    ShortName.objects.create(household=named[0], sealed=b"gAAA")
    ShortName.objects.filter(household=again).update(sealed=b"open")
    assert {(o.noun, o.id) for o in verify()} == {("ShortName", named[0].pk), ("ShortName", again.pk)}


def test_no_name_is_in_any_table_log_cache_mail_or_answer_of_anybody_else(shelf, named, caplog, guest):
    caplog.set_level(logging.DEBUG)
    desk = signed_in(shelf.manager)
    typed = "示例新叫法"
    fill(desk, PAGE, "open_names", purpose="核对")
    fill(desk, PAGE, "find_household", name=NAME)
    for name in (typed, NAME, "9" * 30 + typed):  # one that is taken, one that is too long
        post(desk, "rename_household", id=global_id("Household", named[1].uid), shortName=name)
    assert typed in words(desk.get(PAGE))
    public = [
        "/en/",
        f"/en/p/{shelf.product.slug}/",
        f"/en/t/{shelf.team.slug}/",
        "/en/search/?q=" + NAME[2:],
    ]
    pages = [
        unescape(guest.get(path).content.decode()).replace(f'value="{NAME[2:]}"', "") for path in public[:3]
    ]
    pages.append(str(export(shelf.manager)))
    texts = {"logs": caplog.text, "mail": str([m.message() for m in mail.outbox]), "pages": str(pages)}
    kept = cache._cache.get_client()
    texts["cache"] = str([(key, kept.get(key)) for key in kept.scan_iter() if kept.type(key) == b"string"])
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT string_agg(t::text, '') FROM \"{table}\" t")
            texts[table] = cursor.fetchone()[0] or ""
    for word in (NAME, OTHER, typed):
        spelt = {word, word.encode().hex(), word.encode("unicode_escape").decode(), repr(word.encode())}
        for where, text in texts.items():
            assert not any(one in text for one in spelt), f"{word} in {where}"
