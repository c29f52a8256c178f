"""What machines ask for that lead people here."""

from django.urls import path

from shop.web.found import in_wechat, open_format, sitemap
from shop.web.found.doors import favicon, manifest, robots, worker

urlpatterns = [
    path("robots.txt", robots, name="robots"),
    path("favicon.ico", favicon, name="favicon"),
    path("worker.js", worker, name="worker"),
    path("<language:lang>/manifest.webmanifest", manifest, name="manifest"),
    path("in-wechat/", in_wechat.signed, name="in_wechat"),
    path("schemas/assistance-product-1.json", open_format.schema, name="open_schema"),
    path("<language:lang>/products.json", open_format.products, name="open_products"),
    path("<language:lang>/p/<slug:slug>.json", open_format.product, name="product_open"),
    path("sitemap.xml", sitemap.index, name="sitemap"),
    path("sitemaps/<language:lang>/<slug:kind>-<int:number>.xml", sitemap.part, name="sitemap_part"),
]
