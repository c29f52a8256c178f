"""The demo's people and bodies: all made up, marked 示例, with addresses that lead nowhere."""

import random
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.actions.appointment import run_the_shop
from accounts.factor import AtTheServer
from accounts.models import Membership, Organisation, Person, Region
from accounts.permissions import Role
from shop.demo import words
from shop.demo.sign_ins import BUYER, COORDINATOR, LEADER, MANAGER, MEMBER, OPERATOR, PACKER, PASSWORD

BESIDE = ((Role.LEADER, LEADER), (Role.PACKER, PACKER))


@dataclass
class Cast:
    """Who plays: the operator, managers by team code, one team's leader and packer, buyers, organisations with their
    coordinators."""

    operator: Person
    managers: dict[str, Person]
    beside: list[tuple[str, Person]]
    buyers: list[Person]
    organisations: list[Organisation]
    coordinators: dict[int, Person]  # by organisation id

    def at_desk(self, code: str) -> list[tuple[str, Person]]:
        """Who works at the desk of the team with this code, and as what."""
        one = self.managers[code]
        return [(Role.TEAM_MANAGER, one), *(self.beside if one.email == MANAGER else [])]


def gather(codes: list[str], count: int, rng: random.Random) -> None:
    """Make them in a few statements; they share one password, hashed once. `count` buyers without a name here."""
    secret = make_password(PASSWORD)
    made: list[Person] = []

    def person(email: str, name: str, **fields: object) -> Person:
        made.append(
            Person(
                email=email, name=name, nickname=name[:1] + "**", password=secret,
                email_verified_at=timezone.now(), **fields,
            )
        )  # fmt: skip
        return made[-1]

    operator = person(OPERATOR, "示例运营")
    for code in codes:
        person(_manager(code), f"示例队长{code}")
    person(LEADER, "示例带头人")
    person(PACKER, "示例打包员")
    named = [person(BUYER, "示例买家"), person(MEMBER, "示例同事")]
    buyers = named + [
        person(f"buyer{n:03d}@demo.example", rng.choice(words.SURNAMES) + rng.choice(words.GIVEN))
        for n in range(1, count + 1)
    ]
    bodies = sum(row[1] for row in words.ORGANISATIONS)
    heads = [person(COORDINATOR, "示例负责人")]
    heads += [person(f"coordinator{n:02d}@demo.example", f"示例负责人{n:02d}") for n in range(2, bodies + 1)]
    Person.objects.bulk_create(made, batch_size=2_000)
    run_the_shop(operator)
    organisations = _organisations(operator, heads)
    _join(organisations, heads, buyers, rng)


def _manager(code: str) -> str:
    return f"manager.{code.lower()}@demo.example"


def cast(codes: list[str]) -> Cast:
    """Those who were gathered, as they stand in the database."""
    people = {person.email or "": person for person in Person.objects.filter(email__endswith="@demo.example")}
    named = [people[BUYER], people[MEMBER]]
    buyers = [p for email, p in people.items() if email.startswith("buyer") and email != BUYER]
    organisations = list(
        Organisation.objects.filter(proposed_by__email__endswith="@demo.example").order_by("pk")
    )
    for email in (OPERATOR, *map(_manager, codes)):
        people[email].factor = AtTheServer()
    heads = {person.pk: person for person in people.values()}
    return Cast(
        people[OPERATOR], {code: people[_manager(code)] for code in codes},
        [(role, people[email]) for role, email in BESIDE if email in people],
        named + sorted(buyers, key=lambda buyer: buyer.pk), organisations,
        {one.pk: heads[one.proposed_by_id] for one in organisations if one.proposed_by_id},
    )  # fmt: skip


def _organisations(operator: Person, heads: list[Person]) -> list[Organisation]:
    provinces = list(Region.objects.filter(code__in=["420000", "110000", "310000", "440000"]))
    rows = [
        (kind, zh.format(n=n), en.format(n=n))
        for kind, count, zh, en in words.ORGANISATIONS
        for n in range(1, count + 1)
    ]
    return Organisation.objects.bulk_create(
        Organisation(
            kind=kind, name_zh=zh, name_en=en, region=provinces[0 if i % 3 else i % len(provinces)],
            state=Organisation.State.VERIFIED, proposed_by=heads[i], verified_by=operator,
            verified_at=timezone.now(),
        )
        for i, (kind, zh, en) in enumerate(rows)
    )  # fmt: skip


def _join(
    organisations: list[Organisation], heads: list[Person], buyers: list[Person], rng: random.Random
) -> None:
    rows = [
        Membership(person=head, organisation=organisation, role=Membership.Role.COORDINATOR)
        for organisation, head in zip(organisations, heads, strict=True)
    ]
    # Every other buyer is somebody's colleague; the two named ones belong to the first union.
    for n, buyer in enumerate(buyers):
        if n < 2 or n % 2:
            home = organisations[0] if n < 2 else rng.choice(organisations)
            rows.append(Membership(person=buyer, organisation=home, role=Membership.Role.MEMBER))
    Membership.objects.bulk_create(rows, batch_size=2_000)
