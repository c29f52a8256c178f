"""What somebody searched for, parsed: conditions on words that each engine puts in its own terms, so they find the same."""

from dataclasses import dataclass

from catalog.search import MOST_CHARACTERS, spelling, synonyms, words


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


@dataclass(frozen=True)
class SearchQuery:
    """What somebody searched for, in the forms in which it is looked for, one after the other."""

    title: str  # as titles are kept, to find the very one
    literal: Clause  # every run as it was written; what is written in Latin letters, as it is meant
    strict: Clause  # or as another word for the same
    alike: Clause  # any word unfinished, or other characters that are spoken alike
    runs: tuple[tuple[str, bool], ...]

    def nearly(self) -> Clause:
        """One slip in each run that has one: a character of three or more, a letter or two of a Latin word."""
        latin = spelling.meant([run for run, is_han in self.runs if not is_han])
        parts = [_one_slip(run) if is_han else _as_meant(run, latin[run]) for run, is_han in self.runs]
        return Every(tuple(parts))


def parse(text: str) -> SearchQuery | None:
    """A text as a query; None where there is no word in it."""
    runs = tuple(words.runs(text[:MOST_CHARACTERS]))[: words.MOST_RUNS]
    if not runs:
        return None
    # One word alone may be unfinished. Several are whole: only where nothing answers so, each may be the beginning of a
    # word. Of 50,000 products half have a word that begins with "county", and all of them would be gathered.
    is_one = len(runs) == 1
    names = [] if is_one else [_plain(name) for name in synonyms.of(text[:MOST_CHARACTERS])]
    joined = _joined(runs)
    typed = _every([_han(run) if is_han else _meant(run, False, is_one) for run, is_han in runs])
    return SearchQuery(
        title=words.normalized(text),
        literal=_some([typed, *joined]),
        strict=_some([_every([_meant(*run, is_one) for run in runs]), *names, *joined]),
        alike=_every([_some([_meant(*run, True), _spoken(*run)]) for run in runs]),
        runs=runs,
    )


def _joined(runs: tuple[tuple[str, bool], ...]) -> list[Clause]:
    """One word of pinyin written apart, as "xian tao" is."""
    if len(runs) == 1 or any(is_han for _, is_han in runs):
        return []
    return [Prefix("".join(run for run, _ in runs))]


def _han(run: str) -> Clause:
    return _some([_every([Word(word) for word in words.cut(run)]), _in_pieces(run)])


def _latin(run: str, may_begin: bool = True) -> Clause:
    word = Word(words.singular(run))
    # One letter is no beginning of a word that anybody means.
    return Some((word, Prefix(run))) if may_begin and len(run) > 1 else word


def _in_pieces(han: str) -> Clause:
    return _every([Word(piece) for piece in words.pieces(han)])


def _meant(run: str, is_han: bool, may_begin: bool) -> Clause:
    """As written, or by another name of the whole run or of one of its words."""
    written = _han(run) if is_han else _latin(run, may_begin)
    if (same := synonyms.of(run)) or not is_han:
        return _some([written, *(_plain(name) for name in same)])
    parts = words.cut(run)
    if not any(synonyms.of(part) for part in parts):
        return written
    by_word = _every([_some([Word(part), *(_plain(name) for name in synonyms.of(part))]) for part in parts])
    return _some([by_word, _in_pieces(run)])


def _plain(name: str) -> Clause:
    """Another name as it stands in texts: its words, no beginnings of words."""
    return _every(
        [_in_pieces(run) if is_han else Word(words.singular(run)) for run, is_han in words.runs(name)]
    )


def _spoken(run: str, is_han: bool) -> Clause:
    spoken = "".join(words.syllables(run)) if is_han else run
    return _latin(spoken) if spoken else Word(run)


def _one_slip(han: str) -> Clause:
    pieces = words.pieces(han)
    if len(han) < 3:
        return _in_pieces(han)
    # Whichever character is the wrong one, the pieces that do not touch it are right.
    left = [[piece for j, piece in enumerate(pieces) if j not in (i - 1, i)] for i in range(len(han))]
    return _some([_every([Word(piece) for piece in rest]) for rest in left if rest])


def _as_meant(run: str, known: list[str]) -> Clause:
    return _some([_latin(word) for word in (run, *known)])


def _every(parts: list[Clause]) -> Clause:
    return parts[0] if len(parts) == 1 else Every(tuple(parts))


def _some(parts: list[Clause]) -> Clause:
    once = tuple(dict.fromkeys(parts))
    return once[0] if len(once) == 1 else Some(once)
