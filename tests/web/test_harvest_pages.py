"""A lot that is late or short, by pages: its team says so once, a guest chooses by the link of her letter."""

import re

import pytest
from django.core import mail

from core.api.ids import global_id
from core.deliveries import drain
from orders.models import Refund, Setback, SetbackChoice
from tests.factor import awake
from tests.orders.harvest import HOUR, Harvest
from tests.together.world import at_rest
from tests.web.conftest import signed_in
from tests.web.test_desk import fill
from tests.web.test_pages import fields, words

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def harvest(till, a_stand):
    return Harvest(till, a_stand)


def test_its_team_says_so_once_and_a_guest_chooses_by_the_link_of_her_letter(harvest, guest):
    first, second = harvest.sold(2, 1)
    harvest.another(5)
    lot = global_id("Lot", harvest.lot.uid)
    desk, page = signed_in(awake(harvest.manager)), f"/en/desk/lots/{lot}/harvest/"
    assert f"/lots/{lot}/harvest/" in words(desk.get("/en/desk/lots/"))
    told = {"kind": "SHORT", "day": harvest.day.isoformat(), "reason": "HAIL", "words": "示例：冰雹"}
    refused = words(fill(desk, page, "set_back_lot", unitsThere="9", **told))
    assert "There are 3 to send" in refused and "示例：冰雹" in refused
    told["unitsThere"] = "2"
    looked = words(fill(desk, page, "set_back_lot", **told))
    assert (
        "3 units, 2 orders" in looked and "¥110.70" in looked and "Nothing more of this lot is sold" in looked
    )
    assert not Setback.objects.exists()
    desk.post("/do/set_back_lot/", fields(looked, "set_back_lot") | told | {"lang": "en"})
    drain()
    assert "2 of 3" in words(desk.get(page))
    letters = [one for one in mail.outbox if "The harvest is short" in one.subject]
    assert len(letters) == 2
    body = next(one.body for one in letters if second.number in one.subject)
    link = re.search(r"https?://[^/]+(/\S+/harvest/\S+)", body)[1]
    seen = words(guest.get(link))
    assert "Hail · 示例：冰雹" in seen and "if they do not reach you" in seen and "¥36.90" in seen
    fill(guest, link, "choose_harvest")
    assert "You chose to wait." in words(guest.get(link))
    assert SetbackChoice.objects.get(line__order=second).choice == "wait"
    fill(guest, link, "choose_harvest", choice="MONEY")
    assert "You chose your money back." in words(guest.get(link))
    assert "Choose what becomes of it" in words(guest.get(link.replace("/harvest/", "/")))
    harvest.later(HOUR)
    harvest.arrived()
    assert "the money is on its way back" in words(guest.get(link))
    assert Refund.objects.get().amount_minor == second.total_minor
    assert 'Money back</span><b class="num">1</b>' in words(desk.get(page)).replace("\n", "")
    stranger = guest.get(f"/en/order/{first.number}/harvest/")
    assert stranger.status_code in (302, 403, 404)
    at_rest()
