"""A small schema over the house's own rows, so that the base of the API is tested without a shop."""

import threading
from dataclasses import dataclass

import graphene

from core import outbox
from core.api.access import HELD, PUBLIC, SIGNED_IN, Access
from core.api.act import Act
from core.api.connections import connection_field
from core.api.errors import error_type
from core.api.facts import cache_tags, guarded, needs
from core.api.ids import key_of
from core.api.lookahead import prefetched
from core.api.schema import build_schema
from core.api.types import Localized, ModelType, Money, MoneyField, PlainType, list_of, money
from core.events import Event
from core.language import say
from core.models import Delivery, OutboxEvent
from core.refusals import Conflict, NotFound


@dataclass(frozen=True)
class Ordered(Event):
    """An event of these tests."""

    order_id: int


class FewerLeft(Conflict):
    """Less is left than was asked for."""

    code = "FEWER_LEFT"


@error_type(FewerLeft)
class FewerLeftError:
    """Fewer units are left than were asked for."""

    units_left = graphene.Int(required=True, description="Units left.")


class EventType(ModelType):
    """Something that happened."""

    class Meta:
        model = OutboxEvent
        key = "id"
        name = "Event"
        access = HELD
        fields = ("name", "recorded_at", "deliveries")
        most = {"deliveries": 10}
        about = {"name": "What happened.", "recorded_at": "When.", "deliveries": "What followed."}

    due = connection_field(lambda: DeliveryType, relation="deliveries", order=("-id",), description="Due.")
    waiting = graphene.Int(required=True, description="How many reactions wait.")
    secret = guarded(graphene.String(description="For one pair of eyes."), SIGNED_IN)
    strict = guarded(graphene.String(required=True, description="Likewise, never null."), SIGNED_IN)

    @needs("deliveries")
    def resolve_waiting(root, info):
        return sum(1 for row in root.deliveries.all() if not row.done_at)

    def resolve_secret(root, info):
        return "secret"

    def resolve_strict(root, info):
        return "strict"


class DeliveryType(ModelType):
    """A reaction that is due."""

    class Meta:
        model = Delivery
        key = "id"
        access = HELD
        fields = ("reaction", "tries", "event", "done_at")
        about = {name: name for name in fields}


class Thing(PlainType):
    """A thing with two names and a price."""

    class Meta:
        access = HELD

    name = Localized("name", description="Its name.")
    price = MoneyField("price_minor", description="Its price.")
    dear = graphene.Field(Money, description="A great amount.")
    open_secret = graphene.String(description="Nobody said who may read this.")

    def resolve_dear(root, info):
        return money(2**40)


class Forgotten(PlainType):
    """A type whose maker forgot to say who may read it."""

    text = graphene.String(description="Never told.")


class ABook:
    name_zh, name_en, price_minor = "柚子", "Pomelo", 3690


EVERY = Access("nobody", lambda request, parent: False)


class Query(graphene.ObjectType):
    """What may be read."""

    events = guarded(
        connection_field(
            lambda: EventType,
            lambda root, info, name=None: OutboxEvent.objects.filter(**({"name": name} if name else {})),
            order={"NEWEST": ("-recorded_at", "-id"), "BY_NAME": ("name", "id")},
            sort="EventSort",
            name=graphene.String(description="Only those of this name."),
            description="What happened.",
        ),
        PUBLIC,
    )
    event = guarded(
        graphene.Field(EventType, id=graphene.ID(required=True, description="Which."), description="One."),
        PUBLIC,
    )
    deliveries = guarded(
        connection_field(
            DeliveryType, lambda root, info: Delivery.objects.all(), ("id",), description="Due."
        ),
        PUBLIC,
    )
    thing = cache_tags(
        guarded(graphene.Field(Thing, required=True, description="A thing."), PUBLIC), "things"
    )
    things = guarded(list_of(lambda: Thing, most=5, description="Things."), PUBLIC)
    forgotten = guarded(graphene.Field(Forgotten, description="Forgotten."), PUBLIC)
    undeclared = graphene.String(description="Forgotten at the root.")
    hidden = guarded(graphene.Field(Thing, description="Not for you."), EVERY)
    broken = guarded(graphene.String(description="Breaks."), PUBLIC)
    gone = guarded(graphene.String(description="Is refused."), PUBLIC)

    def resolve_event(root, info, id):
        row = prefetched(OutboxEvent.objects.filter(id=key_of(id, "Event")), info).first()
        if row is None:
            raise NotFound()
        return row

    def resolve_thing(root, info):
        Query.looked += 1
        return ABook()

    looked = 0

    def resolve_things(root, info):
        return [ABook()]

    def resolve_forgotten(root, info):
        return {"text": "forgotten"}

    def resolve_undeclared(root, info):
        return "undeclared"

    def resolve_hidden(root, info):
        raise AssertionError("nothing is asked for what may not be seen")

    def resolve_broken(root, info):
        raise RuntimeError("the password is hunter2")

    def resolve_gone(root, info):
        raise NotFound(field=("input", "some_thing"))


class EventRecord(Act):
    """Record an event."""

    class Meta:
        access = PUBLIC
        idempotent = True
        read_by = {"event": "tests.core.world.event_by_pk"}

    class Input:
        name = graphene.String(required=True, description="Its name.")
        units = graphene.Int(description="How many are wanted.")

    event = graphene.Field(EventType, description="The event.")
    note = graphene.String(description="A plain value.")
    ran = 0
    gate: threading.Event | None = None

    @classmethod
    def act(cls, request, name, units=None):
        cls.ran += 1
        row = OutboxEvent.objects.create(name=name, payload={})
        if units is not None:
            raise FewerLeft(say("只剩 {n} 份", "Only {n} left", n=units), field="units", units_left=units)
        if name == "breaks":
            raise RuntimeError("hunter2")
        if cls.gate:
            cls.gate.wait(1)
        return cls(event=row, note="noted")


class SignedInOnly(Act):
    """For people we know."""

    class Meta:
        access = SIGNED_IN

    done = graphene.Boolean(description="Done.")

    @classmethod
    def act(cls, request):
        return {"done": True}


class Mutation(graphene.ObjectType):
    """What may be done."""

    event_record = EventRecord.Field()
    signed_in_only = SignedInOnly.Field()


def event_by_pk(request, pk):
    return OutboxEvent.objects.filter(pk=pk)


schema = build_schema(Query, Mutation)


HEARD: list = []


def at_once(events):
    HEARD.append(("at once", [event.order_id for event in events]))


@outbox.reaction("tests.core.world.outside")
def outside(event):
    HEARD.append(("outside", event.order_id))


@outbox.reaction("tests.core.world.inside", inside=True)
def inside(event):
    OutboxEvent.objects.create(name="Reacted", payload={"order_id": event.order_id})


@outbox.reaction("tests.core.world.together", inside=True, together=50)
def together(events):
    if any(event.order_id < 0 for event in events):
        raise RuntimeError("poison")
    HEARD.append(("together", sorted(event.order_id for event in events)))


@outbox.reaction("tests.core.world.poison")
def poison(event):
    raise RuntimeError("poison")


REACTIONS = {
    "Ordered": outbox.Reactions(
        at_once=["tests.core.world.at_once"],
        afterwards=["tests.core.world.outside", "tests.core.world.inside", "tests.core.world.together"],
    )
}
POISONED = {"Ordered": outbox.Reactions(afterwards=["tests.core.world.poison", "tests.core.world.inside"])}
