"""The contest's board."""

from django.urls import path

from shop.web.page import page

urlpatterns = [
    path("<language:lang>/contest/", page("contest/contest", may_be_empty=True), name="contest"),
    path(
        "<language:lang>/contest/<slug:edition>/questions/",
        page("contest/questions"),
        name="contest_questions",
    ),
]
