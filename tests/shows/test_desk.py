"""A team's manager at her desk: a product from its draft to the day it arrives; only her own team's."""

import io
from datetime import date, timedelta

import pytest
from PIL import Image

from tests.figures import in_full_alone
from tests.shows.house import until
from tests.shows.visitor import Visitor

STORY = {"farmGate": "50", "labour": "8", "packaging": "14", "logistics": "18", "gateway": "2", "team": "8"}
NAME = "Demo winter honey pears"


def a_photo():
    """A photo that tells where it was taken."""
    told = Image.Exif()
    told[0x010E] = "示例村 30.8N 110.9E"
    file = io.BytesIO()
    Image.new("RGB", (900, 700), (200, 160, 60)).save(file, "JPEG", exif=told)
    return {"name": "pears.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def a_draft(manager: Visitor) -> None:
    """She begins with a name."""
    manager.page.get_by_role("link", name="List the first").click()
    manager.write("Name in Chinese", "示例冬蜜梨")
    manager.write("Name in English", NAME)
    manager.choose("Category", "fruit")
    manager.choose("Kind", "FRESH")
    manager.press("Save the draft")


def fill_in(manager: Visitor) -> None:
    """What buyers are promised, a photo, a price with its story, and a lot."""
    manager.unfold("Change it, or add a photo")
    manager.write("One sentence, in English", "Sweet pears of a demo village", "#facts")
    manager.write("One sentence, in Chinese", "示例村的甜梨", "#facts")
    manager.write("Shelf life", "40", "#facts")
    for month in manager.page.locator("#facts .months input").all():
        month.check()
    manager.write("How to keep it, in Chinese", "冷凉处存放", "#facts")
    manager.write("Return rule, in Chinese", "签收后拍照申请售后", "#facts")
    manager.press("Save", "#facts")
    manager.unfold("Change it, or add a photo")
    manager.page.locator("#photos input[type=file]").set_input_files(a_photo())
    manager.press("Upload", "#photos")
    manager.unfold("Write size, price and story")
    manager.write("Name, in Chinese", "一箱", "#new-variant")
    manager.write("Name, in English", "One crate", "#new-variant")
    manager.write("Net content", "3 kg", "#new-variant")
    manager.write("Weight", "3300", "#new-variant")
    manager.write("Price", "49.90", "#new-variant")
    for part, percent in STORY.items():
        manager.page.locator(f"#new-variant [name={part}Bps]").fill(percent)
    manager.press("Add it", "#new-variant")
    manager.unfold("Declare a lot")
    manager.write("Units", "30", "#variant-1")
    manager.choose("Whose", "1", "#variant-1")
    manager.write("Harvest from", str(date.today() - timedelta(days=9)), "#variant-1")
    manager.write("to", str(date.today() - timedelta(days=4)), "#variant-1")
    manager.press("Declare it", "#variant-1")


def weigh(manager: Visitor) -> None:
    """Who brought how much of the lot, for good: two of the team's ten households."""
    manager.page.locator(".lot-row a").first.click()
    manager.page.wait_for_load_state()
    fields = manager.page.locator("input.kilograms")
    assert fields.count() == 10
    fields.nth(0).fill("60")
    fields.nth(1).fill("30")
    send = manager.page.locator("form", has=fields.first).locator("button[type=submit]")
    send.click()
    assert "On record" not in manager.reads() and "90 kg" in manager.reads()  # a last look, as it was read
    send.click()
    assert "On record" in manager.reads()


def decide(operator: Visitor, deed: str, comment: str = "") -> None:
    """In the operators' rooms: the product that waits, and what is decided about it."""
    page = operator.page
    page.goto(f"{operator.url}/operators/catalog/product/?state__exact=submitted")
    page.locator("input.action-select").first.check()
    page.locator("select[name=action]").select_option(label=deed)
    page.locator("button[name=index]").click()
    if comment:
        page.locator("textarea[name=comment]").fill(comment)
        page.get_by_role("button", name="Return").click()


@pytest.fixture
def operator(house, visit):
    somebody = visit(width=1280)
    somebody.page.goto(f"{house.url}/operators/login/")
    somebody.page.locator("#id_username").fill(house.world.operator.email)
    somebody.page.locator("#id_password").fill(house.world.password)
    somebody.page.locator("[type=submit]").click()
    somebody.page.locator("[name=code]").fill(house.world.code_of(house.world.operator))
    somebody.page.locator("main [type=submit]").first.click()
    somebody.page.wait_for_url(f"{house.url}/operators/**")
    return somebody


@in_full_alone("tests/web/test_a_teams_way.py walks it from the invitation on")
def test_a_new_product_goes_from_draft_to_approved_to_bought_to_delivered(house, visit, operator):
    manager, buyer = visit(), visit()
    hers = house.world.newcomer.manager
    manager.sign_in(hers.email, house.world.password, "desk/", house.world.code_of(hers))
    a_draft(manager)
    # What is missing is said; submitted as it is, it stays a draft.
    assert manager.page.locator(".checklist li").count() > 3
    manager.press("Submit for review")
    assert "Not quite ready" in manager.page.locator("#refused").inner_text()
    fill_in(manager)
    assert manager.page.locator(".checklist li").count() == 0, manager.reads()
    here = manager.page.url
    weigh(manager)
    manager.page.goto(here)
    # Nobody else sees it yet.
    slug = (
        manager.page.get_by_role("link", name="Preview").get_attribute("href").split("/p/")[1].split("/")[0]
    )
    assert buyer.go(f"p/{slug}/") == buyer.go(f"p/{slug}/?preview=true") == 404
    manager.press("Submit for review")
    assert "Waiting for an operator" in manager.reads()
    # An operator returns it with a comment, and approves what was changed.
    decide(operator, "退回修改 · Return with a comment", "请补充英文保存方法")
    manager.page.reload()
    assert "请补充英文保存方法" in manager.reads() and buyer.go(f"p/{slug}/") == 404
    manager.unfold("Change it, or add a photo")
    manager.write("How to keep it, in English", "Keep cool", "#facts")
    manager.press("Save", "#facts")
    manager.press("Submit for review")
    decide(operator, "通过并上架 · Approve")
    manager.page.reload()
    assert "On the shelf" in manager.reads()
    bought_and_sent(house, manager, buyer, slug)


def bought_and_sent(house, manager: Visitor, buyer: Visitor, slug: str) -> None:
    """A stranger finds it, pays, and follows the parcel until she has it."""
    with house.moves(SH03=2 * 4990):
        buyer.go("")
        buyer.find("honey pears", NAME)
        photo = buyer.page.request.get(house.url + buyer.page.locator(".photo").get_attribute("src"))
        assert not Image.open(io.BytesIO(photo.body())).getexif(), "where it was taken stays with the team"
        buyer.add(2)
        buyer.check_out("pears@shows.example")
        number = buyer.place()
        manager.go("desk/orders/")
        assert number not in manager.reads(), "what is not paid is nothing to pack"
        buyer.begin_to_pay()
        buyer.pay_by_alipay()
        buyer.until_paid()
    # 58 % of 99.80 are the households', two parts of it to one and one to the other.
    assert sorted(house.attributions(number)) == [1929, 3859]
    manager.go("desk/orders/")
    packing = manager.page.request.get(f"{house.url}/en/desk/packing.csv").text()
    assert number in packing and "示例买家" in packing and "pears@shows.example" not in packing
    manager.unfold("Enter the tracking number")
    manager.write("Carrier", "示例快递", ".parcel")
    manager.write("Tracking number", "SF1234567890", ".parcel")
    manager.press("It has been sent")
    until(lambda: buyer.page.reload() and "SF1234567890" in buyer.reads())
    assert buyer.state() == "On its way"
    buyer.press("It has arrived")
    assert "begins now" in buyer.page.locator("#look").inner_text()
    buyer.press("It has arrived")
    assert buyer.state().startswith("Delivered")
    manager.go("desk/orders/?state=DELIVERED")
    assert number in manager.reads()


def test_a_team_sees_its_own_paid_orders_and_no_other_teams(house, visit, guest):
    from tests.shows.test_refund import paid

    order = paid(house, guest, (house.variant(house.world.oranges), 1))
    for stall, sees in ((house.world.oranges, True), (house.world.tea, False)):
        manager = visit()
        code = house.world.code_of(stall.manager)
        manager.sign_in(stall.manager.email, house.world.password, "desk/orders/", code)
        assert (order["number"] in manager.reads()) is sees
        packing = manager.page.request.get(f"{house.url}/en/desk/packing.csv").text()
        assert (order["number"] in packing) is sees
