"""How rows are shown to operators: amounts in yuan, whatever they are kept in, and choices in their words."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from django.contrib import admin
from django.db.models import Field
from django.db.models.options import Options
from django.http import HttpRequest
from django.utils.functional import lazystr

from accounts.columns import COLUMNS
from accounts.permissions import may
from core.choices import words_of
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


@cache
def in_words(column: Field) -> Callable[[Any], str]:
    """A column of choices in the operator's language, sorted as it is kept."""
    words = words_of(column)

    def tell(row: Any) -> str:
        return str(words.get(getattr(row, column.name), "-"))

    vars(tell).update(short_description=lazystr(column.verbose_name), admin_order_field=column.name)
    tell.__name__ = column.name
    return tell


class WordedFilter(admin.ChoicesFieldListFilter):
    """A list narrowed by a choice, each in its words."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        """As Django offers them; where it counts, the count stays behind the words."""
        everything, *options = super().choices(changelist)
        yield everything
        for option, (value, label) in zip(options, self.field.flatchoices, strict=True):
            count = str(option["display"]).removeprefix(str(label))
            yield {**option, "display": f"{words_of(self.field)[value]}{count}"}


admin.FieldListFilter.register(words_of, WordedFilter, take_priority=True)


def _shown(name: Any, of: Options) -> Any:
    if not isinstance(name, str):
        return name
    if name.endswith("_minor"):
        return in_yuan(name)
    column = next((field for field in of.fields if field.name == name), None)
    return in_words(column) if column is not None and words_of(column) else name


def columns_of(names: Iterable[Any], of: Options) -> list[Any]:
    """What shows the amounts and choices among these columns of a model."""
    return [shown for name in names if (shown := _shown(name, of)) is not name]


class Shown:
    """For rooms and their inlines: no bare fen, and no bare name of a state."""

    editable: tuple[str, ...] = ()
    opts: Options

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """The columns of a list."""
        return [_shown(name, self.opts) for name in super().get_list_display(request)]  # type: ignore[misc]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The rows of a page; what is typed is typed as it is kept."""
        typed = self.editable if self.has_change_permission(request, obj) else ()  # type: ignore[attr-defined]

        def shown(names: Iterable[Any]) -> list[Any]:
            # Of a room without `fields` Django names both a column and what shows it.
            return list(dict.fromkeys(n if n in typed else _shown(n, self.opts) for n in names))

        return [
            (title, {**how, "fields": shown(how["fields"])})
            for title, how in super().get_fieldsets(request, obj)  # type: ignore[misc]
        ]


class ShownInline(Shown, admin.TabularInline):
    """Rows of another noun on a noun's page, to look at."""

    extra = 0
    can_delete = False
    # What many of them are called: Chinese, English.
    called: tuple[str, str]

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.verbose_name_plural = lazystr(say(*self.called))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """All of them."""
        names = list(self.fields or ())
        return [*names, *columns_of(names, self.opts)]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Operators may look."""
        return may(request.user, "accounts.enter_rooms")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They are written elsewhere."""
        return False

    has_change_permission = has_add_permission
