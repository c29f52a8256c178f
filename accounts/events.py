"""What can have happened to people and organisations."""

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class PersonJoined(Event):
    person_id: int


@dataclass(frozen=True)
class QuestionLeft(Event):
    """Its forty-eight hours are over, and nobody has answered."""

    question_id: int


@dataclass(frozen=True)
class QuestionRaised(Event):
    """For the first time, or once more by a follow-up."""

    question_id: int


@dataclass(frozen=True)
class QuestionAnswered(Event):
    answer_id: int


@dataclass(frozen=True)
class MailboxConfirmed(Event):
    """She has shown that her account's mailbox is hers: the first, or another that she has moved to."""

    person_id: int


@dataclass(frozen=True)
class WayProved(Event):
    """She has shown that a number is hers, or signed in by WeChat for the first time."""

    person_id: int


@dataclass(frozen=True)
class NumberLost(Event):
    """Somebody else reads a number by now that had opened an account: the way that was ended."""

    way_id: int


@dataclass(frozen=True)
class AccountsMerged(Event):
    """One account of hers has gone into the other."""

    lasting_id: int
    gone_id: int


@dataclass(frozen=True)
class TextCodeRequested(Event):
    code_id: int


@dataclass(frozen=True)
class PasswordResetRequested(Event, formerly="PasswordResetAsked"):
    person_id: int


@dataclass(frozen=True)
class EmailChangeRequested(Event, formerly="EmailChangeAsked"):
    """The new address is in a signed token that the mail carries; it is not kept."""

    person_id: int
    sealed_token: str


@dataclass(frozen=True)
class OrganisationVerified(Event):
    organisation_id: int


@dataclass(frozen=True)
class CoordinatorNamed(Event):
    """An operator has named who coordinates an organisation from now on."""

    membership_id: int


@dataclass(frozen=True)
class Appointed(Event):
    appointment_id: int


@dataclass(frozen=True)
class RoleOffered(Event):
    """Somebody is invited to a role; the link is made when the letter is written."""

    invitation_id: int


@dataclass(frozen=True)
class AppointmentEnded(Event):
    """Before its time, or before it began."""

    appointment_id: int


@dataclass(frozen=True)
class SignUpRepeated(Event):
    """Somebody signed up with an address that has an account; only its owner is told."""

    person_id: int


@dataclass(frozen=True)
class SecondFactorChanged(Event):
    """`what`: "set_up", "ended" by herself, "ended_by_us", or "recovery_code" for one that was used."""

    person_id: int
    what: str


@dataclass(frozen=True)
class DeviceCodeRequested(Event):
    """Somebody at a new device wants the code that goes to her mailbox; it is made when it is sent."""

    person_id: int
