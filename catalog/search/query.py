"""What somebody searched for, parsed: conditions on words that each engine puts in its own terms, so they find the same."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.functional import cached_property

from catalog.search import MOST_CHARACTERS, spelling, synonyms, words

# Before a word that a title ends with, and so is the name of: no word that is asked for begins so.
HEAD = "="


@dataclass(frozen=True)
class Word:
    """This word is among those known of a product."""

    text: str


@dataclass(frozen=True)
class Prefix:
    """A word that begins so is."""

    text: str


@dataclass(frozen=True)
class Every:
    """All of these hold."""

    parts: "tuple[Clause, ...]"


@dataclass(frozen=True)
class Some:
    """One of these holds."""

    parts: "tuple[Clause, ...]"


Clause = Word | Prefix | Every | Some
Runs = tuple[tuple[str, bool], ...]
# What no product holds: of a text without any word, nothing is found.
NOTHING = Word(HEAD)


@dataclass(frozen=True)
class Reading:
    """One way to understand a question: what a product has to hold, and what brings one before another."""

    said: Clause
    literal: Clause  # every run as it was written
    head: Clause  # asked of a title: it is the name of just that
    agreed: (
        Clause | None
    )  # asked of a title: it says so in Chinese and in English; None where one name is known
    title: str  # as titles are kept, to find the very one
    beginning: str  # of a title; whole words of a Latin one
    runs: Runs = ()  # what was looked for
    way: str = (
        "WHOLE"  # how far from what was written: whole words, beginnings, what is spoken alike, one slip
    )
    mended: str = ""  # what was looked for instead of what was written
    typed: Runs = ()  # what was written, where it was mended

    @property
    def is_literal(self) -> bool:
        """No other name is known: what answers holds the very words."""
        return self.said == self.literal


@dataclass(frozen=True)
class SearchQuery:
    """What somebody searched for, and how it may be understood, the surest way first."""

    runs: Runs
    text: str
    as_typed: bool = False  # nothing is guessed at
    is_unfinished: bool = False  # its last word is being written

    @cached_property
    def first(self) -> Reading:
        """Whole words, or other names for the same; of somebody who still writes, beginnings too."""
        return self._begun if self.is_unfinished and self.has_latin else self._whole

    def readings(self) -> Iterator[Reading]:
        """One after the other: where the first finds nothing, the next may."""
        yield self.first
        if not self.runs:
            return
        if self.first is not self._begun and self.has_latin:
            yield self._begun
        if self.as_typed:
            return
        if mended := spelling.mended(self.runs):
            better = parse(mended)
            assert better
            yield replace(better.first, mended=mended, typed=self.runs)
        yield self._sounding
        yield self._nearly

    @property
    def has_latin(self) -> bool:
        """Chinese words have no beginnings: each character is one."""
        return any(not is_han for _, is_han in self.runs)

    @property
    def _title(self) -> str:
        return " ".join(run for run, _ in self.runs)

    @cached_property
    def _whole(self) -> Reading:
        if not self.runs:
            return Reading(NOTHING, NOTHING, NOTHING, None, "", "")
        together = [Word(word) for word in joined(self.runs)]
        literal = _some([_every([as_typed(*run) for run in self.runs]), *together])
        said = _some([_meant(self.runs), *together])
        ends_whole = not self.runs[-1][1]
        beginning = f"{self._title} " if ends_whole else self._title
        return Reading(said, literal, _head(self.runs), _agreed(self.runs), self._title, beginning, self.runs)

    @cached_property
    def _begun(self) -> Reading:
        begun = _every([_meant_begun(*run) for run in self.runs])
        return self._loose(_some([begun, *map(Prefix, joined(self.runs))]), "BEGUN")

    @cached_property
    def _sounding(self) -> Reading:
        """Other characters that are spoken alike."""
        return self._loose(
            _every([_some([_meant_begun(*run), _spoken(*run)]) for run in self.runs]), "SOUNDING"
        )

    @cached_property
    def _nearly(self) -> Reading:
        """One character more, less or other in each Chinese run of three or more: 恩施州, 洪湖的莲藕."""
        said = _every([one_slip(run) if is_han else _meant_begun(run, False) for run, is_han in self.runs])
        return self._loose(said, "NEARLY")

    def _loose(self, said: Clause, way: str) -> Reading:
        return Reading(said, said, _head(self.runs), None, self._title, self._title, self.runs, way)


def parse(text: str, as_typed: bool = False, is_unfinished: bool = False) -> SearchQuery | None:
    """A text as a query; None where nothing is written, and of what holds no word, one that finds nothing."""
    written = text[:MOST_CHARACTERS]
    if not written.strip():
        return None
    return SearchQuery(tuple(words.runs(written))[: words.MOST_RUNS], written, as_typed, is_unfinished)


def joined(runs: Runs) -> list[str]:
    """One word of pinyin written apart, as "xian tao" is."""
    if len(runs) == 1 or any(is_han for _, is_han in runs):
        return []
    return ["".join(run for run, _ in runs)]


def as_typed(run: str, is_han: bool) -> Clause:
    if not is_han:
        return Word(words.singular(run))
    return _some([_every([Word(word) for word in words.cut(run)]), _in_pieces(run)])


def _in_pieces(han: str) -> Clause:
    return _every([Word(piece) for piece in words.pieces(han)])


def _meant(runs: Runs) -> Clause:
    """As written, or by another name of several words together, of a whole run or of one of its words."""
    for size in range(min(len(runs), synonyms.MOST_WORDS), 1, -1):
        for i in range(len(runs) - size + 1):
            among = runs[i : i + size]
            if names := synonyms.of(" ".join(run for run, _ in among)):
                same = _some([_every([_run_meant(*run) for run in among]), *map(as_named, names)])
                around = [_meant(part) for part in (runs[:i], runs[i + size :]) if part]
                return _every([same, *around])
    return _every([_run_meant(*run) for run in runs])


def _run_meant(run: str, is_han: bool) -> Clause:
    written = as_typed(run, is_han)
    if (same := synonyms.of(run)) or not is_han:
        return _some([written, *map(as_named, same)])
    parts = words.cut(run)
    if not any(synonyms.of(part) for part in parts):
        return written
    by_word = _every([_some([Word(part), *map(as_named, synonyms.of(part))]) for part in parts])
    return _some([by_word, _in_pieces(run)])


def _meant_begun(run: str, is_han: bool) -> Clause:
    # One letter is no beginning of a word that anybody means, nor is a number.
    begun = [Prefix(run)] if not is_han and len(run) > 1 and not run.isdigit() else []
    return _some([_run_meant(run, is_han), *begun])


def as_named(name: str) -> Clause:
    """Another name as it stands in texts: its words, no beginnings of words."""
    return _every(
        [_in_pieces(run) if is_han else Word(words.singular(run)) for run, is_han in words.runs(name)]
    )


def _spoken(run: str, is_han: bool) -> Clause:
    # One syllable alone is spoken like too much: 柑 is neither 干 nor 甘.
    if not is_han or len(run) < 2:
        return _meant_begun(run, is_han)
    spoken = "".join(words.syllables(run))
    return _some([Word(spoken), Prefix(spoken)]) if spoken else Word(run)


def one_slip(han: str) -> Clause:
    pieces = words.pieces(han)
    if len(han) < 3:
        return _in_pieces(han)
    # Whichever character is the wrong one, the pieces that do not touch it are right.
    left = [[piece for j, piece in enumerate(pieces) if j not in (i - 1, i)] for i in range(len(han))]
    return _some([_every([Word(piece) for piece in rest]) for rest in left if rest])


def _head(runs: Runs) -> Clause:
    """Of the whole question, of one of its words, or of another name: a title may end with any."""
    whole = " ".join(run for run, _ in runs)
    names = [whole, *synonyms.of(whole)] if len(runs) > 1 else []
    for run, is_han in runs:
        parts = words.cut(run) if is_han and len(run) > 2 else [run]
        names += [run, *synonyms.of(run), parts[-1], *synonyms.of(parts[-1])]
    return _some([Word(HEAD + head) for name in names if (head := synonyms.key(name))])


def _agreed(runs: Runs) -> Clause | None:
    """A name in Chinese and one in English: what has both is that, and not something like it."""
    whole = " ".join(run for run, _ in runs)
    known = [(whole, names)] if len(runs) > 1 and (names := synonyms.of(whole)) else []
    known = known or [(run, names) for run, _ in runs if (names := synonyms.of(run))]
    sides: list[Clause] = []
    for written, names in known:
        chinese = [name for name in (written, *names) if _is_han(name)]
        english = [name for name in (written, *names) if not _is_han(name)]
        if not chinese or not english:
            return None
        sides += [_some([*map(as_named, chinese)]), _some([*map(as_named, english)])]
    return _every(sides) if sides else None


def _is_han(name: str) -> bool:
    return any(is_han for _, is_han in words.runs(name))


def _every(parts: list[Clause]) -> Clause:
    return parts[0] if len(parts) == 1 else Every(tuple(parts))


def _some(parts: list[Clause]) -> Clause:
    once = tuple(dict.fromkeys(parts))
    return once[0] if len(once) == 1 else Some(once)
