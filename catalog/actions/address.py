"""Addresses that say the Chinese name: made of it, moved with it, and the ones of before lead on for ever."""

from accounts.models.person import a_code
from catalog import clean, naming
from catalog.models import FormerSlug, FormerTeamSlug, Product, Team
from core.language import say
from core.refusals import Invalid

Kind = type[Product] | type[Team]
FORMER: dict[Kind, type[FormerSlug] | type[FormerTeamSlug]] = {Product: FormerSlug, Team: FormerTeamSlug}
LONGEST = 80


def made_of(kind: Kind, name: str) -> str:
    """An address that says the name, and that none of its kind has or ever had."""
    stem = naming.in_letters(name)
    if stem and not is_used(kind, stem):
        return stem
    return f"{stem or _nameless(kind)}-{a_code(6).lower()}"


def chosen(kind: Kind, slug: str) -> str:
    """An address that somebody chose, if none of its kind has or ever had it."""
    clean.address(slug, LONGEST)
    if is_used(kind, slug):
        raise Invalid(say("这个地址已被使用。", "This address is taken."), field="slug")
    return slug


def is_used(kind: Kind, slug: str) -> bool:
    """Whether it leads somewhere, or once did: a browser keeps for good where a former one leads, so that it is given
    out no second time, not even to what had it."""
    return kind.objects.filter(slug=slug).exists() or FORMER[kind].objects.filter(slug=slug).exists()


def follow_name(thing: Product | Team, was: str, now: str) -> set[str]:
    """An address that we made of the name before is made anew of the one that it has now; what else is written then."""
    kind = type(thing)
    if was == now or not naming.is_made_of(thing.slug, was, _nameless(kind)):
        return set()
    thing.slug = made_of(kind, now)
    return {"slug"}


def move(thing: Product | Team, was: str, now: str) -> set[str]:
    """The same of what people have come to: the address of before is kept, and leads on."""
    before = thing.slug
    moved = follow_name(thing, was, now)
    if moved:
        if isinstance(thing, Team):
            FormerTeamSlug.objects.create(slug=before, team=thing)
        else:
            FormerSlug.objects.create(slug=before, product=thing)
    return moved


def _nameless(kind: Kind) -> str:
    return kind.__name__.lower()
