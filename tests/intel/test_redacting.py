"""Redacting intelligence: the bytes go, and nobody else's numbers move."""

from pathlib import Path

import pytest

from foedus.alliance.statuses import Status
from foedus.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.ids import START, NationCode, Position
from foedus.intel.events import Published
from foedus.intel.redacting import REASON_LENGTH_MAX, Held, find, redact
from foedus.intel.tearing import tear_line
from foedus.releasability.viewers import Role
from foedus.stix.markings import TLP_2
from tests.intel.world import CODEC, World, moment, report, thing, viewer

SPILLED = "Fernweh-77"
CLOSED = "NATO RESTRICTED // REL TO POL, FIN"
BODY = "NATO0"
RED = str(TLP_2["RED"])


def position_of(world: World, number: int, version: int = 0) -> int:
    """Give where a version of a report stands."""
    return next(
        each.position
        for each in held(world, number)
        if (each.id, each.version) == (report(number), moment(version))
    )


def held(world: World, number: int, name: str = BODY, *roles: Role) -> list[Held]:
    who = viewer(name, *(roles or (Role.OPERATOR,)))
    with world.reading.snapshot() as seen:
        return find(seen, who, report(number))


async def erase(
    world: World,
    position: int,
    name: str = BODY,
    *roles: Role,
    reason: str = "a spill",
) -> Position:
    """Redact, and wait until it can be read."""
    who = viewer(name, *(roles or (Role.OPERATOR,)))
    redaction = await redact(world.desk, who, world.act(who.nation), position, reason)
    world.fold(redaction)
    return redaction


def dates(world: World, name: str) -> list[tuple[str, str, int]]:
    """Tell what a viewer sees, with its dates."""
    return [(each.id, each.version, each.added_us) for each in world.walk(name)]


def bytes_on_disk(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


async def torn(world: World) -> None:
    """Publish a report with a marked property, and its tear line."""
    part = {"marking_ref": RED, "selectors": ["description"]}
    await world.put("POL1", thing(1, description=SPILLED, granular_markings=[part]))
    who = viewer("POL1")
    await tear_line(world.desk, who, world.act(who.nation), report(1))
    world.projector.catch_up()


async def history(world: World) -> None:
    """Live through a little of everything, with something secret in the middle."""
    await world.put("POL0", thing(1), thing(2, name=SPILLED), thing(3))
    await world.put("POL0", thing(1, version=1, name=SPILLED))
    await world.put("FIN0", thing(2, name="from elsewhere"))
    await world.put("POL1", thing(4, CLOSED, name=SPILLED), thing(5, CLOSED))
    await world.withdraw("POL0", report(3))
    await world.change("SWE", Status.SUSPENDED)
    await world.put("POL0", thing(1, version=2), thing(6, refs=[report(2)]))


async def test_nobody_sees_what_was_redacted_and_all_else_stays_where_it_was(
    world: World,
) -> None:
    await history(world)
    before = dates(world, "POL1")

    await erase(world, position_of(world, 4))

    gone = [each for each in before if each[0] == report(4)]
    assert len(gone) == 1
    assert dates(world, "POL1") == [each for each in before if each not in gone]


@pytest.mark.parametrize("number", [1, 2, 4])
async def test_views_are_the_same_whether_a_redaction_was_met_or_rebuilt(
    world: World, number: int
) -> None:
    await history(world)
    await erase(world, position_of(world, number, version=1 if number == 1 else 0))
    await world.put("POL0", thing(7), thing(8, version=9))
    met = world.dump()

    world.projector.rebuild()

    assert world.dump() == met


async def test_views_are_the_same_after_many_redactions(world: World) -> None:
    await history(world)
    for each in [*held(world, 1), *held(world, 2), *held(world, 3)]:
        await erase(world, each.position)
    await world.put("POL0", thing(1, version=3))
    met = world.dump()

    world.projector.rebuild()

    assert world.dump() == met
    assert world.ids("FIN0") == [report(6), report(1)]


async def test_what_was_made_of_a_redacted_version_is_seen_by_nobody_either(
    world: World,
) -> None:
    await torn(world)
    await world.put("POL1", thing(2, name=SPILLED), thing(2, version=1, revoked=True))
    lines = world.ids("FIN1")
    assert len(lines) > 1

    await erase(world, position_of(world, 1))
    await erase(world, position_of(world, 2, version=1))

    assert world.ids("FIN1", "all") == [report(2)]
    met = world.dump()
    world.projector.rebuild()
    assert world.dump() == met


async def test_the_bytes_are_in_no_file(world: World) -> None:
    long = " ".join(f"{SPILLED}.{n}" for n in range(20_000))
    await world.put("POL0", thing(1, name=SPILLED), thing(2, name=long))
    assert SPILLED.encode() in bytes_on_disk(world.folder)

    for number in (1, 2):
        await erase(world, position_of(world, number))

    assert SPILLED.encode() not in bytes_on_disk(world.folder)
    assert world.log.verify() == world.log.head()


async def test_what_is_left_tells_nothing_of_the_content(world: World) -> None:
    await world.put("POL0", thing(1))
    await world.put("POL1", thing(2, CLOSED, name=SPILLED, refs=[report(1)]))
    position = position_of(world, 2)
    (before,) = [e for e in world.log.read_after(START, 99) if e.position == position]

    await erase(world, position)

    (after,) = [e for e in world.log.read_after(START, 99) if e.position == position]
    was, left = CODEC.decode(before), CODEC.decode(after)
    assert isinstance(was, Published)
    assert isinstance(left, Published)
    assert (left.id, left.version, left.label) == (was.id, was.version, was.label)
    assert after.residue is not None
    assert SPILLED.encode() not in after.residue
    assert report(1).encode() not in after.residue


async def test_an_older_version_is_seen_again_when_the_newest_is_redacted(
    world: World,
) -> None:
    await world.put("POL0", thing(1))
    await world.put("POL0", thing(1, version=1, name=SPILLED))

    await erase(world, position_of(world, 1, version=1))

    assert [each.version for each in world.walk("FIN0")] == [moment(0)]


async def test_a_version_may_be_published_anew_after_its_redaction(
    world: World,
) -> None:
    await world.put("POL0", thing(1, name=SPILLED))
    await erase(world, position_of(world, 1))

    await world.put("POL0", thing(1))

    assert [b"Report 1" in each.raw for each in world.walk("FIN0")] == [True]


@pytest.mark.parametrize(
    ("name", "role"),
    [
        (BODY, Role.OPERATOR),
        (BODY, Role.SECRETARIAT),
        ("POL0", Role.PUBLISHER),
        ("POL0", Role.DUTY_OFFICER),
        ("POL0", Role.DELEGATE),
        ("POL0", Role.SECRETARIAT),
    ],
)
async def test_the_body_and_the_nation_itself_redact(
    world: World, name: str, role: Role
) -> None:
    await world.put("POL0", thing(1))

    await erase(world, position_of(world, 1), name, role)

    assert world.ids("FIN0") == []


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("FIN0", Role.PUBLISHER),
        ("FIN0", Role.OPERATOR),
        ("POL0", Role.READER),
        ("POL0", Role.OPERATOR),
        (BODY, Role.PUBLISHER),
        (BODY, Role.AUDITOR),
    ],
)
async def test_nobody_else_does(world: World, name: str, role: Role) -> None:
    await world.put("POL0", thing(1))

    with pytest.raises(ForbiddenError):
        await erase(world, position_of(world, 1), name, role)

    assert held(world, 1, name, role) == []
    assert world.ids("FIN0") == [report(1)]


async def test_a_nation_without_standing_redacts_nothing(world: World) -> None:
    await world.put("POL0", thing(1))
    position = position_of(world, 1)
    await world.change("POL", Status.SUSPENDED)

    with pytest.raises(ForbiddenError):
        await erase(world, position, "POL0", Role.PUBLISHER)
    await erase(world, position, BODY, Role.SECRETARIAT)


async def test_only_published_intelligence_is_redacted(world: World) -> None:
    with pytest.raises(RuleViolationError, match=r"alliance\.founded"):
        await erase(world, 1)


async def test_an_entry_is_redacted_once(world: World) -> None:
    await world.put("POL0", thing(1))
    position = position_of(world, 1)
    await erase(world, position)

    with pytest.raises(ConflictError, match="already"):
        await erase(world, position)


@pytest.mark.parametrize("position", [0, -1, 10_000, 2**70])
async def test_a_position_that_is_not_there_is_not_found(
    world: World, position: int
) -> None:
    with pytest.raises(NotFoundError):
        await erase(world, position)


@pytest.mark.parametrize("reason", ["", "  ", "x" * (REASON_LENGTH_MAX + 1)])
async def test_a_redaction_says_why_in_a_few_words(world: World, reason: str) -> None:
    await world.put("POL0", thing(1))

    with pytest.raises(InvalidInputError):
        await erase(world, position_of(world, 1), reason=reason)


async def test_every_entry_that_holds_an_object_is_found(world: World) -> None:
    await world.open("d", default_label="NATO UNCLASSIFIED // PUBLIC")
    await world.put("POL0", thing(1), thing(2))
    await world.put("FIN0", thing(1), to="d")
    await world.put("POL0", thing(1, version=1))
    await world.withdraw("POL0", report(1), "first")
    await erase(world, position_of(world, 1, version=1))

    found = held(world, 1)

    told = [(e.nation, e.collection, e.version, e.withdrawn, e.redacted) for e in found]
    assert told == [
        ("POL", "c", moment(0), True, False),
        ("FIN", "d", moment(0), False, False),
        ("POL", "c", moment(1), True, True),
    ]
    assert [each.position for each in found] == sorted(e.position for e in found)
    assert {each.id for each in found} == {report(1)}


async def test_a_nation_finds_what_it_may_redact(world: World) -> None:
    await world.put("POL0", thing(1))
    await world.put("FIN0", thing(1))

    found = held(world, 1, "FIN0", Role.DUTY_OFFICER)

    assert [each.nation for each in found] == [NationCode("FIN")]


async def test_tear_lines_of_an_object_are_found_with_it(world: World) -> None:
    await torn(world)

    found = held(world, 1)

    kinds = [each.id.partition("--")[0] for each in found]
    assert kinds == ["report", "report", "relationship"]


def test_nothing_is_found_of_what_is_not_there(world: World) -> None:
    assert held(world, 1) == []
