"""What was asked, as PostgreSQL's tsquery: each run of the words must be found, in one of its spellings."""

from dataclasses import dataclass

from catalog.search import MOST_CHARACTERS, words


@dataclass(frozen=True)
class Asked:
    """The words of a question in the forms in which they are looked for."""

    title: str  # to find the very title
    strict: str  # every run, as words, as pieces or by prefix
    alike: str  # spoken alike: pinyin of what was written with other characters
    pieces: list[str]  # for typing errors: half of these must be found
    latin: list[str]  # for misspelt Latin words


def asked(text: str) -> Asked | None:
    """The question's forms, None where there is no word in it."""
    runs = list(words.runs(text[:MOST_CHARACTERS]))[: words.MOST_RUNS]
    if not runs:
        return None
    han = [run for run, is_han in runs if is_han]
    return Asked(
        title=f"|{words.plain(text).strip()}",
        strict=" & ".join(_strict(run, is_han) for run, is_han in runs),
        alike=" & ".join(_alike(run, is_han) for run, is_han in runs),
        pieces=[piece for run in han for piece in (words.pieces(run) if len(run) > 2 else run)],
        latin=[run for run, is_han in runs if not is_han and len(run) > 2],
    )


def _strict(run: str, is_han: bool) -> str:
    if not is_han:
        return _prefix(run)
    as_words = " & ".join(f"'{word}'" for word in words.cut(run))
    as_pieces = " & ".join(f"'{piece}'" for piece in words.pieces(run))
    return f"(({as_words}) | ({as_pieces}))"


def _alike(run: str, is_han: bool) -> str:
    spoken = "".join(words.syllables(run)) if is_han else run
    return _prefix(spoken) if spoken else f"'{run}'"


def _prefix(run: str) -> str:
    # One letter is no beginning of a word that anybody means.
    return f"('{words.singular(run)}' | '{run}':*)" if len(run) > 1 else f"'{run}'"
