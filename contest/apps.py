from django.apps import AppConfig
from django.utils.functional import lazystr

from core.language import say


class ContestConfig(AppConfig):
    name = "contest"
    verbose_name = lazystr(say("大赛", "Contest"))
