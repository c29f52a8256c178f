"""Two languages, zh-Hans first and en complete; words are chosen when they are told, not when written."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache

from django.utils import translation

LANGUAGES = ("zh", "en")
# In English; Chinese counts them.
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DJANGO = {"zh": "zh-hans", "en": "en"}
# As HTML, HTTP and search engines name them.
_TAGS = {"zh": "zh-Hans", "en": "en"}
_current: ContextVar[str] = ContextVar("language", default="zh")


def current() -> str:
    """The language of whoever is being answered: "zh" or "en"."""
    return _current.get()


def speaks_english() -> bool:
    """Whether whoever is being answered reads English."""
    return _current.get() == "en"


def tag(language: str) -> str:
    """A language by its BCP 47 tag: "zh-Hans" or "en"."""
    return _TAGS[language]


def activate(language: str) -> None:
    """Speak this language from here on, Django's own forms and admin too."""
    assert language in LANGUAGES, language
    _current.set(language)
    translation.activate(_DJANGO[language])


@contextmanager
def use(language: str) -> Iterator[None]:
    """Speak this language inside the block."""
    assert language in LANGUAGES, language
    token = _current.set(language)
    try:
        with translation.override(_DJANGO[language]):
            yield
    finally:
        _current.reset(token)


@dataclass(frozen=True)
class Words:
    """A sentence in both languages with its facts; `str()` tells it in the current one."""

    zh: str
    en: str
    facts: dict = field(default_factory=dict)

    def __str__(self) -> str:
        text = self.zh if current() == "zh" else self.en
        return text.format(**self.facts) if self.facts else text

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __hash__(self) -> int:
        return hash((self.zh, self.en))

    def in_language(self, language: str) -> str:
        """The sentence in that language, whoever is listening."""
        with use(language):
            return str(self)


def say(zh: str, en: str, *, single: str = "", **facts: object) -> Words:
    """Words with facts: `say("只剩 {n} 份", "Only {n} left", n=5)`; `single` is the English where `n` is 1."""
    return Words(zh, single if single and facts["n"] == 1 else en, facts)


def localized(thing: object, name: str) -> str:
    """The bilingual field `name` (name_zh, name_en) in the current language, Chinese where English lacks."""
    return localizer(name)(thing)


@cache
def localizer(name: str) -> Callable[[object], str]:
    """The same as a function of the thing alone, for what is told by the dozen."""
    zh, en = f"{name}_zh", f"{name}_en"

    def tell(thing: object) -> str:
        spoken: str = (_current.get() == "en" and getattr(thing, en)) or getattr(thing, zh)
        return spoken

    return tell


def preferred(header: str) -> str:
    """The language an Accept-Language header asks for, as far as we speak it."""
    best, weight = "zh", -1.0
    for part in header[:200].lower().split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            its = float(quality or 1)
        except ValueError:
            continue
        if tag[:2] in LANGUAGES and its > weight:
            best, weight = tag[:2], its
    return best
