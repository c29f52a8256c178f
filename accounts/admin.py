"""The operators' rooms of this floor."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import lazy

from accounts.actions import operator as operators
from accounts.actions import organisation as organisations
from accounts.actions import second_factor as factors
from accounts.models import ApiToken, Appointment, AuditEntry, Membership, Organisation, Person, Region
from accounts.operators import OperatorAdmin, OperatorSignIn, admin_action
from accounts.permissions import may, may_once_awake
from accounts.reads import signed_in
from accounts.shop import this_shop
from accounts.shown import ShownInline
from core import language


def _own_password(request: HttpRequest, extra_context: Any = None) -> HttpResponseRedirect:
    """An operator changes her password where everybody does: other sessions and tokens end with it."""
    return HttpResponseRedirect(f"/{language.current()}/account/details/")


def _entrance(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """Whoever is signed in and may enter once she has given a code goes to where she gives it."""
    waits = may_once_awake(request.user, "accounts.enter_rooms") and not _may_enter(request)
    if waits and request.method == "GET":
        back = urlencode({"next": request.GET.get("next") or "/operators/"})
        return HttpResponseRedirect(f"/{language.current()}/account/second-factor/?{back}")
    return _login(request, extra_context)


def _may_enter(request: HttpRequest) -> bool:
    """Who enters is said by the shop's table, as what may be done inside."""
    return may(request.user, "accounts.enter_rooms")


def _title() -> str:
    return f"{this_shop()} · 运营 Operators"


admin.site.site_header = admin.site.site_title = lazy(_title, str)()
admin.site.index_title = "总览 Overview"
admin.site.login_form = OperatorSignIn
_login = admin.site.login
admin.site.login = _entrance  # type: ignore[method-assign]
admin.site.has_permission = _may_enter  # type: ignore[method-assign]
admin.site.password_change = _own_password  # type: ignore[assignment,method-assign]
# Rights hang on appointments, not on groups.
admin.site.unregister(Group)

CLOSES = (
    "不能再登录；现有的登录、令牌、邮件链接和她发的邀请就此作废。用“恢复账户”重新开通。 · Nobody signs in any more; its "
    "sessions, tokens, links in mails and invitations end for good. Open again gives the account back."
)


APPOINTED = (
    *("role", "region", "organisation", "subject", "starts_at", "ends_at"),
    *("by", "reason", "ended_by", "end_reason"),
)


class AppointmentInline(ShownInline):
    """What somebody is appointed to; given and ended on the office's page of people."""

    model = Appointment
    fk_name = "person"
    called = ("任命", "Appointments")
    fields = APPOINTED


@admin.register(Person)
class PersonAdmin(OperatorAdmin):
    """People: found by their address, closed and opened."""

    called = ("用户", "person", "people")
    list_display = ("uid", "email", "name", "language", "joined_at", "is_active")
    list_filter = ("is_active", "language")
    search_fields = ("=email", "=uid", "=mobiliser_code")
    fields = (
        *("uid", "email", "email_verified_at", "name", "nickname", "phone", "language", "mobiliser_code"),
        *("is_active", "joined_at", "last_login", "sessions_ended_at", "erased_at"),
    )
    ordering = ("-id",)
    inlines = (AppointmentInline,)
    actions = (
        admin_action("关闭账户 · Close", operators.close, undone_by="Open again", warns=CLOSES),
        admin_action("恢复账户 · Open again", operators.open_again, undone_by="Close"),
        admin_action("退出全部设备 · Sign out everywhere", operators.sign_out_everywhere, is_final=True),
        admin_action("结束两步验证 · End second factor", factors.end_of, is_final=True, asks_why=True),
    )


class MembershipInline(ShownInline):
    """Who belongs to an organisation; changed by its coordinators. People come in by invitation."""

    model = Membership
    called = ("成员", "Members")
    fields = ("person", "role", "started_at", "ended_at")


@admin.register(Organisation)
class OrganisationAdmin(OperatorAdmin):
    """Organisations, given their place in the tree; they are verified, declined and suspended in the office."""

    called = ("组织", "organisation", "organisations")
    list_display = ("name_zh", "kind", "region", "state", "parent", "proposed_by", "created_at")
    list_filter = ("state", "kind")
    list_select_related = ("region", "parent", "proposed_by")
    search_fields = ("name_zh", "name_en", "=mobiliser_code")
    fields = (
        *("name_zh", "name_en", "kind", "region", "parent", "state", "mobiliser_code"),
        *("proposed_by", "verified_by", "verified_at", "created_at"),
    )
    editable = ("parent",)
    undone_by = "the place it had"
    raw_id_fields = ("parent",)
    ordering = ("-id",)
    inlines = (MembershipInline,)

    def save_model(self, request: HttpRequest, obj: Organisation, form: Any, change: bool) -> None:
        """Only its place may change here."""
        if "parent" in form.changed_data:
            organisations.place_under(obj, obj.parent, signed_in(request))


@admin.register(Appointment)
class AppointmentAdmin(OperatorAdmin):
    """Who holds, held and will hold what, to look at."""

    called = ("任命", "appointment", "appointments")
    list_display = ("person", "role", "region", "organisation", "subject", "starts_at", "ends_at", "by")
    list_filter = ("role",)
    list_select_related = ("person", "region", "organisation", "by")
    search_fields = ("=uid", "=person__uid", "=subject")
    fields = ("uid", "person", *APPOINTED, "created_at")
    ordering = ("-id",)


@admin.register(ApiToken)
class ApiTokenAdmin(OperatorAdmin):
    """Tokens: whose, until when, and what else they may do."""

    called = ("访问令牌", "access token", "access tokens")
    list_display = ("uid", "person", "name", "scopes", "created_at", "expires_at", "revoked_at")
    list_select_related = ("person",)
    search_fields = ("=uid", "=person__uid")
    fields = ("uid", "person", "name", "scopes", "created_at", "expires_at", "revoked_at")
    editable = ("scopes",)
    undone_by = "the scopes it had"
    ordering = ("-id",)

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        """Only its scopes may change here."""
        if "scopes" in form.changed_data:
            operators.give_scopes(obj, obj.scopes, signed_in(request))


@admin.register(Region)
class RegionAdmin(OperatorAdmin):
    """Regions, to look up."""

    called = ("地区", "region", "regions")
    list_display = ("code", "name_zh", "name_en", "level", "parent")
    list_filter = ("level",)
    list_select_related = ("parent",)
    search_fields = ("=code", "name_zh", "name_en")


@admin.register(AuditEntry)
class AuditEntryAdmin(OperatorAdmin):
    """The audit log, which nobody edits: the database refuses."""

    called = ("操作记录", "audit entry", "audit log")
    list_display = ("at", "deed", "noun", "object_uid", "actor", "facts", "request_id")
    list_filter = ("noun", "deed")
    list_select_related = ("actor",)
    search_fields = ("=object_uid", "=request_id")
    ordering = ("-id",)
    show_full_result_count = False
