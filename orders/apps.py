from django.apps import AppConfig
from django.utils.functional import lazystr

from core.language import say


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = lazystr(say("订单和款项", "Orders and money"))
