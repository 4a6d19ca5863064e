"""Composite indicators and comparisons: what the command line tells, over HTTP."""

import json

import pytest

from foedus.api.comparisons import TABLE_BYTES_MAX
from foedus.planning import tables
from tests.api.world import Clients
from tests.planning.conftest import Vectors, planning_data, vectors
from tests.planning.tables_as_published import (
    fighters,
    printed_ranks,
    technology_index,
)

INDICES = "/api/v1/composite-indices"
COMPARISONS = "/api/v1/comparisons"
RANKINGS = "/api/v1/rankings"
FEW = {
    "criteria": {"x": {"weight": 1}},
    "alternatives": {"A": {"x": 1}, "B": {"x": 2}},
}
INDEX = {
    "indicators": {"x": {}, "y": {}},
    "alternatives": {"A": {"x": 1, "y": 1}, "B": {"x": 2, "y": 3}},
    "draws": 20,
}

__all__ = ["planning_data", "vectors"]


async def test_the_handbooks_countries_rank_as_printed(
    clients: Clients, vectors: Vectors
) -> None:
    found = (await clients.mda.post(INDICES, technology_index(vectors))).json()
    ranks = {each["alternative"]: each["rank"] for each in found["alternatives"]}
    assert ranks == printed_ranks(vectors, "EW")
    assert "no league table" in found["warnings"][0]


async def test_the_textbook_case_of_topsis_is_as_printed(
    clients: Clients, vectors: Vectors
) -> None:
    found = (await clients.pol.post(COMPARISONS, fighters(vectors))).json()
    scores = {each["name"]: each["score"] for each in found["topsis"]}
    assert scores == pytest.approx(
        {"A1": 0.643, "A2": 0.268, "A3": 0.613, "A4": 0.312}, abs=0.001
    )


async def test_three_orders_that_agree_equally_are_all_told(
    clients: Clients, vectors: Vectors
) -> None:
    printed = vectors("tai_oecd_handbook_2008")["five_country"]
    found = (await clients.mda.post(RANKINGS, {"five": printed})).json()["five"]
    assert found["order"]["kemeny"]["score"] == pytest.approx(6.375)
    assert len(found["order"]["kemeny"]["orders"]) == 3


@pytest.mark.parametrize(
    ("path", "table", "key"),
    [
        (INDICES, [], "the table"),
        (INDICES, INDEX | {"alternatives": {"A": 1, "B": 2}}, "alternatives.A"),
        (COMPARISONS, {}, "alternatives"),
        (RANKINGS, {"it": {"x": [1]}}, "it.y"),
        (COMPARISONS, FEW | {"criteria": {"x": {}}}, "criteria.x.weight"),
    ],
)
async def test_what_is_no_table_is_refused_and_the_key_named(
    clients: Clients, path: str, table: object, key: str
) -> None:
    answer = await clients.pol.post(path, table)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(key)


@pytest.mark.parametrize(("path", "table"), [(INDICES, INDEX), (COMPARISONS, FEW)])
async def test_a_table_has_a_size_that_is_tested_from_both_sides(
    clients: Clients, path: str, table: dict
) -> None:
    assert TABLE_BYTES_MAX == tables.TABLE_BYTES_MAX
    text = json.dumps(table).encode().ljust(TABLE_BYTES_MAX)
    assert (await clients.pol.post(path, text)).status_code == 200
    assert (await clients.pol.post(path, text + b" ")).status_code == 413


async def test_more_alternatives_than_are_compared_are_refused(
    clients: Clients,
) -> None:
    for path, table, most in ((INDICES, INDEX, 100), (COMPARISONS, FEW, 50)):
        row = table["alternatives"]["A"]
        many = {f"a{place}": row for place in range(most + 1)}
        answer = await clients.pol.post(path, table | {"alternatives": many})
        assert answer.status_code == 413
        assert answer.json()["detail"].startswith("alternatives: at most")


async def test_nobody_asks_without_a_credential(clients: Clients) -> None:
    for path, table in ((INDICES, INDEX), (COMPARISONS, FEW)):
        assert (await clients.nobody.post(path, table)).status_code == 401
