"""How long a guest's page may be kept: a minute while nothing changes that it shows, but for what changes without a commit."""

from core.api.facts import LONGEST_SECONDS, facts_of
from core.api.run import documents
from shop.web.document import HERE

# Of the engine, whose index follows later, and of rounds, which open by the clock: kept for a moment.
FOLLOWS_LATER = {"search", "searchSuggestions", "scoreExplained", "scoreCompared", "rankIntervals"}
FOLLOWS_LATER |= {"contest", "contestEntry", "board", "race", "edition"}


def test_a_page_is_kept_for_less_only_for_what_changes_without_a_commit():
    short = set()
    for path in HERE.glob("*/*.graphql"):
        prepared = documents.prepare(path.read_text())
        if prepared.is_public:
            short |= {
                n.name.value for f, n in prepared.fast.roots if facts_of(f).cache_seconds < LONGEST_SECONDS
            }
    assert short == FOLLOWS_LATER
