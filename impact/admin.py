"""The operators' rooms of this floor: households to verify, ledger and contest to look at."""

from django.contrib import admin
from django.http import HttpRequest

from accounts.operators import OperatorAdmin, deed
from impact.actions import household as households
from impact.models import (
    Account,
    Attribution,
    DetailReading,
    Edition,
    Entry,
    Household,
    LedgerTransaction,
    LotShare,
    Round,
    Standing,
    Support,
    Transfer,
)


class ReadOnly(OperatorAdmin):
    """To look at, and nothing more: the database would refuse it too."""

    show_full_result_count = False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody changes what is only ever added to."""
        return False


class Transfers(admin.TabularInline):
    """The movements of a transaction."""

    model = Transfer
    fields = readonly_fields = ("source", "target", "amount_minor", "line", "lot")
    can_delete = False
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Operators may look."""
        return bool(request.user.is_active and request.user.is_staff)

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """The shop writes them."""
        return False


@admin.register(Household)
class HouseholdAdmin(OperatorAdmin):
    """Households under their pseudonyms; one's own team's are for others to verify."""

    list_display = ("uid", "team", "county", "state", "consented_at", "verified_at")
    list_filter = ("state",)
    search_fields = ("=uid", "=team__code")
    list_select_related = ("team", "county")
    fields = ("uid", "team", "county", "state", "consented_at", "verified_at", "verified_by")
    ordering = ("-id",)
    actions = (
        deed("核实 · Verify", households.verify),
        deed("不予通过 · Decline", households.reject),
    )


@admin.register(LedgerTransaction)
class LedgerTransactionAdmin(ReadOnly):
    """What happened with money, and the movements of it."""

    list_display = ("key", "reason", "at")
    list_filter = ("reason",)
    search_fields = ("=key", "=order_uid")
    ordering = ("-id",)
    inlines = (Transfers,)


@admin.register(Account)
class AccountAdmin(ReadOnly):
    """Places where money stands."""

    list_display = ("id", "kind", "team", "household", "part", "holder")
    list_filter = ("kind",)
    list_select_related = ("team", "household")


@admin.register(Attribution)
class AttributionAdmin(ReadOnly):
    """Whose work lines paid for."""

    list_display = ("id", "line", "lot", "household", "amount_minor", "lot_number")
    list_select_related = ("line", "lot", "household")
    ordering = ("-id",)


@admin.register(Support)
class SupportAdmin(ReadOnly):
    """Purchases as the contest counts them; who bought is a keyed hash."""

    list_display = ("id", "entry", "amount_minor", "exclusion", "day", "at")
    list_filter = ("exclusion",)
    list_select_related = ("entry",)
    ordering = ("-id",)


@admin.register(Standing)
class StandingAdmin(ReadOnly):
    """Entries' figures now."""

    list_display = (
        "entry",
        "net_minor",
        "person_times",
        "people",
        "organisations",
        "excluded_minor",
        "number",
    )
    list_select_related = ("entry",)
    ordering = ("-net_minor",)


@admin.register(Edition)
class EditionAdmin(ReadOnly):
    """Contests; the secret that makes person keys stays out of sight."""

    list_display = ("slug", "ordinal", "name_zh")
    fields = ("uid", "slug", "ordinal", "name_zh", "name_en", "theme_zh", "theme_en")


admin.site.register([DetailReading, Entry, LotShare, Round], ReadOnly)
