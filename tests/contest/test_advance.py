"""Who goes on to the next round."""

from contest.scoring.advance import advancing

DIVISION = {1: "a", 2: "a", 3: "b", 4: "a", 5: "b", 6: "c"}


def test_the_best_go_on():
    assert advancing([3, 1, 2, 5, 4, 6], DIVISION, 3, None) == [3, 1, 2]


def test_a_division_that_has_its_quota_leaves_the_place_to_the_next():
    assert advancing([1, 2, 4, 3, 5, 6], DIVISION, 4, 1) == [1, 3, 6]
    assert advancing([1, 2, 4, 3, 5, 6], DIVISION, 4, 2) == [1, 2, 3, 5]


def test_a_division_of_one_entry_has_no_more_than_that():
    assert advancing([6, 1, 2, 3], DIVISION, 9, 2) == [6, 1, 2, 3]


def test_where_there_are_fewer_than_places_all_go_on():
    assert advancing([2, 1], DIVISION, 6, None) == [2, 1]
