"""A department's look at a team of its place: what it found is written down, and decides nothing by itself."""

from django.db import transaction

from accounts.actions import audit
from accounts.clean import line
from accounts.models import Person
from catalog.actions import desk
from catalog.models import DepartmentCheck, Product, Team

Kind = DepartmentCheck.Kind


def check_quality(product: Product, by: Person, is_fine: bool, words: str = "") -> DepartmentCheck:
    """Agriculture has looked at a product and its papers; its team and whoever approves listings read what it found."""
    desk.must_decide(by, product.team, "catalog.check_quality")
    return _write(Kind.QUALITY, product.team, product, by, is_fine, words)


def check_logistics(team: Team, by: Person, is_fine: bool, words: str = "") -> DepartmentCheck:
    """Commerce has looked at how a team sends: carriers, cold chain, days."""
    desk.must_decide(by, team, "catalog.check_logistics")
    return _write(Kind.LOGISTICS, team, None, by, is_fine, words)


def _write(
    kind: str, team: Team, product: Product | None, by: Person, is_fine: bool, words: str
) -> DepartmentCheck:
    words = line(words, "words", 300, required=not is_fine)
    with transaction.atomic():
        made = DepartmentCheck.objects.create(
            kind=kind, team=team, product=product, by=by, is_fine=is_fine, words=words
        )
        audit.record(by, "check", "Team", team.uid, kind=str(kind), is_fine=is_fine)
    return made
