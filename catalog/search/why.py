"""Why a product was found: which words of a question stand where in what is told of it.

Read from the way in which the question was understood and from the product's words, so it is the same for each engine.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from catalog.models import Product
from catalog.search import query, synonyms, words
from catalog.search.document import Part, parts
from catalog.search.query import Clause, Every, Prefix, Reading, Runs, Some, Word

MOST_REASONS = 50


@dataclass(frozen=True)
class Reason:
    """Of a word that was written: where it stands and as what."""

    word: str
    where: str  # a key of `document.parts`
    how: str  # WRITTEN, SYNONYM, MENDED, PINYIN, INITIALS, BEGINS, SOUNDS, NEARLY
    found: str  # what stands there


def reasons(reading: Reading, product: Product) -> list[Reason]:
    """One reason a word at most, in the order of the question; none of a word that stands in no one place."""
    known = parts(product)
    found = [reason for unit in _units(reading.runs) for reason in _of(unit, reading, known)]
    if not found and (together := query.joined(reading.runs)):
        found = [*_of(Unit(((together[0], False),), ()), reading, known)]
    typed = dict(zip(_texts(reading.runs), _texts(reading.typed), strict=False))
    return [_as_typed(reason, typed) for reason in dict.fromkeys(found)][:MOST_REASONS]


@dataclass(frozen=True)
class Unit:
    """Words that are looked for together, and their other names."""

    runs: Runs
    names: tuple[str, ...]

    @property
    def text(self) -> str:
        """As it was written, but for what makes no difference to search."""
        return " ".join(_texts(self.runs))


def _texts(runs: Runs) -> list[str]:
    return [run for run, _ in runs]


def _as_typed(reason: Reason, typed: Mapping[str, str]) -> Reason:
    """Of a word that was mended, what was written."""
    written = " ".join(typed.get(word, word) for word in reason.word.split(" "))
    return reason if written == reason.word else Reason(written, reason.where, "MENDED", reason.found)


def _units(runs: Runs) -> Iterator[Unit]:
    """As `query` takes them: several words that have another name together, else each alone."""
    for size in range(min(len(runs), synonyms.MOST_WORDS), 1, -1):
        for i in range(len(runs) - size + 1):
            among = runs[i : i + size]
            if names := synonyms.of(" ".join(_texts(among))):
                yield from _units(runs[:i])
                yield Unit(among, names)
                yield from _units(runs[i + size :])
                return
    yield from (Unit((run,), synonyms.of(run[0])) for run in runs)


def _of(unit: Unit, reading: Reading, known: Mapping[str, Part]) -> Iterator[Reason]:
    if reason := _whole(unit, known):
        yield reason
    elif len(unit.runs) > 1:
        yield from (reason for run in unit.runs for reason in _of(Unit((run,), ()), reading, known))
    elif reason := _loose(unit.runs[0], reading, known):
        yield reason
    else:
        run, is_han = unit.runs[0]
        cut = words.cut(run) if is_han else []
        if len(cut) > 1:
            pieces = (Unit(((part, True),), synonyms.of(part)) for part in cut)
            yield from (reason for piece in pieces for reason in _of(piece, reading, known))


def _whole(unit: Unit, known: Mapping[str, Part]) -> Reason | None:
    """As it was written, wherever that is; in pinyin, or by another name, only where it is not."""
    for where, part in known.items():
        if all(_holds(query.as_typed(*run), part.words) for run in unit.runs):
            return Reason(unit.text, where, "WRITTEN", unit.text)
    for where, part in known.items():
        if found := _in_pinyin(unit.text, part, "WHOLE"):
            return Reason(unit.text, where, *found)
    for where, part in known.items():
        for name in unit.names:
            if _holds(query.as_named(name), part.words):
                return Reason(unit.text, where, "SYNONYM", name)
    return None


def _loose(run: tuple[str, bool], reading: Reading, known: Mapping[str, Part]) -> Reason | None:
    """Spoken so, begun so or nearly so, as far as the reading goes."""
    text, is_han = run
    ways = [_sounding, _nearly] if is_han else [_in_pinyin, _begun]
    for way in ways:
        for where, part in known.items():
            if found := way(text, part, reading.way):
                return Reason(text, where, *found)
    return None


def _in_pinyin(text: str, part: Part, way: str) -> tuple[str, str] | None:
    """Chinese that is written in Latin letters, whole or by the first ones."""
    if text not in part.spoken and (way == "WHOLE" or len(text) < 2 or not _starts(text, part.spoken)):
        return None
    for how, letters in (("PINYIN", None), ("INITIALS", 1)):
        if found := _stretch(part, text, letters):
            return how, found
    return None


def _begun(text: str, part: Part, way: str) -> tuple[str, str] | None:
    if way == "WHOLE" or len(text) < 2 or text.isdigit():
        return None
    begun = min((word for word in part.words if word.startswith(text)), default="")
    return ("BEGINS", begun) if begun else None


def _sounding(text: str, part: Part, way: str) -> tuple[str, str] | None:
    spoken = "".join(words.syllables(text))
    if way != "SOUNDING" or len(text) < 2 or not spoken:
        return None
    found = _stretch(part, spoken) if _starts(spoken, part.spoken) else ""
    return ("SOUNDS", found) if found else None


def _nearly(text: str, part: Part, way: str) -> tuple[str, str] | None:
    is_near = way == "NEARLY" and len(text) > 2 and _holds(query.one_slip(text), part.words)
    return ("NEARLY", "") if is_near else None


def _stretch(part: Part, text: str, letters: int | None = None) -> str:
    """The first Chinese characters there that are spoken so, or whose syllables begin so; empty where none are."""
    for run in (run for one in part.texts for run, is_han in words.runs(one) if is_han):
        spoken = [syllable[:letters] for syllable in words.syllables(run)]
        if len(spoken) != len(run):
            continue
        for i in range(len(run)):
            said, j = "", i
            while len(said) < len(text) and j < len(run):
                said, j = said + spoken[j], j + 1
            if said.startswith(text):
                return run[i:j]
    return ""


def _starts(text: str, among: frozenset[str]) -> bool:
    return any(word.startswith(text) for word in among)


def _holds(clause: Clause, known: frozenset[str]) -> bool:
    match clause:
        case Word(text):
            return text in known
        case Prefix(text):
            return _starts(text, known)
        case Every(of):
            return all(_holds(one, known) for one in of)
        case Some(of):
            return any(_holds(one, known) for one in of)
