"""A small world for a live shop, made through the shop's own deeds: three teams, a round that is open, a union."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from accounts import totp
from accounts.actions import second_factor
from accounts.models import Membership, Organisation, Person, Region
from catalog import search
from catalog.actions import leader, listing, lot, member, team, variant
from catalog.models import Category, Lot, Product, Team, Variant
from contest.actions.edition import open_edition
from contest.actions.entry import enter
from contest.actions.round import open_round
from core import clock
from impact.actions import household, shares
from impact.models import Household, Round
from tests.accounts.world import PASSWORD, a_person
from tests.catalog.world import STORY

COUNTY = "420527"  # 秭归县
OFFICE = "420106"  # 武昌区
GRAMS = (420_000, 300_000, 180_000, 60_000, 40_000)


@dataclass
class Stall:
    """A team with its manager, its ten households and what it sells."""

    team: Team
    manager: Person
    households: list[Household]
    product: Product | None = None
    variant: Variant | None = None
    lot: Lot | None = None


@dataclass
class World:
    """Who is there."""

    operator: Person
    oranges: Stall
    tea: Stall
    newcomer: Stall
    union: Organisation
    coordinator: Person
    former: Person  # a second coordinator, until a test lets her go
    members: list[Person] = field(default_factory=list)
    password: str = PASSWORD
    # The sheets of the operator and of each manager, by address: a code signs her in once, however soon after another.
    sheets: dict[str, list[str]] = field(default_factory=dict)

    def enrol(self, person: Person, sheets: int = 1) -> None:
        """She has an app, and so many sheets of codes."""
        self.sheets[person.email] = [code for _ in range(sheets) for code in second_factor.new_codes()]
        second_factor.enrol(person, totp.new_secret(), self.sheets[person.email], step=0)

    def code_of(self, person: Person) -> str:
        """One of her codes that was not given yet."""
        return self.sheets[person.email].pop()


def build() -> World:
    """Everything; call it where models are those of the live shop."""
    operator = a_person(("operator", "owner"), email="operator@shows.example", name="示例运营", language="en")
    fruit, leaf = _shelf("fruit", "水果", "Fruit"), _shelf("tea", "茶", "Tea")
    oranges = a_stall(operator, "SH01", "示例橙队", "Demo Orange Team")
    an_offer(oranges, operator, fruit, "秭归示例脐橙", "Zigui demo navel oranges", price=3690, grams=2800)
    tea = a_stall(operator, "SH02", "示例茶队", "Demo Tea Team")
    an_offer(tea, operator, leaf, "邓村示例绿茶", "Dengcun demo green tea", price=8801, grams=300)
    newcomer = a_stall(operator, "SH03", "示例新队", "Demo New Team")
    _open_a_round([oranges.team, tea.team, newcomer.team])
    coordinator = a_person(email="coordinator@shows.example", name="示例协调人", language="en")
    former = a_person(email="former@shows.example", name="示例前协调人", language="en")
    members = [a_person(email=f"member{n}@shows.example", name=f"示例成员{n}") for n in range(2)]
    union = _union([coordinator, former], members)
    search.engine().rebuild()
    world = World(operator, oranges, tea, newcomer, union, coordinator, former, members)
    world.enrol(operator, 4)
    for stall in (oranges, tea, newcomer):
        world.enrol(stall.manager)
    return world


def _shelf(slug: str, zh: str, en: str) -> Category:
    return Category.objects.get_or_create(slug=slug, defaults={"name_zh": zh, "name_en": en})[0]


def a_stall(operator: Person, code: str, zh: str, en: str) -> Stall:
    county = Region.objects.select_related("parent").get(code=COUNTY)
    made = team.create(
        operator, code=code, slug=code.lower(), county=county, name_zh=zh, name_en=en,
        village_zh="示例村", village_en="Demo Village", producer_zh="示例合作社", producer_en="Demo Cooperative",
        licence_number=f"示例许可-{code}",
    )  # fmt: skip
    leader.verify(leader.introduce(made, None, name_zh="向立春", name_en="Xiang Lichun"), operator)
    manager = a_person(email=f"manager.{code.lower()}@shows.example", name="示例队长", language="en")
    member.appoint(made, manager)
    agreed = timezone.now() - timedelta(days=200)
    proposals = [household.Proposal(made, county, agreed, {"name": f"示例户{code}-{n}"}) for n in range(10)]
    grown = household.verify_many(household.propose_many(proposals, manager), operator)
    return Stall(made, manager, grown)


def an_offer(
    stall: Stall,
    operator: Person,
    shelf: Category,
    zh: str,
    en: str,
    *,
    price: int,
    grams: int,
    units: int = 400,
) -> None:
    """A published product with one variant, and a lot that five households grew."""
    is_tea = shelf.slug == "tea"
    made = listing.create_product(
        stall.team, stall.manager, name_zh=zh, name_en=en, category=shelf, kind="processed" if is_tea else "fresh",
        storage="dry" if is_tea else "fresh", summary_zh="示例", summary_en="A demo product", shelf_life_days=30,
        storage_advice_zh="阴凉处存放", storage_advice_en="Keep cool", ingredients_zh="茶叶" if is_tea else "",
        return_rule_zh="签收后拍照申请售后", return_rule_en="Send a photo after delivery", season_months=[*range(1, 13)],
        dispatch_days=2,
    )  # fmt: skip
    stall.variant = variant.save(
        made, stall.manager, name_zh="一份", name_en="One box", net_content=f"{grams - 100} g", weight_grams=grams,
        price_minor=price, story=STORY,
    )  # fmt: skip
    stall.lot = grown(stall, stall.variant, units)
    listing.submit(made, stall.manager)
    listing.approve(Product.objects.select_related("team").get(pk=made.pk), operator)
    stall.product = Product.objects.get(pk=made.pk)


def grown(stall: Stall, of: Variant, units: int) -> Lot:
    today = clock.today()
    made = lot.declare(
        of, stall.manager, quantity=units, level=Lot.Level.SHARED,
        harvest_from=today - timedelta(days=9), harvest_to=today - timedelta(days=2),
    )  # fmt: skip
    # Of a lot of this size, in the same parts.
    grams = (part * units * of.weight_grams // sum(GRAMS) for part in GRAMS)
    weighed = dict(zip((h.pk for h in stall.households), grams, strict=False))
    shares.share_out(made, weighed, stall.manager)
    return made


def _open_a_round(teams: Sequence[Team]) -> None:
    now = clock.now()
    edition = open_edition("shows", 2, ("示例大赛", "Demo contest"))
    # Just opened: of several open rounds the youngest is the round of today.
    moments = [now + timedelta(minutes=-1), now + timedelta(days=10), now + timedelta(days=17)]
    enter(open_round(edition, Round.Level.PROVINCIAL, None, *moments), teams)


def _union(coordinators: Sequence[Person], members: Sequence[Person]) -> Organisation:
    made = Organisation.objects.create(
        kind=Organisation.Kind.UNION, name_zh="示例工会", name_en="Demo Union", region_id="420100",
        state=Organisation.State.VERIFIED,
    )  # fmt: skip
    for role, people in ((Membership.Role.COORDINATOR, coordinators), (Membership.Role.MEMBER, members)):
        for person in people:
            made.memberships.create(person=person, role=role)
    return made
