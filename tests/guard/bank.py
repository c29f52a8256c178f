"""A provider in this process: the truth outside of what was paid, given back and disputed."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from orders.provider.port import (
    Attempt,
    Begun,
    DisputeSeen,
    GiveBack,
    Heard,
    Noun,
    PaymentSeen,
    RefundSeen,
    Seen,
    Was,
)


@dataclass
class Page:
    """One payment at the bank."""

    asked: Attempt
    intent: str
    state: Was = Was.CREATED
    paid_at: datetime | None = None


@dataclass
class Given:
    """One refund at the bank; an attempt that is asked for twice is one."""

    asked: GiveBack
    id: str
    state: Was


@dataclass
class Bank:
    """A Provider and a Listener: remembers what it did, and says so whenever it is asked."""

    pages: dict[str, Page] = field(default_factory=dict)
    refunds: dict[str, Given] = field(default_factory=dict)
    disputes: dict[str, DisputeSeen] = field(default_factory=dict)
    next_refund: Was = Was.SUCCEEDED
    # Told before a payment that has come is shown to the shop: it will settle it now.
    before_money: Callable[[str], None] = lambda page: None

    # --- What the shop asks ---

    def begin(self, asked: Attempt) -> Begun:
        for name, page in self.pages.items():
            if page.asked.payment == asked.payment:
                return Begun(session_id=name, url=f"https://bank.example/{name}")
        name = f"cs_{len(self.pages)}"
        self.pages[name] = Page(asked, f"pi_{len(self.pages)}")
        return Begun(session_id=name, url=f"https://bank.example/{name}")

    def look(self, noun: Noun, id: str) -> Seen | None:
        if noun is Noun.REFUND:
            return self._refund(next((one for one in self.refunds.values() if one.id == id), None))
        if noun is Noun.DISPUTE:
            return self.disputes.get(id)
        return self._page(id)

    def close(self, noun: Noun, id: str) -> PaymentSeen | None:
        page = self.pages.get(id)
        if page and page.state is Was.CREATED:
            page.state = Was.CANCELLED
        return self._page(id)

    def give_back(self, asked: GiveBack) -> RefundSeen:
        key = f"{asked.refund}:{asked.attempt}"
        if key not in self.refunds:
            is_too_much = asked.amount_minor > self.left_of(asked.intent_id)
            state = Was.FAILED if is_too_much else self.next_refund
            self.refunds[key] = Given(asked, f"re_{len(self.refunds)}", state)
        seen = self._refund(self.refunds[key])
        assert seen
        return seen

    def about(self, noun: Noun, intent_id: str) -> Iterator[Seen]:
        yield from (seen for seen in self._all(noun) if seen.intent_id == intent_id)

    def recent(self, noun: Noun, since: datetime) -> Iterator[Seen]:
        yield from self._all(noun)

    def _all(self, noun: Noun) -> list[Any]:
        if noun is Noun.REFUND:
            return [self._refund(one) for one in self.refunds.values()]
        if noun is Noun.DISPUTE:
            return list(self.disputes.values())
        return [self._page(name) for name in self.pages]

    def hear(self, body: bytes, signature: str) -> Heard:
        return self.read(body)

    def read(self, body: bytes) -> Heard:
        told = json.loads(body)
        return Heard(
            event_id=told["event"], kind=told["kind"], noun=Noun(told["noun"]), object_id=told["id"],
            session_id=told["id"] if told["noun"] == "session" else "",
        )  # fmt: skip

    def _page(self, id: str) -> PaymentSeen | None:
        page = self.pages.get(id)
        if page is None:
            return None
        if page.state is not Was.SUCCEEDED:
            return PaymentSeen(page.state, session_id=id)
        self.before_money(id)
        amount = page.asked.amount_minor
        return PaymentSeen(
            page.state, amount, "cny", "alipay", session_id=id, intent_id=page.intent, paid_at=page.paid_at
        )

    def _refund(self, one: Given | None) -> RefundSeen | None:
        if one is None:
            return None
        ours = f"{one.asked.refund}:{one.asked.attempt}" if one.asked.attempt else ""
        return RefundSeen(one.state, one.id, one.asked.amount_minor, intent_id=one.asked.intent_id, ours=ours)

    # --- What happens there ---

    def pay(self, name: str) -> bool:
        """A buyer pays a page that is open."""
        page = self.pages[name]
        if page.state is not Was.CREATED:
            return False
        page.state, page.paid_at = Was.SUCCEEDED, timezone.now()
        return True

    def dispute(self, name: str, amount: int, state: str) -> str:
        """A buyer's own bank asks for money back, and decides."""
        id = f"dp_{name}"
        self.disputes[id] = DisputeSeen(id, state, amount, "fraudulent", self.pages[name].intent)
        return id

    def give_at_the_desk(self, name: str, amount: int) -> str:
        """Somebody gives back there who knows nothing of the shop."""
        id = f"re_{len(self.refunds)}"
        asked = GiveBack(uuid4(), 0, self.pages[name].intent, amount, timezone.now())
        self.refunds[id] = Given(asked, id, Was.SUCCEEDED)
        return id

    def decide(self, id: str, state: str) -> None:
        """The buyer's bank has decided about what it asked back."""
        self.disputes[id] = replace(self.disputes[id], state=state)

    def moved(self, order: UUID) -> int:
        """What the shop holds of an order: what came, less what was given back and what was taken."""
        names = {name: page for name, page in self.pages.items() if page.asked.order == order}
        intents = {page.intent for page in names.values()}
        came = sum(p.asked.amount_minor for p in names.values() if p.state is Was.SUCCEEDED)
        given = sum(
            one.asked.amount_minor
            for one in self.refunds.values()
            if one.state is Was.SUCCEEDED and one.asked.intent_id in intents
        )
        lost = sum(
            d.amount_minor for d in self.disputes.values() if d.state == "lost" and d.intent_id in intents
        )
        return came - given - lost

    def left_of(self, intent: str) -> int:
        """What can still be given back of a payment, or taken by a bank."""
        came = sum(
            p.asked.amount_minor
            for p in self.pages.values()
            if p.intent == intent and p.state is Was.SUCCEEDED
        )
        given = (one for one in self.refunds.values() if one.asked.intent_id == intent)
        taken = (one for one in self.disputes.values() if one.intent_id == intent and one.state != "won")
        return (
            came
            - sum(one.asked.amount_minor for one in given if one.state is not Was.FAILED)
            - sum(one.amount_minor for one in taken)
        )


def notice(event: str, kind: str, noun: Noun, id: str) -> bytes:
    """The body of a notice."""
    return json.dumps({"event": event, "kind": kind, "noun": noun.value, "id": id}).encode()


_the_bank = Bank()


def the_bank(**_: Any) -> Bank:
    """For settings.PAYMENT_PROVIDER: the bank of the test that runs."""
    return _the_bank


def a_new_bank() -> Bank:
    """Nothing has happened there yet."""
    global _the_bank
    from orders import provider

    provider._made.cache_clear()
    _the_bank = Bank()
    return _the_bank
