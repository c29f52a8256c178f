"""A lot is weighed in at the desk by number and short name, looked over, and mended until its first unit is sold."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.models import Lot
from core.api.ids import global_id
from impact.models import LotShare, ShareVersion
from impact.verify import verify
from tests.catalog.world import a_lot, a_person, a_planned_lot, a_team
from tests.orders.world import Buyer
from tests.web.conftest import signed_in
from tests.web.test_desk import fill, sure
from tests.web.test_pages import fields, unfolded, words
from tests.web.test_short_names import NAME, OTHER, called

pytestmark = pytest.mark.django_db


@pytest.fixture
def lot(shelf):
    """100 units that weigh 280 kg, of several households whom nobody has named yet."""
    return a_lot(shelf.lot.variant, level=Lot.Level.SHARED, units=100)


def page_of(shelf, lot):
    return f"/en/desk/product/{global_id('Product', shelf.product.uid)}/lot/{global_id('Lot', lot.uid)}/"


def kg(household):
    return f"kg.{global_id('Household', household.uid)}"


def test_lots_that_wait_come_first_then_those_that_are_sold_next(shelf, lot):
    soon = a_lot(shelf.lot.variant, units=7, best_before=shelf.lot.harvest_to)
    later = a_planned_lot(shelf.lot.variant)
    desk = signed_in(shelf.manager)
    listed = words(desk.get("/en/desk/lots/"))
    places = [listed.index(f">{one.code}<") for one in (lot, soon, later)]
    assert places == sorted(places) and listed.count("Wants weights") == 1
    assert "7 of 7 units left" in listed and "sent by" in listed
    found = words(desk.get(f"/en/desk/lots/?find={soon.code}"))
    assert soon.code in found and f">{lot.code}<" not in found
    assert "Nothing was found." in words(desk.get("/en/desk/lots/?find=zzz"))


def test_weights_are_written_by_name_looked_over_and_mended_until_the_first_sale(shelf, lot):
    one, two = called(shelf.manager, shelf.team, NAME, OTHER)
    three = shelf.team.households.get(number=3)
    desk, page = signed_in(shelf.manager), page_of(shelf, lot)
    assert NAME not in words(desk.get(page))
    opened = words(fill(desk, page, "open_names", purpose="登记这一批"))
    assert opened.index(NAME) < opened.index(OTHER) and "weigh about 280 kg" in opened
    looked = words(fill(desk, page, "share_out_lot", **{kg(one): "200", kg(two): "80.5"}))
    assert "= 200" in looked and "= 80.5" in looked and "280.5 kg" in looked and NAME in looked
    assert not LotShare.objects.exists()
    done = words(
        desk.get(desk.post("/do/share_out_lot/", {**fields(looked, "share_out_lot"), "lang": "en"}).url)
    )
    assert "280.5 kg" in done and "It can be mended until the first unit is sold" in done
    form = fields(unfolded(desk, page, "share_out_lot"), "share_out_lot")
    assert (form[kg(one)], form[kg(two)], form[kg(three)], form["version"]) == ("200", "80.5", "", "1")
    wild = words(fill(desk, page, "share_out_lot", **{kg(two): "", kg(three): "8050"}))
    wild = words(
        desk.get(desk.post("/do/share_out_lot/", {**fields(wild, "share_out_lot"), "lang": "en"}).url)
    )
    again = fields(wild, "share_out_lot")
    assert "look at each number again" in wild and (again[kg(two)], again[kg(three)]) == ("", "8050")
    sure(desk, page, "share_out_lot", **{kg(two): "", kg(three): "80.5"})
    assert dict(LotShare.objects.values_list("household", "grams")) == {one.pk: 200_000, three.pk: 80_500}
    stale = {**form, "lang": "en", kg(one): "150"}
    sent = words(desk.get(desk.post("/do/share_out_lot/", stale).url))
    told = desk.post(
        "/do/share_out_lot/",
        {**fields(sent, "share_out_lot"), **stale, "seen": fields(sent, "share_out_lot")["seen"]},
    )
    assert "Somebody has just changed it" in words(desk.get(told.url)) and ShareVersion.objects.count() == 2
    Lot.objects.filter(pk=shelf.lot.pk).update(state="closed")
    Buyer(shelf.buyer).place(lot)
    bought = words(desk.get(page))
    assert "A mistake is put right on request" in bought and 'action="/do/share_out_lot/"' not in bought


def a_table(*rows, encoding="utf-8"):
    """A CSV as a spreadsheet writes it."""
    return SimpleUploadedFile("称重.csv", "\r\n".join(",".join(row) for row in rows).encode(encoding))


def send_in(desk, page, file):
    """The page after a table was sent in from it."""
    form = fields(unfolded(desk, page, "import_weights"), "import_weights")
    return desk.get(desk.post("/do/import_weights/", {**form, "file": file, "lang": "en"}).url)


def test_a_table_by_number_fills_the_form_and_what_is_taken_along_can_be_sent_in_again(shelf, lot):
    desk, page = signed_in(shelf.manager), page_of(shelf, lot)
    one, two = shelf.team.households.order_by("number")[:2]
    read = words(send_in(desk, page, a_table(("编号", "公斤"), ("１", "200 kg"), ("2", "80.5"), ("3", ""))))
    assert "Read: 2. Nothing is on record yet" in read and not LotShare.objects.exists()
    form = fields(read, "share_out_lot")
    assert (form[kg(one)], form[kg(two)]) == ("200", "80.5")
    looked = fields(
        words(desk.get(desk.post("/do/share_out_lot/", {**form, "lang": "en"}).url)), "share_out_lot"
    )
    desk.post("/do/share_out_lot/", {**looked, "lang": "en"})
    assert dict(LotShare.objects.values_list("household", "grams")) == {one.pk: 200_000, two.pk: 80_500}
    taken = desk.get(f"/en/desk/lots/{global_id('Lot', lot.uid)}/weights.csv")
    lines = taken.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Number,Code,Kilograms") and lines[1].startswith(
        f"1,{one.uid.hex[:6].upper()},200,"
    )
    assert len(lines) == 13 and taken["Cache-Control"] == "private, no-store"
    again = fields(words(send_in(desk, page, SimpleUploadedFile("x.csv", taken.content))), "share_out_lot")
    assert {name: again[name] for name in form if name.startswith("kg.")} == {
        name: form[name] for name in form if name.startswith("kg.")
    }


def test_a_table_by_name_is_matched_under_a_purpose_and_its_faults_name_row_and_column(shelf, lot):
    one, two = called(shelf.manager, shelf.team, NAME, OTHER)
    desk, page = signed_in(shelf.manager), page_of(shelf, lot)
    table = a_table(
        ("简称", "编号", "重量"), ("示例 村口二叔", "", "200"), (OTHER, "", "80.5"), encoding="gb18030"
    )
    closed = words(send_in(desk, page, table))
    assert closed.count("open the short names first") == 2 and OTHER not in closed
    assert "Row 2, column A “Short name”" in closed
    fill(desk, page, "open_names", purpose="登记这一批")
    table.seek(0)
    read = fields(words(send_in(desk, page, table)), "share_out_lot")
    assert (read[kg(one)], read[kg(two)]) == ("200", "80.5")
    rows = [("编号", "简称", "公斤"), ("1", OTHER, "5"), ("1", "", "5"), ("1", "", "6"), ("99", "", "7")]
    rows += [("", "示例没有这户", "8"), ("", "", "9"), ("2", "", "一担"), ("合计", "", "40")]
    wrong = words(send_in(desk, page, a_table(*rows)))
    for told in (
        *(
            "Row 2, column B “Short name”: Number and short name",
            "Row 4, column A “Number”: This household has a row",
        ),
        *(
            "Row 5, column A “Number”: No verified household",
            "Row 6, column B “Short name”: No household on the list",
        ),
        *(
            "Row 7, column A “Number”: Give a number",
            "Row 8, column C “Kilograms”: A number with",
            "This row is a printed total",
        ),
    ):
        assert told in wrong, told
    assert "示例没有这户" not in wrong and fields(wrong, "share_out_lot")[kg(one)] == "5"
    assert not LotShare.objects.exists() and not list(verify())


def test_nobody_elses_table_is_taken_or_given(shelf, lot):
    other = a_person()
    a_team(manager=other)
    path, id = f"/en/desk/lots/{global_id('Lot', lot.uid)}/weights.csv", global_id("Lot", lot.uid)
    for person in (other, shelf.buyer):
        desk = signed_in(person)
        assert desk.get(path).status_code == 404
        sent = {"lot": id, "file": a_table(("编号", "公斤"), ("1", "5")), "next": "/en/", "back": "/en/"}
        assert desk.post("/do/import_weights/", sent).url.startswith("/en/") and "told" not in desk.session
    assert words(
        send_in(signed_in(shelf.manager), page_of(shelf, lot), SimpleUploadedFile("x.xlsx", b"PK\x03\x04no"))
    ).count('class="wrong"')
