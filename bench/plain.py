"""The floor: a Django process with one small JSON view, without middleware, on the shop's own server's terms.

`/bare` answers a few bytes; `/sql_json` answers the list's 24 products by one statement, bytes as they come.
"""

import os
from urllib.parse import urlsplit

import django
from django.conf import settings

if not settings.configured:
    # What `django-admin startproject` puts before a view, to tell how much of the shop's distance is that.
    STARTPROJECT = [
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ]
    _url = urlsplit(os.environ.get("DATABASE_URL", "postgresql://nobody@127.0.0.1/none"))
    settings.configure(
        SECRET_KEY="bench",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        MIDDLEWARE=STARTPROJECT if os.environ.get("BENCH_STARTPROJECT") else [],
        INSTALLED_APPS=[
            f"django.contrib.{name}" for name in ("auth", "contenttypes", "sessions", "messages")
        ],
        USE_I18N=False,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": _url.path.lstrip("/"),
                "USER": _url.username,
                "PASSWORD": _url.password,
                "HOST": _url.hostname,
                "PORT": _url.port,
                "OPTIONS": {"pool": {"min_size": 1, "max_size": 4, "timeout": 5}},
            }
        },
    )
    django.setup()

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

LIST = """
    SELECT json_agg(row_to_json(one) ORDER BY one.at DESC, one.number DESC)::text FROM (
        SELECT p.published_at AS at, p.id AS number, p.slug, p.name_zh, p.summary_zh, p.story_zh, p.illustration,
            p.price_from_minor, p.household_bps, p.units_available > 0 AS is_available,
            least(p.units_available, 5) AS units, p.season_months, p.kind, c.slug AS category, c.name_zh AS shelf,
            t.slug AS team, t.name_zh AS team_name, r.name_zh AS county,
            (SELECT json_agg(json_build_object('url', i.card_file, 'alt', i.alt_zh) ORDER BY i.position, i.id)
             FROM catalog_picture i WHERE i.product_id = p.id) AS pictures,
            (SELECT json_agg(json_build_object('id', v.uid, 'name', v.name_zh, 'net_content', v.net_content,
                 'price', v.price_minor, 'units', least(v.units_available, 5)) ORDER BY v.position, v.id)
             FROM catalog_variant v WHERE v.product_id = p.id AND v.is_offered) AS variants
        FROM catalog_product p JOIN catalog_category c ON c.id = p.category_id
            JOIN catalog_team t ON t.id = p.team_id JOIN accounts_region r ON r.code = t.county_id
        WHERE p.state = 'published' ORDER BY p.published_at DESC, p.id DESC LIMIT 24) one
"""


def bare(request: HttpRequest) -> HttpResponse:
    """What Django itself costs."""
    return whole(JsonResponse({"hello": "world", "numbers": [1, 2, 3]}))


def sql_json(request: HttpRequest) -> HttpResponse:
    """What one statement and its bytes cost beside it."""
    with connection.cursor() as cursor:
        cursor.execute(LIST)
        (text,) = cursor.fetchone()
    return whole(HttpResponse(text.encode(), content_type="application/json"))


def whole(response: HttpResponse) -> HttpResponse:
    """With its length, which a middleware would add: an answer in chunks costs both sides more."""
    response.headers["Content-Length"] = str(len(response.content))
    return response


urlpatterns = [path("bare", bare), path("sql_json", sql_json)]
application = get_wsgi_application()
