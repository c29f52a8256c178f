"""People: who signs in, and by what name they are known."""

import secrets
import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string

from accounts.clean import mailbox
from accounts.models.letter import LettersBy
from core.choices import Choices
from core.language import say

CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0, 1, I and O, which people misread


def a_code(length: int = 8) -> str:
    """A random code that people can read to each other."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(length))


# Her appointments as they came with her row, and as they were read (accounts/permissions.py).
SENT_TERMS, READ_TERMS = "sent_terms", "read_terms"
_TERMS = """(
    SELECT json_agg(json_build_array(role, region_id, organisation_id, subject, starts_at, ends_at))::text
    FROM accounts_appointment a WHERE a.person_id = accounts_person.id AND (a.ends_at IS NULL OR a.ends_at > greatest(%s, a.starts_at))
)"""

_HAS_PROVED = (
    "SELECT person_id FROM accounts_signinway WHERE kind = 'email' AND value = %s AND ended_at IS NULL"
)
_HAS_TYPED = "SELECT id FROM accounts_person WHERE email = %s AND email_verified_at IS NULL"


class People(BaseUserManager["Person"]):
    def get(self, *args: Any, **kwargs: Any) -> "Person":
        """One person with the appointments that she has: whoever signs in is asked for by one statement."""
        return self.annotate(**{SENT_TERMS: RawSQL(_TERMS, [timezone.now()])}).get(*args, **kwargs)

    def create_user(self, email: str | None = None, password: str | None = None, **fields) -> "Person":
        person = self.model(email=mailbox(email) or None, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "Person":
        """Who runs the shop and says who does, made on the command line: whoever can do that need not prove a mailbox."""
        person = self.create_user(email, password, email_verified_at=timezone.now(), **fields)
        # Whatever gives a role is one action, above the rows that it writes.
        import_string("accounts.actions.appointment.run_the_shop")(person)
        return person

    def of_mailbox(self, email: str) -> "models.QuerySet[Person]":
        """Whose this mailbox is: the account that has proved it, if any, first; then those that nobody has confirmed
        yet, the newest first. They may be anybody's: what was typed and not proved matches nothing."""
        # One statement whether it is known or not, so that its time tells nothing.
        rows = self.filter(pk__in=RawSQL(f"{_HAS_PROVED} UNION ALL {_HAS_TYPED}", [email, email]))
        return rows.order_by(RawSQL(f"accounts_person.id IN ({_HAS_PROVED})", [email]).desc(), "-pk")

    def with_mailbox(self, email: str) -> "models.QuerySet[Person]":
        """The account that has proved this mailbox; none where nobody has."""
        return self.filter(pk__in=RawSQL(_HAS_PROVED, [email]))

    def get_by_natural_key(self, username: str | None) -> "Person":
        rows = self.of_mailbox(mailbox(username))
        found = rows.annotate(**{SENT_TERMS: RawSQL(_TERMS, [timezone.now()])}).first()
        if found is None:
            raise self.model.DoesNotExist
        return found


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody with an account. Her roles: `accounts.permissions`."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Hers once it is proved, then no other account's; several may have typed one that nobody has proved.
    email = models.EmailField(null=True, blank=True)
    email_verified_at = models.DateTimeField(null=True, blank=True)
    name = models.CharField(max_length=60, blank=True)
    nickname = models.CharField(max_length=40, blank=True, help_text="shown in public beside reviews")
    phone = models.CharField(max_length=24, blank=True)
    language = models.CharField(max_length=2, default="zh")
    mobiliser_code = models.CharField(max_length=12, unique=True, default=a_code)
    # Of the release before, as `is_superuser` of the mixin: it serves while this one migrates. Nothing asks them.
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    sessions_ended_at = models.DateTimeField(
        null=True, blank=True, help_text="sessions, links and devices from before are void"
    )
    ended_devices = ArrayField(
        models.CharField(max_length=32),
        default=list,
        db_default=[],
        blank=True,
        help_text="hashes of the devices that she has signed out from elsewhere: they prove nothing any more",
    )
    joined_at = models.DateTimeField(auto_now_add=True)
    erasure_asked_at = models.DateTimeField(
        null=True, blank=True, help_text="she wants to go, and is let go once all is settled"
    )
    erased_at = models.DateTimeField(null=True, blank=True)
    reach_sealed = models.TextField(
        blank=True, help_text="of an erased person, while money may come back that was given back to her"
    )
    reach_until = models.DateTimeField(null=True, blank=True)
    number_lost_at = models.DateTimeField(
        null=True, blank=True, help_text="since when a number that had opened it belongs to somebody else"
    )
    letters_by = models.CharField(
        max_length=4,
        choices=LettersBy.choices,
        blank=True,
        default="",
        db_default="",
        help_text="by what way she is told; empty: by mail where she has a mailbox",
    )
    letters_off = ArrayField(
        models.CharField(max_length=10),
        default=list,
        db_default=[],
        blank=True,
        help_text="the kinds of letters that she has switched off",
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        help_text="the account of hers that goes on; never one that has gone itself",
    )

    # What the session has shown beyond the password (accounts/factor.py); nothing of whoever came by no session.
    factor: Any = None
    # Asks whether the device it comes from was proved by two codes; nothing of whoever came by none.
    proved_device: Any = None
    # Whether a program asks in her name: what it was not lent of her roles it does not have.
    is_lent: bool = False

    objects = People()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        indexes = [
            models.Index(fields=["email"], name="people_by_mailbox"),
            models.Index(
                fields=["erasure_asked_at"],
                condition=models.Q(erasure_asked_at__isnull=False),
                name="people_who_want_to_go",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                condition=models.Q(email_verified_at__isnull=False),
                name="one_account_a_proved_mailbox",
            ),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="person_email_is_lower_case"
            ),
            models.CheckConstraint(condition=~models.Q(email=""), name="person_has_a_mailbox_or_none"),
            models.CheckConstraint(
                condition=models.Q(merged_into=None)
                | models.Q(name="", nickname="", phone="", email=None, is_active=False),
                name="what_has_gone_into_another_opens_nothing",
            ),
            models.CheckConstraint(
                condition=models.Q(erased_at=None)
                | models.Q(name="", nickname="", phone="", is_active=False)
                # The release of before, which serves while this one migrates, writes an address that leads nowhere.
                & (models.Q(email=None) | models.Q(email__endswith="@erased.invalid")),
                name="erased_person_has_no_name",
            ),
        ]

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        self.forget_terms()
        super().refresh_from_db(*args, **kwargs)

    def forget_terms(self) -> None:
        """Her appointments have changed: they are read anew when asked for next."""
        self.__dict__.pop(SENT_TERMS, None)
        self.__dict__.pop(READ_TERMS, None)

    def __str__(self) -> str:
        return f"person {self.uid}"  # never the e-mail: this text reaches logs

    @property
    def is_proved(self) -> bool:
        """Whether she has shown that something by which she can be reached is hers."""
        return self.email_verified_at is not None or self.ways.filter(ended_at=None).exists()

    @property
    def lock(self) -> str:
        """What each session, reset link and proved device carries a fingerprint of: once it changes, they end."""
        ended = self.sessions_ended_at
        return f"{self.password} {ended.isoformat()}" if ended else self.password

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django's own, of the lock in place of the password alone.
        salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
        return salted_hmac(salt, self.lock, secret=secret, algorithm="sha256").hexdigest()


class ApiToken(models.Model):
    """A bearer token of a person, for scripts and apps; only its hash is kept."""

    class Scope(Choices):
        """What of its person's own it may do; she says so when she makes it."""

        READ = (
            "read",
            say("查看", "Read"),
            {"hint": say("您的账户、订单和团购", "your account, orders and group purchases")},
        )
        BUY = (
            "buy",
            say("购买", "Buy"),
            {
                "hint": say(
                    "购物车、下单、付款、取消、团购", "cart, orders, payment, calling off, group purchases"
                )
            },
        )
        DESK = (
            "desk",
            say("团队工作台", "Team’s desk"),
            {"hint": say("商品、批次、发货、售后", "products, lots, parcels, claims")},
        )

    OWN_SCOPES = tuple(Scope.values)
    # And beyond that, by an operator's word: send documents of its own to a strict shop.
    SCOPES = (*OWN_SCOPES, "documents")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60, help_text="what it is for, in its owner's words")
    scopes = ArrayField(
        models.CharField(max_length=20),
        default=list,
        blank=True,
        help_text="read, buy, desk: chosen by its owner; documents: given by operators",
    )
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
