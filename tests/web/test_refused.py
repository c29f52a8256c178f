"""A form that was refused: all that is wrong is told once at its top, each reason leads to its field, and the focus is there."""

import re
from typing import Any

import pytest

from tests.accounts.world import PASSWORD
from tests.web.conftest import a_shelf, signed_in
from tests.web.test_pages import post, words

SUMMARY = re.compile(
    r'<div class="note error" id="refused" role="alert" tabindex="-1">(.*?)</div>', re.DOTALL
)


def summaries(page: str) -> list[list[tuple[str, str]]]:
    """Of each summary of the page its reasons: where it leads, and its words."""
    found = []
    for box in SUMMARY.findall(page):
        lines = re.findall(r"<li>(.*?)</li>", box, re.DOTALL)
        leads = [re.search(r'href="#([^"]+)"', line) for line in lines]
        told = [" ".join(re.sub("<[^>]+>", "", line).split()) for line in lines]
        found.append([(lead[1] if lead else "", text) for lead, text in zip(leads, told, strict=True)])
    return found


@pytest.mark.parametrize(
    ("language", "missing", "fields"),
    [
        ("zh", "请填写这一项。", ["街道门牌", "收件人", "手机或座机"]),
        ("en", "Please fill this in.", ["Street and number", "Recipient", "Phone"]),
    ],
)
def test_all_that_is_wrong_is_told_once_and_leads_to_its_field(guest, shelf, language, missing, fields):
    post(guest, "add_to_cart", variant=shelf.variant, quantity="2")
    post(guest, "choose_region", region="420527")
    empty = {"street": " ", "recipient": "\u3000", "phone": "", "email": "ann@example.com"}
    there = f"/{language}/checkout/"
    back = post(guest, "tell_cart", **empty, lang=language, next="/elsewhere/", back=f"{there}#who")
    assert back.url == f"{there}#refused", "a browser puts the focus there without a script"
    page = words(guest.get(there))
    ((*told,),) = summaries(page)
    assert len(told) == 3 and all(text.endswith(missing) for _, text in told)
    for (lead, text), name, label in zip(told, ("street", "recipient", "phone"), fields, strict=True):
        assert text.startswith(label), text
        (control,) = re.findall(rf'<input[^>]*\bid="{lead}"[^>]*>', page)
        assert f'name="{name}"' in control and 'aria-invalid="true"' in control
        (about,) = re.findall(r'aria-describedby="([^"]*)"', control)
        assert f"{lead}-wrong" in about.split() and f'id="{lead}-wrong">{missing}<' in page
    assert summaries(words(guest.get(there))) == [], "it is said once"


def test_why_is_said_above_a_page_that_has_no_such_form(guest, shelf):
    post(guest, "join_group", code="no-such-group", lang="en", back="/en/help/")
    page = words(guest.get("/en/help/"))
    ((*told,),) = summaries(page)
    assert told and all(lead == "" for lead, _ in told) and page.index('id="refused"') < page.index("<main")
    assert 'id="refused"' not in words(guest.get("/en/help/"))


def test_a_control_that_is_drawn_by_hand_is_led_to_as_well(guest, shelf):
    form = {"variant": shelf.variant, "quantity": "0", "back": f"/en/p/{shelf.product.slug}/"}
    post(guest, "add_to_cart", **form)
    page = words(guest.get(form["back"]))
    (((lead, _),),) = summaries(page)
    assert f'id="{lead}"' in page and lead.endswith("-quantity")


TOO_EASY = {
    "ab12": ("至少要 10 个字符", "At least 10 characters"),
    "8305629417": ("不能全是数字", "Digits alone"),
    "qwertyuiop": ("太常见", "Too common"),
    "somebody-new": ("太像", "Too much like"),
}


@pytest.mark.parametrize("password", TOO_EASY)
def test_a_password_is_refused_in_the_askers_language_by_page_and_by_program(guest, db, password):
    zh, en = TOO_EASY[password]
    for language, told, other in (("zh", zh, en), ("en", en, zh)):
        given = {"email": "somebody-new@example.com", "password": password}
        there = f"/{language}/sign-up/"
        post(guest, "sign_up", **given, lang=language, back=there)
        page = words(guest.get(there))
        ((*reasons,),) = summaries(page)
        assert any(told in text for _, text in reasons), reasons
        assert other not in page and f'value="{password}"' not in page
        asked = "mutation($input: SignUpInput!) { signUp(input: $input) { errors { field message } } }"
        told_of = guest.post(
            "/graphql",
            {"query": asked, "variables": {"input": given}},
            content_type="application/json",
            headers={"Accept-Language": language},
        )
        answer = told_of.json()["data"]["signUp"]["errors"]
        assert [told in error["message"] for error in answer if error["field"] == ["password"]] == [True]


# --- In a browser ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shop(live_shop: Any, django_db_blocker: Any) -> Any:
    """A living shop with something to buy."""
    with django_db_blocker.unblock(), live_shop.database():
        return a_shelf(), live_shop.url


def at_sign_up(browser: Any, url: str, **options: Any) -> Any:
    # A worker of the page would send its form past this test.
    context = browser.new_context(viewport={"width": 390, "height": 844}, service_workers="block", **options)
    page = context.new_page()
    page.goto(f"{url}/zh/sign-up/")
    return page


FOCUS = "document.activeElement.id"


def test_without_a_script_the_focus_stands_where_it_is_told_why(browser, shop):
    page = at_sign_up(browser, shop[1], java_script_enabled=False)
    page.fill("[name=email]", "someone@example.com")
    page.fill("[name=password]", "ab12ab12")
    page.click("main form[action='/do/sign_up/'] button[type=submit]")
    assert page.url.endswith("/zh/sign-up/#refused")
    assert page.locator("#refused:focus").count() == 1
    page.click("#refused a >> nth=0")
    assert page.locator("[name=password]:focus").count() == 1


def test_with_a_script_all_is_told_before_anything_is_sent_and_a_button_says_that_it_is_busy(browser, shop):
    page = at_sign_up(browser, shop[1])
    form = "main form[action='/do/sign_up/']"
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.click(f"{form} button[type=submit]")
    assert sent == [] and page.evaluate(FOCUS) == "refused"
    assert page.locator("#refused li").count() >= 2 and "请填写这一项" in page.inner_text("#refused")
    assert page.locator(f"{form} [name=email]").get_attribute("aria-invalid") == "true"
    assert not page.locator(f"{form} button[aria-busy]").count(), "it may be pressed again at once"
    page.locator("#refused a", has_text="邮箱").click()
    assert page.locator(f"{form} [name=email]:focus").count() == 1
    page.fill(f"{form} [name=email]", "someone@example.com")
    page.fill(f"{form} [name=password]", "ab12ab12")
    # The answer is on its way: the button says so, and a second tap sends nothing.
    page.route("**/do/sign_up/", lambda route: route.fulfill(status=204))
    pressed = f"""() => {{
        const button = document.querySelector("{form} button[type=submit]");
        button.click(); button.click();
        return [button.getAttribute("aria-busy"), document.querySelector("body > .unseen[role=status]").textContent];
    }}"""
    assert page.evaluate(pressed) == ["true", "请稍候"]
    page.wait_for_timeout(300)
    assert len(sent) == 1
    # Back on the page, however it was left, it is as it was.
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert not page.locator("[aria-busy]").count() and not page.locator("[data-sent]").count()


def test_whoever_is_signed_in_is_told_too(shelf):
    her = signed_in(shelf.buyer)
    there = "/zh/account/details/"
    post(her, "change_email", email="nothing", password=PASSWORD, lang="zh", back=there)
    assert summaries(words(her.get(there)))
