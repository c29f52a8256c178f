"""What people do for an entry beside buying: like, follow and share it; and the links by which they call others."""

from typing import Any

import graphene
from django.conf import settings

from accounts.api.access import OWN
from accounts.api.viewer import add_to_viewer
from accounts.models import Organisation, Person
from accounts.reads import organisation_led_by
from catalog.models import Team
from catalog.reads.teams import addressed, teams
from contest.actions import engagement, referral
from contest.api.entry import WHICH, ContestEntry, named_entry
from contest.models import Engagement, ReferralLink
from contest.reads.engagement import entry_open_to_all, follows_of, given_by
from contest.reads.referral import live_links
from core.api.access import SIGNED_IN
from core.api.act import Act
from core.api.facts import guarded
from core.api.ids import uid_of
from core.api.types import ModelType, enum_of, list_of
from core.language import localized
from core.refusals import NotFound
from impact.models import Entry

EngagementKind = enum_of(Engagement, "kind")


class ReferralLinkType(ModelType):
    """A link by which its maker calls others: to an entry, a team, or the shop."""

    class Meta:
        model = ReferralLink
        fields = ("code", "made_at")
        access = OWN
        about = {"code": "What its address ends in.", "made_at": "When it was made."}

    url = graphene.String(required=True, description="The link, to be handed on.")
    to = graphene.String(
        required=True, description="Where it leads, in the reader's language; empty: to the shop."
    )
    organisation_name = graphene.String(
        required=True, description="For which organisation she calls; empty: for herself."
    )

    def resolve_url(root, info):
        """At the address that people know the shop by."""
        return f"{settings.SITE_URL}/r/{root.code}/"

    def resolve_to(root, info):
        """The team's name, that of an entry too."""
        team = root.entry.team if root.entry else root.team
        return localized(team, "name") if team else ""

    def resolve_organisation_name(root, info):
        """In the reader's language."""
        return localized(root.organisation, "name") if root.organisation else ""


def _gives(root: Person, info: Any, **which: Any) -> list[str]:
    entry = named_entry(None, info, **which)
    given = given_by(root, entry) if entry else set()
    return [kind for kind in Engagement.Kind.values if kind in given]


def _link(root: Person, info: Any, **which: Any) -> ReferralLink | None:
    entry = named_entry(None, info, **which)
    return live_links(root).filter(entry=entry, organisation=None).first() if entry else None


def _links(root: Person, info: Any) -> list[ReferralLink]:
    return list(live_links(root)[: referral.MOST_LINKS])


add_to_viewer(
    gives=guarded(
        graphene.Field(
            graphene.List(graphene.NonNull(EngagementKind)),
            required=True,
            args=WHICH,
            resolver=_gives,
            description="What she gives an entry now: like, follow, share.",
        ),
        OWN,
    ),
    link_to=guarded(
        graphene.Field(
            ReferralLinkType,
            args=WHICH,
            resolver=_link,
            description="Her own link to an entry, if she has one.",
        ),
        OWN,
    ),
    follows=guarded(
        list_of(
            ContestEntry,
            most=50,
            resolver=lambda root, info: list(follows_of(root)[:50]),
            description="The entries that she follows, the last first.",
        ),
        OWN,
    ),
    referral_links=guarded(
        list_of(
            ReferralLinkType,
            most=referral.MOST_LINKS,
            resolver=_links,
            description="Her links that work, the last first.",
        ),
        OWN,
    ),
)


def _entry(id: str) -> Entry:
    found = entry_open_to_all(uid=uid_of(id, "Entry", field="entry_id"))
    if found is None:
        raise NotFound(field="entry_id")
    return found


class _Engage(Act):
    class Meta:
        abstract = True

    gives = graphene.List(graphene.NonNull(EngagementKind), description="What she gives the entry now.")


GIVEN = {
    "entry_id": graphene.ID(required=True, description="The entry."),
    "kind": EngagementKind(required=True, description="Like, follow or share."),
}


class EngagementGive(_Engage):
    """Like, follow or share an entry. A share makes a link of one's own to it. Given twice it counts once."""

    class Meta:
        access = SIGNED_IN
        rate = (60, 60)

    class Input:
        locals().update(GIVEN)

    link = graphene.Field(ReferralLinkType, description="Of a share: the link to hand on; else null.")

    @classmethod
    def act(cls, request: Any, entry_id: str, kind: Any) -> Any:
        """What she gives the entry afterwards. NOT_FOUND of an entry that takes no part."""
        entry, her = _entry(entry_id), request.user
        engagement.give(her, entry, kind.value)
        link = referral.make(her, entry=entry) if kind.value == Engagement.Kind.SHARE else None
        return cls(gives=sorted(given_by(her, entry)), link=link)


class EngagementRevoke(_Engage):
    """Take a like, follow or share back; it counts no more from now on."""

    class Meta:
        access = SIGNED_IN
        rate = (60, 60)

    class Input:
        locals().update(GIVEN)

    @classmethod
    def act(cls, request: Any, entry_id: str, kind: Any) -> Any:
        """What she gives the entry afterwards. The link of a share ends with it."""
        entry, her = _entry(entry_id), request.user
        engagement.revoke(her, entry, kind.value)
        if kind.value == Engagement.Kind.SHARE:
            for link in live_links(her).filter(entry=entry, organisation=None):
                referral.revoke(her, link.code)
        return cls(gives=sorted(given_by(her, entry)))


class ReferralLinkMake(Act):
    """Make a link by which one calls others: to an entry, to a team, or to the shop. Made twice it is the same."""

    class Meta:
        access = SIGNED_IN
        rate = (30, 60)

    class Input:
        entry_id = graphene.ID(description="To this entry;")
        team = graphene.String(description="or to the team of this slug; neither: to the shop.")
        organisation_id = graphene.ID(description="For a verified organisation that she coordinates.")

    link = graphene.Field(ReferralLinkType, description="The link.")

    @classmethod
    def act(cls, request: Any, entry_id: str = "", team: str = "", organisation_id: str = "") -> Any:
        """The link. NOT_FOUND of what is not there, or of an organisation that she does not coordinate."""
        return cls(
            link=referral.make(
                request.user,
                entry=_entry(entry_id) if entry_id else None,
                team=_team(team) if team and not entry_id else None,
                organisation=_organisation(request.user, organisation_id) if organisation_id else None,
            )
        )


class ReferralLinkRevoke(Act):
    """End a link: it leads on, and brings nobody's code any more."""

    class Meta:
        access = SIGNED_IN
        rate = (60, 60)

    class Input:
        code = graphene.String(required=True, description="What its address ends in.")

    @classmethod
    def act(cls, request: Any, code: str) -> Any:
        """Nothing more. NOT_FOUND of a link that is not hers, or has ended."""
        referral.revoke(request.user, code)
        return cls()


def _team(slug: str) -> Team:
    found = teams().filter(addressed(slug)).first()
    if found is None:
        raise NotFound(field="team")
    return found


def _organisation(her: Person, id: str) -> Organisation:
    found = organisation_led_by(her, uid_of(id, "Organisation", field="organisation_id"))
    if not found.is_verified:
        raise NotFound(field="organisation_id")
    return found


class Mutation:
    """What may be done for an entry."""

    engagement_give = EngagementGive.Field()
    engagement_revoke = EngagementRevoke.Field()
    referral_link_make = ReferralLinkMake.Field()
    referral_link_revoke = ReferralLinkRevoke.Field()
