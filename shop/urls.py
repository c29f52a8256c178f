"""Every address of the shop on one page."""

from django.conf import settings
from django.contrib import admin
from django.urls import path, re_path, register_converter

from core.api.view import graphql
from shop.web import downloads, home, upload
from shop.web.act import act
from shop.web.keep_cart import keep_cart
from shop.web.notices import stripe_notice
from shop.web.page import page
from shop.web.turn import turn


class Language:
    regex = "zh|en"

    def to_python(self, value: str) -> str:
        return value

    to_url = to_python


register_converter(Language, "language")

urlpatterns = [
    path("", home.choose_language),
    path("<language:lang>/", page("home"), name="home"),
    path("<language:lang>/shop/", page("catalogue"), name="catalogue"),
    path("<language:lang>/suggestions/", page("suggestions"), name="suggestions"),
    path("<language:lang>/p/<slug:slug>/", page("product"), name="product"),
    path("<language:lang>/teams/", page("teams"), name="teams"),
    path("<language:lang>/t/<slug:slug>/", page("team"), name="team"),
    path("<language:lang>/cart/", page("cart"), name="cart"),
    path("<language:lang>/checkout/", page("checkout"), name="checkout"),
    path("<language:lang>/order/<slug:number>/", page("order"), name="order"),
    path("<language:lang>/order/<slug:number>/receipt/", page("receipt"), name="receipt"),
    path("<language:lang>/order/<slug:number>/claim/<str:line>/", page("claim"), name="claim"),
    path("<language:lang>/order/<slug:number>/review/<str:line>/", page("review"), name="review"),
    # people
    path("<language:lang>/sign-in/", page("sign_in"), name="sign_in"),
    path("<language:lang>/sign-up/", page("sign_up"), name="sign_up"),
    path("<language:lang>/password/", page("password_forgotten"), name="password_forgotten"),
    path("<language:lang>/password/new/", page("password_new"), name="password_new"),
    path("<language:lang>/confirm/", page("confirm"), name="confirm"),
    path("<language:lang>/account/", page("account"), name="account"),
    path("<language:lang>/account/addresses/", page("addresses"), name="addresses"),
    path("<language:lang>/account/details/", page("details"), name="details"),
    path("<language:lang>/account/export/", downloads.my_data, name="my_data"),
    path("<language:lang>/organisations/", page("organisations"), name="organisations"),
    path("<language:lang>/invitation/", page("invitation"), name="invitation"),
    # buying together
    path("<language:lang>/groups/", page("groups"), name="groups"),
    path("<language:lang>/groups/open/", page("group_open"), name="group_open"),
    path("<language:lang>/g/<str:code>/", page("group"), name="group"),
    path("<language:lang>/g/<str:code>/packing.csv", downloads.group_packing, name="group_packing"),
    # the team's desk
    path("<language:lang>/desk/", page("desk"), name="desk"),
    path("<language:lang>/desk/new/", page("desk_new"), name="desk_new"),
    path("<language:lang>/desk/orders/", page("desk_orders"), name="desk_orders"),
    path("<language:lang>/desk/claims/", page("desk_claims"), name="desk_claims"),
    path("<language:lang>/desk/packing.csv", downloads.team_packing, name="team_packing"),
    path("<language:lang>/claims/<str:claim>/photo.webp", downloads.claim_photo, name="claim_photo"),
    path("<language:lang>/desk/product/<str:id>/", page("desk_product"), name="desk_product"),
    path("<language:lang>/desk/product/<str:id>/lot/<str:lot>/", page("desk_lot"), name="desk_lot"),
    path("<language:lang>/desk/households/", page("desk_households"), name="desk_households"),
    # the contest, and words
    path("<language:lang>/contest/", page("contest"), name="contest"),
    path("<language:lang>/about/", page("about"), name="about"),
    path("<language:lang>/help/", page("help"), name="help"),
    path("<language:lang>/privacy/", page("privacy"), name="privacy"),
    # deeds, doors and operators
    path("do/keep_cart/", keep_cart, name="keep_cart"),
    path("do/update_product/", upload.product),
    path("do/upload_picture/", upload.picture, name="upload_picture"),
    path("do/make_claim/", upload.claim, name="make_claim"),
    path("do/turn/", turn),
    path("do/<slug:name>/", act, name="act"),
    path("graphql", graphql),
    path("notices/stripe/", stripe_notice),
    path("healthz", home.healthy),
    path("livez", home.alive),
    path("operators/", admin.site.urls),
]
if not settings.AWS_STORAGE_BUCKET_NAME:
    # On one machine the shop hands out its own pictures; behind a bucket they have an address of their own.
    urlpatterns.append(re_path(r"^media/pictures/(?P<file>[\w-]+\.webp)$", home.media))

handler404 = page("not_found", status=404)
handler413 = home.too_large
handler500 = home.broken
