"""What a rule of integrity has found in an entry, what was decided of it, and what it keeps out of the score."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.choices import Choices
from core.language import say
from core.states import StateMachine
from impact.models import Entry, Round


class Rule(Choices):
    """The rules of domain 3.10, by their numbers."""

    RELATED = "F1", say("购买人是团队的关联方", "Bought by a related party of the team")
    BULK = "F2", say("未经核实的大额购买", "Bulk by a payer nobody has verified")
    CLUSTER = "F3", say("多个账号寄往同一地址", "Many accounts, one address")
    BRUSHING = "F4", say("刷单：同一小时订单多、付款人少", "Many orders of few payers within an hour")
    REFUND_CYCLE = "F5", say("反复购买再退款", "Bought and refunded in turns")
    UNSCANNED = "F6", say("发货后无物流记录或重量不符", "No scan after it was sent, or another weight")
    ROUND_TRIP = "F7", say("款项回流：收款人又付款给团队", "What was paid out came back to the team")
    NEW_ACCOUNTS = "F8", say("大量新账号集中购买", "A burst of accounts just opened")
    LIKE_FARM = "F9", say("点赞异常", "More likes than visits or purchases explain")
    OVERSOLD = "F10", say("售出多于产量", "More sold than the households can have grown")
    TWO_TEAMS = "F11", say("同一农户在两个团队登记", "One household enrolled in two teams")
    PRICE = "F12", say("价格高于当地或赛期内涨价", "Dearer than its county, or raised in the round")
    SELF_CALL = "F13", say("关联方自己的推荐", "Called for by a related party’s own code")
    JUDGE = "F14", say("评审与参赛团队有关系", "A judge is related to the entry")
    CLAIM = "F15", say("故事中的说法未经县里确认", "A story’s claim the county has not confirmed")


class Effect(Choices):
    """What a case does to the score while nobody has cleared it. Goods, money and the live sums flow on."""

    EXCLUDE = "exclude", say("不计入成绩", "Excluded from the score")
    HOLD = "hold", say("复核前暂不计入", "Held out of the score until it is reviewed")
    NOTIFY = "notify", say("只通知，不影响成绩", "Told, without an effect on the score")


class Case(StateMachine):
    """One finding of one rule in one entry. `evidence` holds ids, counts and keyed hashes, and names nobody.

    While nobody has cleared it, what its items name stays out of the score. Its moments are the trade clock's: whether
    it counted at a freeze can be asked at any time later.
    """

    class State(Choices):
        OPENED = "opened", say("已立案", "Opened")
        HELD = "held", say("待复核", "Held for review")
        DECIDED = "decided", say("已决定，可申诉", "Decided, open to appeal")
        APPEALED = "appealed", say("已申诉", "Appealed")
        FINAL = "final", say("终局", "Final")

    class Decision(Choices):
        CLEARED = "cleared", say("解除", "Cleared")
        EXCLUDED = "excluded", say("不计入成绩", "Excluded")
        DISQUALIFIED = "disqualified", say("取消资格", "Disqualified")

    class Reason(Choices):
        CONFIRMED = "confirmed", say("事实与规则所说相符", "The facts are as the rule says")
        REPEATED = "repeated", say("再次违反", "It happened again")
        GRAVE = "grave", say("情节严重", "It is grave")
        EXPLAINED = "explained", say("有合理解释", "There is an honest explanation")
        MISTAKEN = "mistaken", say("规则误报", "The rule was mistaken")
        UNPROVEN = "unproven", say("证据不足", "Not enough evidence")
        MENDED = "mended", say("已补正", "Put right since")

    MOVES: ClassVar = {
        State.OPENED: {State.HELD, State.DECIDED},
        State.HELD: {State.DECIDED},
        State.DECIDED: {State.APPEALED, State.FINAL},
        State.APPEALED: {State.FINAL},
    }
    # A reason belongs to a decision: nobody is excluded because there is an honest explanation.
    REASONS: ClassVar = {
        Decision.CLEARED: (Reason.EXPLAINED, Reason.MISTAKEN, Reason.UNPROVEN, Reason.MENDED),
        Decision.EXCLUDED: (Reason.CONFIRMED, Reason.REPEATED),
        Decision.DISQUALIFIED: (Reason.REPEATED, Reason.GRAVE),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="cases", db_index=False)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="cases", db_index=False)
    rule = models.CharField(max_length=4, choices=Rule.choices)
    subject = models.CharField(
        max_length=120, help_text="what in the entry, by an id or a keyed hash: the same, not who"
    )
    effect = models.CharField(max_length=8, choices=Effect.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPENED)
    evidence = models.JSONField(default=dict, help_text="ids, counts, keyed hashes")
    opened_at = models.DateTimeField(help_text="by the trade clock, like all its moments")
    decision = models.CharField(max_length=12, choices=Decision.choices, blank=True)
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    note = models.CharField(max_length=400, blank=True, help_text="for the file; never published")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="null of what a rule took back by itself",
    )
    appealed_at = models.DateTimeField(null=True)
    appealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    appeal = models.CharField(max_length=1000, blank=True)
    answer = models.CharField(
        max_length=12, choices=Decision.choices, blank=True, help_text="what holds after the appeal"
    )
    answer_reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["round", "entry"], name="cases_of_a_round")]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "rule", "subject"],
                condition=Q(decision=""),
                name="one_undecided_case_a_subject",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None, reason="", state__in=("opened", "held"))
                | ~Q(decision="")
                & ~Q(reason="")
                & Q(decided_at__isnull=False, state__in=("decided", "appealed", "final")),
                name="a_decided_case_says_what_and_why",
            ),
            models.CheckConstraint(
                condition=Q(appealed_at=None, appealed_by=None, appeal="")
                | Q(appealed_at__isnull=False, appealed_by__isnull=False) & ~Q(appeal=""),
                name="an_appeal_has_its_words",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="", answer_reason="", answered_by=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False, appealed_at__isnull=False)
                & ~Q(answer="")
                & ~Q(answer_reason=""),
                name="an_answer_is_to_an_appeal",
            ),
            models.CheckConstraint(
                condition=Q(answered_by=None) | Q(decided_by=None) | ~Q(answered_by=F("decided_by")),
                name="another_answers_than_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.entry_id} {self.state}"

    @property
    def holds(self) -> str:
        """What holds of it now: the answer to its appeal, else the decision; empty while there is none."""
        return self.answer or self.decision


class CaseItem(models.Model):
    """What a case keeps out of the score: an order of its entry, only that order's mobiliser, a person's engagement with
    the entry, or a row of an outside platform."""

    append_only = True

    class Part(Choices):
        ORDER = "order", say("订单", "An order")
        MOBILISER = "mobiliser", say("订单的动员方", "Who called for an order")
        ENGAGEMENT = "engagement", say("互动", "Likes, follows and shares of a person")
        OUTSIDE = "outside", say("外部平台记录", "A row of an outside platform")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="items", db_index=False)
    part = models.CharField(max_length=10, choices=Part.choices)
    order_uid = models.UUIDField(null=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    outside_key = models.CharField(max_length=200, blank=True)
    found_at = models.DateTimeField(help_text="by the trade clock")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "part", "order_uid", "person", "outside_key"],
                nulls_distinct=False,
                name="one_item_a_case_and_thing",
            ),
            models.CheckConstraint(
                condition=Q(
                    part__in=("order", "mobiliser"), order_uid__isnull=False, person=None, outside_key=""
                )
                | Q(part="engagement", order_uid=None, person__isnull=False, outside_key="")
                | Q(part="outside", order_uid=None, person=None) & ~Q(outside_key=""),
                name="an_item_names_its_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.order_uid or self.person_id or self.outside_key}"
