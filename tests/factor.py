"""Second factors of tests: people who have given their code, and an authenticator app to give codes of."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from accounts import factor, totp
from accounts.actions import second_factor as factors
from accounts.models import Person


def awake(person: Any) -> Any:
    """The person as she acts once she has given a code, and another just now."""
    person.factor = factor.Factor(totp.now(), totp.now(), True)
    return person


class App:
    """Somebody's authenticator app with her sheet of recovery codes; the wall clock is turned by `tick`."""

    def __init__(self, person: Person):
        self.person, self.secret, self.codes = person, totp.new_secret(), factors._new_codes()
        factors.enrol(person, self.secret, self.codes, int(totp.now()) // totp.STEP - 2)

    def code(self, ahead: int = 0) -> str:
        """What it shows now, or so many steps later."""
        return totp.code_at(self.secret, totp.now() + ahead * totp.STEP)


@contextmanager
def app_clock() -> Iterator[Any]:
    """`with app_clock() as tick: tick(30)`: authenticator apps and sessions' codes go by it."""
    at = [totp.now()]
    with mock.patch.object(totp, "now", lambda: at[0]):
        yield lambda seconds=float(totp.STEP): at.__setitem__(0, at[0] + seconds)
