"""The team's desk through its pages: from a name to a parcel, and never another team's."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from PIL import Image

from catalog.actions import listing
from catalog.models import Product
from core import clock
from core.api.ids import global_id
from impact.actions import household
from impact.actions.household import Proposal
from impact.models import HouseholdDetail, HouseholdStatus, LotShare
from shop.web.refill import MOST_IN_ALL, refill_of
from tests.catalog.world import a_person, a_planned_lot, a_team, an_operator
from tests.web.conftest import signed_in
from tests.web.test_pages import fields, unfolded, words

pytestmark = pytest.mark.django_db
STORY = {"farmGateBps": "46", "labourBps": "8", "packagingBps": "24", "logisticsBps": "22"}


def a_photo(size: tuple[int, int] = (800, 600)) -> SimpleUploadedFile:
    drawn = BytesIO()
    Image.new("RGB", size, "#d9622b").save(drawn, "JPEG")
    return SimpleUploadedFile("photo.jpg", drawn.getvalue(), content_type="image/jpeg")


def fill(client: Client, path: str, act: str, **written: str | list[str]):
    """Open the page, write into its form and send it; the page that it leads to."""
    form = fields(unfolded(client, path, act), act)
    return client.get(client.post(f"/do/{act}/", {**form, "lang": "en", **written}).url)


def sure(client: Client, path: str, act: str, **written: str) -> str:
    """Fill in a form of something final, look at what was read, and send it as it stands."""
    looked = fields(words(fill(client, path, act, **written)), act)
    return words(client.get(client.post(f"/do/{act}/", {**looked, "lang": "en"}).url))


def hand_in(client: Client, path: str):
    """Press the button that saves what is written and submits it."""
    form = fields(unfolded(client, path, "update_product"), "update_product")
    form.pop("seasonMonths")
    sent = {**form, "first": "update_product", "lang": "en"}
    return client.get(client.post("/do/submit_product/", sent).url)


def drafted(shelf) -> tuple[Client, Product, str]:
    desk = signed_in(shelf.manager)
    named = {"nameZh": "示例蜜橘", "nameEn": "Mandarins", "category": shelf.category.slug, "kind": "FRESH"}
    shown = fill(desk, "/en/desk/new/", "create_product", **named)
    product = Product.objects.get(name_zh="示例蜜橘")
    path = f"/en/desk/product/{global_id('Product', product.uid)}/"
    assert shown.request["PATH_INFO"] == path
    return desk, product, path


def test_a_managers_product_goes_from_a_name_to_the_shelf(shelf):
    desk, product, path = drafted(shelf)
    lacking = words(desk.get(path)).split("Still missing")[1]
    assert all(f'{part}"' in lacking for part in ('href="#sizes', "open=update_product#facts")), (
        "each leads to where to see to it"
    )
    told = {
        "summaryZh": "示例",
        "seasonMonths": ["", *map(str, range(1, 13))],
        "shelfLifeDays": "30",
        "storageAdviceZh": "阴凉处",
        "returnRuleZh": "签收后 72 小时内",
    }
    assert "Saved" in words(fill(desk, path, "update_product", **told))
    size = {"nameZh": "5 斤装", "netContent": "2.5 kg", "weightGrams": "2800", "priceMinor": "36.90"}
    fill(desk, path, "save_variant", **size, **STORY)
    today = clock.today()
    lot = {"quantity": "50", "level": "0", "harvestFrom": str(today - timedelta(5)), "harvestTo": str(today)}
    ready = words(fill(desk, path, "declare_lot", **lot))
    assert "All there" in ready, ready
    sent = words(hand_in(desk, path))
    assert "Waiting for an operator" in sent and 'action="/do/update_product/"' not in sent
    product.refresh_from_db()
    listing.return_with_comment(product, an_operator(), "照片太暗")
    assert "照片太暗" in words(desk.get(path)) and "照片太暗" in words(desk.get("/zh/desk/"))
    hand_in(desk, path)
    product.refresh_from_db()
    listing.approve(product, an_operator())
    assert "¥36.90" in words(Client().get(f"/en/p/{product.slug}/"))


def test_a_price_story_that_does_not_add_up_is_said_at_the_story_and_kept(shelf):
    desk, product, path = drafted(shelf)
    size = {"nameZh": "5 斤装", "weightGrams": "2800", "priceMinor": "36.90"}
    page = words(fill(desk, path, "save_variant", **size, **{**STORY, "farmGateBps": "45.5"}))
    assert "The parts add up to 99.5 %" in page.split("What it pays for")[1]
    assert 'value="45.5"' in page and 'value="36.90"' in page
    assert not product.variants.exists()


def test_a_refused_form_is_come_back_to_where_it_stands(shelf):
    desk, product, path = drafted(shelf)
    form = {**fields(unfolded(desk, path, "update_product"), "update_product"), "first": "update_product"}
    assert desk.post("/do/upload_picture/", form).url == f"{path}?open=update_product#refused"
    assert desk.post(
        "/do/save_variant/", fields(unfolded(desk, path, "save_variant"), "save_variant")
    ).url.endswith("#refused")


def test_a_photo_is_added_and_one_that_is_none_is_refused(shelf):
    desk, product, path = drafted(shelf)
    form = {**fields(unfolded(desk, path, "update_product"), "update_product"), "first": "update_product"}
    kept = desk.post("/do/upload_picture/", {**form, "lang": "en", "photo": a_photo(), "altZh": "蜜橘"})
    assert kept.url == path and product.pictures.get().alt_zh == "蜜橘"
    for wrong in (a_photo((80, 60)), SimpleUploadedFile("photo.jpg", b"<svg/>")):
        refused = desk.post("/do/upload_picture/", {**form, "lang": "en", "photo": wrong})
        assert 'class="wrong"' in words(desk.get(refused.url))
    assert 'class="wrong"' in words(desk.get(desk.post("/do/upload_picture/", {**form, "lang": "en"}).url))
    assert product.pictures.count() == 1


def test_a_team_says_who_it_is_and_another_leader_is_verified_anew(shelf):
    desk, path = signed_in(shelf.manager), "/en/desk/team/"
    assert "/en/desk/team/" in words(desk.get("/en/desk/"))

    def change(act, **written):
        given = {**fields(unfolded(desk, path, act), act), **written, "lang": "en"}
        page = words(desk.get(desk.post(f"/do/{act}/", given).url))
        shelf.team.refresh_from_db()
        return page

    page = change("update_team", villageZh="云雾村", storyEn="We grow pears.")
    assert "Saved." in page and "We grow pears." in page
    assert (shelf.team.village_zh, shelf.team.story_en) == ("云雾村", "We grow pears.")
    leader = shelf.team.leader
    assert leader.verified_at
    assert "waits for an operator" not in change("introduce_leader", wordsZh="来看看")
    leader.refresh_from_db()
    assert leader.words_zh == "来看看" and leader.verified_at
    assert "waits for an operator to verify" in change("introduce_leader", nameZh="覃夏至")
    leader.refresh_from_db()
    assert leader.name_zh == "覃夏至" and leader.verified_at is None
    assert "Please fill this in" in change("introduce_leader", nameZh=" ")
    leader.refresh_from_db()
    assert leader.name_zh == "覃夏至"
    stranger = signed_in(a_team(manager=a_person()).members.get().person)
    theirs = {"id": global_id("Team", shelf.team.uid), "villageZh": "别人的"}
    stranger.post("/do/update_team/", theirs)
    shelf.team.refresh_from_db()
    assert shelf.team.village_zh == "云雾村"


def test_another_teams_manager_finds_nothing_by_any_door(shelf):
    desk, product, path = drafted(shelf)
    other = a_person()
    a_team(manager=other)
    theirs = signed_in(other)
    assert theirs.get(path).status_code == 404
    form = {**fields(unfolded(desk, path, "update_product"), "update_product"), "first": "update_product"}
    theirs.post("/do/upload_picture/", {**form, "photo": a_photo()})
    theirs.post("/do/update_product/", {"id": form["product"], "nameZh": "mine now"})
    theirs.post("/do/archive_product/", {"id": form["product"]})
    product.refresh_from_db()
    assert (product.name_zh, product.state, product.pictures.count()) == ("示例蜜橘", "draft", 0)
    assert "示例蜜橘" not in words(theirs.get(f"/en/desk/?team={global_id('Team', shelf.team.uid)}"))
    for page in ("", "new/", "orders/", "claims/"):
        assert signed_in(shelf.buyer).get(f"/en/desk/{page}").status_code in (200, 404)
    assert "Your account manages none yet" in words(signed_in(shelf.buyer).get("/en/desk/"))


def test_a_manager_registers_a_household_and_says_who_brought_a_lot(shelf):
    desk, product, path = drafted(shelf)
    told = {"name": "示例户", "phone": "", "bankAccount": ""}
    refused = words(fill(desk, "/en/desk/households/", "propose_household", **told, consented="false"))
    assert 'class="wrong"' in refused or "must have agreed" in refused
    page = words(
        fill(desk, "/en/desk/households/", "propose_household", **told, kind="UNSTABLE", consented="true")
    )
    code = page.split("Registered as ")[1][:6]
    assert code in page and "示例户" not in page
    assert HouseholdStatus.objects.get(household__state="proposed").kind == "unstable"  # as she said
    size = {"nameZh": "5 斤装", "netContent": "2.5 kg", "weightGrams": "2800", "priceMinor": "36.90"}
    fill(desk, path, "save_variant", **size, **STORY)
    today = str(clock.today())
    lot = {"quantity": "50", "level": "1", "harvestFrom": today, "harvestTo": today}
    link = (
        words(fill(desk, path, "declare_lot", **lot)).split("Who brought how much")[0].rsplit('href="', 1)[1]
    )
    shares_page = link.split('"')[0]
    boxes = [name for name in fields(words(desk.get(shares_page)), "share_out_lot") if name.startswith("kg.")]
    assert len(boxes) == 12, "the verified ones alone"
    assert "50 units of 2.8 kg weigh about 140 kg" in words(desk.get(shares_page))
    short = sure(desk, shares_page, "share_out_lot", **{boxes[0]: "42.5"})
    assert 'class="wrong"' in short and 'value="42.5"' in short
    # 50 units of 2.8 kg weigh 140 kg.
    wild = sure(desk, shares_page, "share_out_lot", **{boxes[0]: "825", boxes[1]: "57.5"})
    assert (
        "Together this is 882.5 kg, but the lot" in wild
        and "about 140 kg" in wild
        and "On record" not in wild
    )
    looked = words(fill(desk, shares_page, "share_out_lot", **{boxes[0]: "８２．５", boxes[1]: "57.5 kg"}))
    assert "= 82.5" in looked and "= 57.5" in looked and '<b class="num">140 kg</b>' in looked
    assert not LotShare.objects.exists(), "what is final is looked at first"
    word = fields(looked, "share_out_lot")["seen"]
    changed = {boxes[0]: "82.5", boxes[1]: "58", "seen": word}
    again = words(fill(desk, shares_page, "share_out_lot", **changed))
    assert "140.5 kg" in again and not LotShare.objects.exists(), "what was changed since is looked at anew"
    kept = sure(desk, shares_page, "share_out_lot", **{boxes[0]: "82.5", boxes[1]: "57.5"})
    assert "82.5 kg" in kept and "On record" in kept
    assert sorted(LotShare.objects.values_list("grams", flat=True)) == [57_500, 82_500]


def test_months_that_are_all_unticked_are_refused_beside_them_and_stay_unticked(shelf):
    desk, product, path = drafted(shelf)
    form = fields(unfolded(desk, path, "update_product"), "update_product")
    assert desk.post("/do/update_product/", {**form, "lang": "en", "seasonMonths": ["", "5"]}).url == path
    product.refresh_from_db()
    assert product.season_months == [5]
    page = words(fill(desk, path, "update_product", seasonMonths=""))
    months = page.split("Months in season")[1].split("</fieldset>")[0]
    assert "Choose the months" in months and " checked" not in months
    product.refresh_from_db()
    assert product.season_months == [5]


def test_a_refused_form_keeps_the_longest_story_and_every_households_weight():
    told = QueryDict(mutable=True)
    told.update({"storyZh": "橙" * 4000, "storyEn": "line\r\n" * 1200, "password": "secret"})
    told.update({f"kg.{n}": "42.5" for n in range(100)})
    kept = refill_of(told, frozenset({"storyZh", "storyEn", "shares"}))
    assert kept["storyZh"] == ["橙" * 4000] and kept["storyEn"] == ["line\n" * 1200]
    assert [kept[f"kg.{n}"] for n in range(100)] == [["42.5"]] * 100
    assert "password" not in kept
    much = QueryDict(mutable=True)
    much.update({f"field{n}": "x" * 9_000 for n in range(400)})
    assert (
        sum(len(text) for texts in refill_of(much, frozenset(much)).values() for text in texts) <= MOST_IN_ALL
    )


def test_a_change_that_takes_a_product_off_the_shelf_says_so(shelf):
    desk, product = signed_in(shelf.manager), shelf.product
    path = f"/en/desk/product/{global_id('Product', product.uid)}/"
    form = fields(unfolded(desk, path, "update_product"), "update_product")
    told = {"id": form["id"], "lang": "en", "next": path}

    kept = words(desk.get(desk.post("/do/update_product/", {**told, "summaryEn": "Sweet"}).url))
    assert "Saved." in kept and "has left the shelf" not in kept
    changes = {"id": form["id"], "nameEn": "Others", "ingredientsZh": "橙", "kind": "DRY"}
    shown, changed = saved_and_seen(desk, path, "update_product", **changes)
    assert (
        "It leaves the shelf until an operator has seen it" in shown and "Fresh produce → Dry goods" in shown
    )
    assert f"{product.name_en} → Others" in shown and "— → 橙" in shown
    assert "has left the shelf until it is approved" in changed
    withdrawn = words(fill(desk, path, "withdraw_product"))
    assert "Others” is yours to change again" in withdrawn


def saved_and_seen(desk, path, act, **given):
    """What is said once it is saved, and what was shown before, beside what is approved."""
    given |= {"lang": "en", "next": path, "back": path}
    looked = words(desk.get(desk.post(f"/do/{act}/", given).url))
    shown = looked.split('id="look"')[1].split("</ul>")[0] if 'id="look"' in looked else ""
    seen = looked.split('name="seen" value="')[1].split('"')[0] if shown else ""
    return shown, words(desk.get(desk.post(f"/do/{act}/", {**given, "seen": seen}).url)) if shown else looked


def test_a_photo_that_comes_with_words_to_look_at_once_more_is_kept(shelf):
    desk, product = signed_in(shelf.manager), shelf.product
    id_ = global_id("Product", product.uid)
    path = f"/en/desk/product/{id_}/?open=update_product"
    told = {"id": id_, "product": id_, "nameEn": "Others", "lang": "en", "next": path, "back": path}
    looked = words(desk.get(desk.post("/do/update_product/", {**told, "photo": a_photo()}).url))
    assert "→ Others" in looked and 'value="Others"' in looked
    assert product.pictures.count() == 1 and Product.objects.get().state == "published"


def test_what_an_operator_must_see_first_is_shown_beside_the_approved_before_it_is_saved_and_sold_on(shelf):
    desk, product = signed_in(shelf.manager), shelf.product
    id_ = global_id("Product", product.uid)
    path = f"/en/desk/product/{id_}/"
    size = {"item": shelf.variant, "id": shelf.variant, "nameZh": "5 斤装", "weightGrams": "2800", **STORY}
    size |= {"nameEn": "2.5 kg box", "netContent": "2.5 kg", "isOffered": "true"}
    shown, page = saved_and_seen(desk, path, "save_variant", **size, priceMinor="37.00")
    assert shown == "" and "Saved." in page, "a little more is shown at once"
    shown, page = saved_and_seen(desk, path, "save_variant", **size, priceMinor="48.00")
    assert "¥37.00 → ¥48.00" in shown and "cannot be undone" not in shown
    assert "until then the approved one is sold" in page and "¥37.00 → ¥48.00" in page
    assert 'value="48.00"' in unfolded(desk, path, "save_variant")
    today = clock.today()
    paper = {"kind": "TEST", "number": "T-77", "issuerZh": "示例", "issuedOn": str(today - timedelta(1))}
    paper |= {"expiresOn": str(today + timedelta(9)), "product": id_}
    page = words(desk.get(desk.post("/do/add_certificate/", {**paper, "lang": "en", "next": path}).url))
    assert "until then the approved one is sold" in page and "T-77" in page
    stranger = words(Client().get(f"/en/p/{product.slug}/"))
    assert "¥37.00" in stranger and "48.00" not in stranger and "T-77" not in stranger
    shown, page = saved_and_seen(desk, path, "withdraw_changes", id=id_)
    assert "is dropped" in shown and "Taken back" in page and "T-77" not in page and "48.00" not in page
    product.refresh_from_db()
    assert (product.state, product.changes_state) == ("published", "none")


def test_a_product_is_copied_with_its_sizes_and_price_stories_and_nothing_of_one_harvest(shelf):
    desk, product = signed_in(shelf.manager), shelf.product
    product.pictures.create(file="pictures/x.webp", card_file="pictures/x.webp", width=1, height=1)
    page = words(fill(desk, f"/en/desk/product/{global_id('Product', product.uid)}/", "copy_product"))
    made = Product.objects.exclude(pk=product.pk).get()
    assert f"{product.name_en} (copy)" in page and "Declare at least one lot." in page
    assert (made.state, made.published_at, made.submitted_by) == ("draft", None, None)
    assert (made.name_zh, made.season_months) == (f"{product.name_zh}（副本）", product.season_months)
    assert made.slug != product.slug and not made.pictures.exists()
    old, new = product.variants.get(), made.variants.get()
    assert (new.price_minor, new.story.parts(), new.net_content) == (3690, old.story.parts(), old.net_content)
    assert new.approved_price_minor is None and not new.lots.exists()
    assert Client().get(f"/en/p/{made.slug}/").status_code == 404
    others = signed_in(a_person(email_verified_at=timezone.now()))
    others.post("/do/copy_product/", {"id": global_id("Product", product.uid), "lang": "en"})
    assert Product.objects.count() == 2


def test_a_size_is_added_like_another_and_two_of_one_name_are_not(shelf):
    desk, product = signed_in(shelf.manager), shelf.product
    path = f"/en/desk/product/{global_id('Product', product.uid)}/?open=save_variant~like-{shelf.variant}"
    form = fields(words(desk.get(path)), "save_variant")
    assert (form["priceMinor"], form["netContent"], form["farmGateBps"]) == ("36.90", "2.5 kg", "46")
    form |= {"lang": "en"}
    assert "There is a variant of this name already" in words(
        desk.get(desk.post("/do/save_variant/", form).url)
    )
    shown, page = saved_and_seen(
        desk, path, "save_variant", **{**form, "nameZh": "10 斤装", "nameEn": "5 kg box"}
    )
    assert "5 kg box · ¥36.90" in shown and "New, not on the shelf yet" in page
    assert product.variants.count() == 2


def test_what_is_done_to_lots_and_households_is_said_by_their_code(shelf):
    desk = signed_in(shelf.manager)
    path = f"/en/desk/product/{global_id('Product', shelf.product.uid)}/"
    planned = a_planned_lot(shelf.lot.variant)
    told = {"lang": "en", "next": path, "back": path}

    def said(act, **more):
        sent = {**told, "item": more["id"], **more}
        looked = words(desk.get(desk.post(f"/do/{act}/", sent).url))
        assert "It cannot be undone" in looked
        seen = looked.split('name="seen" value="')[1].split('"')[0]
        return words(desk.get(desk.post(f"/do/{act}/", {**sent, "seen": seen}).url))

    lot = global_id("Lot", planned.uid)
    assert f"Lot {planned.code} is harvested" in said("open_lot", id=lot)
    assert f"Lot {planned.code} is closed" in said("close_lot", id=lot)
    assert f"Lot {planned.code} is recalled" in said("recall_lot", id=lot, reason="mould")
    family = shelf.team.households.filter(state="verified").first()
    told |= dict.fromkeys(("next", "back"), "/en/desk/households/")
    gone = said("withdraw_household", id=global_id("Household", family.uid))
    assert f"{family.uid.hex[:6].upper()} has withdrawn" in gone


def test_a_family_that_waits_to_be_verified_is_let_go_at_the_desk_and_by_an_operator(shelf):
    shelf.team.households.update(state="rejected")
    waiting = [
        household.propose(Proposal(shelf.team, shelf.team.county, timezone.now(), {"name": "示例"}), None)
        for _ in range(2)
    ]
    page = sure(signed_in(shelf.manager), "/en/desk/households/", "withdraw_household")
    assert "has withdrawn and its details are erased" in page
    left = shelf.team.households.get(state="proposed")
    asked = {"action": "withdraw", "_selected_action": left.pk, "confirmed": "yes"}
    signed_in(an_operator()).post("/operators/impact/household/", asked)
    assert shelf.team.households.filter(state="withdrawn").count() == len(waiting)
    assert not HouseholdDetail.objects.exists()


def test_a_household_that_has_not_agreed_is_refused_beside_its_box(shelf):
    desk = signed_in(shelf.manager)
    told = {"name": "示例户", "consented": "false"}
    page = words(fill(desk, "/en/desk/households/", "propose_household", **told))
    box = page.split('name="consented" value="false"')[1].split("</div>")[0]
    assert 'class="wrong"' in box and "must have agreed" in box


def test_a_part_of_a_price_that_cannot_be_is_refused_in_percent(shelf):
    desk, product, path = drafted(shelf)
    size = {"nameZh": "5 斤装", "weightGrams": "2800", "priceMinor": "36.90"}
    page = words(fill(desk, path, "save_variant", **size, **{**STORY, "farmGateBps": "101"}))
    assert "Each part is from 0 to 100 %" in page and "to 10000" not in page


def test_a_body_that_is_too_large_is_answered_in_the_pages_language_with_a_way_back(
    settings, django_assert_num_queries
):
    size = str(settings.MOST_BODY_BYTES + 1)
    kind = "multipart/form-data; boundary=b"

    def sent(path, **headers):
        with django_assert_num_queries(0):
            return Client().generic("POST", path, b"x", kind, CONTENT_LENGTH=size, **headers)

    form = "http://testserver/en/desk/product/x/?team=1"
    reply = sent("/do/upload_picture/", HTTP_REFERER=form, HTTP_ACCEPT_LANGUAGE="zh")
    assert reply.status_code == 413 and '<html lang="en">' in words(reply)
    assert "Too large to send" in words(reply) and 'href="/en/desk/product/x/"' in words(reply)
    assert reply.headers["Content-Language"] == "en"
    elsewhere = sent(
        "/do/upload_picture/", HTTP_REFERER="https://evil.example/en/", HTTP_ACCEPT_LANGUAGE="zh"
    )
    assert "照片最大 8 MB" in words(elsewhere) and "evil" not in words(elsewhere)
    told = sent("/graphql")
    assert (told.status_code, told.json()["errors"][0]["extensions"]["code"]) == (413, "TOO_LARGE")
