"""What the shop asks of whoever moves the money, and what it hears from them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Away(Exception):
    """The provider cannot be reached, or is in trouble: what was asked may or may not have happened."""


class Slow(Away):
    """The provider takes longer than whoever asks may wait, or nobody more may wait for it just now."""


class Refused(Exception):
    """The provider will not do it, however often it is asked; its word for why."""


class Forged(Exception):
    """A notice that is not the provider's, too old, too new, or of another account or mode."""


class Noun(StrEnum):
    """What the provider keeps for us."""

    SESSION = "session"  # the provider's own page for one payment
    INTENT = "intent"  # a payment that the client confirms
    REFUND = "refund"
    DISPUTE = "dispute"


class Was(StrEnum):
    """How far a payment or a refund has come; the words are those of our own states."""

    CREATED = "created"
    PROCESSING = "processing"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Attempt:
    """One payment to begin; with the same `payment` the provider begins it once."""

    payment: UUID
    order: UUID
    noun: Noun
    amount_minor: int
    title: str
    language: str
    ends_at: datetime
    success_url: str = ""
    cancel_url: str = ""


@dataclass(frozen=True)
class Begun:
    """Where the buyer pays."""

    session_id: str = ""
    intent_id: str = ""
    url: str = ""
    client_secret: str = ""


@dataclass(frozen=True)
class PaymentSeen:
    """A payment as the provider knows it now."""

    state: Was
    amount_minor: int = 0
    currency: str = "cny"
    method: str = ""
    session_id: str = ""
    intent_id: str = ""
    # When the buyer paid, by the provider's clock: what a deadline is held against, however late it is told.
    paid_at: datetime | None = None
    payment: str = ""  # what we wrote on it: our own ids
    order: str = ""


@dataclass(frozen=True)
class GiveBack:
    """Money to give back on a payment; with the same refund and attempt it is given once."""

    refund: UUID
    attempt: int
    intent_id: str
    amount_minor: int
    requested_at: datetime


@dataclass(frozen=True)
class RefundSeen:
    """A refund as the provider knows it now."""

    state: Was
    id: str = ""
    amount_minor: int = 0
    failure: str = ""
    currency: str = "cny"
    intent_id: str = ""
    ours: str = ""  # what we wrote on it: our refund and its attempt; empty when it was made elsewhere


@dataclass(frozen=True)
class DisputeSeen:
    """A dispute as the provider knows it now, in the words of our own states; `is_taken` where its money is gone
    for good."""

    id: str
    state: str
    amount_minor: int
    reason: str
    intent_id: str
    currency: str = "cny"
    status: str = ""
    due_at: datetime | None = None
    is_refundable: bool = False
    is_taken: bool | None = None  # by its state, where nothing is said of it

    @property
    def lost_minor(self) -> int:
        """Fen that the bank has taken for good."""
        is_taken = self.state == "lost" if self.is_taken is None else self.is_taken
        return self.amount_minor if is_taken and self.currency == "cny" else 0


Seen = PaymentSeen | RefundSeen | DisputeSeen


@dataclass(frozen=True)
class Heard:
    """A notice that is truly the provider's: which object it is about, and what it says of amounts."""

    event_id: str
    kind: str
    noun: Noun | None
    object_id: str
    session_id: str = ""
    intent_id: str = ""
    order: str = ""
    amount_minor: int | None = None
    currency: str = ""

    @property
    def is_of_a_payment(self) -> bool:
        """Whether it tells how far a payment is."""
        is_about = self.kind.startswith(("checkout.session.", "payment_intent."))
        return is_about and self.noun in (Noun.SESSION, Noun.INTENT)


class Provider(Protocol):
    """Who moves the money. Never called while a transaction is open."""

    def begin(self, asked: Attempt) -> Begun:
        """Open a payment; asking again for the same attempt opens nothing new."""
        ...

    def look(self, noun: Noun, id: str) -> Seen | None:
        """What the provider knows of it now; None when it knows nothing of it."""
        ...

    def close(self, noun: Noun, id: str) -> PaymentSeen | None:
        """Let a payment be made no more; tells how it stands, for the buyer may have been faster."""
        ...

    def give_back(self, asked: GiveBack) -> RefundSeen:
        """Give money back; asking again for the same attempt gives nothing more."""
        ...

    def recent(self, noun: Noun, since: datetime) -> Iterator[Seen]:
        """All payments (INTENT), refunds or disputes of the provider's that are not older, whoever made them."""
        ...

    def about(self, noun: Noun, intent_id: str) -> Iterator[Seen]:
        """All refunds or disputes of one payment, at our wish or not."""
        ...


class Listener(Protocol):
    """Who tells a true notice from a forged one."""

    def hear(self, body: bytes, signature: str) -> Heard:
        """Verify the raw body before anything of it is read."""
        ...

    def read(self, body: bytes) -> Heard:
        """Read a notice that was verified when it came."""
        ...
