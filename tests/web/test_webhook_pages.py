"""A program is told what happens, kept by pages: made, tried, its secret turned over, sent again, ended."""

import pytest
from django.utils import timezone

from orders.actions import webhook_call
from orders.models import Webhook, WebhookMessage
from tests.catalog.world import an_operator
from tests.receiver import receiving, status
from tests.web.conftest import signed_in
from tests.web.test_desk import sure
from tests.web.test_pages import fields, post, unfolded, words

pytestmark = pytest.mark.django_db(transaction=True)
DESK, OFFICE = "/en/desk/webhooks/", "/en/office/webhooks/"


def test_a_manager_keeps_a_program_by_pages_and_sees_its_secret_once(shelf, settings):
    desk = signed_in(shelf.manager)
    assert f'href="{DESK}?team=' in words(desk.get("/en/desk/"))
    asked = fields(unfolded(desk, DESK, "make_webhook"), "make_webhook")
    refused = words(
        desk.post("/do/make_webhook/", asked | {"url": "http://127.0.0.1/", "events": [""]}, follow=True)
    )
    assert (
        "It must be https, on its own port 443" in refused and "Please choose what it is told of" in refused
    )
    with receiving(settings) as receiver:
        asked |= {"url": receiver.url, "events": ["ORDER_PAID", "ORDER_SENT"]}
        page = words(desk.post("/do/make_webhook/", asked, follow=True))
        hook = Webhook.objects.get()
        assert (hook.team, hook.kinds) == (shelf.team, ["order.paid", "order.sent"])
        assert "whsec_" in page and "whsec_" not in words(desk.get(DESK))
        receiver.answer = status(500)
        assert "A test is on its way" in words(
            desk.post("/do/test_webhook/", fields(words(desk.get(DESK)), "test_webhook"), follow=True)
        )
        webhook_call.call_all()
        page = words(desk.get(DESK))
        assert "HTTP 500" in page and "try 1" in page and "Not answering since" in page
        receiver.answer = status(200)
        WebhookMessage.objects.update(due_at=timezone.now())
        webhook_call.call_all()
        page = words(desk.get(DESK))
        assert "Taken" in page and "HTTP 200" in page and "Not answering" not in page
        desk.post("/do/send_message_again/", fields(page, "send_message_again"))
        webhook_call.call_all()
        assert len({one.headers["webhook-id"] for one in receiver.heard}) == 1 and len(receiver.heard) == 3
        assert "The former secret signs until" in (turned := sure(desk, DESK, "turn_webhook_secret"))
        assert "whsec_" in turned
        key = f"update_webhook~{post_id(desk)}"
        asked = fields(unfolded(desk, DESK, key), "update_webhook") | {"events": ["ORDER_REFUNDED"]}
        assert "Saved" in words(desk.post("/do/update_webhook/", asked, follow=True))
        hook.refresh_from_db()
        assert hook.kinds == ["order.refunded"]
        assert "it is told nothing more" in sure(desk, DESK, "end_webhook").lower()
    hook.refresh_from_db()
    assert hook.ended_at is not None and "No receiver so far" in words(desk.get(DESK))


def post_id(desk) -> str:
    return str(fields(words(desk.get(DESK)), "test_webhook")["id"])


def test_an_operator_keeps_the_shops_and_nobody_else(shelf):
    office = signed_in(an_operator())
    asked = fields(unfolded(office, OFFICE, "make_shop_webhook"), "make_shop_webhook")
    asked |= {"url": "https://example.com/hooks", "events": ["ORDER_PLACED"]}
    assert "whsec_" in words(office.post("/do/make_shop_webhook/", asked, follow=True))
    assert Webhook.objects.get().team is None
    assert signed_in(shelf.manager).get(OFFICE).status_code == 404
    refused = post(
        signed_in(shelf.manager), "end_webhook", id=fields(words(office.get(OFFICE)), "test_webhook")["id"]
    )
    assert refused.status_code in (302, 404) and Webhook.objects.get().ended_at is None
