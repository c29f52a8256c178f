"""Rules as anybody may read them: the words, each number with what it means, and the hash that stands on results."""

from typing import Any

import graphene

from contest.models import Rulebook
from contest.reads import rulebook as reads
from contest.scoring.explain import notes
from contest.scoring.fields import RuleField, bounds, fields_of, in_order
from contest.scoring.indicators import REGISTRY, about_row, words_of_row
from contest.scoring.measures import words_of_measure
from contest.scoring.ranking import words_of_rule
from contest.scoring.rulebook import canonical
from contest.scoring.settings import SECTION_WORDS, Choice, Number, Setting, Texts
from core.api.access import HELD, PUBLIC
from core.api.facts import cache_tags, guarded
from core.api.ids import uid_of
from core.api.nodes import Door
from core.api.types import Localized, ModelType, PlainType, list_of
from core.money import decimal
from core.refusals import NotFound
from impact.models import Edition

MOST_FIELDS = 200


class RulebookOption(PlainType):
    """One of a field's choices."""

    class Meta:
        access = HELD

    value = graphene.String(required=True, description="As it is sent.")
    label = graphene.String(required=True, description="In the reader's language.")


class RulebookField(PlainType):
    """One number, choice or text of a rulebook."""

    class Meta:
        access = HELD

    path = graphene.String(
        required=True, description="Its name: `caps.personMinor`. Its end says the unit of money and shares."
    )
    section = graphene.String(required=True, description="Which part of the rules it belongs to, as a key.")
    section_name = graphene.String(required=True, description="The same in the reader's language.")
    group = graphene.String(required=True, description="What it stands under, in the reader's language.")
    label = graphene.String(required=True, description="What it means, in the reader's language.")
    unit = graphene.String(
        required=True,
        description="minor (fen), bps, days, hours, months, points, hundredths, count; choice, words or text.",
    )
    value = graphene.String(required=True, description="As it is kept: whole numbers in their unit.")
    shown = graphene.String(
        required=True, description="As a form shows it: yuan, percent, the choice's words."
    )
    control = graphene.String(
        required=True,
        description="As a form writes it: yuan and percent without their signs, a choice by its value.",
    )
    least = graphene.String(
        required=True, description="The least it may be, as a form shows it; empty where it is no number."
    )
    most = graphene.String(required=True, description="The most it may be, or how long; empty for a choice.")
    options = list_of(RulebookOption, most=20, description="What may be chosen; empty for anything else.")


def field_of(field: RuleField, parameters: dict[str, Any]) -> RulebookField:
    """A field with what it is now."""
    setting, value = field.setting, field.read(parameters)
    unit = _unit(setting)
    control = ", ".join(value) if isinstance(value, list) else _plain(unit, value)
    least, most = bounds(setting) if isinstance(setting, Number) else ("", str(getattr(setting, "most", "")))
    options = setting.options if isinstance(setting, Choice) else {}
    return RulebookField(
        path=field.path,
        section=field.section,
        section_name=str(SECTION_WORDS[field.section]),
        group=str(field.group),
        label=str(setting.words),
        unit=unit,
        value=", ".join(value) if isinstance(value, list) else str(value),
        shown=str(options[value]) if options else control + {"minor": "", "bps": "%"}.get(unit, ""),
        control=control,
        least=least,
        most=most,
        options=[RulebookOption(value=key, label=str(words)) for key, words in options.items()],
    )


def _unit(setting: Setting) -> str:
    if isinstance(setting, Number):
        return setting.unit
    return "choice" if isinstance(setting, Choice) else "words" if isinstance(setting, Texts) else "text"


def _plain(unit: str, value: Any) -> str:
    if unit == "minor":
        return decimal(value)
    return f"{value / 100:g}" if unit == "bps" else str(value)


class RuleIndicatorPart(PlainType):
    """An input that an indicator reads."""

    class Meta:
        access = HELD

    name = graphene.String(required=True, description="What it is, in the reader's language.")
    weight_bps = graphene.Int(required=True, description="Its part of the indicator, in basis points.")


class RuleIndicator(PlainType):
    """An indicator of a rulebook."""

    class Meta:
        access = HELD

    key = graphene.String(required=True, description="Its key in results.")
    symbol = graphene.String(required=True, description="P, M, T, R or Q; empty for a further one.")
    name = graphene.String(required=True, description="In the reader's language.")
    about = graphene.String(required=True, description="What it measures, in a sentence.")
    weight_bps = graphene.Int(
        required=True, description="Its part of the total, in basis points; all sum to 10,000."
    )
    is_further = graphene.Boolean(required=True, description="Whether it is of this rulebook's own making.")
    parts = list_of(
        RuleIndicatorPart, most=20, description="What it is made of; of popularity see its fields."
    )


def indicator(row: dict[str, Any], parameters: dict[str, Any]) -> RuleIndicator:
    """A row of the parameters in words."""
    return RuleIndicator(
        key=row["key"],
        symbol=REGISTRY[row["kind"]].symbol,
        name=str(words_of_row(row)),
        about=str(about_row(row)),
        weight_bps=row["weight_bps"],
        is_further=row["kind"] == "further",
        parts=[
            RuleIndicatorPart(name=str(words_of_measure(name, parameters)), weight_bps=bps)
            for name, bps in ((name, row["parts"][name]) for name in in_order(row.get("parts", {})))
        ],
    )


def moved_words(moved: str, parameters: dict[str, Any]) -> str:
    """Which weight has moved, and where to, as `contest.scoring.sensitivity` names it; empty for none."""
    if not moved:
        return ""
    row = next(row for row in parameters["indicators"] if row["key"] == moved[:-1])
    return f"{words_of_row(row)} {'+5' if moved[-1] == '+' else '−5'}"


class RulebookEdition(ModelType):
    """The contest whose rules they are."""

    class Meta:
        model = Edition
        main = False
        access = HELD
        fields = ("slug",)
        about = {"slug": "Its short name in addresses."}

    name = Localized("name", description="Its name in the reader's language.")


class RulebookType(ModelType):
    """One version of a contest's rules. Frozen it never changes, and its hash stands on each result."""

    class Meta:
        door = Door("rulebook", lambda request, uids: reads.all_public().filter(uid__in=uids))
        model = Rulebook
        access = HELD
        fields = ("version", "text_zh", "text_en", "sha256", "frozen_at")
        about = {
            "version": "Counted within its edition, from 1.",
            "text_zh": "The rules in Chinese, in lines.",
            "text_en": "The rules in English, in lines.",
            "sha256": "Of `canonical`, in hexadecimal; empty for a draft.",
            "frozen_at": "Since when it never changes, by the trade's clock; null for a draft.",
        }

    text = Localized("text", description="The rules in the reader's language, in lines.")
    edition = graphene.Field(RulebookEdition, required=True, description="Whose rules they are.")
    is_frozen = graphene.Boolean(required=True, description="Whether it never changes any more.")
    indicators = list_of(RuleIndicator, most=12, description="What a score is made of.")
    ties = list_of(
        graphene.String, most=40, description="What decides, one after the other, where totals are equal."
    )
    notes = list_of(graphene.String, most=5, description="What to know before one computes.")
    fields = list_of(
        RulebookField, most=MOST_FIELDS, description="All its numbers, choices and texts, in the order of a page.",
        sections=graphene.Argument(
            graphene.List(graphene.NonNull(graphene.String)), description="Of these parts alone, by their keys."
        ),
    )  # fmt: skip
    canonical = graphene.String(
        required=True, description="Its parameters as JSON in one spelling: what `sha256` is computed of."
    )

    def resolve_edition(root, info):
        """The row that its own was read with."""
        return root.edition

    def resolve_is_frozen(root, info):
        """By its moment."""
        return root.is_frozen

    def resolve_indicators(root, info):
        """In the order of the rulebook."""
        return [indicator(row, root.parameters) for row in root.parameters["indicators"]]

    def resolve_ties(root, info):
        """Each rule in the reader's words."""
        return [str(words_of_rule(rule, root.parameters)) for rule in root.parameters["ties"]]

    def resolve_notes(root, info):
        """By what these rules do."""
        return [str(words) for words in notes(root.parameters)]

    def resolve_fields(root, info, sections=None):
        """Made of the same table that checks them."""
        wanted = None if sections is None else set(sections)
        return [
            field_of(field, root.parameters)
            for field in fields_of(root.parameters)
            if wanted is None or field.section in wanted
        ]

    def resolve_canonical(root, info):
        """The very bytes that were hashed."""
        return canonical(root.parameters).decode()


def _rulebook(
    root: Any, info: Any, id: str | None = None, edition: str = "", version: int | None = None
) -> Rulebook | None:
    try:
        return reads.public(uid_of(id, "Rulebook")) if id else reads.frozen_version(edition, version)
    except NotFound:
        return None


def _rulebooks(root: Any, info: Any, edition: str) -> list[Rulebook]:
    return list(reads.frozen_of(edition)[:40])


class Query:
    """Frozen rules, for everybody."""

    rulebook = cache_tags(
        guarded(
            graphene.Field(
                RulebookType,
                args={
                    "id": graphene.Argument(graphene.ID, description="The rulebook."),
                    "edition": graphene.Argument(
                        graphene.String, description="Without an id: of which edition, by its short name."
                    ),
                    "version": graphene.Argument(
                        graphene.Int, description="Which of them; the newest where it is left out."
                    ),
                },
                resolver=_rulebook,
                description="A frozen rulebook; null for a draft and for what is none.",
            ),
            PUBLIC,
            cost=5,
        ),
        "contest",
    )
    rulebooks = cache_tags(
        guarded(
            list_of(
                RulebookType,
                most=40,
                resolver=_rulebooks,
                description="The frozen versions of an edition, the newest first.",
                edition=graphene.Argument(
                    graphene.String, required=True, description="Its short name in addresses."
                ),
            ),
            PUBLIC,
            cost=5,
        ),
        "contest",
    )
