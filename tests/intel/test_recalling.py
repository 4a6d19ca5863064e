"""Recalling an object, and confirming that it has been removed."""

import pytest

from foedus.alliance.statuses import Status
from foedus.errors import (
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.intel import recalls
from foedus.intel.recalling import REASON_LENGTH_MAX, Recalling, recall
from foedus.intel.recalls import Line
from foedus.intel.tearing import tear_line
from foedus.releasability.viewers import Role
from tests.intel.world import World, address, marking, moment, report, thing, viewer

THREE = "NATO UNCLASSIFIED // REL TO FIN, NOR, POL"
SECRET = "NATO CONFIDENTIAL // REL TO NOR, POL"  # noqa: S105 - a label
WITH_BODY = "NATO UNCLASSIFIED // REL TO FIN, NATO, POL"


def ledger(world: World, name: str, thing_: str, *roles: Role) -> list[Line]:
    """Give what a viewer is shown of the only recall of a thing."""
    who = viewer(name, *roles)
    with world.reading.snapshot() as seen:
        (found,) = recalls.named(seen, who, thing_)
        return recalls.ledger(seen, who, found)


def known(world: World, name: str, *roles: Role) -> list[str]:
    """List the objects of the recalls that a viewer may know of."""
    with world.reading.snapshot() as seen:
        return [each.id for each in recalls.recalls(seen, viewer(name, *roles))]


async def test_every_version_goes_from_every_collection(world: World) -> None:
    await world.open("d", default_label="NATO UNCLASSIFIED // PUBLIC")
    await world.put("POL0", thing(1), thing(1, version=1))
    await world.put("POL0", thing(1, version=1), to="d")

    made = await world.recall("POL0", report(1))

    assert made.collections == ("c", "d")
    assert set(made.versions) == {moment(0), moment(1)}
    assert world.ids("FIN0", "all") == world.ids("FIN0", "all", alias="d") == []


async def test_the_ledger_lists_who_had_it_and_who_has_confirmed(world: World) -> None:
    await world.put("POL0", thing(1, THREE))
    await world.recall("POL0", report(1))
    await world.acknowledge("NOR0", report(1))

    lines = ledger(world, "POL0", report(1))

    said = {each.nation: each.acknowledged is not None for each in lines}
    assert said == {"FIN": False, "NOR": True}
    assert {each.how for each in lines} == {"arrival"}


async def test_who_received_it_is_shown_its_own_line_only(world: World) -> None:
    await world.put("POL0", thing(1, THREE))
    await world.recall("POL0", report(1))
    await world.acknowledge("NOR0", report(1))

    (line,) = ledger(world, "FIN0", report(1))

    assert (line.nation, line.acknowledged) == ("FIN", None)


async def test_who_never_had_it_knows_of_no_recall(world: World) -> None:
    await world.put("POL0", thing(1, THREE))
    made = await world.recall("POL0", report(1))

    assert known(world, "SWE3") == []
    with pytest.raises(NotFoundError):
        await world.acknowledge("SWE3", report(1))
    with pytest.raises(NotFoundError):
        await world.acknowledge("SWE3", made.recall)


async def test_who_is_not_cleared_for_it_knows_of_no_recall(world: World) -> None:
    await world.put("POL2", thing(1, SECRET))
    await world.recall("POL2", report(1))

    assert known(world, "NOR2") == [report(1)]
    assert known(world, "NOR1") == known(world, "POL1") == []


async def test_a_nation_that_lost_it_before_is_told_nothing(world: World) -> None:
    await world.put("POL0", thing(1, THREE))
    release = await world.release("POL0", "AUT", label=THREE)
    await world.end_release("POL0", release)
    await world.recall("POL0", report(1))

    assert known(world, "AUT0") == []


async def test_what_came_by_a_release_is_recalled_from_there_too(world: World) -> None:
    await world.put("POL0", thing(1, THREE))
    await world.release("POL0", "AUT", label=THREE)
    await world.recall("POL0", report(1))

    (line,) = ledger(world, "AUT0", report(1))

    assert line.how == "release"


async def test_a_suspended_nation_confirms_when_it_is_back(world: World) -> None:
    await world.put("POL0", thing(1, "NATO UNCLASSIFIED // REL TO HUN, POL"))
    await world.change("HUN", Status.SUSPENDED)
    await world.recall("POL0", report(1))
    assert known(world, "HUN0") == []

    world.later(days=1)
    await world.begin_day()
    await world.change("HUN", Status.MEMBER)
    await world.acknowledge("HUN0", report(1))

    (line,) = ledger(world, "POL0", report(1))
    assert line.acknowledged is not None


async def test_what_arrived_while_a_nation_was_away_it_need_not_confirm(
    world: World,
) -> None:
    await world.change("HUN", Status.SUSPENDED)
    await world.put("POL0", thing(1, "NATO UNCLASSIFIED // REL TO FIN, HUN, POL"))
    await world.recall("POL0", report(1))

    assert [each.nation for each in ledger(world, "POL0", report(1))] == ["FIN"]


async def test_nobody_has_to_confirm_who_may_not_read_the_collection(
    world: World,
) -> None:
    await world.open("d", read="FIN,POL", default_label=THREE)
    await world.put("POL0", thing(1), to="d")
    await world.recall("POL0", report(1))

    assert [each.nation for each in ledger(world, "POL0", report(1))] == ["FIN"]
    assert known(world, "NOR0") == []


async def test_a_nation_confirms_once_and_may_say_it_again(world: World) -> None:
    await world.put("POL0", thing(1, THREE))
    made = await world.recall("POL0", report(1))
    await world.acknowledge("FIN0", made.recall)
    (first,) = ledger(world, "FIN0", report(1))
    world.later(minutes=5)

    await world.acknowledge("FIN1", made.recall)

    assert ledger(world, "FIN0", report(1)) == [first]


async def test_whose_it_was_confirms_nothing(world: World) -> None:
    await world.put("POL0", thing(1, THREE))
    await world.recall("POL0", report(1))

    with pytest.raises(RuleViolationError, match="your nation's own"):
        await world.acknowledge("POL0", report(1))


async def test_an_auditor_confirms_nothing(world: World) -> None:
    await world.put("POL0", thing(1, THREE))
    await world.recall("POL0", report(1))

    with pytest.raises(ForbiddenError):
        await world.acknowledge("FIN0", report(1), Role.AUDITOR)


# Who recalls


async def test_another_nation_may_not_recall_what_it_sees(world: World) -> None:
    await world.put("POL0", thing(1, THREE))

    with pytest.raises(ForbiddenError, match="only POL"):
        await world.recall("FIN0", report(1))


@pytest.mark.parametrize("name", ["SWE3", "FIN0"])
async def test_what_is_hidden_is_as_what_never_was(world: World, name: str) -> None:
    await world.put("POL2", thing(1, SECRET))

    with pytest.raises(NotFoundError) as hidden:
        await world.recall(name, report(1))
    with pytest.raises(NotFoundError) as nothing:
        await world.recall(name, report(2))
    assert str(hidden.value).replace(report(1), report(2)) == str(nothing.value)


async def test_a_reader_may_not_recall_its_nations_own(world: World) -> None:
    await world.put("POL0", thing(1, THREE))

    with pytest.raises(ForbiddenError, match="publisher or duty officer"):
        await world.recall("POL0", report(1), Role.READER)


async def test_the_alliances_duty_officer_recalls_what_it_sees(world: World) -> None:
    await world.put("POL0", thing(1, WITH_BODY), thing(2, THREE))

    await world.recall("NATO0", report(1), Role.DUTY_OFFICER)

    assert not world.sees("FIN0", report(1))
    assert "NATO" in {each.nation for each in ledger(world, "POL0", report(1))}
    with pytest.raises(NotFoundError):
        await world.recall("NATO0", report(2), Role.DUTY_OFFICER)


async def test_others_of_the_body_recall_nothing(world: World) -> None:
    await world.put("POL0", thing(1, WITH_BODY))

    with pytest.raises(ForbiddenError):
        await world.recall("NATO0", report(1), Role.SECRETARIAT)


async def test_the_body_s_duty_officer_is_shown_the_whole_ledger(world: World) -> None:
    await world.put("POL0", thing(1, WITH_BODY))
    await world.recall("POL0", report(1))

    whole = ledger(world, "NATO0", report(1), Role.DUTY_OFFICER)
    (own,) = ledger(world, "NATO0", report(1), Role.READER)

    assert {"FIN", "NATO"} < {each.nation for each in whole}
    assert own.nation == "NATO"


@pytest.mark.parametrize("reason", ["", "  ", "x" * (REASON_LENGTH_MAX + 1)])
async def test_a_recall_says_why(world: World, reason: str) -> None:
    await world.put("POL0", thing(1))
    who = viewer("POL0")

    with pytest.raises(InvalidInputError, match="say why"):
        await recall(
            world.desk,
            who,
            world.act(who.nation),
            Recalling(id=report(1), reason=reason),
        )


async def test_a_version_above_the_clearance_stays(world: World) -> None:
    await world.put("POL0", thing(1, THREE))
    await world.put("POL2", thing(1, SECRET, version=1))

    await world.recall("POL0", report(1))

    assert world.ids("NOR2", "all") == [report(1)]
    assert world.ids("NOR0", "all") == []


# What goes along


async def test_a_part_has_a_recall_of_its_own_that_tells_nothing_of_the_original(
    world: World,
) -> None:
    part = await _tear(world)

    await world.recall("POL2", report(1))

    assert known(world, "SWE0") == [part]
    with world.reading.snapshot() as seen:
        (found,) = recalls.recalls(seen, viewer("SWE0"))
        assert (found.reason, found.type) == ("", "report")
        (whole,) = recalls.named(seen, viewer("POL2"), report(1))
        assert recalls.parts(seen, viewer("POL2"), whole) == [found.recall]


async def _tear(world: World) -> str:
    """Let Poland publish an object for two nations, and a part of it for all."""
    marked = {"marking_ref": marking(SECRET), "selectors": ["description"]}
    open_ = "NATO UNCLASSIFIED // PUBLIC"
    whole = thing(1, open_, description="secret", granular_markings=[marked])
    await world.put("POL2", whole)
    who = viewer("POL2")
    outcomes = await tear_line(world.desk, who, world.act(who.nation), report(1), "c")
    world.projector.catch_up()
    return outcomes[0].id


# Publishing it again


async def test_neither_whose_it_was_nor_who_received_it_publishes_it_again(
    world: World,
) -> None:
    await world.put("POL0", thing(1, THREE))
    await world.recall("POL0", report(1))

    assert "POL recalled this version" in await world.refused("POL0", thing(1, THREE))
    assert "POL recalled this version" in await world.refused("FIN0", thing(1, THREE))


async def test_who_never_had_it_publishes_it_into_a_lane_of_its_own(
    world: World,
) -> None:
    await world.put("POL0", thing(1, THREE))
    await world.recall("POL0", report(1))

    await world.put("SWE0", thing(1))


async def test_a_correction_is_a_later_version_of_the_same_nation(
    world: World,
) -> None:
    await world.put("POL0", thing(1, THREE))
    await world.recall("POL0", report(1))

    await world.put("POL0", thing(1, THREE, version=1))

    assert world.ids("FIN0") == [report(1)]
    reason = await world.refused("NOR0", thing(1, THREE, version=2))
    assert "only the nation that made the object" in reason


async def test_a_nation_may_go_on_with_what_only_another_s_copy_of_was_recalled(
    world: World,
) -> None:
    await world.put("FIN0", thing(1, THREE))
    await world.put("POL0", thing(1, THREE))
    await world.recall("POL0", report(1))

    await world.put("FIN0", thing(1, THREE, version=1))


async def test_a_fact_that_another_nation_recalled_may_be_reported_anew(
    world: World,
) -> None:
    found = address("192.0.2.1")
    await world.put("POL0", found)
    await world.recall("POL0", found["id"])

    await world.put("FIN0", found)
    assert "POL recalled" in await world.refused("POL0", found)


async def test_the_block_reaches_no_further_than_what_the_poster_had(
    world: World,
) -> None:
    await world.put("POL0", thing(1, THREE))
    await world.put("POL2", thing(1, SECRET, version=9))
    await world.recall("POL2", report(1))

    low = await world.refused("NOR0", thing(1, version=5))
    high = await world.refused("NOR2", thing(1, version=5))

    assert "only the nation that made the object" in low  # knows of version 0 alone
    assert "POL recalled this version" in high


async def test_folding_again_gives_the_same(world: World) -> None:
    await world.put("POL0", thing(1, THREE), thing(2, refs=[report(1)]))
    await world.recall("POL0", report(1))
    await world.acknowledge("FIN0", report(1))
    before = world.dump()

    world.projector.rebuild()

    assert world.dump() == before
