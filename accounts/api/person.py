"""What a person changes of her account, takes along, or has forgotten."""

import json
from typing import Any

import graphene
from django.core.serializers.json import DjangoJSONEncoder

from accounts.actions import erasure
from accounts.actions import export as exports
from accounts.actions import person as people
from accounts.actions import sign_in as door
from accounts.api.access import SIGNED_IN
from accounts.api.viewer import ViewerType
from accounts.devices import session_of
from core.api.act import Act
from core.api.types import Language


class PersonUpdate(Act):
    """Change what one tells of oneself; what is left out stays."""

    class Meta:
        access = SIGNED_IN

    class Input:
        name = graphene.String(description="How to address her; seen by coordinators of her organisations.")
        nickname = graphene.String(description="Shown in public beside her reviews.")
        phone = graphene.String(description="A number in China; empty to forget it.")
        language = graphene.Field(Language, description="The language of her mails.")

    viewer = graphene.Field(ViewerType, description="The person, changed.")

    @classmethod
    def act(cls, request: Any, language: Any = None, **given: Any) -> Any:
        """The person as she is now. What is null stays, an empty text forgets it; INVALID names the field."""
        spoken = str(language.value) if language else None
        return cls(viewer=people.update(request.user, language=spoken, **given))


class EmailChangeRequest(Act):
    """Ask to move the account to another address: a link goes there, word of it to the old one."""

    class Meta:
        access = SIGNED_IN
        rate = (10, 3600)

    class Input:
        email = graphene.String(required=True, description="The new address.")
        password = graphene.String(required=True, description="The account's password, once more.")

    @classmethod
    def act(cls, request: Any, email: str, password: str) -> Any:
        """Nothing: a taken address sounds like a free one. INVALID for a wrong password or her own address."""
        people.ask_for_email_change(request.user, email, password, session_of(request))


class EmailChangeConfirm(Act):
    """Confirm the new address by the link, signed in as the person who asked."""

    class Meta:
        access = SIGNED_IN

    class Input:
        token = graphene.String(required=True, description="What the link carries.")

    viewer = graphene.Field(ViewerType, description="The person with the new address.")

    @classmethod
    def act(cls, request: Any, token: str) -> Any:
        """The person at her new address. INVALID for a link that is not hers or is used, TOO_LATE after a day,
        CONFLICT where another account has the address."""
        return cls(viewer=people.confirm_email_change(request.user, token))


class PersonExport(Act):
    """All that the shop knows of the asker, as JSON; for herself alone, so the password is asked for."""

    class Meta:
        access = SIGNED_IN
        rate = (6, 60)

    class Input:
        password = graphene.String(required=True, description="The account's password, once more.")

    json = graphene.String(description="The text of a JSON file.")

    @classmethod
    def act(cls, request: Any, password: str) -> Any:
        """One text of JSON, with a part of each floor. INVALID for a wrong password."""
        people.check_password(request.user, password, session_of(request))
        told = exports.export(request.user)
        return cls(json=json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))


class PersonErase(Act):
    """Delete one's account for good. Orders stay as law and ledger ask, without a name.

    While money is on its way to her, the erasure waits for it, and is then done by itself.
    """

    class Meta:
        access = SIGNED_IN

    class Input:
        password = graphene.String(required=True, description="The account's password, once more.")

    is_erased = graphene.Boolean(description="Whether it is done; false while it waits.")
    waits_for = graphene.List(
        graphene.NonNull(graphene.String), description="What is settled first; empty once it is done."
    )

    @classmethod
    def act(cls, request: Any, password: str) -> Any:
        """Erase it and sign out; or say what it waits for."""
        if erasure.erase(request.user, password, session_of(request)):
            door.sign_out(request)
            return cls(is_erased=True, waits_for=[])
        return cls(is_erased=False, waits_for=[str(words) for words in erasure.waits_for(request.user)])


class PersonKeep(Act):
    """Keep one's account after all, while its erasure waits."""

    class Meta:
        access = SIGNED_IN

    viewer = graphene.Field(ViewerType, description="The person, who stays.")

    @classmethod
    def act(cls, request: Any) -> Any:
        """The person, whose erasure waits no more; without one nothing changes."""
        return cls(viewer=erasure.keep(request.user))


class Mutation:
    person_update = PersonUpdate.Field()
    email_change_request = EmailChangeRequest.Field()
    email_change_confirm = EmailChangeConfirm.Field()
    person_export = PersonExport.Field()
    person_erase = PersonErase.Field()
    person_keep = PersonKeep.Field()
