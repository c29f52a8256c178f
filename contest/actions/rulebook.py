"""An edition's rules: drafted, edited, chosen for a round, and frozen before it opens."""

import hashlib
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.actions import audit
from accounts.models import Person
from catalog import clean
from contest.actions.edition import KEEP, must_at
from contest.actions.round import FROZEN_BEFORE, NOT_FROZEN
from contest.models import RoundPlan, Rulebook
from contest.scoring.checking import KEY, MOST_INDICATORS, TEXT, validated
from contest.scoring.fields import changed
from contest.scoring.measures import FURTHER, MEASURES
from contest.scoring.rulebook import default_parameters, sha256_of
from contest.scoring.words import EN, ZH
from core import clock
from core.language import Words, say
from core.refusals import Conflict, Invalid, TooLate, every
from impact.models import Edition, Round

MOST_WORDS = 10_000
FROZEN = say(
    "规则已经冻结，不能再改；请另起一版。", "These rules are frozen and stay; draft another version."
)
BEGUN = say("赛段已经开始，规则不能再换。", "The round has begun; its rules stay.")


@transaction.atomic
def draft(round_: Round, by: Person | None, like: Rulebook | None = None) -> Rulebook:
    """A new version for whoever keeps the round, as another one is or as usual. A round that has not begun, and has no
    frozen one, goes by it from now on."""
    must_at(round_, by, KEEP)
    Edition.objects.select_for_update().get(pk=round_.edition_id)  # versions are counted one after the other
    last = Rulebook.objects.filter(edition=round_.edition_id).aggregate(last=Max("version"))["last"] or 0
    texts = (like.text_zh, like.text_en) if like else (ZH, EN)
    parameters = _completed(like.parameters) if like else default_parameters()
    made = Rulebook.objects.create(
        edition_id=round_.edition_id,
        region=round_.region,
        version=last + 1,
        text_zh=texts[0],
        text_en=texts[1],
        parameters=_with_texts(parameters, *texts),
    )
    audit.record(by, "draft", "Rulebook", made.uid, version=made.version)
    plan = _plan(round_)
    if _is_coming(round_) and (plan.rulebook is None or not plan.rulebook.is_frozen):
        plan.rulebook = made
        plan.save(update_fields=["rulebook"])
    return made


def _completed(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What an older version did not know of yet is as usual."""

    def filled(usual: Any, given: Any) -> Any:
        if isinstance(usual, dict) and isinstance(given, Mapping):
            return {**given, **{key: filled(usual[key], given.get(key, usual[key])) for key in usual}}
        return given

    its_own = {"references": parameters["references"], TEXT: parameters.get(TEXT)}
    return {**filled(default_parameters(), parameters), **{k: v for k, v in its_own.items() if v is not None}}


def _with_texts(parameters: Mapping[str, Any], zh: str, en: str) -> dict[str, Any]:
    """With the hashes of the words beside them, so that one hash stands for all of a rulebook."""
    hashes = {"zh": hashlib.sha256(zh.encode()).hexdigest(), "en": hashlib.sha256(en.encode()).hexdigest()}
    return {**parameters, TEXT: hashes}


def edit(
    rulebook: Rulebook,
    by: Person | None,
    text_zh: str | None = None,
    text_en: str | None = None,
    values: Mapping[str, Any] | None = None,
) -> Rulebook:
    """Its words, or fields of its parameters by path (contest.scoring.fields). TOO_LATE once it is frozen, INVALID by field
    for what it cannot be; sums of weights are whole after each edit."""
    with transaction.atomic():
        row = _open(rulebook, by)
        texts = every(
            {
                "text_zh": lambda: (
                    row.text_zh if text_zh is None else clean.paragraphs(text_zh, "text_zh", MOST_WORDS)
                ),
                "text_en": lambda: (
                    row.text_en if text_en is None else clean.paragraphs(text_en, "text_en", MOST_WORDS)
                ),
                "parameters": lambda: validated(changed(row.parameters, values or {})),
            }
        )
        _save(row, **texts)
        audit.record(by, "edit", "Rulebook", row.uid, version=row.version, fields=sorted(values or ())[:40])
    return row


def add_indicator(
    rulebook: Rulebook,
    by: Person | None,
    key: str,
    name: tuple[str, str],
    measure: str,
    reference: tuple[int | None, int],
) -> Rulebook:
    """A further indicator over one input, by name (Chinese, English) and reference (x0 or None, ref); its weight is 0 until
    the weights are shared out anew. What comes from elsewhere is called `further.x`."""
    x0, ref = reference
    told = every(
        {
            "key": lambda: _free_key(key, rulebook),
            "name_zh": lambda: _line(name[0], "name_zh"),
            "name_en": lambda: _line(name[1], "name_en"),
            "measure": lambda: _measure(measure),
            "ref": lambda: clean.whole(ref, "ref", 1, 10**12),
            "x0": lambda: x0 if x0 is None else clean.whole(x0, "x0", 1, 10**12),
        }
    )
    row = {"key": told["key"], "kind": "further", "weight_bps": 0, "parts": {told["measure"]: 10_000},
           "name_zh": told["name_zh"], "name_en": told["name_en"]}  # fmt: skip
    with transaction.atomic():
        book = _open(rulebook, by)
        given = {"ref": told["ref"], **({"x0": told["x0"]} if told["x0"] else {})}
        # An input that others read already is measured as it was.
        references = {told["measure"]: given, **book.parameters["references"]}
        made = {
            **book.parameters,
            "indicators": [*book.parameters["indicators"], row],
            "references": references,
        }
        _save(book, parameters=validated(made))
        audit.record(by, "add_indicator", "Rulebook", book.uid, key=row["key"])
    return book


def remove_indicator(rulebook: Rulebook, by: Person | None, key: str) -> Rulebook:
    """Without an indicator of weight 0: what it weighed was shared out first."""
    with transaction.atomic():
        book = _open(rulebook, by)
        rows = book.parameters["indicators"]
        row = next((one for one in rows if one["key"] == key), None)
        if row is None:
            raise Invalid(say("规则里没有这一项。", "The rulebook has no such part."), field="key")
        if row["weight_bps"]:
            raise Conflict(say("先把它的权重改为 0。", "Give it the weight 0 first."), field="key")
        kept = [one for one in rows if one["key"] != key]
        ties = [rule for rule in book.parameters["ties"] if rule != key or rule in MEASURES]
        _save(book, parameters=validated({**book.parameters, "indicators": kept, "ties": ties}))
        audit.record(by, "remove_indicator", "Rulebook", book.uid, key=key)
    return book


def _free_key(key: str, rulebook: Rulebook) -> str:
    rows = rulebook.parameters["indicators"]
    if not KEY.fullmatch(key) or key in {row["key"] for row in rows}:
        words = say(
            "只用小写字母、数字和下划线，且不重复。", "Small letters, digits and underscores, and its own."
        )
        raise Invalid(words, field="key")
    if len(rows) >= MOST_INDICATORS:
        raise Invalid(say("最多 {n} 项指标。", "At most {n} indicators.", n=MOST_INDICATORS), field="key")
    return key


def _line(text: str, field: str) -> str:
    plain = clean.paragraphs(text, field, 60).replace("\n", " ")
    if not plain:
        raise Invalid(say("请填写这一项。", "Please fill this in."), field=field)
    return plain


def _measure(name: str) -> str:
    if name in MEASURES or (name.startswith(FURTHER) and KEY.fullmatch(name.removeprefix(FURTHER))):
        return name
    raise Invalid(say("没有这项数据。", "There is no such input."), field="measure")


def choose(rulebook: Rulebook, round_: Round, by: Person | None) -> RoundPlan:
    """A round goes by this version, from before it begins. INVALID for rules of another edition or province, TOO_LATE for
    such as can still change where it opens within the hour."""
    must_at(round_, by, KEEP)
    if rulebook.edition_id != round_.edition_id or rulebook.region_id not in (None, round_.region_id):
        raise Invalid(say("这不是这一赛段的规则。", "These are not rules for this round."), field="rulebook")
    with transaction.atomic():
        plan = _plan(round_)
        if not _is_coming(round_):
            raise TooLate(BEGUN)
        if not rulebook.is_frozen and round_.opens_at <= clock.now() + FROZEN_BEFORE:
            raise TooLate(NOT_FROZEN)
        _check_settling(rulebook, round_)
        plan.rulebook = rulebook
        plan.save(update_fields=["rulebook"])
        audit.record(by, "choose", "Rulebook", rulebook.uid, round=f"{round_.edition.slug}/{round_.level}")
    return plan


def freeze(rulebook: Rulebook, by: Person | None) -> Rulebook:
    """From now on nobody changes it; its hash stands on each result. CONFLICT for a second time, TOO_LATE where a round
    that goes by it has begun, INVALID by field for what is missing or does not add up."""
    with transaction.atomic():
        row = _mine(rulebook, by)
        if row.is_frozen:
            raise Conflict(say("规则已经冻结。", "These rules are frozen already."))
        rounds = list(Round.objects.select_for_update().filter(plan__rulebook=row))
        if any(not _is_coming(one) for one in rounds):
            raise TooLate(BEGUN)
        every(
            {
                "text_zh": lambda: _has_words(row.text_zh, "text_zh"),
                "text_en": lambda: _has_words(row.text_en, "text_en"),
                "parameters": lambda: validated(row.parameters),
                **{f"settling {one.pk}": partial(_check_settling, row, one) for one in rounds},
            }
        )
        row.parameters = _with_texts(row.parameters, row.text_zh, row.text_en)
        row.sha256, row.frozen_at, row.frozen_by = sha256_of(row.parameters), clock.now(), by
        row.save(update_fields=["parameters", "sha256", "frozen_at", "frozen_by"])
        audit.record(by, "freeze", "Rulebook", row.uid, version=row.version, sha256=row.sha256)
    return row


def _mine(rulebook: Rulebook, by: Person | None) -> Rulebook:
    """The row itself, locked, where she keeps it."""
    row = (
        Rulebook.objects.select_for_update(of=("self",))
        .select_related("edition", "region")
        .get(pk=rulebook.pk)
    )
    must_at(row, by, KEEP)  # type: ignore[arg-type]  # it has an edition and a region as a round has
    return row


def _open(rulebook: Rulebook, by: Person | None) -> Rulebook:
    row = _mine(rulebook, by)
    if row.is_frozen:
        raise TooLate(FROZEN)
    return row


def _save(row: Rulebook, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    row.parameters = _with_texts(row.parameters, row.text_zh, row.text_en)
    row.save(update_fields=["text_zh", "text_en", "parameters"])


def _plan(round_: Round) -> RoundPlan:
    return RoundPlan.objects.select_for_update(of=("self",)).select_related("rulebook").get(round=round_)


def _is_coming(round_: Round) -> bool:
    return round_.phase(clock.now()) == Round.Phase.COMING


def _has_words(text: str, field: str) -> None:
    if not text.strip():
        raise Invalid(
            say("冻结之前要有两种语言的正文。", "Before it is frozen it has words in both languages."),
            field=field,
        )


def _check_settling(rulebook: Rulebook, round_: Round) -> None:
    """A round settles as long as its rules say, or longer."""
    days = rulebook.parameters["settling_days"]
    if (round_.freezes_at - round_.closes_at).total_seconds() < days * 86_400:
        words: Words = say(
            "{x}截止到冻结不足 {n} 天。", "{x} has fewer than {n} days from its close to its freeze.",
            x=Round.Level(round_.level).words, n=days,
        )  # fmt: skip
        raise Invalid(words, field=("values", "rules.settling_days"))
