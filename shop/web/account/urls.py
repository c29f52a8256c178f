"""Who somebody is here: her way in, her account, and the organisations that she belongs to."""

from django.urls import path

from shop.web.account.application_paper import application_paper
from shop.web.account.letters_off import letters_off_by_header
from shop.web.account.my_data import my_data
from shop.web.account.wechat import from_wechat
from shop.web.page import page
from shop.web.wishes import press_wish

urlpatterns = [
    path("<language:lang>/sign-in/", page("account/signing_in"), name="sign_in"),
    path("<language:lang>/sign-in/wechat/", from_wechat, name="from_wechat"),
    path("<language:lang>/sign-in/number/", page("account/signing_in_by_number"), name="sign_in_by_number"),
    path("<language:lang>/sign-up/", page("account/signing_up"), name="sign_up"),
    path("<language:lang>/password/", page("account/password_forgotten"), name="password_forgotten"),
    path("<language:lang>/password/new/", page("account/password_new"), name="password_new"),
    path("<language:lang>/confirm/", page("account/confirm"), name="confirm"),
    path("<language:lang>/account/", page("account/account", for_somebody=True), name="account"),
    path(
        "<language:lang>/account/addresses/", page("account/addresses", for_somebody=True), name="addresses"
    ),
    path("<language:lang>/account/details/", page("account/details", for_somebody=True), name="details"),
    path("<language:lang>/account/letters/", page("account/letters", for_somebody=True), name="letters"),
    path("<language:lang>/account/ways/", page("account/ways", for_somebody=True), name="ways"),
    path(
        "<language:lang>/account/second-factor/",
        page("account/second_factor", for_somebody=True),
        name="second_factor",
    ),
    path("<language:lang>/account/device/", page("account/device", for_somebody=True), name="device"),
    path("<language:lang>/account/devices/", page("account/devices", for_somebody=True), name="devices"),
    path(
        "<language:lang>/account/questions/",
        page("account/questions", for_somebody=True),
        name="my_questions",
    ),
    path(
        "<language:lang>/account/following/", page("account/following", for_somebody=True), name="following"
    ),
    path(
        "<language:lang>/account/purchases/", page("account/purchases", for_somebody=True), name="purchases"
    ),
    path("<language:lang>/account/wishes/", page("account/wishes", for_somebody=True), name="wishes"),
    path("<language:lang>/account/news/", page("account/news", for_somebody=True), name="account_news"),
    path("<language:lang>/letters/off/", page("account/letters_off"), name="letters_off"),
    path("letters/off/<str:key>/", letters_off_by_header, name="letters_off_by_header"),
    path("do/wish/", press_wish),
    path("<language:lang>/ask/", page("account/ask", for_somebody=True), name="ask"),
    path("<language:lang>/account/export/", my_data, name="my_data"),
    path(
        "<language:lang>/organisations/",
        page("account/organisations", for_somebody=True),
        name="organisations",
    ),
    path("<language:lang>/role/", page("account/role", may_be_empty=True), name="role"),
    path("<language:lang>/apply/", page("account/apply", for_somebody=True), name="apply"),
    path("<language:lang>/papers/<str:id>/", application_paper, name="application_paper"),
    path("<language:lang>/invitation/", page("account/invitation", may_be_empty=True), name="invitation"),
]
