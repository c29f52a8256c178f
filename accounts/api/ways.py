"""By what somebody signs in: WeChat, ways added and ended, two accounts joined, devices signed out."""

from typing import Any

import graphene

from accounts import just_proved, open_sessions
from accounts.actions import joining
from accounts.actions import wechat as by_wechat
from accounts.api.access import OWN, PUBLIC, SIGNED_IN
from accounts.api.session import HER
from accounts.api.viewer import ViewerType, add_to_viewer
from accounts.models import Consent, OpenSession, Person, SignInWay
from accounts.ways import ways_of
from core.api.access import HELD
from core.api.act import Act
from core.api.facts import guarded
from core.api.ids import uid_of
from core.api.types import ModelType, PlainType, enum_of, list_of

ONCE_MORE = "Her own password, once more; not needed within ten minutes of signing in."
MOST_WAYS = 20


class SignInWayType(ModelType):
    """One proved way into the asker's account. However many ids WeChat has of her, it is one way."""

    class Meta:
        model = SignInWay
        name = "SignInWay"
        fields = ("proved_at", "last_used_at")
        access = OWN
        about = {
            "proved_at": "When she showed that it is hers.",
            "last_used_at": "When it was last used; null: never.",
        }

    kind = graphene.Field(enum_of(SignInWay, "kind"), required=True, description="What it is.")
    kind_name = graphene.String(required=True, description="The same in words.")
    label = graphene.String(
        required=True, description="The mailbox or number; of WeChat nothing, she has no name here."
    )

    def resolve_kind_name(root, info):
        """In the reader's language."""
        return str(SignInWay.Kind(root.kind).words)

    def resolve_label(root, info):
        """As it is kept, for herself; an id of WeChat's tells nobody anything."""
        return "" if root.kind == SignInWay.Kind.WECHAT else root.value


class OpenSessionType(ModelType):
    """A browser that is signed in to the asker's account."""

    class Meta:
        model = OpenSession
        name = "OpenSession"
        fields = ("first_seen_on", "last_seen_on")
        access = OWN
        about = {
            "first_seen_on": "The day on which she signed in there.",
            "last_seen_on": "The last day on which it was here.",
        }

    name = graphene.String(required=True, description="What one would call it, in the reader's language.")
    is_here = graphene.Boolean(required=True, description="Whether it is the one that asks.")

    def resolve_name(root, info):
        """By what the browser says of itself, of which no more is kept."""
        return str(root.name)

    def resolve_is_here(root, info):
        """By the session of the request."""
        session = getattr(info.context, "session", None)
        return session is not None and root.session_id == session.session_key


class ConsentType(ModelType):
    """What she has agreed to beyond what an account needs."""

    class Meta:
        model = Consent
        name = "Consent"
        fields = ("words", "given_at", "ended_at")
        access = OWN
        about = {
            "words": "What she agreed to, as she was shown it.",
            "given_at": "When.",
            "ended_at": "When she took it back; null while it holds.",
        }

    kind_name = graphene.String(required=True, description="What it is about.")

    def resolve_kind_name(root, info):
        """In the reader's language."""
        return str(Consent.Kind(root.kind).words)


class WeChatSignIn(PlainType):
    """That WeChat can be asked from the browser that asks, and what she agrees to by it."""

    class Meta:
        access = PUBLIC

    is_desk = graphene.Boolean(
        required=True, description="Whether a QR code is shown; else WeChat itself asks."
    )
    consent = graphene.String(required=True, description="What she agrees to, in the reader's language.")


class OtherAccount(PlainType):
    """Another account that this session has just shown to be hers."""

    class Meta:
        access = HELD

    name = graphene.String(required=True, description="The name given there; may be empty.")
    joined_at = graphene.DateTime(required=True, description="Since when it is there.")


def _ways(root: Person, info: Any) -> list[SignInWay]:
    rows, seen_wechat = [], False
    for row in ways_of(root):
        if row.kind != SignInWay.Kind.WECHAT or not seen_wechat:
            rows.append(row)
        seen_wechat = seen_wechat or row.kind == SignInWay.Kind.WECHAT
    return rows


def _others(root: Person, info: Any) -> list[OtherAccount]:
    if getattr(info.context, "lent", None) is not None:
        return []
    return [OtherAccount(name=one.name, joined_at=one.joined_at) for one in just_proved.others(info.context)]


def _sessions(root: Person, info: Any) -> list[OpenSession]:
    if getattr(info.context, "lent", None) is not None:
        return []
    return list(open_sessions.of(root)[: open_sessions.MOST])


def _wechat(root: Any, info: Any) -> WeChatSignIn | None:
    where = by_wechat.asks(info.context)
    return None if where is None else WeChatSignIn(is_desk=where == "desk", consent=str(by_wechat.CONSENT))


add_to_viewer(
    ways=list_of(
        SignInWayType, most=MOST_WAYS, resolver=_ways, description="What opens her account, the oldest first."
    ),
    sessions=list_of(
        OpenSessionType,
        most=open_sessions.MOST,
        resolver=_sessions,
        description="Where she is signed in, the last seen first; nothing for a program. With more than 20 the oldest are left out.",
    ),
    number_lost_at=guarded(
        graphene.DateTime(
            description="Since when a number that had opened her account is somebody else’s; else null."
        ),
        OWN,
    ),
    consents=list_of(
        ConsentType,
        most=20,
        resolver=lambda root, info: root.consents.all(),
        description="What she has agreed to.",
    ),
    other_accounts=list_of(
        OtherAccount,
        most=10,
        resolver=_others,
        description="Others that this session has shown to be hers within ten minutes.",
    ),
)


class WeChatBegin(Act):
    """Go to WeChat to sign in; whoever is signed in adds it to her account. This browser comes back within five minutes."""

    class Meta:
        access = PUBLIC
        rate = (30, 60)

    class Input:
        goes_on_to = graphene.String(required=True, description="An address of the shop’s to come back to.")
        is_agreed = graphene.Boolean(
            required=True, description="That she agrees to what `weChatSignIn` says."
        )

    url = graphene.String(description="WeChat’s address, for this browser alone.")

    @classmethod
    def act(cls, request: Any, goes_on_to: str, is_agreed: bool) -> Any:
        """Where her browser goes. NOT_ALLOWED where WeChat does not work from this browser, INVALID without consent."""
        return cls(url=by_wechat.begin(request, goes_on_to, is_agreed=is_agreed))


class SignInWayEnd(Act):
    """End one of one’s ways in; with WeChat ends what she agreed to. Never the last one."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="The way’s id.")
        own_password = graphene.String(description=ONCE_MORE)

    viewer = graphene.Field(ViewerType, description=HER)

    @classmethod
    def act(cls, request: Any, id: str, own_password: str = "") -> Any:
        """The person. CONFLICT for the last way, NOT_FOUND for one that is not hers, INVALID where she has to show herself."""
        joining.end_way(request, uid_of(id, "SignInWay"), own_password or "")
        return cls(viewer=Person.objects.get(pk=request.user.pk))


class AccountsJoin(Act):
    """Join another account of hers to the one she is signed in to, by a fact of each: nothing is lost. For good."""

    class Meta:
        access = SIGNED_IN
        rate = (10, 60)

    class Input:
        own_password = graphene.String(description=ONCE_MORE)
        email = graphene.String(
            description="The other account’s address; empty where it was shown in `otherAccounts`."
        )
        password = graphene.String(description="Its password.")

    viewer = graphene.Field(ViewerType, description="The account that goes on, signed in.")

    @classmethod
    def act(cls, request: Any, own_password: str = "", email: str = "", password: str = "") -> Any:
        """The account that goes on. INVALID by field for what was not shown; CONFLICT says what to end first, where one
        person would be what two have to be."""
        return cls(viewer=joining.join(request, own_password or "", email or "", password or ""))


class OtherSessionsEnd(Act):
    """Sign out everywhere else; proved devices have to be proved again."""

    class Meta:
        access = SIGNED_IN

    class Input:
        own_password = graphene.String(description=ONCE_MORE)

    @classmethod
    def act(cls, request: Any, own_password: str = "") -> Any:
        """Nothing; this session goes on. INVALID where she has to show herself."""
        joining.sign_out_elsewhere(request, own_password or "")


class SessionEnd(Act):
    """Sign one browser out; its device has to prove itself anew."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="The session’s id, of `sessions`.")
        own_password = graphene.String(description=ONCE_MORE)

    @classmethod
    def act(cls, request: Any, id: str, own_password: str = "") -> Any:
        """Nothing; of the one that asks it is signing out. NOT_FOUND for one that is over or not hers, INVALID where she
        has to show herself."""
        joining.end_session(request, uid_of(id, "OpenSession"), own_password or "")


class Query:
    we_chat_sign_in = guarded(
        graphene.Field(
            WeChatSignIn,
            resolver=_wechat,
            description="Signing in by WeChat, where it works from this browser; else null.",
        ),
        PUBLIC,
    )


class Mutation:
    we_chat_begin = WeChatBegin.Field()
    sign_in_way_end = SignInWayEnd.Field()
    accounts_join = AccountsJoin.Field()
    session_end = SessionEnd.Field()
    other_sessions_end = OtherSessionsEnd.Field()
