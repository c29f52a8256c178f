"""The rules at a round's desk: drafted, edited by field, chosen and frozen."""

from collections.abc import Sequence
from typing import Any

import graphene

from contest.actions import rulebook as rules
from contest.api.office import KEEPS
from contest.api.organiser import KEEPS_IT, add_to_round
from contest.api.rulebook import RulebookType
from contest.api.simulation import RulebookValueInput, values_of
from contest.reads import keeping
from contest.reads import rulebook as reads
from core.api.act import Act
from core.api.facts import guarded
from core.api.ids import key_of, uid_of
from core.api.types import list_of

add_to_round(
    rulebook=guarded(
        graphene.Field(
            RulebookType,
            resolver=lambda root, info: reads.of_round(root),
            description="The version that the round goes by, a draft or frozen; null while there is none.",
        ),
        KEEPS_IT,
    ),
    rulebooks=guarded(
        list_of(
            RulebookType,
            most=40,
            resolver=lambda root, info: list(reads.at_desk(root)[:40]),
            description="All versions that the round could go by, the newest first.",
        ),
        KEEPS_IT,
    ),
)


class RulebookDraft(Act):
    """Whoever keeps the contest: draft a new version of its rules. A round that has not begun, and has no frozen one, goes
    by it from now on."""

    class Meta:
        access = KEEPS

    class Input:
        round = graphene.ID(required=True, description="For which round.")
        like = graphene.ID(
            description="A frozen one of any edition, or a draft of hers, to begin with; as usual, when left out."
        )

    rulebook = graphene.Field(RulebookType, description="The draft.")

    @classmethod
    def act(cls, request: Any, round: str, like: str | None = None) -> Any:
        """The draft; NOT_FOUND for a round or a version that is not hers to see."""
        its = keeping.round_of(request.user, key_of(round, "Round", field="round"))
        other = reads.to_copy(request.user, uid_of(like, "Rulebook", field="like")) if like else None
        return cls(rulebook=rules.draft(its, request.user, other))


class _OfOne(Act):
    """A deed on a version that is hers to keep."""

    class Meta:
        abstract = True

    @staticmethod
    def its(request: Any, id: str) -> Any:
        """The version; NOT_FOUND for one that is not hers."""
        return reads.one_of_hers(request.user, uid_of(id, "Rulebook", field="rulebook"))


class RulebookUpdate(_OfOne):
    """Whoever keeps the contest: change the words of a draft, or fields of it. Weights sum to 10,000 after each change."""

    class Meta:
        access = KEEPS

    class Input:
        rulebook = graphene.ID(required=True, description="The draft.")
        text_zh = graphene.String(description="The rules in Chinese; as they are, when left out.")
        text_en = graphene.String(description="The rules in English; as they are, when left out.")
        values = graphene.List(
            graphene.NonNull(RulebookValueInput), description="The fields that change; all others stay."
        )

    rulebook = graphene.Field(RulebookType, description="The draft.")

    @classmethod
    def act(
        cls,
        request: Any,
        rulebook: str,
        text_zh: str | None = None,
        text_en: str | None = None,
        values: Sequence[Any] | None = None,
    ) -> Any:
        """The draft; TOO_LATE once it is frozen, INVALID at ["values", path] for a field that cannot be so."""
        its = cls.its(request, rulebook)
        return cls(rulebook=rules.edit(its, request.user, text_zh, text_en, values_of(values)))


class RulebookIndicatorAdd(_OfOne):
    """Whoever keeps the contest: give a draft a further indicator over one input, of weight 0 until the weights are
    shared out anew."""

    class Meta:
        access = KEEPS

    class Input:
        rulebook = graphene.ID(required=True, description="The draft.")
        key = graphene.String(required=True, description="Its key in results: small letters, 20 at most.")
        name_zh = graphene.String(required=True, description="What it is called in Chinese.")
        name_en = graphene.String(required=True, description="What it is called in English.")
        measure = graphene.String(
            required=True,
            description="What it reads: an input's name, or `further.x` for one that comes from elsewhere.",
        )
        ref = graphene.Int(required=True, description="At how much it earns full marks, in the input's unit.")
        x0 = graphene.Int(
            description="The starting point of a logarithmic scale; a plain share of `ref` without one."
        )

    rulebook = graphene.Field(RulebookType, description="The draft.")

    @classmethod
    def act(
        cls,
        request: Any,
        rulebook: str,
        key: str,
        name_zh: str,
        name_en: str,
        measure: str,
        ref: int,
        x0: int | None = None,
    ) -> Any:
        """The draft; INVALID by field, TOO_LATE once it is frozen."""
        its = cls.its(request, rulebook)
        return cls(
            rulebook=rules.add_indicator(its, request.user, key, (name_zh, name_en), measure, (x0, ref))
        )


class RulebookIndicatorRemove(_OfOne):
    """Whoever keeps the contest: take an indicator of weight 0 out of a draft."""

    class Meta:
        access = KEEPS

    class Input:
        rulebook = graphene.ID(required=True, description="The draft.")
        key = graphene.String(required=True, description="The indicator's key.")

    rulebook = graphene.Field(RulebookType, description="The draft.")

    @classmethod
    def act(cls, request: Any, rulebook: str, key: str) -> Any:
        """The draft; CONFLICT while it weighs something."""
        return cls(rulebook=rules.remove_indicator(cls.its(request, rulebook), request.user, key))


class RulebookChoose(_OfOne):
    """Whoever keeps the contest: let a round that has not begun go by this version."""

    class Meta:
        access = KEEPS

    class Input:
        rulebook = graphene.ID(required=True, description="The version.")
        round = graphene.ID(required=True, description="The round.")

    rulebook = graphene.Field(RulebookType, description="The version.")

    @classmethod
    def act(cls, request: Any, rulebook: str, round: str) -> Any:
        """The version; TOO_LATE once the round has begun, INVALID for rules of another edition or province."""
        its = cls.its(request, rulebook)
        rules.choose(its, keeping.round_of(request.user, key_of(round, "Round", field="round")), request.user)
        return cls(rulebook=its)


class RulebookFreeze(_OfOne):
    """Whoever keeps the contest: freeze a draft. Nobody changes it any more, and its hash stands on each result."""

    class Meta:
        access = KEEPS

    class Input:
        rulebook = graphene.ID(required=True, description="The draft.")

    rulebook = graphene.Field(RulebookType, description="The rules, frozen.")

    @classmethod
    def act(cls, request: Any, rulebook: str) -> Any:
        """The rules; CONFLICT for a second time, TOO_LATE where a round by it has begun, INVALID for what is missing."""
        return cls(rulebook=rules.freeze(cls.its(request, rulebook), request.user))


class Mutation:
    """What whoever keeps the contest may do with its rules."""

    rulebook_draft = RulebookDraft.Field()
    rulebook_update = RulebookUpdate.Field()
    rulebook_indicator_add = RulebookIndicatorAdd.Field()
    rulebook_indicator_remove = RulebookIndicatorRemove.Field()
    rulebook_choose = RulebookChoose.Field()
    rulebook_freeze = RulebookFreeze.Field()
