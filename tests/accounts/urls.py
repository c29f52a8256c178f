from django.contrib import admin
from django.urls import path

from core.api.view import graphql

urlpatterns = [path("graphql", graphql), path("operators/", admin.site.urls)]
