"""From the cart to the parcel, and what comes after it."""

from functools import partial

from django.urls import path

from shop.web.buying.claim import claim_photo
from shop.web.buying.keep_cart import keep_cart
from shop.web.buying.people import import_people
from shop.web.buying.receipt_paper import receipt_paper
from shop.web.buying.return_label import return_label
from shop.web.buying.short_link import short_link
from shop.web.buying.step_quantity import step_quantity
from shop.web.page import page

# A letter's link to an order: open to whoever has its key, else to its buyer once she has signed in.
_page = partial(page, for_its_own=True)

urlpatterns = [
    path("<language:lang>/cart/", page("buying/cart", may_be_empty=True), name="cart"),
    path("<language:lang>/checkout/", page("buying/checkout", may_be_empty=True), name="checkout"),
    path(
        "<language:lang>/checkout/now/",
        page("buying/checkout", may_be_empty=True, is_apart=True),
        name="checkout_now",
    ),
    path("<language:lang>/checkout/people/", page("buying/people", may_be_empty=True), name="people"),
    path("<language:lang>/find-order/", page("buying/find_order"), name="find_order"),
    path("<language:lang>/order/<slug:number>/", _page("buying/order"), name="order"),
    path(
        "<language:lang>/order/<slug:number>/address/<str:parcel>/", _page("buying/address"), name="address"
    ),
    path("<language:lang>/order/<slug:number>/receipt.pdf", receipt_paper, name="receipt_paper"),
    path(
        "<language:lang>/order/<slug:number>/return/<str:parcel>/label.pdf", return_label, name="return_label"
    ),
    path("<language:lang>/order/<slug:number>/harvest/", _page("buying/harvest"), name="harvest"),
    path("<language:lang>/order/<slug:number>/receipt/", _page("buying/receipt"), name="receipt"),
    path("<language:lang>/order/<slug:number>/claim/<str:line>/", _page("buying/claim"), name="claim"),
    path("<language:lang>/order/<slug:number>/review/<str:line>/", _page("buying/review"), name="review"),
    path("<language:lang>/claims/<str:claim>/photo.webp", claim_photo, name="claim_photo"),
    path("<language:lang>/claims/<str:claim>/photo-<str:more>.webp", claim_photo),
    path("o/<slug:key>", short_link, name="short_link"),
    path("do/import_people/", import_people, name="import_people"),
    path("do/keep_cart/", keep_cart, name="keep_cart"),
    path("do/step_quantity/", step_quantity),
]
