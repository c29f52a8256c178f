"""How a shop is opened: a page for each step, which can be left and come back to."""

from django.urls import path

from shop.web.page import page

urlpatterns = [
    path("<language:lang>/set-up/", page("setup/set_up"), name="set_up"),
    path("<language:lang>/set-up/facts/", page("setup/facts", for_somebody=True), name="set_up_facts"),
    path("<language:lang>/set-up/texts/", page("setup/rules", for_somebody=True), name="set_up_texts"),
    path("<language:lang>/set-up/mail/", page("setup/letter", for_somebody=True), name="set_up_mail"),
]
