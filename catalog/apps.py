from django.apps import AppConfig
from django.utils.functional import lazystr

from core.language import say


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = lazystr(say("商品和团队", "Products and teams"))
