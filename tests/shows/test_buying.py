"""A stranger buys with nothing but the pages, on a phone, without JavaScript."""

import pytest

from tests.figures import FULL, full, in_full_alone
from tests.shows.visitor import fen

WORDS = {"zh": ("示例脐橙", "秭归示例脐橙"), "en": ("navel oranges", "Zigui demo navel oranges")}


def parts_on_the_page(buyer):
    """Fen of each part under "how your money is set aside", and what the page says they add up to."""
    aside = buyer.page.locator("section.aside")
    parts = aside.locator(".story-parts li").all()
    return [fen(part.locator(".num").last.inner_text()) for part in parts], fen(
        aside.locator(".sum.total .num").inner_text()
    )


@pytest.mark.proof
@pytest.mark.parametrize("language", full(["en", "zh"], ["zh"]))
def test_a_stranger_buys_as_a_guest_and_sees_each_fen_set_aside(house, visit, language):
    buyer = visit(language)
    page, team = buyer.page, house.world.oranges
    with house.moves(SH01=2 * 3690):
        # She finds it, and sees what it costs with shipping before she says who she is.
        assert buyer.go("") == 200 and buyer.is_narrow_enough()
        buyer.find(*WORDS[language])
        buyer.add(2)
        buyer.check_out()
        assert [fen(sum_) for sum_ in page.locator("#pay .sum .num, #pay .sum .price").all_inner_texts()] == [
            *(7380, 7380, 960, 960, 8340)
        ]
        assert buyer.is_narrow_enough()
        number = buyer.place()
        # Her card is declined: nothing is lost, the provider's page says so.
        buyer.begin_to_pay()
        buyer.pay_by_card("4000 0000 0000 0002")
        assert page.get_by_role("alert").is_visible()
        buyer.pay_by_alipay()
        # She is back, and within moments the page says that it is paid.
        assert buyer.number() == number
        buyer.until_paid()
        parts, sum_ = parts_on_the_page(buyer)
        assert sum(parts) == sum_ == 8340
    assert house.seconds_to_the_board(number, team) < 1
    if FULL:  # else the same is looked at in this process
        assert "Everything holds" in house.shop.manage("verify")


def test_shipping_is_shown_before_anything_is_asked_of_her(house, visit):
    buyer = visit()
    buyer.go(f"p/{house.world.tea.product.slug}/")
    buyer.add()
    buyer.page.get_by_role("button", name="Checkout", exact=True).click()
    buyer.page.get_by_label("Province").select_option(label="Hubei")
    buyer.press("Next")
    buyer.page.get_by_label("County or district").select_option("420106")
    buyer.press("See shipping")
    totals = buyer.page.locator("#pay").inner_text()
    assert "¥5.00" in totals and "¥93.01" in totals
    assert buyer.page.get_by_role("button", name="Place the order and pay").is_disabled()


def test_what_is_not_delivered_to_her_is_said_before_checkout(house, visit):
    buyer = visit()
    buyer.go(f"p/{house.world.oranges.product.slug}/")
    buyer.add()
    buyer.page.get_by_role("button", name="Checkout", exact=True).click()
    buyer.page.get_by_label("Province").select_option("650000")
    buyer.press("Next")
    buyer.page.get_by_label("County or district").select_option("653101")
    buyer.press("See shipping")
    assert "not delivered there" in buyer.reads()


@in_full_alone("walks the same way once more")
def test_nothing_on_her_way_scrolls_sideways_on_a_phone(house, visit):
    buyer, wide = visit("zh"), []

    def look(what):
        if not buyer.is_narrow_enough():
            wide.append(what)

    slug = house.world.oranges.product.slug
    for path in ("", "shop/?query=橙", f"p/{slug}/"):
        buyer.go(path)
        look(path)
    buyer.add(3)
    look("cart")
    buyer.check_out()
    look("checkout")
    buyer.place()
    look("order to pay")
    buyer.begin_to_pay()
    buyer.pay_by_alipay()
    buyer.until_paid()
    look("order paid")
    assert wide == []
