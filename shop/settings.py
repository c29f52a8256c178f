"""Every setting, in one file; what differs between machines comes from the environment."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from shop import clockwork, env, logs
from shop.people import *  # noqa: F403 (how people sign in: settings of a file of their own)

ROOT = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("DATA_DIR", str(ROOT / ".run")))
DEBUG = env.flag("DEBUG")

# --- Who we are ---
SECRET_KEY = env.text("SECRET_KEY", "only-for-development" if DEBUG else "")
if not SECRET_KEY:
    raise SystemExit("Set SECRET_KEY (make run makes one for this machine), or DEBUG=1.")
# Keys of before, the newest first: what they signed or sealed still opens while the new one signs.
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
# Encrypts households' details; the first key writes, all of them read. Never kept in the database.
HOUSEHOLD_KEYS = env.words("HOUSEHOLD_KEYS")
# Encrypts the secrets of authenticator apps, in the same way.
FACTOR_KEYS = env.words("FACTOR_KEYS")
SITE_URL = env.text("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
# Where buyers read how far a parcel is; {number} stands for the carrier's number.
TRACKING_PAGE = env.text("TRACKING_PAGE", "https://www.kuaidi100.com/chaxun?nu={number}")
HTTPS = SITE_URL.startswith("https://")
_site_host = urlsplit(SITE_URL).hostname or "127.0.0.1"
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", f"{_site_host},localhost,127.0.0.1,[::1]")
# Forwarded addresses and schemes are believed only from these addresses and networks.
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")
# Receivers of webhooks inside our own network that may be called all the same, each with its port (core/outward.py).
CALLABLE_INSIDE = env.sockets("CALLABLE_INSIDE")
# The season and the contest may be moved for a demonstration; signatures, payments and sessions never.
DEMO = env.text("DEMO", "none")
# For tests alone: the process ends, as by a power cut, when it reaches this point (core/failpoints.py).
FAILPOINT = env.text("FAILPOINT")

# --- The house ---
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "csp",
    "core",
    "accounts",
    "catalog",
    "orders",
    "together",
    "impact",
    "contest",
    "shop",
]
MIDDLEWARE = [
    "core.middleware.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.factor.AuthenticationMiddleware",
    "shop.web.gate.GateMiddleware",
    "shop.web.found.in_wechat.InWeChatMiddleware",
    "shop.web.once.OnceMiddleware",
    "orders.provider.haste.HasteMiddleware",
    "accounts.devices.DeviceMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATE_FOLDERS = [ROOT / "shop" / "web"]
_TEMPLATE_LOADERS = ["shop.web.loader.Loader", "django.template.loaders.app_directories.Loader"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": TEMPLATE_FOLDERS,
        "OPTIONS": {
            "loaders": [("django.template.loaders.cached.Loader", _TEMPLATE_LOADERS)],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shop.web.context.shop",
            ],
        },
    }
]
REACTIONS = "shop.reactions.REACTIONS"
# Who may what: a table of permissions and the roles that have each (accounts/permissions.py).
PERMISSIONS = "shop.permissions"
# What people are appointed to on a floor above accounts, by its kind in the API: f() -> rows {uid, zh, en, lies}.
SUBJECTS = {"Team": "catalog.reads.teams.subjects", "Edition": "contest.reads.keeping.subjects"}
OFFICE_WAITS = "shop.office.WAITS"  # what waits in the office, floor by floor
GOING_LIVE = "shop.going_live.STEPS"  # what a team needs before it sells, floor by floor
AUDITED = "shop.audited.at"  # what lies at a place, by the nouns of the audit log
OFFICE_LETTERS = "shop.office.LETTERS"  # how the office calls each letter about an order
# What `manage.py verify` asks, floor by floor; each yields the rows that break a rule.
VERIFIERS = [
    f"{floor}.verify.verify"
    for floor in ("core", "accounts", "catalog", "orders", "together", "impact", "contest")
]
# What lies sealed in the database (core/sealed.py): `manage.py rotate_keys` seals it anew with the first key.
SEALED_COLUMNS = [
    *("accounts.actions.erasure.SEALED", "accounts.totp.SEALED"),
    *("impact.sealing.SEALED", "contest.sealing.SEALED", "orders.models.webhook.SEALED"),
]
# What finds products (the search port, catalog/search): our own database, or Elasticsearch beside it.
ELASTICSEARCH_URL = env.text("ELASTICSEARCH_URL")
SEARCH_ENGINE = f"catalog.search.{'elastic.Elastic' if ELASTICSEARCH_URL else 'postgres.Postgres'}"
SEARCH_INDEX = "sheaf-products"
# What a floor above catalog asks of a team before its products may be listed: a refusal, or None.
LISTING_CONDITIONS = [
    "impact.reads.household.team_has_verified_household",
    "contest.reads.training.team_is_trained",
]
# Whether a course may stand before a team's products.
TRAINING_GATES = env.flag("TRAINING_GATES", True)

# --- Database: two roles, owner (migrates) and app (web, worker); manage.py picks ---
DATABASE_URL = env.text("DATABASE_URL", "postgresql://sheaf_app@127.0.0.1:5432/sheaf")
DATABASE_OWNER_URL = env.text("DATABASE_OWNER_URL", DATABASE_URL)
DATABASE_APP_ROLE = urlsplit(DATABASE_URL).username or ""
AS_OWNER = env.flag("DATABASE_AS_OWNER")
DATABASES = {"default": env.database(DATABASE_OWNER_URL if AS_OWNER else DATABASE_URL)}
DATABASES["default"]["CONN_MAX_AGE"] = 0
# Where pg_dump and pg_restore lie; empty: where the machine finds them.
POSTGRES_BIN = env.text("POSTGRES_BIN")
# Where the nightly backups are put, how many are left at most and for how many days, and what copies each elsewhere.
BACKUP_DIR = Path(env.text("BACKUP_DIR", str(DATA_DIR / "backups")))
BACKUP_KEEP, BACKUP_DAYS = env.number("BACKUP_KEEP", 14), env.number("BACKUP_DAYS", 35)
BACKUP_COPY = env.text("BACKUP_COPY")
# Tests get copies of a migrated template: tests/servers.py.
DATABASES["default"]["TEST"] = {"MIGRATE": False}
# PostgreSQL spent more of a purchase on planning its statements than on doing them: a connection that is kept knows
# those it was asked before.
DATABASES["default"]["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": 1}
# Connections a process keeps: a new one for each request costs 7 times as much.
_pool = env.number("DATABASE_POOL", 0)
if _pool:
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": _pool, "timeout": 5}
# The web may wait 5 s for an answer (wsgi.py), a command longer.
_patience = env.number("STATEMENT_TIMEOUT_MS", 0)
if _patience:
    DATABASES["default"]["OPTIONS"]["options"] = (
        f"-c statement_timeout={_patience} -c idle_in_transaction_session_timeout={_patience * 2}"
    )

# A second server that follows the first: public answers are made there (core/replica.py).
_replica_url = env.text("DATABASE_REPLICA_URL")
if _replica_url and not AS_OWNER:
    DATABASES["replica"] = {**DATABASES["default"], **env.database(_replica_url)}
    DATABASES["replica"]["OPTIONS"] = {
        **DATABASES["default"]["OPTIONS"], "connect_timeout": 1, **DATABASES["replica"]["OPTIONS"]
    }  # fmt: skip
    DATABASE_ROUTERS = ["core.replica.Router"]

# --- Cache: may be lost at any time ---
REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHE_URL = env.text("CACHE_URL", REDIS_URL.split("?")[0].removesuffix("/0").rstrip("/") + "/1")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "sheaf",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}

# --- Tasks ---
BROKER_URL = env.text("BROKER_URL", REDIS_URL)
globals().update(clockwork.settings(BROKER_URL, DATA_DIR))

# What a lot's recall would give back to buyers, shown before it is done.
RECALL_SUMS: list[str] = ["orders.reads.stopped.recall_refunds"]
SESSION_ENGINE = "shop.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
MESSAGE_STORAGE = "shop.web.once.Messages"

# --- Language and time ---
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- Payments ---
# For what an order may be held until it is confirmed or repaid, by its kind (the port orders.holding.Holder).
ORDER_HOLDERS = {"group": "together.holding.Groups"}
STRIPE_API_KEY = env.text("STRIPE_API_KEY")
STRIPE_API_BASE = env.text("STRIPE_API_BASE", "https://api.stripe.com")
STRIPE_WEBHOOK_SECRET = env.text("STRIPE_WEBHOOK_SECRET")
# Where a buyer pays: forms may lead there (browsers hold redirects of a form against form-action too).
STRIPE_PAY_PAGE = (
    "https://checkout.stripe.com" if STRIPE_API_BASE == "https://api.stripe.com" else STRIPE_API_BASE
)
# Every provider that a payment may be of, by the name that its payments and the address of its notices bear
# (docs/payment-provider.md). One stays here as long as there are payments of it.
PAYMENT_PROVIDERS: dict[str, dict[str, Any]] = {
    "stripe": {
        "adapter": "orders.provider.stripe.StripeProvider",
        "options": {"key": STRIPE_API_KEY, "base": STRIPE_API_BASE, "secret": STRIPE_WEBHOOK_SECRET},
        "pays_at": STRIPE_PAY_PAGE,
    },
}
# The one by which new payments are paid.
PAYMENT_PROVIDER = "stripe"

# --- Signing in by WeChat: shown where there are keys for it ---
# Empty: WeChat's own two hosts. Else a stand-in has both their pages.
WECHAT_BASE = env.text("WECHAT_BASE")
WECHAT_PAGES = WECHAT_BASE or "https://open.weixin.qq.com"
WECHAT = {
    "adapter": "accounts.wechat.https.Https",
    "options": {
        # One app for WeChat's own browser (an official account's), one for a desk (a website's).
        "apps": {
            "inside": (env.text("WECHAT_APP_ID"), env.text("WECHAT_APP_SECRET")),
            "desk": (env.text("WECHAT_DESK_APP_ID"), env.text("WECHAT_DESK_APP_SECRET")),
        },
        "pages": WECHAT_PAGES,
        "api": WECHAT_BASE or "https://api.weixin.qq.com",
        "scripts": WECHAT_BASE or "https://res.wx.qq.com",
    },
}

# --- Mail ---
globals().update(env.mail(env.text("EMAIL_URL"), DATA_DIR))
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", "shop@example.com")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Files ---
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(DATA_DIR / "static")))
STATICFILES_DIRS = [ROOT / "shop" / "web" / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
FILE_UPLOAD_PERMISSIONS = 0o644
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
AWS_STORAGE_BUCKET_NAME = env.text("AWS_STORAGE_BUCKET_NAME")
if AWS_STORAGE_BUCKET_NAME:
    AWS_ACCESS_KEY_ID = env.text("AWS_ACCESS_KEY_ID")
    AWS_SECRET_ACCESS_KEY = env.text("AWS_SECRET_ACCESS_KEY")
    AWS_S3_ENDPOINT_URL = env.text("AWS_S3_ENDPOINT_URL") or None
    AWS_S3_REGION_NAME = env.text("AWS_S3_REGION_NAME") or None
    AWS_S3_CUSTOM_DOMAIN = env.text("AWS_S3_CUSTOM_DOMAIN") or None
    AWS_S3_FILE_OVERWRITE = False
    STORAGES["default"] = {"BACKEND": "storages.backends.s3.S3Storage"}

# --- Safety ---
_media_hosts = [f"https://{AWS_S3_CUSTOM_DOMAIN}"] if AWS_STORAGE_BUCKET_NAME and AWS_S3_CUSTOM_DOMAIN else []
CONTENT_SECURITY_POLICY = {
    # No inline script and no inline style: widths in drawings are SVG attributes.
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *_media_hosts],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *(one["pays_at"] for one in PAYMENT_PROVIDERS.values()), WECHAT_PAGES],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# A browser refuses a __Host- cookie on plain http, so the names follow the scheme.
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
DEVICE_COOKIE_NAME = "__Host-device" if HTTPS else "device"
WECHAT_COOKIE_NAME = "__Host-wechat" if HTTPS else "wechat"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "shop.web.words.apology.forged"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_SSL_REDIRECT = HTTPS and bool(TRUSTED_PROXIES)
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|livez)$"]  # asked by the machine itself, past the proxy
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
MOST_BODY_BYTES = 10_000_000  # a photo of 8 MB and its form
WHITENOISE_MAX_AGE = 3600

# --- The API: what a document may ask ---
API_SCHEMA = "shop.schema.schema"
API_TOKEN_READER = "accounts.reads.person_of_token"  # noqa: S105 (a function's name)
# All that exists only for speed (core/fast): with 0 everything works without it.
FAST = env.flag("FAST", True)
# Of it what is kept. Read with each request: a setting that is missing is looked for anew each time.
API_ANSWER_CACHE = True
API_SCOPES = "shop.scopes.SCOPES"  # what a bearer token may do
# Our own documents: sent by hash, free of limits when they run.
TRUSTED_DOCUMENTS = [ROOT / "shop" / "web"]
TRUSTED_DOCUMENTS_ONLY = env.flag("TRUSTED_DOCUMENTS_ONLY")
# What a buyer whom nobody knows may hold without paying (orders/actions/unpaid.py).
UNPAID = {
    "orders": env.number("UNPAID_ORDERS", 2),
    "units": env.number("UNPAID_UNITS", 30),
    "minor": env.number("UNPAID_YUAN", 2000) * 100,
}

API_LIMITS = {
    "body_bytes": 64_000,
    "characters": 10_000,
    "tokens": 1_000,
    "depth": 8,
    "cost_anonymous": 5_000,
    "cost_signed_in": 20_000,
    "aliases": 15,
    "repeated_fields": 100,
    "directives": 10,
    "answer_bytes": 1_000_000,
    "resolver_seconds": 3,
}

# --- Logs, and the inner port that tells figures: `9100` on this machine alone, `0.0.0.0:9100` for others ---
METRICS_PORT = env.text("METRICS_PORT")
LOGGING = logs.settings()
LOGGING_CONFIG = "logging.config.dictConfig"
