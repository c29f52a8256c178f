"""That somebody's browser was sent to WeChat to sign in; and that she has agreed to it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.choices import Choices
from core.language import say


class WeChatErrand(models.Model):
    """A browser's way to WeChat and back: of this browser, for one code, within five minutes. Forgotten a day later.

    Browsers bring the code twice, at once or seconds later: the second finds here what came of the first.
    """

    class Purpose(Choices):
        SIGN_IN = "sign_in", say("登录", "To sign in")
        ADD = "add", say("添加登录方式", "To add it to an account")

    class Outcome(Choices):
        DONE = "done", say("成功", "Done")
        AWAY = (
            "away",
            say(
                "微信没有回答。请稍后再试，或换一种方式登录。",
                "WeChat does not answer. Please try again, or sign in another way.",
            ),
        )
        NO_CODE = (
            "no_code",
            say(
                "微信的授权码无效或已过期，请再按一次。",
                "WeChat’s code is not good any more. Please press once more.",
            ),
        )
        VIRTUAL = (
            "virtual",
            say(
                "这是微信的快照页，不是您本人的账号。请在页面下方选择“使用完整服务”，再登录。",
                "This is WeChat’s snapshot page, not your own account. Choose its full service, then sign in.",
            ),
        )
        IN_USE = (
            "in_use",
            say(
                "这个微信已经打开另一个账户。如果那也是您的，可以把两个账户合并。",
                "This WeChat opens another account already. If that one is yours too, you can join the two.",
            ),
        )

    state_sha256 = models.CharField(max_length=64, unique=True)
    browser_sha256 = models.CharField(max_length=64)
    where = models.CharField(max_length=8, help_text="inside WeChat’s browser, or on a desk")
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        help_text="whose account it is added to, and then whose it has opened",
    )
    goes_on_to = models.CharField(max_length=500, help_text="an address of ours")
    made_at = models.DateTimeField()
    code_sha256 = models.CharField(max_length=64, blank=True, help_text="with which it came back first")
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    session_sealed = models.TextField(blank=True, help_text="the session that it has opened")

    class Meta:
        indexes = [models.Index(fields=["made_at"], name="errands_by_age")]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="") | ~Q(code_sha256=""), name="an_errand_ends_with_a_code"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"


class Consent(models.Model):
    """What somebody has agreed to beyond what an account needs, in the words that she was shown, until she ends it."""

    class Kind(Choices):
        WECHAT = "wechat", say("用微信登录", "Signing in by WeChat")
        NEWS = "news", say("收团队近况", "News from teams by letter")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    words = models.CharField(max_length=400)
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"], condition=Q(ended_at=None), name="one_consent_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
