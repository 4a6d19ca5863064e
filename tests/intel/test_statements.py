import pytest

from foedus.intel.statements import STATEMENTS
from tests.intel.world import World, viewer

BINDINGS = {
    "collection": 1,
    "readable": b"\x01",
    "after": 0,
    "until": 10,
    "limit": 10,
    "id": "",
    "ids": "[]",
    "numbers": "[]",
    "types": None,
    "spec": None,
    "all": 0,
    "last": 1,
    "first": 0,
    "latest": 0,
    "instants": "[]",
}


@pytest.mark.parametrize("key", list(STATEMENTS), ids=lambda key: key[1])
async def test_no_statement_looks_through_a_whole_table(
    world: World, key: tuple[str, str]
) -> None:
    with world.reading.snapshot() as seen:
        assert seen.access.standing(viewer("POL0").nation)
        plan = seen.db.execute("EXPLAIN QUERY PLAN " + STATEMENTS[key], BINDINGS)
        steps = [str(row[3]) for row in plan]
    assert steps
    scans = [step for step in steps if step.startswith("SCAN")]
    assert all("VIRTUAL TABLE" in step for step in scans), scans


@pytest.mark.parametrize("key", list(STATEMENTS), ids=lambda key: key[1])
def test_every_statement_asks_for_the_readable_reaches(key: tuple[str, str]) -> None:
    statement = STATEMENTS[key]
    assert "substr(:readable, d.reach, 1) = x'01'" in statement
    assert statement.count("JOIN delivery AS f") == statement.count("f.reach, 1)")
