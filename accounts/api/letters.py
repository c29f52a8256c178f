"""What letters one is sent: of which kinds, and by what way."""

from typing import Any

import graphene

from accounts import texting
from accounts.actions import letters
from accounts.api.access import HELD, SIGNED_IN
from accounts.letters import number_for_letters, wants
from accounts.models import LetterKind, LettersBy, Person
from accounts.ways import number_of
from core.api.act import Act
from core.api.facts import guarded
from core.api.types import PlainType, list_of, worded_enum

Kind = worded_enum(LetterKind, "LetterKind", "What a letter is about.")
Way = worded_enum(LettersBy, "LettersBy", "By what way somebody is told.")


class LettersOfKind(PlainType):
    """One kind of letters, and whether the asker is sent them."""

    class Meta:
        access = HELD

    kind = graphene.Field(Kind, required=True, description="Which kind.")
    name = graphene.String(required=True, description="What they are about, in the reader's language.")
    about = graphene.String(required=True, description="What is told by them.")
    is_wanted = graphene.Boolean(required=True, description="Whether she is sent them.")
    is_always = graphene.Boolean(required=True, description="Whether they come whatever she chooses.")


class MyLetters(PlainType):
    """What letters the asker is sent, and where they go."""

    class Meta:
        access = HELD

    letters_by = graphene.Field(Way, required=True, description="By what way she is told.")
    mailbox = graphene.String(required=True, description="Her proved mailbox; empty where she has none.")
    number = graphene.String(
        required=True, description="The number that is texted; empty where she, or the shop, has none."
    )
    kinds = list_of(LettersOfKind, most=len(LetterKind), description="Each kind there is.")


def _of(person: Person) -> MyLetters:
    return MyLetters(
        letters_by=LettersBy.TEXT if number_for_letters(person) else LettersBy.MAIL,
        mailbox=(person.email or "") if person.email_verified_at else "",
        number=number_of(person) if texting.is_on() else "",
        kinds=[
            LettersOfKind(
                kind=kind,
                name=str(kind.words),
                about=str(kind.about),
                is_wanted=wants(person, kind),
                is_always=kind == LetterKind.MONEY,
            )
            for kind in LetterKind
        ],
    )


class LettersChoose(Act):
    """Choose what letters one is sent, and by what way. Those of money and safety always come."""

    class Meta:
        access = SIGNED_IN

    class Input:
        letters_by = graphene.Field(Way, description="By what way, of who has both; left out: as it was.")
        wanted = graphene.List(
            graphene.NonNull(Kind), required=True, description="The kinds that are to come; all others end."
        )

    letters = graphene.Field(MyLetters, description="What comes from now on.")

    @classmethod
    def act(cls, request: Any, wanted: list[Any], letters_by: Any = None) -> Any:
        """What comes from now on. INVALID on `lettersBy` for a way that she does not have."""
        letters.choose(
            request.user,
            None if letters_by is None else str(letters_by.value),
            [str(kind.value) for kind in wanted],
        )
        return cls(letters=_of(request.user))


class Query:
    my_letters = guarded(
        graphene.Field(
            MyLetters,
            resolver=lambda root, info: _of(info.context.user),
            description="What letters the asker is sent; null for a guest.",
        ),
        SIGNED_IN,
    )


class Mutation:
    letters_choose = LettersChoose.Field()
