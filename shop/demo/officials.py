"""Who runs the demo's contest: organiser, officers of a county and of each city, importer, approver, auditor, judges."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.actions import appointment
from accounts.factor import AtTheServer
from accounts.models import Person
from accounts.permissions import SHOP, Place, Role
from catalog.models import Team
from shop.demo import sign_ins
from shop.demo.people import Cast

HUBEI, YICHANG, ZIGUI = "420000", "420500", "420527"
JUDGES = 9


@dataclass
class Officials:
    """Each awake, as at the server's own console; `cities` by the code of their division."""

    operator: Person
    organiser: Person
    county: Person
    cities: dict[str, Person]
    importer: Person
    approver: Person
    judges: list[Person]

    def checks(self, team: Team) -> Person:
        """Whose it is to check this team's registration."""
        return self.county if team.county_id == ZIGUI else self.cities[team.division_id]


def gather(cast: Cast, divisions: list[str]) -> Officials:
    """Make them, with the password of all, and appoint them; judges are appointed to an edition later."""
    held = {
        sign_ins.ORGANISER: ("示例组织者", Role.ORGANISER, Place(region=HUBEI)),
        sign_ins.COUNTY_OFFICER: ("示例县级核验员", Role.COUNTY_VERIFIER, Place(region=ZIGUI)),
        sign_ins.IMPORTER: ("示例导入经办", Role.IMPORTER, Place(region=HUBEI)),
        sign_ins.APPROVER: ("示例导入审批", Role.IMPORT_APPROVER, Place(region=HUBEI)),
        sign_ins.AUDITOR: ("示例审计员", Role.AUDITOR, SHOP),
        **{
            _city(code): (f"示例市级专员{n:02d}", Role.CITY_OFFICER, Place(region=code))
            for n, code in enumerate(divisions, start=1)
        },
    }
    names = {email: name for email, (name, _, _) in held.items()}
    names |= {_judge(n): f"示例评委{n}" for n in range(1, JUDGES + 1)}
    people = Person.objects.bulk_create(
        Person(
            email=email, name=name, nickname=f"{name[:2]}**", password=cast.operator.password,
            email_verified_at=timezone.now(),
        )
        for email, name in names.items()
    )  # fmt: skip
    for person in people:
        if person.email in held:
            _, role, where = held[person.email]
            appointment.appoint(person, role, where)
    return officials(cast)


def officials(cast: Cast) -> Officials:
    """Those who were gathered, as they stand in the database."""
    people = {person.email or "": person for person in Person.objects.filter(email__endswith="@demo.example")}
    cities = {
        str(row.appointments.get().region_id): row
        for row in people.values()
        if (row.email or "").startswith("city")
    }
    found = Officials(
        cast.operator, people[sign_ins.ORGANISER], people[sign_ins.COUNTY_OFFICER], cities,
        people[sign_ins.IMPORTER], people[sign_ins.APPROVER], [people[_judge(n)] for n in range(1, JUDGES + 1)],
    )  # fmt: skip
    own = (found.organiser, found.county, found.importer, found.approver)
    for person in (*own, *cities.values(), *found.judges):
        person.factor = AtTheServer()
    return found


def _city(code: str) -> str:
    return sign_ins.CITY_OFFICER if code == YICHANG else f"city.{code}@demo.example"


def _judge(n: int) -> str:
    return f"judge{n}@demo.example"
