"""Other words for a thing, in the office: operators keep them for search."""

from typing import Any

import graphene
from django.db.models import Q, QuerySet

from accounts.api.access import whoever_may
from accounts.api.office import add_to_office
from catalog.actions import synonym
from catalog.models import Synonym
from core.api.access import HELD
from core.api.act import Act
from core.api.connections import connection_field
from core.api.facts import guarded
from core.api.ids import uid_of
from core.api.types import ModelType
from core.refusals import NotFound

KEEPS = whoever_may(synonym.PERMISSION)
SIDE = "Separated by commas; at most 12 of at most 40 characters."


class SynonymType(ModelType):
    """Names by which the same is found: each for each, or those of one side for those of the other."""

    class Meta:
        model = Synonym
        fields = ("is_one_way",)
        access = HELD
        about = {"is_one_way": "Whether only the first side leads to the other, and not back."}

    names = graphene.String(required=True, description="One side, separated by commas.")
    others = graphene.String(
        required=True, description="The other side; empty where each name of the first stands for each."
    )

    def resolve_names(root, info):
        """As a form takes it again."""
        return ", ".join(root.names)

    def resolve_others(root, info):
        """As a form takes it again."""
        return ", ".join(root.others)


def _rows(root: Any, info: Any, search: str = "") -> QuerySet[Synonym]:
    word = (search or "").replace("\0", "").strip()
    holds = Q(names__icontains=word) | Q(others__icontains=word)
    return Synonym.objects.filter(holds) if word else Synonym.objects.all()


add_to_office(
    synonyms=guarded(
        connection_field(
            SynonymType,
            _rows,
            order=("-id",),
            description="Other words that search knows for a thing, the newest row first.",
            search=graphene.String(description="Part of a word of the row."),
        ),
        KEEPS,
    )
)


def _row(id: str) -> Synonym:
    found = Synonym.objects.filter(uid=uid_of(id, "Synonym")).first()
    if found is None:
        raise NotFound(field="id")
    return found


class SynonymSave(Act):
    """Operators: put down other words for a thing; search widens what is asked by them within a second."""

    class Meta:
        access = KEEPS

    class Input:
        id = graphene.ID(description="The row; without it a new one.")
        names = graphene.String(required=True, description=SIDE)
        others = graphene.String(description=f"What they stand for; without it each stands for each. {SIDE}")
        is_one_way = graphene.Boolean(description="They lead to the others, and not back.")

    synonym = graphene.Field(SynonymType, description="The row.")

    @classmethod
    def act(
        cls, request: Any, names: str, others: str = "", is_one_way: bool = False, id: str | None = None
    ) -> Any:
        """The row; INVALID with what is wrong with it."""
        row = _row(id) if id else None
        kept = synonym.keep(request.user, row, names=names, others=others or "", is_one_way=bool(is_one_way))
        return {"synonym": kept}


class SynonymRemove(Act):
    """Operators: take a row of synonyms out again."""

    class Meta:
        access = KEEPS

    class Input:
        id = graphene.ID(required=True, description="The row.")

    words = graphene.String(description="What the row said.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """What it said; NOT_FOUND where it is gone already."""
        row = _row(id)
        words = str(row)
        synonym.drop(row, request.user)
        return {"words": words}


class Mutation:
    synonym_save = SynonymSave.Field()
    synonym_remove = SynonymRemove.Field()
