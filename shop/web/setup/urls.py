"""How a shop is opened: a page for each step, which can be left and come back to."""

from django.urls import path

from shop.web.page import page
from shop.web.setup.logo import upload_logo
from shop.web.setup.rates import import_rates, look_at_rates

urlpatterns = [
    path("<language:lang>/set-up/", page("setup/set_up"), name="set_up"),
    path("<language:lang>/set-up/facts/", page("setup/facts", for_somebody=True), name="set_up_facts"),
    path("<language:lang>/set-up/texts/", page("setup/rules", for_somebody=True), name="set_up_texts"),
    path("<language:lang>/set-up/mail/", page("setup/letter", for_somebody=True), name="set_up_mail"),
    path("<language:lang>/set-up/texting/", page("setup/texting", for_somebody=True), name="set_up_texting"),
    path("<language:lang>/set-up/wechat/", page("setup/wechat", for_somebody=True), name="set_up_wechat"),
    path(
        "<language:lang>/set-up/payments/", page("setup/payments", for_somebody=True), name="set_up_payments"
    ),
    path(
        "<language:lang>/set-up/shipping/", page("setup/shipping", for_somebody=True), name="set_up_shipping"
    ),
    path(
        "<language:lang>/set-up/categories/",
        page("setup/categories", for_somebody=True),
        name="set_up_categories",
    ),
    path("do/upload_logo/", upload_logo, name="upload_logo"),
    path("do/look_at_rates/", look_at_rates, name="look_at_rates"),
    path("do/import_rates/", import_rates, name="import_rates"),
]
