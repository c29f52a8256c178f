from django.apps import AppConfig
from django.utils.functional import lazystr

from core.language import say


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = lazystr(say("订单和款项", "Orders and money"))

    def ready(self) -> None:
        """What is looked at before the shop starts."""
        from django.core.checks import register

        from orders.checks import check_mode

        register(check_mode)
