"""The rooms of the pages, and the doors that are not pages; each room's own `urls.py` tells its addresses."""

from importlib import import_module

from django.conf import settings
from django.contrib import admin
from django.urls import path, re_path

from core.api.view import graphql
from shop.web import cards, doors, gathered_cards
from shop.web.act import act
from shop.web.notices import provider_notice
from shop.web.page import page
from shop.web.rooms import ROOMS
from shop.web.turn import turn
from shop.web.words import apology

urlpatterns = [
    path("", doors.choose_language),
    path("graphql", graphql),
    # One list: a resolver for each room would cost every request of a later room some microseconds more.
    *[address for room in ROOMS for address in import_module(f"shop.web.{room}.urls").urlpatterns],
    # After the rooms: an act with an address of its own (a photo comes with it) has no other.
    path("do/turn/", turn),
    path("do/<slug:name>/", act, name="act"),
    path("cards/<language:lang>/entry/<slug:edition>/<slug:number>.png", cards.entry_card, name="entry_card"),
    path(
        "cards/<language:lang>/mine/<slug:edition>/<slug:number>.png",
        cards.own_entry_card,
        name="own_entry_card",
    ),
    path("cards/<language:lang>/product/<slug:slug>.png", cards.product_card, name="product_card"),
    path("cards/<language:lang>/purchases.png", cards.purchases_card, name="purchases_card"),
    path("cards/<language:lang>/team/<slug:slug>.png", cards.team_card, name="team_card"),
    path("cards/<language:lang>/gi/<slug:number>.png", gathered_cards.gi_card, name="gi_card"),
    path("cards/<language:lang>/brand/<slug:number>.png", gathered_cards.brand_card, name="brand_card"),
    path("cards/<language:lang>/place/<slug:code>.png", gathered_cards.place_card, name="place_card"),
    path(
        "cards/<language:lang>/place/<slug:code>/<slug:village>.png",
        gathered_cards.place_card,
        name="village_card",
    ),
    path("cards/<language:lang>/shop.png", cards.shop_card, name="shop_card"),
    path("cards/<language:lang>/group/<slug:code>.png", cards.group_card, name="group_card"),
    path(
        "posters/<language:lang>/product/<slug:slug>.png",
        cards.product_card,
        {"as_poster": True},
        name="product_poster",
    ),
    path(
        "posters/<language:lang>/group/<slug:code>.png",
        cards.group_card,
        {"as_poster": True},
        name="group_poster",
    ),
    path("notices/<slug:provider>/", provider_notice),
    path("healthz", doors.healthy),
    path("readyz", doors.ready),
    path("livez", doors.alive),
    path("operators/", admin.site.urls),
]
if not settings.AWS_STORAGE_BUCKET_NAME:
    # On one machine the shop hands out its own pictures; behind a bucket they have an address of their own.
    urlpatterns.append(re_path(r"^media/pictures/(?P<file>[\w-]+\.webp)$", doors.media))

handler404 = page("words/not_found", status=404)
handler413 = apology.too_large
handler500 = apology.broken
