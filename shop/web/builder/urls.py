"""For whoever builds on the API: how to begin, and the schema by noun."""

from django.urls import path

from shop.web.builder.schema import schema
from shop.web.page import page

urlpatterns = [
    path("<language:lang>/build/", page("builder/build"), name="build"),
    path("<language:lang>/build/explorer/", page("builder/explorer"), name="build_explorer"),
    path("build/schema.json", schema, name="build_schema"),
    path("<language:lang>/build/<slug:noun>/", page("builder/noun"), name="build_noun"),
]
