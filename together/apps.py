from django.apps import AppConfig
from django.utils.functional import lazystr

from core.language import say


class TogetherConfig(AppConfig):
    name = "together"
    verbose_name = lazystr(say("一起买", "Buying together"))
