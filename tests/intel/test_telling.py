"""Telling of changes."""

import orjson

from foedus.intel.following import follow
from foedus.intel.places import BEGINNING, Interest
from foedus.intel.telling import Teller
from tests.intel.world import World, report, thing, viewer


async def told(world: World) -> list[tuple[str, bytes]]:
    with world.reading.snapshot() as seen:
        teller = Teller(seen.access)
        found = follow(seen, viewer("SWE0"), Interest(), BEGINNING, limit=100)
    return [teller.tell(each) for each in found.changes]


async def test_what_comes_is_told_with_its_label_on_one_line(world: World) -> None:
    raw = orjson.dumps(thing(1, "NU // REL TO SWE, FIN"), option=orjson.OPT_INDENT_2)
    await world.post("POL0", raw)
    event, data = (await told(world))[-1]
    assert event == "put"
    assert b"\n" not in data
    found = orjson.loads(data)
    assert found["label"] == "NATO UNCLASSIFIED // REL TO FIN, SWE"
    assert found["kind"] == "intel"
    assert found["object"]["id"] == found["id"] == report(1)
    assert found["date_added"].endswith("Z")


async def test_what_goes_is_told_by_its_name_alone(world: World) -> None:
    await world.put("POL0", thing(1, "NU // PUBLIC", name="secret"))
    world.later(seconds=1)
    await world.withdraw("POL0", report(1), "all")
    events = dict(await told(world))
    assert orjson.loads(events["delete"]).keys() == {
        *("kind", "collection", "id", "type", "version"),
    }
