"""What can have happened to people and organisations."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PersonJoined:
    person_id: int


@dataclass(frozen=True)
class MailboxConfirmed:
    """She has shown that her account's mailbox is hers: the first, or another that she has moved to."""

    person_id: int


@dataclass(frozen=True)
class PasswordResetAsked:
    person_id: int


@dataclass(frozen=True)
class EmailChangeAsked:
    """The new address is in a signed token that the mail carries; it is not kept."""

    person_id: int
    sealed_token: str


@dataclass(frozen=True)
class OrganisationProposed:
    organisation_id: int


@dataclass(frozen=True)
class OrganisationVerified:
    organisation_id: int


@dataclass(frozen=True)
class CoordinatorNamed:
    """An operator has named who coordinates an organisation from now on."""

    membership_id: int


@dataclass(frozen=True)
class SignUpRepeated:
    """Somebody signed up with an address that has an account; only its owner is told."""

    person_id: int
