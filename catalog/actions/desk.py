"""Who may do what at a team's desk. `by` is a person, or None when the shop itself acts (a command, the demo)."""

from accounts.models import Person
from accounts.permissions import absent, may_now, must
from accounts.places import Place
from catalog import reads
from catalog.models import Product, Team
from core.language import say
from core.refusals import Conflict, NotAllowed, NotFound

KEEP = "catalog.keep_listings"
IN_REVIEW = say("商品正在审核，请先撤回再修改。", "This is being reviewed. Withdraw it first to change it.")
CHANGED_SINCE = say(
    "您看过之后，这件商品又改过。请再看一遍。", "The product has changed since you looked. Please look again."
)


def place_of(team: Team) -> Place:
    """Where a team's things lie, for whoever has a role there."""
    return Place(region=team.county_id, subject=team.uid)


def must_at_desk(by: Person | None, team_id: int, permission: str = KEEP) -> None:
    """Only who may do that at the team's desk; for anybody else the thing does not exist."""
    if by is not None and not reads.may_at_desk(by, permission, team_id):
        raise absent(by, permission)


def must_there(by: Person | None, team: Team, permission: str) -> None:
    """Whoever may do that at the team's desk, or where the team works; for anybody else there is no such team. What moves
    money is asked for a code once more."""
    if by is not None and not may_now(by, permission, at=place_of(team)):
        raise NotFound()


def must_decide(by: Person | None, team: Team, permission: str) -> None:
    """Whoever has the permission where the team works and is none of its own people: nobody decides about their own."""
    must(by, permission, at=place_of(team))
    if by is not None and reads.is_related(by, team.id):
        raise NotAllowed(say("不能审核自己团队的商品。", "Nobody decides about a team of their own."))


def opened(product: Product | int, by: Person | None, *, seen: int | None = None) -> Product:
    """The product, locked, for a deed of its team; refused while an operator looks at it, once archived, and where its team
    has written anything of it since the version that was `seen`."""
    pk = product if isinstance(product, int) else product.pk
    row = Product.objects.select_for_update(of=("self",), no_key=True).select_related("team").get(pk=pk)
    must_at_desk(by, row.team_id)
    if row.state == Product.State.SUBMITTED and by is not None:
        raise Conflict(IN_REVIEW)
    if row.state == Product.State.ARCHIVED:
        raise Conflict(say("商品已下架归档。", "This product has been archived."))
    if seen is not None and row.written_version != seen:
        raise Conflict(CHANGED_SINCE)
    return row
