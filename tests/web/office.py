"""Whoever works in the office, and what she does there, by its pages."""

import re

from django.utils import timezone

from accounts.places import Place
from core.api.ids import global_id
from impact.actions import household as households
from impact.actions.household import Proposal
from tests.accounts.world import a_person, holds
from tests.catalog.world import a_county, a_region
from tests.web.conftest import signed_in
from tests.web.test_pages import fields, post, words

ZIGUI, ELSEWHERE = "420527", "420528"
DETAILS = {"name": "覃示例", "phone": "13800138000", "bank_account": "6217 示例"}


def an_officer(role, code):
    """Somebody with this role in a county or city, and her browser."""
    person = a_person()
    holds(person, role, Place(region=code))
    return person, signed_in(person)


def elsewhere():
    """A county beside Zigui."""
    return a_region(ELSEWHERE, "长阳土家族自治县", "Changyang", 3, a_county().parent)


def id_of(kind, row):
    return global_id(kind, row.uid)


def gone(client, *paths):
    """None of these is a page for her."""
    return [client.get(path).status_code for path in paths] == [404] * len(paths)


def send(client, page, act, **written):
    """Write into the form of a page that is open already, and send it."""
    return client.post(f"/do/{act}/", {**fields(page, act), "lang": "en", **written})


def twice(client, act, **written):
    """Press the button of something final, look, and press again."""
    looked = words(client.get(post(client, act, **written).url))
    (seen,) = re.findall(r'name="seen" value="([^"]*)"', looked) or [""]
    return post(client, act, **written, seen=seen)


def proposed(team, by=None, **county):
    where = county.get("county", team.county)
    return households.propose(Proposal(team, where, timezone.now(), DETAILS), by)
