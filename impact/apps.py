from django.apps import AppConfig
from django.utils.functional import lazystr

from core.language import say


class ImpactConfig(AppConfig):
    name = "impact"
    verbose_name = lazystr(say("农户、账目和竞赛", "Households, ledger and contest"))
