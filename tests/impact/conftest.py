import pytest

from core import clock


@pytest.fixture(autouse=True)
def the_clock_is_asked_anew():
    """A process remembers for a second how far the trade's clock was moved: longer than a test lives."""
    clock.forget()
    yield
    clock.forget()
