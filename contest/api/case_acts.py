"""What is done with cases of integrity: by whoever decides them, and by the team that one is about."""

from typing import Any

import graphene

from accounts.permissions import may_anywhere
from contest.actions import case as cases
from contest.actions import related_party
from contest.api.cases import CaseType, EntrantCaseType, RelatedPartyType
from contest.models import Case, RelatedParty
from contest.reads import cases as reads
from core.api.access import SIGNED_IN, Access
from core.api.act import Act
from core.api.ids import uid_of
from core.api.types import enum_of

DECIDES = Access("whoever decides cases", lambda request, parent: may_anywhere(request.user, reads.DECIDE))


class CaseDecide(Act):
    """Whoever decides there and is none of the team: say what becomes of a case, and why."""

    class Meta:
        access = DECIDES

    class Input:
        case = graphene.ID(required=True, description="The case.")
        decision = graphene.InputField(
            enum_of(Case, "decision"), required=True, description="What becomes of it."
        )
        reason = graphene.InputField(
            enum_of(Case, "reason"), required=True, description="Why; it is published."
        )
        note = graphene.String(description="For the file, naming nobody.")

    case = graphene.Field(CaseType, description="The case.")

    @classmethod
    def act(cls, request: Any, case: str, decision: Any, reason: Any, note: str | None = None) -> Any:
        """The case; INVALID for a reason of another decision, CONFLICT where it was decided before."""
        found = reads.case_to_decide(request.user, uid_of(case, "Case", field="case"))
        return cls(case=cases.decide(found, decision.value, reason.value, request.user, note or ""))


class CaseAnswer(Act):
    """Another than who decided: say what holds after the team's appeal; never something harder."""

    class Meta:
        access = DECIDES

    class Input:
        case = graphene.ID(required=True, description="The case.")
        decision = graphene.InputField(enum_of(Case, "decision"), required=True, description="What holds.")
        reason = graphene.InputField(
            enum_of(Case, "reason"), required=True, description="Why; it is published."
        )

    case = graphene.Field(CaseType, description="The case.")

    @classmethod
    def act(cls, request: Any, case: str, decision: Any, reason: Any) -> Any:
        """The case, final; INVALID for something harder, NOT_ALLOWED for who decided."""
        found = reads.case_to_decide(request.user, uid_of(case, "Case", field="case"))
        return cls(case=cases.answer(found, decision.value, reason.value, request.user))


class CaseAppeal(Act):
    """A manager of the entry's team: say why a decision is wrong."""

    class Meta:
        access = SIGNED_IN

    class Input:
        case = graphene.ID(required=True, description="A case of the asker's own team's entry.")
        words = graphene.String(required=True, description="Why it is wrong.")

    case = graphene.Field(EntrantCaseType, description="The case.")

    @classmethod
    def act(cls, request: Any, case: str, words: str) -> Any:
        """The case; TOO_LATE after the days that the rulebook gives, CONFLICT where there is nothing to appeal."""
        found = reads.case_of_own_team(request.user, uid_of(case, "EntrantCase", field="case"))
        return cls(case=cases.appeal(found, words, request.user))


class RelatedPartyDeclare(Act):
    """A manager of the entry's team: declare a relative's or associate's mailbox or telephone."""

    class Meta:
        access = SIGNED_IN
        rate = (30, 60)

    class Input:
        entry = graphene.ID(required=True, description="The team's part in a round.")
        kind = graphene.InputField(enum_of(RelatedParty, "kind"), required=True, description="By what.")
        value = graphene.String(
            required=True, description="The mailbox or telephone; only its keyed hash is kept."
        )

    related_party = graphene.Field(RelatedPartyType, description="The declaration.")

    @classmethod
    def act(cls, request: Any, entry: str, kind: Any, value: str) -> Any:
        """The declaration; INVALID where it is no mailbox or telephone, CONFLICT where it was declared before."""
        found = reads.own_entry(request.user, uid_of(entry, "EntrantEntry", field="entry"))
        return cls(related_party=related_party.declare(found, kind.value, value, request.user))


class RelatedPartyWithdraw(Act):
    """A manager of the entry's team: take back a declaration that was a mistake."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="A declaration of the asker's own team.")

    related_party = graphene.Field(RelatedPartyType, description="The declaration.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The declaration, taken back; what was found by it before is still a case."""
        found = reads.own_related_party(request.user, uid_of(id, "RelatedParty"))
        return cls(related_party=related_party.withdraw(found, request.user))


class Mutation:
    """What may be done with cases of integrity."""

    case_decide = CaseDecide.Field()
    case_answer = CaseAnswer.Field()
    case_appeal = CaseAppeal.Field()
    related_party_declare = RelatedPartyDeclare.Field()
    related_party_withdraw = RelatedPartyWithdraw.Field()
