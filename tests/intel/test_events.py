import msgspec

from foedus.eventlog.codec import Codec
from foedus.ids import CollectionId, StixId
from foedus.intel.events import (
    IntelEvent,
    Withdrawn,
    collection_stream,
    lane_stream,
    marking_stream,
)
from tests.intel.world import World, report, thing

HERE = CollectionId("11111111-1111-4111-8111-111111111111")


def test_every_lane_marking_and_collection_has_a_history_of_its_own() -> None:
    streams = {
        collection_stream("a"),
        collection_stream("b"),
        marking_stream(HERE, report(1)),
        lane_stream(HERE, report(1), "POL"),
        lane_stream(HERE, report(1), "FIN"),
        lane_stream(HERE, report(2), "POL"),
    }
    assert len(streams) == 6


def test_an_event_is_written_and_read_back() -> None:
    event = Withdrawn(
        collection=HERE, id=StixId(report(1)), nation="POL", versions=(1, 2)
    )
    kind, body = Codec(IntelEvent).encode(event)
    assert kind == "intel.withdrawn"
    assert msgspec.json.decode(body, type=Withdrawn) == event


async def test_the_object_stands_last_and_byte_for_byte_in_its_event(
    world: World,
) -> None:
    await world.put("POL0", thing(1))
    (served,) = world.walk("POL0")
    (body,) = [
        recorded.body
        for recorded in world.log.read_after(0, 100)
        if report(1) in recorded.stream
    ]
    assert body.endswith(served.raw + b"}")
