"""A provider in this process: the truth outside of what was paid, given back and disputed."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.utils import timezone

from orders.provider.port import (
    Attempt,
    Begun,
    DisputeSeen,
    Heard,
    NoticeKind,
    Noun,
    PaymentSeen,
    RefundAttempt,
    RefundSeen,
    Seen,
    Was,
)

MOVED = {
    Noun.PAGE: NoticeKind.PAYMENT_MOVED,
    Noun.REFUND: NoticeKind.REFUND_MOVED,
    Noun.DISPUTE: NoticeKind.DISPUTE_MOVED,
}


@dataclass
class Page:
    """One payment at the bank."""

    attempt: Attempt
    payment_ref: str
    state: Was = Was.CREATED
    paid_at: datetime | None = None


@dataclass
class Given:
    """One refund at the bank; an attempt that is asked for twice is one."""

    attempt: RefundAttempt
    id: str
    state: Was


@dataclass
class Bank:
    """A Provider and a Listener: remembers what it did, and says so whenever it is asked."""

    mode: ClassVar[str] = "stand_in"
    least_minor: ClassVar[int] = 400
    page_lives: ClassVar[timedelta] = timedelta(minutes=35)

    pages: dict[str, Page] = field(default_factory=dict)
    refunds: dict[str, Given] = field(default_factory=dict)
    disputes: dict[str, DisputeSeen] = field(default_factory=dict)
    next_refund: Was = Was.SUCCEEDED
    # Told before a payment that has come is shown to the shop: it will settle it now.
    before_money: Callable[[str], None] = lambda page: None

    # --- What the shop asks ---

    def begin(self, attempt: Attempt) -> Begun:
        for name, page in self.pages.items():
            if page.attempt.payment == attempt.payment:
                return Begun(page_ref=name, url=f"https://bank.example/{name}")
        name = f"cs_{len(self.pages)}"
        self.pages[name] = Page(attempt, f"pi_{len(self.pages)}")
        return Begun(page_ref=name, url=f"https://bank.example/{name}")

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

    def refund(self, attempt: RefundAttempt) -> RefundSeen:
        key = f"{attempt.refund}:{attempt.attempt}"
        if key not in self.refunds:
            is_too_much = attempt.amount_minor > self.left_of(attempt.payment_ref)
            state = Was.FAILED if is_too_much else self.next_refund
            self.refunds[key] = Given(attempt, f"re_{len(self.refunds)}", state)
        seen = self._refund(self.refunds[key])
        assert seen
        return seen

    def about(self, noun: Noun, payment_ref: str) -> Iterator[Seen]:
        yield from (seen for seen in self._all(noun) if seen.payment_ref == payment_ref)

    def recent(self, noun: Noun, since: datetime) -> Iterator[Seen]:
        yield from self._all(noun)

    def _all(self, noun: Noun) -> list[Any]:
        if noun is Noun.REFUND:
            return [self._refund(one) for one in self.refunds.values()]
        if noun is Noun.DISPUTE:
            return list(self.disputes.values())
        return [self._page(name) for name in self.pages]

    def hear(self, body: bytes, headers: Mapping[str, str]) -> Heard:
        return self.read(body)

    def read(self, body: bytes) -> Heard:
        told = json.loads(body)
        return Heard(
            event_id=told["event"], kind=MOVED[Noun(told["noun"])], object_id=told["id"],
            page_ref=told["id"] if told["noun"] == Noun.PAGE else "",
        )  # fmt: skip

    def _page(self, id: str) -> PaymentSeen | None:
        page = self.pages.get(id)
        if page is None:
            return None
        if page.state is not Was.SUCCEEDED:
            return PaymentSeen(page.state, page_ref=id)
        self.before_money(id)
        amount = page.attempt.amount_minor
        return PaymentSeen(
            page.state,
            amount,
            "cny",
            "alipay",
            page_ref=id,
            payment_ref=page.payment_ref,
            paid_at=page.paid_at,
        )

    def _refund(self, one: Given | None) -> RefundSeen | None:
        if one is None:
            return None
        ours = f"{one.attempt.refund}:{one.attempt.attempt}" if one.attempt.attempt else ""
        return RefundSeen(
            one.state, one.id, one.attempt.amount_minor, payment_ref=one.attempt.payment_ref, ours=ours
        )

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
        self.disputes[id] = DisputeSeen(id, state, amount, "fraudulent", self.pages[name].payment_ref)
        return id

    def give_at_the_desk(self, name: str, amount: int) -> str:
        """Somebody gives back there who knows nothing of the shop."""
        id = f"re_{len(self.refunds)}"
        attempt = RefundAttempt(uuid4(), 0, self.pages[name].payment_ref, amount, timezone.now())
        self.refunds[id] = Given(attempt, id, Was.SUCCEEDED)
        return id

    def decide(self, id: str, state: str) -> None:
        """The buyer's bank has decided about what it asked back."""
        self.disputes[id] = replace(self.disputes[id], state=state)

    def moved(self, order: UUID) -> int:
        """What the shop holds of an order: what came, less what was given back and what was taken."""
        names = {name: page for name, page in self.pages.items() if page.attempt.order == order}
        intents = {page.payment_ref for page in names.values()}
        came = sum(p.attempt.amount_minor for p in names.values() if p.state is Was.SUCCEEDED)
        given = sum(
            one.attempt.amount_minor
            for one in self.refunds.values()
            if one.state is Was.SUCCEEDED and one.attempt.payment_ref in intents
        )
        lost = sum(
            d.amount_minor for d in self.disputes.values() if d.state == "lost" and d.payment_ref in intents
        )
        return came - given - lost

    def left_of(self, intent: str) -> int:
        """What can still be given back of a payment, or taken by a bank."""
        came = sum(
            p.attempt.amount_minor
            for p in self.pages.values()
            if p.payment_ref == intent and p.state is Was.SUCCEEDED
        )
        given = (one for one in self.refunds.values() if one.attempt.payment_ref == intent)
        taken = (one for one in self.disputes.values() if one.payment_ref == intent and one.state != "won")
        return (
            came
            - sum(one.attempt.amount_minor for one in given if one.state is not Was.FAILED)
            - sum(one.amount_minor for one in taken)
        )


def notice(event: str, noun: Noun, id: str) -> bytes:
    """The body of a notice: this has moved."""
    return json.dumps({"event": event, "noun": noun.value, "id": id}).encode()


_the_bank = Bank()


def the_bank(**_: Any) -> Bank:
    """For settings.PAYMENT_PROVIDERS: the bank of the test that runs."""
    return _the_bank


def pay_at_the_bank(settings: Any) -> None:
    """New payments are the bank's."""
    at = {"adapter": "tests.guard.bank.the_bank", "options": {}, "pays_at": "https://bank.example"}
    settings.PAYMENT_PROVIDERS = {**settings.PAYMENT_PROVIDERS, "bank": at}
    settings.PAYMENT_PROVIDER = "bank"


def a_new_bank() -> Bank:
    """Nothing has happened there yet."""
    global _the_bank
    from orders import provider

    provider._made.cache_clear()
    _the_bank = Bank()
    return _the_bank
