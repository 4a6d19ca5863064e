"""Costs shared for others: who objects to which rule, and what is too much."""

import json

import pytest

from foedus.errors import TooLargeError
from foedus.planning.shared_costs import (
    COALITIONS_MAX,
    TABLE_BYTES_MAX,
    SharedCost,
    share_table,
)

COST = {"A": 6, "B": 10, "C": 10, "AB": 15, "AC": 15, "BC": 10, "ABC": 18}


def of(**game: object) -> SharedCost:
    text = json.dumps({"game": game}).encode()
    (found,) = share_table(text, players_max=100)
    return found


def test_a_group_that_would_leave_is_named_with_what_it_pays_too_much() -> None:
    rules = {each.rule: each for each in of(players="ABC", cost=COST).rules}
    assert rules["proportional"].group == ("B", "C")
    pair = sum(rules["proportional"].amounts[1:])
    assert rules["proportional"].excess == pytest.approx(pair - 10)


def test_every_rule_shares_the_whole_and_stable_ones_have_no_complaint() -> None:
    found = of(players="AB", cost={"A": 6, "B": 4, "AB": 8})
    for each in found.rules:
        assert sum(each.amounts) == pytest.approx(found.total)
        assert each.stable
        assert each.group == ()
    assert found.alone == (6, 4)


def test_a_game_without_a_table_is_shared_too() -> None:
    found = of(needs=[8, 11, 13, 18])
    assert found.rules[0].amounts == pytest.approx((2, 3, 4, 9))
    assert not found.core_empty


def test_players_have_a_number_that_is_tested_from_both_sides() -> None:
    table = json.dumps({"a": {"needs": [1, 2]}, "b": {"needs": [1]}}).encode()
    assert len(share_table(table, players_max=3)) == 2
    with pytest.raises(TooLargeError, match="more than 2 players"):
        share_table(table, players_max=2)


def test_bytes_and_coalitions_have_a_limit() -> None:
    with pytest.raises(TooLargeError, match="bytes"):
        share_table(b" " * (TABLE_BYTES_MAX + 1), players_max=1)
    many = {"players": list(range(17)), "quantities": [1] * 17}
    with pytest.raises(TooLargeError, match=str(COALITIONS_MAX)):
        share_table(json.dumps({"many": many}).encode(), players_max=100)
