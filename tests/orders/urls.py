from django.contrib import admin
from django.urls import path

from core.api.view import graphql
from shop.web.notices import provider_notice

urlpatterns = [
    path("graphql", graphql),
    path("notices/<slug:provider>/", provider_notice),
    path("operators/", admin.site.urls),
]
