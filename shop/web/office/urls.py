"""The office: what waits for whoever is appointed to something, and what she does about it."""

from django.urls import path

from shop.web.page import page

urlpatterns = [
    path("<language:lang>/office/", page("office/office", for_somebody=True), name="office"),
]
