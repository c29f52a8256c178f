"""The operators' room of reviews."""

from django.contrib import admin

from accounts.operators import OperatorAdmin, admin_action
from orders.actions import review
from orders.models import Review


@admin.register(Review)
class ReviewAdmin(OperatorAdmin):
    """Words of buyers; what breaks the rules is taken out of sight and kept."""

    called = ("评价", "review", "reviews")
    list_display = ("product", "stars", "words", "written_at", "is_hidden")
    list_filter = ("is_hidden", "stars")
    list_select_related = ("product",)
    ordering = ("-id",)
    actions = (admin_action("隐藏 · Hide", review.hide, is_final=True),)
