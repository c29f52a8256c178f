"""What can have happened in a contest. Events carry ids alone: whoever reacts reads the rest."""

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class SheetsOpened(Event):
    """The committee's sheets of a round were opened, all together."""

    round_id: int


@dataclass(frozen=True)
class ResultPublished(Event):
    """A version of a round's result is out: provisional, or in the place of the one before."""

    result_id: int


@dataclass(frozen=True)
class ResultFinal(Event):
    """A result is final: its objections are answered."""

    result_id: int


@dataclass(frozen=True)
class ObjectionFiled(Event):
    """A team says something against a result."""

    objection_id: int


@dataclass(frozen=True)
class ObjectionAnswered(Event):
    """It was answered, with words."""

    objection_id: int


@dataclass(frozen=True)
class ReExaminationOpened(Event):
    """A frozen figure is looked at once more."""

    reexamination_id: int


@dataclass(frozen=True)
class ImportUploaded(Event):
    """A platform's statement has been sent in and is to be read."""

    batch_id: int


@dataclass(frozen=True)
class ImportApplied(Event):
    """A platform's statement counts from now on."""

    batch_id: int


@dataclass(frozen=True)
class CaseDecided(Event):
    """A case of integrity was decided, or the appeal against that answered: `Case.holds` says what holds."""

    case_id: int


@dataclass(frozen=True)
class GuestInvited(Event):
    """Somebody with a mailbox is invited to a ceremony."""

    guest_id: int


@dataclass(frozen=True)
class RulebookNotFrozen(Event):
    """A day before a round opens its rulebook can still be changed; `opens_at` in ISO 8601."""

    round_id: int
    opens_at: str


@dataclass(frozen=True)
class RoundPutOff(Event):
    """Its opening was put off, since its rulebook was not frozen in time; `opens_at` is the new one."""

    round_id: int
    opens_at: str


@dataclass(frozen=True)
class RegistrationMoved(Event):
    """A team's registration stands in another state now, which is named as it was then."""

    registration_id: int
    state: str


@dataclass(frozen=True)
class AppealAnswered(Event):
    appeal_id: int
