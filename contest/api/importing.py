"""What whoever imports or approves imports does to statements, mappings and pairs."""

from typing import Any

import graphene

from accounts.permissions import may_anywhere
from contest.actions import approval, twins
from contest.actions import batch as batches
from contest.actions import mapping as mappings
from contest.api.imports import ImportBatchType, OutsideSourceType, ProjectMappingType, TwinSaleType
from contest.models import ImportBatch, ProjectMapping
from contest.reads import importing
from core.api.access import Access
from core.api.act import Act
from core.api.ids import key_of, uid_of
from core.api.types import enum_of
from impact.models import Round


def _whoever_may(*permissions: str) -> Access:
    def allows(request: Any, parent: Any) -> bool:
        return any(may_anywhere(request.user, one) for one in permissions)

    return Access(f"whoever may {' or '.join(permissions)} somewhere", allows)


IMPORTS = _whoever_may(importing.IMPORT)
APPROVES = _whoever_may(importing.APPROVE)
EITHER = _whoever_may(importing.IMPORT, importing.APPROVE)


def _round_of(request: Any, id: str) -> Round:
    slug, _, tail = key_of(id, "Round", field="round").partition("/")
    level, _, region = tail.partition("/")
    return importing.round_of(request.user, slug, level, region)


def _batch_of(request: Any, id: str) -> ImportBatch:
    return importing.batch_of(request.user, uid_of(id, "ImportBatch", field="batch"))


class OutsideSourceCreate(Act):
    """Whoever imports: name a platform of which statements will come."""

    class Meta:
        access = IMPORTS

    class Input:
        round = graphene.ID(required=True, description="A round of hers.")
        platform = graphene.String(required=True, description="Its short name: small letters and digits.")
        name_zh = graphene.String(required=True, description="Its name in Chinese.")
        name_en = graphene.String(required=True, description="Its name in English.")
        adapter = graphene.String(required=True, description="The format of its files.")

    source = graphene.Field(OutsideSourceType, description="The platform.")

    @classmethod
    def act(cls, request: Any, round: str, platform: str, name_zh: str, name_en: str, adapter: str) -> Any:
        """The platform; INVALID on the field for a name that is taken or a format that is none."""
        its = _round_of(request, round)
        made = mappings.name_source(request.user, its, platform, (name_zh, name_en), adapter)
        return cls(source=made)


class MappingPropose(Act):
    """Whoever imports: say which entry a platform's project is; another approves it."""

    class Meta:
        access = IMPORTS

    class Input:
        round = graphene.ID(required=True, description="The round.")
        source = graphene.ID(required=True, description="The platform.")
        project = graphene.String(required=True, description="The platform's id of it.")
        entry = graphene.ID(description="The entry; left out: it is none of this round.")
        url = graphene.String(description="Where it is sold there.")
        canonical = graphene.InputField(
            enum_of(ProjectMapping, "canonical"), description="Which copy counts of a sale in both channels."
        )

    mapping = graphene.Field(ProjectMappingType, description="What was proposed.")

    @classmethod
    def act(
        cls,
        request: Any,
        round: str,
        source: str,
        project: str,
        entry: str | None = None,
        url: str | None = None,
        canonical: Any = None,
    ) -> Any:
        """What was proposed; CONFLICT where the project or the entry is matched already."""
        its = _round_of(request, round)
        platform = importing.source_of(uid_of(source, "OutsideSource", field="source"))
        of = importing.entry_of(its, uid_of(entry, "OrganiserEntry", field="entry")) if entry else None
        counts = canonical.value if canonical else ProjectMapping.Canonical.HERE
        made = mappings.propose(request.user, its, platform, project, of, url or "", counts)
        return cls(mapping=made)


def _mapping_of(request: Any, id: str) -> ProjectMapping:
    return importing.mapping_of(request.user, uid_of(id, "ProjectMapping", field="mapping"))


class MappingApprove(Act):
    """Whoever approves imports and has not proposed it: agree that a project is that entry."""

    class Meta:
        access = APPROVES

    class Input:
        mapping = graphene.ID(required=True, description="What was proposed.")

    mapping = graphene.Field(ProjectMappingType, description="It, as it holds.")

    @classmethod
    def act(cls, request: Any, mapping: str) -> Any:
        """It; NOT_ALLOWED for whoever has proposed it."""
        return cls(mapping=mappings.approve(_mapping_of(request, mapping), request.user))


class MappingWithdraw(Act):
    """Whoever imports or approves imports, and once it is agreed whoever approves: take a mapping back; what counted by it counts no longer."""

    class Meta:
        access = EITHER

    class Input:
        mapping = graphene.ID(required=True, description="The mapping.")

    mapping = graphene.Field(ProjectMappingType, description="It, as it was.")

    @classmethod
    def act(cls, request: Any, mapping: str) -> Any:
        """It; CONFLICT where it was withdrawn."""
        return cls(mapping=mappings.withdraw(_mapping_of(request, mapping), request.user))


class ImportApprove(Act):
    """Whoever approves imports and has not sent it in: let a statement count."""

    class Meta:
        access = APPROVES

    class Input:
        batch = graphene.ID(required=True, description="The statement.")
        is_meant = graphene.Boolean(description="That what is asked first is meant.")

    batch = graphene.Field(ImportBatchType, description="It, as it counts.")

    @classmethod
    def act(cls, request: Any, batch: str, is_meant: bool | None = None) -> Any:
        """It; CONFLICT where its totals differ or a day would count twice, TO_BE_CONFIRMED what `isMeant` answers."""
        return cls(batch=approval.approve(_batch_of(request, batch), request.user, is_meant=bool(is_meant)))


class ImportRollBack(Act):
    """Whoever approves imports: take a statement out of what counts; what was before it counts as it did."""

    class Meta:
        access = APPROVES

    class Input:
        batch = graphene.ID(required=True, description="The statement.")
        reason = graphene.String(required=True, description="Why.")

    batch = graphene.Field(ImportBatchType, description="It, as it counts no longer.")

    @classmethod
    def act(cls, request: Any, batch: str, reason: str) -> Any:
        """It; CONFLICT where it does not count."""
        return cls(batch=approval.roll_back(_batch_of(request, batch), request.user, reason))


class ImportDiscard(Act):
    """Whoever imports or approves imports: give up a statement that does not count yet."""

    class Meta:
        access = EITHER

    class Input:
        batch = graphene.ID(required=True, description="The statement.")
        reason = graphene.String(required=True, description="Why.")

    batch = graphene.Field(ImportBatchType, description="It, without its rows.")

    @classmethod
    def act(cls, request: Any, batch: str, reason: str) -> Any:
        """It; CONFLICT where it counts or is over."""
        return cls(batch=batches.discard(_batch_of(request, batch), request.user, reason))


class TwinDecide(Act):
    """Whoever imports or approves imports: say whether two sales are the same; without an answer the decision is taken back."""

    class Meta:
        access = EITHER

    class Input:
        twin = graphene.ID(required=True, description="The pair.")
        is_same = graphene.Boolean(description="Whether they are; left out: it stands open once more.")

    twin = graphene.Field(TwinSaleType, description="The pair, as it stands.")

    @classmethod
    def act(cls, request: Any, twin: str, is_same: bool | None = None) -> Any:
        """The pair; CONFLICT where it is decided, or one of them is the same as another."""
        found = importing.twin_of(request.user, uid_of(twin, "TwinSale", field="twin"))
        if is_same is None:
            return cls(twin=twins.reopen(found, request.user))
        return cls(twin=twins.decide(found, request.user, is_same))


class Mutation:
    """What whoever imports or approves imports may do; a file comes by HTTP to its own address."""

    outside_source_create = OutsideSourceCreate.Field()
    mapping_propose = MappingPropose.Field()
    mapping_approve = MappingApprove.Field()
    mapping_withdraw = MappingWithdraw.Field()
    import_approve = ImportApprove.Field()
    import_roll_back = ImportRollBack.Field()
    import_discard = ImportDiscard.Field()
    twin_decide = TwinDecide.Field()
