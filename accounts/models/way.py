"""By what somebody signs in: a mailbox, a telephone number, WeChat; each only once it is proved to be hers."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.choices import Choices
from core.language import say


class SignInWay(models.Model):
    """One proved way to an account. What was typed and never proved is none: it matches nothing, it blocks nobody.

    An account may have several; of each value one account has it at a time. A way that has ended opens nothing, and is
    forgotten once nobody asks any more whose it was.

    That of her mailbox the database keeps itself beside `Person.email` and `email_verified_at`, so that the two never
    tell different things, whoever writes them (`accounts_keep_mailbox_way()`).
    """

    class Kind(Choices):
        EMAIL = "email", say("邮箱", "E-mail")
        PHONE = "phone", say("手机号", "Mobile number")
        WECHAT = "wechat", say("微信", "WeChat")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="ways")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    value = models.CharField(
        max_length=254,
        help_text="a mailbox in lower case; a number as E.164; of WeChat the unionid, or app id and openid",
    )
    proved_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, help_text="when somebody last signed in by it")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "value"], condition=Q(ended_at=None), name="one_account_a_way"
            ),
            models.CheckConstraint(condition=~Q(value=""), name="a_way_says_which"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}"  # never the value: this text reaches logs
