from django.urls import path

from core.api.view import graphql

urlpatterns = [path("graphql", graphql)]
