from django.apps import AppConfig
from django.utils.functional import lazystr

from core.language import say


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = lazystr(say("用户和组织", "People and organisations"))
