"""Mails: both languages of each, the subject first, never inside a transaction, links that lead somewhere."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core import mail as outbox
from django.db import transaction

from accounts import links, mail
from accounts.apps import AccountsConfig
from accounts.models import Question

FOLDER = Path(__file__).resolve().parents[2] / AccountsConfig.name / "templates" / "mail"
MAILS = sorted({path.name.split(".")[0] for path in FOLDER.glob("*.txt")} - {"foot"})
QUESTION = Question(words="Is it sweet?", due_at=datetime(2026, 5, 1, tzinfo=UTC))
FACTS = {
    "name": "Mei",
    "link": "L",
    "days": 3,
    "sign_in": "S",
    "forgotten": "F",
    "code": "KX37QP",
    "question": QUESTION,
}


class AnOrganisation:
    name_zh, name_en, mobiliser_code = "示例工会", "", "ABCD2345"


@pytest.mark.parametrize("template", MAILS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_mail_is_whole_in_both_languages(template, language):
    subject, body = mail.rendered(language, template, {**FACTS, "organisation": AnOrganisation})
    assert 4 <= len(subject) <= 60 and "\n" not in subject
    assert body.rstrip().endswith(f"http://testserver/{language}/") and "Mei" in body
    assert "{" not in body and "\n\n\n" not in body
    has_chinese = bool(re.search("[\u4e00-\u9fff]", body.replace("示例工会", "")))
    assert has_chinese == (language == "zh")


@pytest.mark.django_db(transaction=True)
def test_no_mail_is_sent_while_it_could_still_be_undone():
    with pytest.raises(RuntimeError), transaction.atomic():
        mail.send("mei@example.com", "zh", "welcome", FACTS)
    assert outbox.outbox == []
    mail.send("mei@example.com", "zh", "welcome", FACTS)
    assert outbox.outbox[0].extra_headers["Auto-Submitted"] == "auto-generated"


def test_a_token_stands_whole_in_its_link():
    assert links.email_verify("en", "a+b/c=&d") == "http://testserver/en/confirm/?token=a%2Bb%2Fc%3D%26d"


def test_links_lead_to_pages_that_the_shop_names():
    shop = Path(__file__).resolve().parents[2] / "shop"
    addresses = "".join(path.read_text() for path in shop.glob("**/urls.py"))
    for link in (
        *(links.sign_in("zh"), links.password_forgotten("zh"), links.email_verify("zh", "t")),
        *(links.email_change("zh", "t"), links.password_reset("zh", "t"), links.invitation("zh", "t")),
        links.organisation("zh"),
    ):
        path = link.removeprefix("http://testserver/zh/").partition("?")[0]
        assert f'"<language:lang>/{path}"' in addresses, path
