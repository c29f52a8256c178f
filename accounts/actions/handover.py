"""What would be left without anybody if a person's account were closed or erased: it is handed over first."""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.module_loading import import_string

from accounts.actions.appointment import has_owner_beside
from accounts.models import Membership, Organisation, Person
from accounts.permissions import Role, has_role
from core.language import Words, say
from core.refusals import Conflict


def must_have_handed_over(person: Person) -> None:
    """Refuse, naming it, while something has nobody but her. Each floor tells of its own by
    `settings.PERSON_DUTIES`: f(person) -> what would be left alone, in words."""
    # Locked: of two last coordinators whose accounts are closed at one moment, one stays.
    led = Membership.objects.filter(person=person, role=Membership.Role.COORDINATOR, ended_at=None)
    rows = Organisation.objects.filter(pk__in=led.values("organisation")).order_by("id")
    list(rows.select_for_update(no_key=True))
    left = [*_organisations(person), *_the_shop(person)]
    for duties in getattr(settings, "PERSON_DUTIES", ()):
        left += import_string(duties)(person)
    if left:
        zh = "、".join(words.in_language("zh") for words in left)
        en = ", ".join(words.in_language("en") for words in left)
        raise Conflict(
            say(
                "下面这些还只有一个人负责，请先交给别人，或由运营人员指定：{chinese}。",
                "Nobody else looks after these yet. Please hand them over first, or let an operator name"
                " somebody: {english}.",
                chinese=zh,
                english=en,
            )
        )


def led_alone(person: Person) -> list[Organisation]:
    """The organisations of which she is the only coordinator who can still sign in."""
    coordinates = Membership.objects.filter(role=Membership.Role.COORDINATOR, ended_at=None)
    others = coordinates.filter(organisation=OuterRef("pk"), person__is_active=True).exclude(person=person)
    led = Organisation.objects.filter(pk__in=coordinates.filter(person=person).values("organisation"))
    return list(led.exclude(Exists(others)).order_by("id"))


def _the_shop(person: Person) -> Iterable[Words]:
    # Of two owners who close each other's accounts at one moment, one stays.
    if has_role(person, Role.OWNER) and not has_owner_beside(person):
        yield say("这家店", "the shop")


def _organisations(person: Person) -> Iterable[Words]:
    for organisation in led_alone(person):
        people = organisation.memberships.filter(ended_at=None, person__is_active=True)
        if people.exclude(person=person).exists():
            yield say("组织“{x}”", "the organisation “{x}”", x=organisation.name_zh)
