"""Buying together: groups, and what their coordinators do."""

from django.urls import path

from shop.web.page import page
from shop.web.together.packing import group_packing

urlpatterns = [
    path("<language:lang>/groups/", page("together/groups", may_be_empty=True), name="groups"),
    path("<language:lang>/groups/open/", page("together/group_open", for_somebody=True), name="group_open"),
    path("<language:lang>/g/<str:code>/", page("together/group"), name="group"),
    path("<language:lang>/g/<str:code>/packing.csv", group_packing, name="group_packing"),
]
