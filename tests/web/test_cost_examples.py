"""Examples of joint costs: each is what its words say of it."""

import json

from foedus.planning.shared_costs import SharedCost, share_table
from foedus.web.cost_examples import EXAMPLES
from tests.planning.conftest import Vectors, planning_data, vectors

__all__ = ["planning_data", "vectors"]


def shared(key: str) -> SharedCost:
    (table,) = (each.table for each in EXAMPLES if each.key == key)
    (found,) = share_table(table.encode(), players_max=20)
    return found


def test_those_from_the_literature_have_the_numbers_of_the_literature(
    vectors: Vectors,
) -> None:
    published = vectors("cost_games")
    games = {each.key: json.loads(each.table) for each in EXAMPLES}
    dams, published_dams = games["tva"]["Tennessee Valley"], published["tva"]
    assert list(dams["cost"].values()) == list(published_dams["cost"].values())
    assert games["airport"]["Runway"]["needs"] == published["airport"]["needs"]


def test_all_but_the_one_that_says_so_have_a_core() -> None:
    empty = {each.key: shared(each.key).core_empty for each in EXAMPLES}
    assert empty == {
        "tva": False,
        "airport": False,
        "procurement": False,
        "pairs": True,
    }
    assert all(rule.stable for rule in shared("tva").rules)


def test_whoever_buys_few_saves_most_of_what_it_would_pay() -> None:
    found = shared("procurement")
    for rule in found.rules[:3]:
        paid = [
            amount / alone
            for amount, alone in zip(rule.amounts, found.alone, strict=True)
        ]
        assert paid == sorted(paid, reverse=True)
