"""What a change of the alliance, and a commit as a whole, make of deliveries."""

import msgspec
import pytest
from msgspec.structs import replace

from foedus.alliance.events import StatusChanged
from foedus.alliance.statuses import Status
from foedus.errors import NotFoundError
from foedus.eventlog.envelope import Append
from foedus.ids import START, NationCode, StixId, new_event_id
from foedus.intel.events import Published, lane_stream
from foedus.intel.pages import Record
from foedus.releasability.join import encode_label, public
from tests.intel.world import (
    CODEC,
    World,
    moment,
    report,
    thing,
)

PUBLIC = msgspec.Raw(encode_label(public()))


async def test_what_many_gain_at_once_comes_as_it_arrived(world: World) -> None:
    await world.put("FIN0", thing(2, "NU // REL TO NATO+"))
    await world.put("POL0", thing(1, "NU // REL TO NATO+"))
    await world.put("FIN0", thing(2, "NU // REL TO NATO+", version=1))
    await world.change("MDA", Status.MEMBER)
    gained = [(each.id, each.version) for each in versions(world, "MDA0")]
    assert gained == [
        (report(2), moment(0)),
        (report(1), moment(0)),
        (report(2), moment(1)),
    ]


async def test_a_hidden_lane_does_not_sway_the_order_of_a_gain(world: World) -> None:
    await world.put("FIN3", thing(1, "NATO SECRET // REL TO NATO+"))
    await world.put("FIN0", thing(2, "NU // REL TO NATO+"))
    await world.put("POL0", thing(1, "NU // REL TO NATO+"))
    await world.change("MDA", Status.MEMBER)
    assert world.ids("MDA0") == [report(2), report(1)]


async def test_open_terms_widen_anew_and_narrow_at_once(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO NATO+"))
    await world.put("POL0", thing(2, "NU // PUBLIC"))
    (seen,) = versions(world, "MDA0")
    assert seen.id == report(2)
    await world.change("MDA", Status.MEMBER)
    kept, gained = versions(world, "MDA0")
    assert (kept, gained.id) == (seen, report(1))
    assert gained.added_us > kept.added_us
    await world.change("MDA", Status.PARTNER)
    assert versions(world, "MDA0") == [seen]


async def test_what_is_lost_within_its_commit_never_counted(world: World) -> None:
    act = world.act(NationCode("POL"))
    await world.put("POL0", thing(1, "NU // REL TO NATO+"))
    (published,) = [r for r in world.log.read_after(START, 100) if "report" in r.stream]
    opened = world.query("SELECT id FROM collection")[0][0]
    event = CODEC.decode(published)
    assert isinstance(event, Published)
    leaves = StatusChanged(
        nation=NationCode("FIN"), status=Status.NONE, since=world.clock().date()
    )
    requests = [
        (lane_stream(opened, report(2), NationCode("POL")),
         replace(event, id=StixId(report(2)), label=PUBLIC, stamp=None, splice=None)),
        (lane_stream(opened, report(3), NationCode("POL")),
         replace(event, id=StixId(report(3)))),
        ("alliance", leaves),
    ]  # fmt: skip
    await world.log.append_many(
        [
            Append(event_id=new_event_id(0), stream=stream, event=each, who=act.who)
            for stream, each in requests
        ]
    )
    world.projector.catch_up()
    assert world.ids("FIN0") == [report(2)]
    assert world.walk("FIN0")[-1].added_us % 1_000 == 0


async def test_suspension_and_return_write_no_delivery(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO NATO+"), thing(2, "NU // PUBLIC"))
    before, tables = versions(world, "FIN0"), world.dump()
    await world.change("FIN", Status.SUSPENDED)
    with pytest.raises(NotFoundError):
        world.collection("FIN0")
    await world.put(
        "POL0", thing(3, "NU // REL TO NATO+"), thing(4, "NU // REL TO NATO")
    )
    await world.change("FIN", Status.MEMBER)
    after = versions(world, "FIN0")
    assert after[:2] == before
    assert [each.id for each in after[2:]] == [report(3)]
    assert world.dump()["unit"][: len(tables["unit"])] == tables["unit"]
    assert world.dump()["delivery"][: len(tables["delivery"])] == tables["delivery"]


def versions(world: World, name: str) -> list[Record]:
    """Give the reports that a viewer sees, in all versions."""
    return [each for each in world.walk(name) if each.type == "report"]
