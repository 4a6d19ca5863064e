"""Cost shares: what the command line tells, over HTTP."""

import httpx
import pytest

from foedus.planning.shared_costs import COALITIONS_MAX, TABLE_BYTES_MAX
from tests.api.world import Clients

SHARES = "/api/v1/cost-shares"
AIRPORT = {"airport": {"players": ["a", "b", "c", "d"], "needs": [8, 11, 13, 18]}}
TWO = {"players": "AB", "cost": {"A": 6, "B": 4, "AB": 8}}


async def test_the_published_airport_is_shared_as_published(clients: Clients) -> None:
    found = (await clients.pol.post(SHARES, AIRPORT)).json()["airport"]
    assert found["shapley"] == pytest.approx([2, 3, 4, 9])
    assert found["nucleolus"] == pytest.approx([3.25, 3.25, 3.25, 8.25])
    assert sum(found["scrb"]) == pytest.approx(18)
    assert found["core"]["empty"] is False
    assert found["stable"]["shapley"] is True


async def test_several_games_are_shared_each_by_its_name(clients: Clients) -> None:
    found = (await clients.mda.post(SHARES, AIRPORT | {"two": TWO})).json()
    assert list(found) == ["airport", "two"]
    assert found["two"]["shapley"] == pytest.approx([5, 3])


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ([], "no JSON object"),
        ({}, "there is no game"),
        ({"x": {"players": "AB", "cost": {"A": 1}}}, "2 of 3 coalitions have no cost"),
        ({"x": {"players": "AB", "cost": {"A": "1", "B": 1, "AB": 1}}}, "no number"),
    ],
)
async def test_what_is_no_table_is_refused_and_named(
    clients: Clients, table: object, said: str
) -> None:
    answer = await clients.pol.post(SHARES, table)
    assert answer.status_code == 400
    assert said in answer.json()["detail"]


async def test_a_table_has_a_size_that_is_tested_from_both_sides(
    clients: Clients,
) -> None:
    room = TABLE_BYTES_MAX - len('{"two":{"players":"AB","cost":{"A":6,"B":4,"AB":8}},')
    note = "x" * (room - len('"note":""}'))
    fits = await clients.pol.post(SHARES, {"two": TWO, "note": note})
    assert fits.status_code == 200
    over = await clients.pol.post(SHARES, {"two": TWO, "note": note + "x"})
    assert over.status_code == 413


async def test_coalitions_have_a_number_that_is_tested_from_both_sides(
    clients: Clients,
) -> None:
    series = {"first_unit": 100, "learning_rate": 0.9}
    games = [
        {
            "players": [f"P{number}" for number in range(players)],
            "quantities": [1] * players,
            **series,
        }
        for players in (15, 14, 13, 12, 12)
    ]
    assert sum(1 << len(each["players"]) for each in games) == COALITIONS_MAX  # type: ignore[arg-type]
    named = dict(zip("abcde", games, strict=True))
    over = await clients.pol.post(SHARES, {**named, "one": TWO})
    assert over.status_code == 413
    assert "one" in over.json()["detail"]
    few = await clients.pol.post(SHARES, {"e": named["e"], "one": TWO})
    assert few.status_code == 200


async def test_nobody_asks_without_a_credential(clients: Clients) -> None:
    answer: httpx.Response = await clients.nobody.post(SHARES, AIRPORT)
    assert answer.status_code == 401
