"""A refusal is an expected "no": the shop works, and the answer is no."""

from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import Any

from core.language import Words, say


class Refusal(Exception):
    """An expected no, with a code for programs and a sentence that a buyer can act on.

    `field` is the path of the input it is about; `facts` are numbers a client may show (units_left=2);
    `beside` are those that hold as well (see `every`).
    """

    code = "REFUSED"
    words: Words | str = Words("这件事现在不能做。", "This cannot be done now.")

    def __init__(self, words: Words | str | None = None, *, field: str | Sequence[str] = (), **facts: object):
        self.words = words if words is not None else type(self).words
        self.field: tuple[str, ...] = (field,) if isinstance(field, str) else tuple(str(f) for f in field)
        self.facts = facts
        self.beside: tuple[Refusal, ...] = ()
        super().__init__(self.words)

    def __str__(self) -> str:
        return str(self.words)


def every(checks: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """What each check comes to, by its name. All are made, so that a form hears at once of all that is wrong in
    it: what some of them refuse is raised as the first of them, with the others `beside` it."""
    plain: dict[str, Any] = {}
    refused: list[Refusal] = []
    for name, check in checks.items():
        try:
            plain[name] = check()
        except Refusal as no:
            refused += [no, *no.beside]
    if refused:
        refused[0].beside = tuple(refused[1:])
        raise refused[0]
    return plain


class NotFound(Refusal):
    """There is no such thing, or it is not the asker's to see: both sound alike."""

    code = "NOT_FOUND"
    words = Words("没有找到。", "Not found.")


def first_or_refuse(rows: Any, field: str) -> Any:
    """The first row of a QuerySet; NotFound about `field` where it has none."""
    found = rows.first()
    if found is None:
        raise NotFound(field=field)
    return found


class Invalid(Refusal):
    """What was sent cannot be right."""

    code = "INVALID"
    words = Words("填写的内容有误。", "Something you entered is not right.")


class InvalidId(Invalid):
    """The id is not one of ours, or is one of another kind."""

    code = "INVALID_ID"
    words = Words("编号无效。", "This id is not valid here.")


class Conflict(Refusal):
    """Someone else was faster: look again, then decide."""

    code = "CONFLICT"
    words = Words("情况刚刚变了，请刷新后再试。", "This has just changed. Please look again and retry.")


class TooLate(Refusal):
    """It was possible once."""

    code = "TOO_LATE"
    words = Words("已经来不及了。", "It is too late for this.")


class SignInRequired(Refusal):
    """We need to know who is asking."""

    code = "SIGN_IN_REQUIRED"
    words = Words("请先登录。", "Please sign in first.")


class SecondFactorRequired(Refusal):
    """It is hers to do once she has given a code of her second factor: in this session, or once more just now."""

    code = "SECOND_FACTOR_REQUIRED"
    words = Words(
        "请先填两步验证的验证码，再做这一步。",
        "Please give a code of your second factor first, then do this.",
    )


class NotAllowed(Refusal):
    """We know who is asking, and it is not hers to do."""

    code = "NOT_ALLOWED"
    words = Words("您没有权限这样做。", "You are not allowed to do this.")


class TooMany(Refusal):
    """Too often in too short a time."""

    code = "TOO_MANY_REQUESTS"
    words = Words("操作太频繁，请稍后再试。", "Too many requests. Please try again a little later.")

    def __init__(
        self, words: Words | str | None = None, *, seconds: float = 60, field: str | Sequence[str] = ()
    ):
        whole = max(1, ceil(seconds))
        super().__init__(words or _wait(whole), field=field, retry_after_seconds=whole)


def _wait(seconds: int) -> Words:
    if seconds < 90:
        return say(
            "操作太频繁，请 {n} 秒后再试。",
            "Too many requests. Please try again in {n} seconds.",
            single="Too many requests. Please try again in a second.",
            n=seconds,
        )
    return say(
        "操作太频繁，请 {n} 分钟后再试。",
        "Too many requests. Please try again in {n} minutes.",
        n=ceil(seconds / 60),
    )


class IdempotencyConflict(Refusal):
    """The same key came with another input."""

    code = "IDEMPOTENCY_CONFLICT"
    words = Words("这个请求编号已用于另一次操作。", "This idempotency key was used for a different request.")


class InProgress(Refusal):
    """A twin of this request is still running."""

    code = "IN_PROGRESS"
    words = Words("同样的请求正在处理，请稍候。", "The same request is still running. Please wait a moment.")
