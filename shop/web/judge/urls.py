"""A judge's room: her rounds, her desk in one, and an entry on it."""

from functools import partial

from django.urls import path

from shop.web.page import page

_page = partial(page, for_somebody=True)

urlpatterns = [
    path("<language:lang>/judge/", _page("judge/judge"), name="judge"),
    path("<language:lang>/judge/<slug:edition>/<level:level>/", _page("judge/desk"), name="judge_desk"),
    path("<language:lang>/judge/entry/<str:id>/", _page("judge/entry"), name="judge_entry"),
]
