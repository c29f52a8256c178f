"""The base of the operators' admin, for every floor: deeds go through actions, each write is audited."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.admin.utils import unquote
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.functional import lazystr

from accounts.actions import audit, second_factor, sign_in
from accounts.columns import name_columns
from accounts.permissions import may, may_once_awake
from accounts.reads import signed_in
from accounts.shown import Shown, columns_of
from core import numbers
from core.language import say
from core.money import show
from core.refusals import Refusal, SecondFactorRequired


class OperatorSignIn(AdminAuthenticationForm):
    """The admin's door has the lock of the shop's: the same rates, the same proof of the mailbox."""

    def clean(self) -> dict[str, Any]:
        """Recognise who it is."""
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if email and password:
            assert self.request is not None
            try:
                self.user_cache = sign_in.recognise(self.request, email, password)
            except Refusal as refusal:
                vars(self.request)["retry_after"] = refusal.facts.get("retry_after_seconds")
                raise ValidationError(str(refusal)) from None
            self.confirm_login_allowed(self.user_cache)
        return self.cleaned_data

    def confirm_login_allowed(self, user: Any) -> None:
        """Whoever may not enter is told what a wrong password is told."""
        AuthenticationForm.confirm_login_allowed(self, user)
        if not may_once_awake(user, "accounts.enter_rooms"):
            raise self.get_invalid_login_error()


class WholeNumber(forms.IntegerField):
    """Read as every form of the shop reads numbers: Django's own takes `1_0` for 10."""

    def to_python(self, value: Any) -> int | None:
        """The number, or why it is none."""
        if value in self.empty_values or isinstance(value, int):
            return super().to_python(value)
        try:
            return numbers.whole(str(value))
        except numbers.NotANumber:
            raise ValidationError(str(say("请填写整数。", "Please give a whole number."))) from None


class OperatorAdmin(Shown, admin.ModelAdmin):
    """Rows to look at. What is in `editable` may be changed, by a `save_model` that calls an action.

    Nothing is added or deleted unless a subclass says so. A refusal becomes a message.
    """

    # What one of them is called, and many: Chinese, English, English for many.
    called: tuple[str, str, str]
    # What puts a saved row right again; where nothing does, `saves_for_good` tells what is looked at once more.
    undone_by = ""

    def saves_for_good(self, obj: Any, cleaned: dict[str, Any]) -> tuple[str, int] | None:
        """Of what is saved for good: what it is called, and its fen."""
        return None

    def __init__(self, model: type[Model], site: admin.AdminSite):
        super().__init__(model, site)
        zh, one, many = self.called
        model._meta.verbose_name = lazystr(say(zh, one))
        model._meta.verbose_name_plural = lazystr(say(zh, many))
        for shown in (model, *(inline.model for inline in self.inlines)):
            name_columns(shown._meta.fields)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Operators see every room."""
        return may(request.user, "accounts.enter_rooms")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Operators may look."""
        return may(request.user, "accounts.enter_rooms")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Operators may change what is editable; without any, a row has no Save, and deeds are done in the list.

        Saving what cannot change would still write an entry that says it did, and the audit log refuses it.
        """
        return bool(self.editable) and may(request.user, "accounts.enter_rooms")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Rows are made by the shop."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing is deleted by hand."""
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """By what is shown alone: a hash or a secret must not be guessed letter by letter in the address."""
        # A filter of our own is asked for by its parameter, which names no column.
        filters = {getattr(one, "parameter_name", one) for one in self.list_filter}
        shown = {"pk", "id", *self.list_display, *(self.fields or ()), *map(str, filters)}
        return lookup.split("__")[0] in shown and bool(super().lookup_allowed(lookup, value, request))

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """All that is not editable; a key that means something (a region's code) too, a mere number is not shown."""
        shown = list(self.fields) if self.fields else [f.name for f in self.opts.fields if not f.auto_created]
        names = [*(name for name in shown if name not in self.editable), *self.readonly_fields]
        return [*names, *columns_of(names, self.opts)]

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        """Numbers by the one reader of numbers."""
        if isinstance(db_field, models.IntegerField) and not db_field.choices:
            kwargs.setdefault("form_class", WholeNumber)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list and what is done in it."""
        return with_second_factor(
            self, request, lambda: super(OperatorAdmin, self).changelist_view(request, extra_context)
        )

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form of one row."""
        return with_second_factor(self, request, lambda: self._changeform(request, *args, **kwargs))

    def _changeform(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What an action refuses is told, and nothing is written."""
        try:
            return self._last_look(request, *args) or super().changeform_view(request, *args, **kwargs)
        except SecondFactorRequired:
            raise
        except Refusal as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def _last_look(
        self, request: HttpRequest, object_id: str | None = None, *args: Any
    ) -> HttpResponse | None:
        """Before a row is saved for good: what was read in its form, once more."""
        if request.method != "POST" or object_id is None or request.POST.get("confirmed") == "yes":
            return None
        obj = self.get_object(request, unquote(object_id))
        if obj is None or not self.has_change_permission(request, obj):
            return None
        form = self.get_form(request, obj, change=True)(request.POST, request.FILES, instance=obj)
        if not (form.is_valid() and form.changed_data):
            return None
        if (seen := self.saves_for_good(obj, form.cleaned_data)) is None:
            return None
        sent = {n: request.POST.getlist(n) for n in request.POST if n != "csrfmiddlewaretoken"}
        return look_once_more(self, request, seen[0], [(obj, seen[1])], sent)

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """In Django's history and in the audit log."""
        self._audit(request, "admin_add", obj, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """In Django's history and in the audit log."""
        self._audit(request, "admin_change", obj, message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet) -> Any:
        """In Django's history and in the audit log."""
        for obj in queryset:
            self._audit(request, "admin_delete", obj, [])
        return super().log_deletions(request, queryset)

    def _audit(self, request: HttpRequest, action: str, obj: Model, message: Any) -> None:
        parts = message if isinstance(message, list) else []
        # Names of fields only: the new values may be somebody's data.
        names = sorted({name for part in parts for said in part.values() for name in said.get("fields", ())})
        uid = getattr(obj, "uid", obj.pk)
        audit.record(
            signed_in(request), action, type(obj).__name__, uid, fields=[str(name) for name in names]
        )


def admin_action(
    label: str,
    act: Callable[..., object],
    *,
    undone_by: str = "",
    sum_of: Callable[[Any], int] | None = None,
    is_final: bool = False,
    asks_why: bool = False,
    warns: str = "",
) -> Callable:
    """An entry of an admin's `actions`: `admin_action("核实 · Verify", organisations.verify, undone_by="Suspend")`, on each
    chosen row.

    Each says what undoes it. What cannot be undone (`is_final`) is shown once more before it is done, with the fen
    that it moves (`sum_of` a row) and, with `asks_why`, a reason that the act is given. So is what can be undone and yet
    stops others at once: it says what it does, and by what it is undone (`warns`).
    """
    assert is_final != bool(undone_by), f"{label}: either final, or undone by something"

    @admin.action(description=label)
    def run(modeladmin: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet) -> HttpResponse | None:
        why = request.POST.get("why", "").strip()
        if (is_final or warns) and (request.POST.get("confirmed") != "yes" or (asks_why and not why)):
            rows = [(row, sum_of(row) if sum_of else None) for row in chosen]
            sent = {"action": request.POST.get("action", ""), "_selected_action": [row.pk for row, _ in rows]}
            # As what she has seen each row, where the list says it.
            sent |= {n: request.POST.getlist(n) for n in request.POST if n.startswith("seen.")}
            return look_once_more(modeladmin, request, label, rows, sent, asks_why=asks_why, warns=warns)
        done = 0
        for row in chosen:
            try:
                act(row, signed_in(request), **({"reason": why} if asks_why else {}))
                done += 1
            except SecondFactorRequired:
                raise  # of no row: it is asked for, and all of them are done then
            except Refusal as refusal:
                modeladmin.message_user(request, f"{row}: {refusal}", messages.ERROR)
        if done:
            modeladmin.message_user(request, f"{label}: {done}", messages.SUCCESS)
        return None

    run.__name__ = act.__name__
    vars(run).update(is_final=is_final, undone_by=undone_by, warns=warns)
    return run


# The field of an operator's form in which she gives a code of her second factor.
CODE = "second_factor_code"


def with_second_factor(
    modeladmin: admin.ModelAdmin, request: HttpRequest, view: Callable[[], HttpResponse]
) -> HttpResponse:
    """What the view answers; where it asks for a code first, a page that takes the code and sends all of it again."""
    refused = ""
    if request.method == "POST" and CODE in request.POST:
        try:
            second_factor.give(request, request.POST[CODE])
        except Refusal as refusal:
            refused = str(refusal)
    try:
        if not refused:
            return view()
    except SecondFactorRequired:
        pass
    left_out = {CODE, "csrfmiddlewaretoken"}
    context = {
        **modeladmin.admin_site.each_context(request),
        "opts": modeladmin.opts,
        "title": say("两步验证", "Second factor"),
        "code": CODE,
        "refused": refused,
        "sent": [(n, one) for n in request.POST if n not in left_out for one in request.POST.getlist(n)],
    }
    return TemplateResponse(request, "admin/second_factor.html", context)


def look_once_more(
    modeladmin: admin.ModelAdmin,
    request: HttpRequest,
    label: str,
    rows: list[tuple[Any, int | None]],
    sent: dict[str, Any],
    *,
    asks_why: bool = False,
    warns: str = "",
) -> HttpResponse:
    """What is about to be done, for good or not (`warns`), row by row with its fen, and all that was sent, to be sent again."""
    sums = [minor for _, minor in rows if minor is not None]
    context = {
        **modeladmin.admin_site.each_context(request),
        "opts": modeladmin.opts,
        "title": label,
        "rows": [(row, "" if minor is None else show(minor)) for row, minor in rows],
        "sum": show(sum(sums)) if sums else "",
        "asks_why": asks_why,
        "warns": warns,
        "has_no_reason": request.POST.get("confirmed") == "yes",
        "sent": [
            (name, one) for name, all in sent.items() for one in (all if isinstance(all, list) else [all])
        ],
    }
    return TemplateResponse(request, "admin/look_once_more.html", context)
