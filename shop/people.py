"""Settings of people: how they sign in, and what each floor knows of somebody (imported by shop/settings.py)."""

from shop import env

AUTH_USER_MODEL = "accounts.Person"
# A mailbox is one account's once it is proved: until then several may have typed it.
SILENCED_SYSTEM_CHECKS = ["auth.E003"]
# Who carries texts (the port accounts/texting): files beside the mails, or a message house; with neither none is sent.
TEXT_HOUSE = env.texts(env.text("SMS_URL"))
# Codes a day, for signing in; letters about parcels and money are not bounded.
TEXT_CODES_A_DAY = env.number("SMS_CODES_A_DAY", 1000)
# Whose mobile numbers sign in and are sent texts: countries, by ISO 3166.
SMS_COUNTRIES = env.words("SMS_COUNTRIES", "CN")
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.passwords.ShopWordsValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600
# Each floor adds what it knows of a person to her export, and forgets it when she leaves: f(person).
PERSON_EXPORTERS: list[str] = [
    *(
        "accounts.questions.export",
        "accounts.ways.export",
        "accounts.open_sessions.export",
        "catalog.reads.teams.export",
        "catalog.reads.application.export",
        "orders.people.export",
    ),
    *("together.people.export", "contest.people.export"),
]
PERSON_ERASERS: list[str] = [
    *("accounts.actions.question.forget", "together.people.erase", "orders.people.erase"),
    "catalog.actions.application.forget",
    "contest.people.erase",
]
# Two accounts become one person's: f(kept, gone), in this order; and what she would be at once and must not: words.
PERSON_MERGERS: list[str] = [
    *("orders.merging.merge_carts", "impact.merging.merge", "catalog.merging.merge"),
    *("orders.merging.merge", "together.merging.merge", "contest.merging.merge"),
]
PERSON_APART: list[str] = ["contest.merging.apart"]
# What is settled before she is forgotten: f(person) -> words; and until when money that went back to her may come
# back, so that a sealed address is kept: f(person) -> moment or None.
PERSON_UNSETTLED: list[str] = ["orders.reads.unsettled.unsettled"]
PERSON_REACHABLE: list[str] = ["orders.reads.unsettled.reachable_until"]
# She has proved another mailbox: f(person, old, new).
PERSON_MOVERS: list[str] = ["orders.people.move"]
# What somebody alone looks after is handed over before her account is closed or erased: f(person) -> words.
PERSON_DUTIES: list[str] = ["catalog.reads.teams.duties", "together.people.duties", "orders.people.duties"]
