"""One live shop with one small world; after each test everything in it must add up."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.shows.house import House
from tests.shows.script import Script
from tests.shows.visitor import Visitor


@pytest.fixture
def house(opened: House) -> Iterator[House]:
    """The shop; when the test is over, `verify` is clean."""
    opened.another_minute()
    opened.till.refund_mode("succeed")
    yield opened
    opened.till.release()  # should the test have failed while it held them
    opened.verify()


@pytest.fixture
def guest(house: House) -> Script:
    """A guest who knows the API alone."""
    return Script(house)


@pytest.fixture
def visit(house: House, browser: Any) -> Iterator[Callable[..., Visitor]]:
    """A browser of somebody's own, without JavaScript and as narrow as a phone unless said otherwise."""
    contexts = []

    def open_one(language: str = "en", *, width: int = 390, script: bool = False) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 844}, java_script_enabled=script, locale=language
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return Visitor(context.new_page(), house.url, language)

    yield open_one
    for context in contexts:
        context.close()
