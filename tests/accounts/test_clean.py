"""One mailbox, one telephone and one name are written in one way, however they were typed."""

import pytest

from accounts.clean import email_address, line, mailbox, phone_number
from accounts.models import Person
from core.refusals import Invalid
from tests.accounts.world import PASSWORD, Asker, a_person

MOBILES = [
    "13800138000",
    "１３８００１３８０００",
    "١٣٨٠٠١٣٨٠٠٠",
    "१३८००१३८०००",
    "\u202d138 0013 8000\u202c",
    "\u200e+86 138-0013-8000",
]
MOBILES += [
    "＋８６ １３８００１３８０００",
    "\ufeff13800138000",
    "138–0013–8000",
    "（＋86）13800138000",
    "0086\u00a0138\u200b00138000",
]


@pytest.mark.parametrize("written", MOBILES)
def test_a_mobile_number_is_kept_in_plain_digits(written):
    assert phone_number(written) == "13800138000"


def test_a_landline_likewise():
    assert phone_number("（０２７）８７６５４３２１－８０１") == "027-87654321-801"


@pytest.mark.parametrize(
    "written",
    ["", "一三八", "138٠٠١٣٨٠٠٠", "１38 0013 8000", "①3800138000", "1380013800²", "23800138000", "9" * 5000],
)
def test_what_no_courier_can_call_is_refused(written):
    with pytest.raises(Invalid):
        phone_number(written)


SAME = [
    "Mei@Example.com",
    " mei@example.com ",
    "mei@example.com\u200b",
    "\u2066mei@example.com\u2069",
    "ｍｅｉ＠ｅｘａｍｐｌｅ．ｃｏｍ",
]
SAME += [
    "mei@example.com\ufeff",
    "m\u00adei@example.com",
    "mei@exampl\u200de.com",
    "mei@example.com\u3164",
    "mei@example.com\ufe0f",
]


@pytest.mark.parametrize("written", SAME)
def test_a_mailbox_is_one_account_however_it_is_written(written):
    assert email_address(written) == mailbox(written) == "mei@example.com"


def test_a_domain_of_another_script_is_one_domain():
    assert (
        email_address("mei@例子.中国")
        == email_address("mei@xn--fsqu00a.xn--fiqs8s")
        == "mei@xn--fsqu00a.xn--fiqs8s"
    )
    assert email_address("mei@例子。中国") == "mei@xn--fsqu00a.xn--fiqs8s"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "mei",
        "mei@",
        "@example.com",
        '"m ei"@example.com',
        "méi@example.com",
        "mei@" + "例" * 90 + ".cn",
        "a@b@c.cn",
        "m\nei@example.com",
        "x" * 9000,
    ],
)
def test_what_is_no_mailbox_is_refused(written):
    with pytest.raises(Invalid):
        email_address(written)


@pytest.mark.django_db
def test_nobody_opens_a_second_account_by_an_invisible_end():
    mei = a_person(email="mei@example.com")
    for written in SAME[2:6]:
        Asker().done("signUp", email=written, password="a long word of hers 7")
        assert (
            Asker().done("signIn", "viewer { email }", email=written, password=PASSWORD)["viewer"]["email"]
            == mei.email
        )
    assert Person.objects.filter(email__contains="example.com").count() == 1


@pytest.mark.parametrize(
    "name", ["𱍟王", "王𮯰", "👨\u200d👩\u200d👧\u200d👦", "葛\U000e0100城", "Zoë O’Neill", "می\u200cخواهم"]
)
def test_a_name_stays_as_it_is_written(name):
    assert line(name, "name", 60) == name


@pytest.mark.parametrize(
    "name", ["\u3164", "\u2800", "\u115f\u1160", "\u200d\ufe0f", "\u0301", "\u200b \u3000", "\uffa0" * 5]
)
def test_what_looks_like_nothing_is_no_name(name):
    with pytest.raises(Invalid):
        line(name, "name", 60)
    assert line(name, "name", 60, required=False) == ""
