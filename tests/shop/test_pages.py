"""Every page with the demo on it: there in both languages, marked as made up, and keeping to the rules."""

from tests.shop import tour


def test_the_tour_leaves_no_page_out_in_either_language(walked):
    everything = {(name, language) for name in tour.named_pages() for language in tour.LANGUAGES}
    assert {(seen.stop.name, seen.language) for seen in walked} == everything


def test_every_page_is_there(walked):
    assert [(s.stop, s.language, s.status) for s in walked if s.status != 200] == []


def test_every_page_says_that_it_is_made_up(walked):
    assert [s.stop for s in walked if "演示数据 / demo data" not in s.words] == []
