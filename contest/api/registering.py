"""What is done about a team's way into a round: by its manager, its county's officer and the round's organiser."""

from typing import Any

import graphene

from accounts.permissions import may_anywhere
from catalog.models import Team
from catalog.reads.teams import team_at_desk
from contest.actions import appeal as appeals
from contest.actions import leaving
from contest.actions import registration as registrations
from contest.api.office import KEEPS
from contest.api.registration import RegistrationAppealType, RegistrationType
from contest.models import Registration
from contest.reads import keeping
from contest.reads import registration as reads
from core.api.access import Access
from core.api.act import Act
from core.api.ids import key_of, uid_of
from core.refusals import NotFound
from impact.models import Round

CHECKS = Access(
    "whoever checks registrations", lambda request, parent: may_anywhere(request.user, reads.CHECK)
)
DECLINES = Access(
    "whoever checks registrations, or keeps the contest",
    lambda request, parent: may_anywhere(request.user, reads.CHECK) or keeping.keeps_contest(request.user),
)
MANAGES = Access("a team's manager", lambda request, parent: may_anywhere(request.user, reads.ENTER))
ID = graphene.ID(required=True, description="The registration.")
REASON = graphene.String(required=True, description="Why; its team reads it. At most 200 characters.")


def _to_check(request: Any, id: str) -> Registration:
    return reads.one_to_check(request.user, uid_of(id, "Registration"))


def _to_keep(request: Any, id: str) -> Registration:
    return reads.one_to_keep(request.user, uid_of(id, "Registration"))


def _of_hers(request: Any, id: str) -> Registration:
    return reads.one_of_hers(request.user, uid_of(id, "Registration"))


class RegistrationInvite(Act):
    """Whoever keeps the contest and is none of the team: ask a team to apply for a round that has not begun."""

    class Meta:
        access = KEEPS

    class Input:
        round = graphene.ID(required=True, description="The round.")
        team = graphene.ID(required=True, description="The team.")

    registration = graphene.Field(RegistrationType, description="Its registration.")

    @classmethod
    def act(cls, request: Any, round: str, team: str) -> Any:
        """Its registration; CONFLICT where it has one, TOO_LATE once the round has begun."""
        its = keeping.round_of(request.user, key_of(round, "Round", field="round"))
        found = Team.objects.filter(uid=uid_of(team, "Team", field="team")).first()
        if found is None:
            raise NotFound(field="team")
        return cls(registration=registrations.invite(its, found, request.user))


class RegistrationApply(Act):
    """A team's manager: ask to take part in a round, with a goal in both languages."""

    class Meta:
        access = MANAGES

    class Input:
        team = graphene.ID(required=True, description="The team.")
        round = graphene.ID(required=True, description="The round.")
        goal_zh = graphene.String(
            required=True, description="What it aims at, in Chinese; at most 400 characters."
        )
        goal_en = graphene.String(required=True, description="The same in English; at most 600.")

    registration = graphene.Field(RegistrationType, description="Its registration.")

    @classmethod
    def act(cls, request: Any, team: str, round: str, goal_zh: str, goal_en: str) -> Any:
        """Its registration; INVALID with fewer than ten verified households, TOO_LATE out of the time of registration,
        CONFLICT where it has applied, the round is another province's, or she judges in its edition."""
        its = team_at_desk(request.user, reads.ENTER, uid_of(team, "Team", field="team"))
        return cls(registration=registrations.apply(_round(round), its, (goal_zh, goal_en), request.user))


def _round(id: str) -> Round:
    """Any round, by its key: that there is one is public."""
    slug, _, tail = key_of(id, "Round", field="round").partition("/")
    level, _, region = tail.partition("/")
    rows = Round.objects.filter(edition__slug=slug, level=level, region=region or None)
    found = rows.select_related("edition", "region", "plan").first()
    if found is None:
        raise NotFound(field="round")
    return found


class RegistrationCheck(Act):
    """The officer of the team's county or above, none of it: she has looked at the team, and it may be approved."""

    class Meta:
        access = CHECKS

    class Input:
        id = ID

    registration = graphene.Field(RegistrationType, description="The registration, checked.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The registration; CONFLICT where it has not applied, or was checked."""
        return cls(registration=registrations.check(_to_check(request, id), request.user))


class RegistrationDecline(Act):
    """The county's officer, or whoever keeps the round: do not let a team in, and say why."""

    class Meta:
        access = DECLINES

    class Input:
        id = ID
        reason = REASON

    registration = graphene.Field(RegistrationType, description="The registration, declined.")

    @classmethod
    def act(cls, request: Any, id: str, reason: str) -> Any:
        """The registration; CONFLICT where it does not wait, NOT_ALLOWED for the county once it was checked."""
        row = reads.one_to_decline(request.user, uid_of(id, "Registration"))
        return cls(registration=registrations.decline(row, request.user, reason))


class RegistrationApprove(Act):
    """Whoever keeps the round, another than who checked: let the team in; whoever applied is an entrant from then on."""

    class Meta:
        access = KEEPS

    class Input:
        id = ID

    registration = graphene.Field(RegistrationType, description="The registration, live.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The registration; CONFLICT where its county has not checked it, TOO_LATE once the round has closed."""
        return cls(registration=registrations.approve(_to_keep(request, id), request.user))


class RegistrationWithdraw(Act):
    """The team's manager: turn an invitation down, or give its part up; what was bought for it stays, without a rank."""

    class Meta:
        access = MANAGES

    class Input:
        id = ID
        reason = graphene.String(description="Why; may be left out.")

    registration = graphene.Field(RegistrationType, description="The registration, withdrawn.")

    @classmethod
    def act(cls, request: Any, id: str, reason: str | None = None) -> Any:
        """The registration; TOO_LATE once a result is published."""
        return cls(registration=leaving.withdraw(_of_hers(request, id), request.user, reason or ""))


class RegistrationSuspend(Act):
    """Whoever keeps the round: let a team rest, without a rank, and say why."""

    class Meta:
        access = KEEPS

    class Input:
        id = ID
        reason = REASON

    registration = graphene.Field(RegistrationType, description="The registration, suspended.")

    @classmethod
    def act(cls, request: Any, id: str, reason: str) -> Any:
        """The registration; CONFLICT where it does not compete."""
        return cls(registration=leaving.suspend(_to_keep(request, id), request.user, reason))


class RegistrationResume(Act):
    """Whoever keeps the round: let a suspended team compete again."""

    class Meta:
        access = KEEPS

    class Input:
        id = ID

    registration = graphene.Field(RegistrationType, description="The registration, live.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The registration; CONFLICT where it is not suspended."""
        return cls(registration=leaving.resume(_to_keep(request, id), request.user))


class RegistrationDisqualify(Act):
    """Whoever keeps the round: put a team out of competition, and say why; it may appeal for three days."""

    class Meta:
        access = KEEPS

    class Input:
        id = ID
        reason = REASON

    registration = graphene.Field(RegistrationType, description="The registration, disqualified.")

    @classmethod
    def act(cls, request: Any, id: str, reason: str) -> Any:
        """The registration; CONFLICT where it does not compete."""
        return cls(registration=leaving.disqualify(_to_keep(request, id), request.user, reason))


class RegistrationAppealFile(Act):
    """The team's manager: say within three days what speaks against its being suspended or disqualified."""

    class Meta:
        access = MANAGES

    class Input:
        id = ID
        words = graphene.String(required=True, description="Her words; at most 2,000 characters.")

    appeal = graphene.Field(RegistrationAppealType, description="The appeal.")

    @classmethod
    def act(cls, request: Any, id: str, words: str) -> Any:
        """The appeal; TOO_LATE after three days, CONFLICT where there is nothing to appeal against, or she has."""
        return cls(appeal=appeals.appeal(_of_hers(request, id), request.user, words))


class RegistrationAppealAnswer(Act):
    """Whoever keeps the round, another than who decided: answer an appeal; granted the team competes again."""

    class Meta:
        access = KEEPS

    class Input:
        appeal = graphene.ID(required=True, description="The appeal.")
        granted = graphene.Boolean(required=True, description="Whether the team competes again.")
        answer = graphene.String(
            required=True, description="What the team is told; at most 2,000 characters."
        )

    appeal = graphene.Field(RegistrationAppealType, description="The appeal, answered.")

    @classmethod
    def act(cls, request: Any, appeal: str, granted: bool, answer: str) -> Any:
        """The appeal; NOT_ALLOWED for whoever decided, CONFLICT where it is answered."""
        uid = uid_of(appeal, "RegistrationAppeal", field="appeal")
        found = reads.appeal_to_answer(request.user, uid, "appeal")
        return cls(appeal=appeals.answer(found, request.user, granted, answer))


class Mutation:
    """What is done about registrations."""

    registration_invite = RegistrationInvite.Field()
    registration_apply = RegistrationApply.Field()
    registration_check = RegistrationCheck.Field()
    registration_decline = RegistrationDecline.Field()
    registration_approve = RegistrationApprove.Field()
    registration_withdraw = RegistrationWithdraw.Field()
    registration_suspend = RegistrationSuspend.Field()
    registration_resume = RegistrationResume.Field()
    registration_disqualify = RegistrationDisqualify.Field()
    registration_appeal_file = RegistrationAppealFile.Field()
    registration_appeal_answer = RegistrationAppealAnswer.Field()
