"""How rows are shown to operators: amounts in yuan, whatever they are kept in."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.functional import lazystr

from accounts.columns import COLUMNS
from accounts.permissions import may
from core.language import say
from core.money import show


@cache
def in_yuan(name: str) -> Callable[[Any], str | None]:
    """A column of fen, as a column of yuan that is sorted as it."""

    def tell(row: Any) -> str | None:
        minor = getattr(row, name)
        # What a bank asks in another currency is no yuan.
        foreign = getattr(row, "currency", "cny").upper()
        if minor is None or foreign == "CNY" or name == "lost_minor":
            return None if minor is None else show(minor)
        return f"{minor} {foreign} (/100)"

    label = lazystr(COLUMNS[name]) if name in COLUMNS else name.removesuffix("_minor")
    vars(tell).update(short_description=label, admin_order_field=name)
    tell.__name__ = name.removesuffix("_minor")
    return tell


def _shown(name: Any) -> Any:
    return in_yuan(name) if isinstance(name, str) and name.endswith("_minor") else name


def columns_of(names: Iterable[Any]) -> list[Any]:
    """What shows the amounts among these."""
    return [shown for name in names if (shown := _shown(name)) is not name]


class InYuan:
    """For rooms and their inlines: no bare fen."""

    editable: tuple[str, ...] = ()

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """The columns of a list."""
        return [_shown(name) for name in super().get_list_display(request)]  # type: ignore[misc]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The rows of a page; what is typed is typed as it is kept."""
        typed = self.editable if self.has_change_permission(request, obj) else ()  # type: ignore[attr-defined]
        return [
            (title, {**how, "fields": [n if n in typed else _shown(n) for n in how["fields"]]})
            for title, how in super().get_fieldsets(request, obj)  # type: ignore[misc]
        ]


class ShownInline(InYuan, admin.TabularInline):
    """Rows of another noun on a noun's page, to look at."""

    extra = 0
    can_delete = False
    # What many of them are called: Chinese, English.
    called: tuple[str, str]

    def __init__(self, *told: Any) -> None:
        super().__init__(*told)
        self.verbose_name_plural = lazystr(say(*self.called))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """All of them."""
        names = list(self.fields or ())
        return [*names, *columns_of(names)]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Operators may look."""
        return may(request.user, "accounts.enter_rooms")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They are written elsewhere."""
        return False

    has_change_permission = has_add_permission
