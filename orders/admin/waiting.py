"""What of a room waits for a person, as a filter of its list."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest


class WaitsForAPerson(admin.SimpleListFilter):
    """What no machine goes on with: the room's own `waiting` says which rows these are."""

    title = "等人处理 · Waits for a person"
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Yes, or all."""
        return [("1", "是 · Yes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Those that wait."""
        return queryset.filter(self.room.waiting) if self.value() == "1" else queryset

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any):
        self.room = model_admin
        super().__init__(request, params, model, model_admin)
