"""What is judged together is judged as if each request had come alone."""

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from foedus.errors import ForbiddenError, NotFoundError, UnavailableError
from foedus.eventlog.envelope import Append
from foedus.eventlog.log import EventLog, Outcome
from foedus.ids import StixId
from foedus.intel import gathering
from foedus.intel.commands import publish
from foedus.intel.gathering import Gathering
from foedus.intel.judging import PLAINLY, Manner, Request
from foedus.intel.reading import IntelReading
from foedus.intel.redacting import redact
from foedus.releasability.viewers import Role
from foedus.stix.markings import make_hub_definition
from tests.intel.world import World, dump, report, thing, viewer

RESTRICTED = "NATO RESTRICTED // REL TO NATO"
OPEN, CLOSED = "NU // REL TO NATO+", "NU // REL TO POL, FIN"
STORED = ("stored", "")


async def post(
    world: World, name: str, *objects: dict[str, Any] | bytes, to: str = "c"
) -> list[tuple[str, str]]:
    """Publish as a client does; gives outcomes and reasons."""
    who = viewer(name)
    raws = [each if isinstance(each, bytes) else dump(each) for each in objects]
    outcomes = await publish(world.desk, who, world.act(who.nation), to, raws)
    return [(each.outcome, each.reason) for each in outcomes]


async def at_once(
    world: World, name: str, posts: Sequence[Sequence[dict[str, Any] | bytes]]
) -> list[list[tuple[str, str]]]:
    """Publish several requests at the same moment, and let the views follow."""
    done = await asyncio.gather(*(post(world, name, *each) for each in posts))
    world.projector.catch_up()
    return done


class Counting(IntelReading):
    """Counts the looks at the views that other threads take."""

    def __init__(self, world: World) -> None:
        super().__init__(world.folder / "views.db", world.folder / "log.db")
        self.looks = 0
        self._loop = threading.get_ident()

    def snapshot(self) -> Any:  # noqa: ANN401 - as it is
        self.looks += threading.get_ident() != self._loop
        return super().snapshot()


async def test_what_comes_while_others_are_judged_shares_a_look(world: World) -> None:
    reading, gathered = Counting(world), Gathering()
    requests = [request(world, "POL0") for _ in range(30)]

    done = await asyncio.gather(
        *(
            gathered.judge(reading, each, [dump(thing(number))])
            for number, each in enumerate(requests)
        )
    )

    assert [judged.objects[0].id for _, judged in done] == [
        report(number) for number in range(30)
    ]
    assert reading.looks <= 2


@pytest.mark.parametrize("extra", [0, 1])
async def test_so_many_requests_are_judged_together_and_no_more(
    world: World, extra: int
) -> None:
    reading, gathered = Counting(world), Gathering()
    count = gathering.TOGETHER_MAX + extra

    await asyncio.gather(
        *(
            gathered.judge(reading, request(world, "POL0"), [dump(thing(number))])
            for number in range(count)
        )
    )

    assert reading.looks == 1 + extra


def sized(length: int) -> dict[str, Any]:
    """Give a thing of so many bytes."""
    bare = thing(1, description="")
    return {**bare, "description": "x" * (length - len(dump(bare)))}


@pytest.mark.parametrize(
    ("objects", "looks"),
    [
        ([thing(n) for n in range(gathering.OBJECTS_MAX)], 1),
        ([thing(n) for n in range(gathering.OBJECTS_MAX + 1)], 2),
        ([sized(gathering.BYTES_MAX)], 1),
        ([sized(gathering.BYTES_MAX + 1)], 2),
    ],
)
async def test_a_long_request_goes_by_itself(
    world: World, objects: list[dict[str, Any]], looks: int
) -> None:
    reading, gathered = Counting(world), Gathering()

    await asyncio.gather(
        gathered.judge(reading, request(world, "POL0"), [dump(thing(99))]),
        gathered.judge(reading, request(world, "POL0"), list(map(dump, objects))),
    )

    assert reading.looks == looks


async def test_a_manner_of_its_own_is_kept_apart(world: World) -> None:
    await world.put("POL0", thing(1))
    replacing = request(world, "POL0", manner=Manner(replaces=True))
    gathered = Gathering()

    (_, replaced), (_, plain) = await asyncio.gather(
        gathered.judge(world.reading, replacing, [dump(thing(1, version=1))]),
        gathered.judge(
            world.reading, request(world, "POL0"), [dump(thing(1, version=2))]
        ),
    )

    assert replaced.appends[0].event.replaces  # type: ignore[attr-defined]
    assert not plain.appends[0].event.replaces  # type: ignore[attr-defined]


async def test_each_learns_what_became_of_its_own_objects(world: World) -> None:
    posts: list[list[dict[str, Any] | bytes]] = [
        [thing(number)] for number in range(20)
    ]
    posts[3] = [b'{"type": "nonsense"}']
    posts[7] = [thing(7), thing(107)]

    done = await at_once(world, "POL0", posts)

    assert [outcome for outcome, _ in done[3]] == ["refused"]
    assert done[7] == [STORED, STORED]
    del done[3]
    assert {outcome for each in done for outcome, _ in each} == {"stored"}


async def test_the_definition_that_one_request_brings_is_no_others(
    world: World,
) -> None:
    """Who does not send the definition is refused, whoever sends it beside."""
    loose = {
        **thing(1),
        "object_marking_refs": ["marking-definition--" + report(7)[8:]],
    }
    definition = {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": loose["object_marking_refs"][0],
        "created": "2026-01-01T00:00:00.000Z",
        "definition_type": "statement",
        "definition": {"statement": "Copyright 2026"},
    }

    with_it, without = await at_once(
        world, "POL0", [[definition, loose], [{**loose, "id": report(2)}]]
    )

    assert [outcome for outcome, _ in with_it] == ["stored", "stored"]
    assert "not known here" in without[0][1]


async def test_two_that_publish_one_version_at_once_publish_it_once(
    world: World,
) -> None:
    done = await at_once(world, "POL0", [[thing(1)], [thing(1)], [thing(1, name="x")]])

    assert [outcome for each in done for outcome, _ in each].count("stored") == 1
    assert len(world.walk("POL0")) == 1


async def test_labels_are_joined_as_if_each_had_come_alone(world: World) -> None:
    await world.put("POL0", thing(1, CLOSED), thing(2, OPEN))
    posts = [[thing(10 + n, OPEN, refs=[report(1 + n % 2)])] for n in range(10)]
    markings = [make_hub_definition(OPEN)]

    done = await at_once(world, "POL0", [[*markings, *each] for each in posts])

    assert {outcome for each in done for outcome, _ in each} == {"stored", "duplicate"}
    seen = set(world.ids("SWE0"))
    assert seen == {report(2), *(report(10 + n) for n in range(1, 10, 2))}


async def test_a_definition_is_written_once_however_many_need_it(
    world: World,
) -> None:
    await world.open("stamped", default_label=CLOSED)
    for number in range(3):
        await world.put("POL0", thing(number), to="stamped")

    ((count,),) = world.query(
        "SELECT count(*) FROM version WHERE type = 'marking-definition'"
    )
    assert count == 1
    assert world.desk.gathering.defined


async def test_more_markings_than_are_noted_are_forgotten(world: World) -> None:
    await world.open("stamped", default_label=CLOSED)
    await world.put("POL0", thing(1), to="stamped")
    gathered = world.desk.gathering
    (known,) = gathered.defined
    most = gathering.DEFINED_MAX
    many = [(known[0], StixId(f"marking-definition--{n}")) for n in range(most)]

    gathered.note_defined(many[1:])
    assert known in gathered.defined
    gathered.note_defined(many[:1])
    assert known not in gathered.defined

    await world.put("POL0", thing(2), to="stamped")
    assert len(world.walk("FIN0", alias="stamped")) == 3


async def test_who_may_not_write_is_told_so_and_nobody_else(world: World) -> None:
    await world.open("ours", read="PUBLIC", write="POL")
    await world.open("theirs", read="POL", write="POL")
    mine, no_write, no_read = await asyncio.gather(
        post(world, "POL0", thing(1), to="ours"),
        post(world, "FIN0", thing(2), to="ours"),
        post(world, "FIN0", thing(3), to="theirs"),
        return_exceptions=True,
    )
    assert mine == [STORED]
    assert isinstance(no_write, ForbiddenError)
    assert isinstance(no_read, NotFoundError)


async def test_a_request_that_fails_fails_alone(world: World) -> None:
    """One has to be compared with what was redacted a moment ago."""
    await world.put("POL0", thing(2))
    ((position,),) = world.query("SELECT position FROM version WHERE type = 'report'")
    body = viewer("NATO0", Role.OPERATOR)
    await redact(world.desk, body, world.act(body.nation), position, "a spill")

    one, gone, other = await asyncio.gather(
        post(world, "POL0", thing(1)),
        post(world, "POL0", thing(2)),
        post(world, "POL0", thing(3)),
        return_exceptions=True,
    )

    assert one == other == [STORED]
    assert isinstance(gone, UnavailableError)


async def test_accounts_of_one_nation_are_judged_apart(world: World) -> None:
    marking = make_hub_definition(RESTRICTED)

    cleared, other = await asyncio.gather(
        post(world, "POL1", marking, thing(1, RESTRICTED)),
        post(world, "POL0", marking, thing(2, RESTRICTED)),
    )

    assert cleared[1] == STORED
    assert other[1][0] == "refused"


async def test_collections_are_judged_apart(world: World) -> None:
    await world.open("ours", read="POL", write="POL")

    await asyncio.gather(
        post(world, "POL0", thing(1)), post(world, "POL0", thing(2), to="ours")
    )
    world.projector.catch_up()

    assert world.ids("FIN0") == [report(1)]


class Refusing:
    """A log that takes nothing, and has everything else of another."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    async def append_many(self, requests: Sequence[Append]) -> list[Outcome]:
        return [UnavailableError("full") for _ in requests]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - of the other
        return getattr(self._log, name)


async def test_a_definition_that_was_not_written_is_not_known(world: World) -> None:
    await world.open("stamped", default_label=CLOSED)
    refusing = msgspec.structs.replace(world.desk, log=Refusing(world.log))
    who = viewer("POL0")

    with pytest.raises(UnavailableError):
        await publish(refusing, who, world.act(who.nation), "stamped", [dump(thing(1))])

    assert refusing.gathering is world.desk.gathering
    await world.put("POL0", thing(2), to="stamped")
    assert len(world.walk("FIN0", alias="stamped")) == 2


async def test_who_waits_is_answered_when_the_loop_ends(world: World) -> None:
    gathered = Gathering()
    waiting = [
        asyncio.create_task(
            gathered.judge(world.reading, request(world, "POL0"), [dump(thing(each))])
        )
        for each in range(3)
    ]
    await asyncio.sleep(0)

    # The one that judges; at this point it has not begun.
    (judging,) = {*asyncio.all_tasks()} - {*waiting, asyncio.current_task()}
    judging.cancel()
    done = await asyncio.gather(*waiting, return_exceptions=True)

    assert {type(each) for each in done} == {UnavailableError}
    _, judged = await gathered.judge(
        world.reading, request(world, "POL0"), [dump(thing(9))]
    )
    assert judged.appends


async def test_who_goes_away_harms_nobody(world: World) -> None:
    gathered = Gathering()
    tasks = [
        asyncio.create_task(
            gathered.judge(world.reading, request(world, "POL0"), [dump(thing(number))])
        )
        for number in range(5)
    ]
    await asyncio.sleep(0)
    tasks[0].cancel()
    tasks[3].cancel()
    done = await asyncio.gather(*tasks, return_exceptions=True)

    assert [isinstance(each, asyncio.CancelledError) for each in done] == [
        True,
        False,
        False,
        True,
        False,
    ]
    _, judged = await gathered.judge(
        world.reading, request(world, "POL0"), [dump(thing(9))]
    )
    assert judged.appends


def request(
    world: World, name: str, *, collection: str = "c", manner: Manner = PLAINLY
) -> Request:
    who = viewer(name)
    act = world.act(who.nation)
    return Request(viewer=who, act=act, collection=collection, manner=manner)
