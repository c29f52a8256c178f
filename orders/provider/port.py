"""What the shop asks of whoever moves the money, and what it hears from them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from core.language import Words


class Away(Exception):
    """The provider cannot be reached, or is in trouble: what was asked may or may not have happened."""


class Slow(Away):
    """The provider takes longer than whoever asks may wait, or nobody more may wait for it just now."""


class Refused(Exception):
    """The provider will not do it, however often it is asked; its word for why."""


class OtherMode(Exception):
    """A true notice of the provider's, of its other mode: test money, told to a shop of real money, or the other way."""


class Forged(Exception):
    """A notice that is not the provider's, too old, too new, or of another account."""


class Noun(StrEnum):
    """What the provider keeps for us. Each is known by an id that is unique among its own: a refund may be called as a
    dispute is, and anything as at another provider."""

    PAGE = "page"  # the provider's own page for one payment
    PAYMENT = "payment"  # the payment itself: what is refunded and disputed
    REFUND = "refund"
    DISPUTE = "dispute"


class NoticeKind(StrEnum):
    """What has moved, by a notice. How it stands now is asked: a notice may be old, and they come in any order."""

    PAYMENT_MOVED = "payment_moved"
    PAYMENT_REFUNDED = "payment_refunded"  # names the payment alone: its refunds are asked about
    REFUND_MOVED = "refund_moved"
    DISPUTE_MOVED = "dispute_moved"
    OTHER = "other"  # nothing that the shop acts on


class RefundFailure(StrEnum):
    """Why a refund was not given, where the shop acts on it; any other reason stays in the provider's own words."""

    DISPUTED = "disputed"  # a bank is deciding about the money, or has taken it
    ALREADY_GIVEN = "already_given"  # all of it, by another way than ours
    TOO_MUCH = "too_much"  # a part of it has gone by another way than ours
    CARD_GONE = "card_gone"
    CALLED_OFF = "called_off"  # by somebody at the provider's desk


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
    first: str = ""  # the way of paying to offer before the others; "" where none was used before


@dataclass(frozen=True)
class Begun:
    """Where the buyer pays, and by which of the provider's ids it is known from here on: of its page, of the payment
    itself, or of both."""

    page_ref: str = ""
    payment_ref: str = ""
    url: str = ""
    client_secret: str = ""


@dataclass(frozen=True)
class PaymentSeen:
    """A payment as the provider knows it now."""

    state: Was
    amount_minor: int = 0
    currency: str = "cny"
    method: str = ""
    page_ref: str = ""
    payment_ref: str = ""
    # When the buyer paid, by the provider's clock: what a deadline is held against, however late it is told.
    paid_at: datetime | None = None
    payment: str = ""  # what we wrote on it: our own ids
    order: str = ""


@dataclass(frozen=True)
class RefundAttempt:
    """Money to give back on a payment; with the same refund and attempt it is given once."""

    refund: UUID
    attempt: int
    payment_ref: str
    amount_minor: int
    requested_at: datetime


@dataclass(frozen=True)
class RefundSeen:
    """A refund as the provider knows it now."""

    state: Was
    id: str = ""
    amount_minor: int = 0
    failure: str = ""  # a RefundFailure, else the provider's own word
    currency: str = "cny"
    payment_ref: str = ""
    ours: str = ""  # what we wrote on it: our refund and its attempt; empty when it was made elsewhere


@dataclass(frozen=True)
class DisputeSeen:
    """A dispute as the provider knows it now, in the words of our own states; `is_taken` where its money is gone
    for good."""

    id: str
    state: str
    amount_minor: int
    reason: str
    payment_ref: str
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
    kind: NoticeKind
    object_id: str  # what has moved, by the provider's id; its refund or dispute is asked about by it
    word: str = ""  # the provider's own for its kind, for the record
    page_ref: str = ""
    payment_ref: str = ""
    order: str = ""
    amount_minor: int | None = None
    currency: str = ""

    @property
    def is_of_a_payment(self) -> bool:
        """Whether it tells how far a payment is."""
        return self.kind is NoticeKind.PAYMENT_MOVED


class Provider(Protocol):
    """Who moves the money. Never called while a transaction is open."""

    mode: str  # what its keys move: a value of Shop.Mode
    methods: tuple[str, ...]  # how one can pay by it, in the words of Payment.Method where they are those
    notice_words: tuple[str, ...]  # the notices that it is to send, in its own words
    least_minor: int  # it takes no smaller payment, in fen
    page_lives: timedelta  # how long a payment that is begun now can be paid

    def key_faults(self) -> list[Words]:
        """What is wrong with its keys, each in a sentence, as far as can be seen without asking it."""
        ...

    def begin(self, attempt: Attempt) -> Begun:
        """Open a payment; asking again for the same attempt opens nothing new."""
        ...

    def look(self, noun: Noun, id: str) -> Seen | None:
        """What the provider knows of it now; None when it knows nothing of it."""
        ...

    def close(self, noun: Noun, id: str) -> PaymentSeen | None:
        """Let a payment be made no more; tells how it stands, for the buyer may have been faster."""
        ...

    def refund(self, attempt: RefundAttempt) -> RefundSeen:
        """Give money back; asking again for the same attempt gives nothing more."""
        ...

    def recent(self, noun: Noun, since: datetime) -> Iterator[Seen]:
        """All payments, refunds or disputes of the provider's that are not older, whoever made them."""
        ...

    def about(self, noun: Noun, payment_ref: str) -> Iterator[Seen]:
        """All refunds or disputes of one payment, at our wish or not."""
        ...


class Listener(Protocol):
    """Who tells a true notice from a forged one."""

    def hear(self, body: bytes, headers: Mapping[str, str]) -> Heard:
        """Verify the raw body by what came with it, before anything of it is read; raises Forged, or OtherMode for a
        true one of the other mode."""
        ...

    def read(self, body: bytes) -> Heard:
        """Read a notice that was verified when it came."""
        ...
