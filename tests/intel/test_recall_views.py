"""What is noted of a recall, and who is told of it at once."""

import json
from typing import Any

import apsw

from foedus.ids import NationCode
from foedus.releasability.join import FixedLabel
from foedus.releasability.labelled import (
    LABELS_OF_NATION_MAX,
    intern_label,
    labels_under,
    readable_labels,
)
from foedus.releasability.news import NO_NAME, recalls_after
from foedus.releasability.viewers import Role
from tests.intel.world import World, report, thing, viewer

THREE = "NATO UNCLASSIFIED // REL TO FIN, NOR, POL"
SECRET = "NATO CONFIDENTIAL // REL TO NOR, POL"  # noqa: S105 - a label
OPEN = "NATO UNCLASSIFIED // PUBLIC"


def told(world: World, name: str) -> list[dict[str, Any]]:
    """Give the recalls that somebody who follows live is told of."""
    with world.reading.snapshot() as seen:
        readable = readable_labels(seen.db, seen.access, viewer(name))
        items = recalls_after(seen.db, readable, NO_NAME, limit=100)
    return [json.loads(each.document) for each in items]


async def test_who_had_it_is_told_what_and_why(world: World) -> None:
    await world.put("POL0", thing(1, THREE))

    made = await world.recall("POL0", report(1))

    (news,) = told(world, "FIN0")
    assert news.pop("at").startswith("2026-11-23T12:00:00")
    assert news == {
        "recall": made.recall,
        "id": report(1),
        "type": "report",
        "nation": "POL",
        "by": "POL",
        "reason": "It was wrong.",
    }


async def test_whose_it_was_is_told_once_for_its_own_consumers(world: World) -> None:
    await world.put("POL0", thing(1, THREE))
    await world.put("POL2", thing(1, SECRET, version=1))

    await world.recall("POL2", report(1))

    assert len(told(world, "POL2")) == len(told(world, "NOR2")) == 1


async def test_who_did_not_have_it_is_told_nothing(world: World) -> None:
    await world.put("POL2", thing(1, SECRET))

    await world.recall("POL2", report(1))

    assert told(world, "FIN2") == told(world, "NOR1") == told(world, "POL1") == []


async def test_a_recall_from_two_collections_is_told_once(world: World) -> None:
    await world.open("d", default_label=OPEN)
    await world.put("POL0", thing(1, THREE))
    await world.put("POL0", thing(1), to="d")

    await world.recall("POL0", report(1))

    assert len(told(world, "FIN0")) == len(told(world, "SWE0")) == 1


async def test_what_only_a_role_reads_is_not_told_to_whole_nations(
    world: World,
) -> None:
    await world.open("duty", read="duty-officer,POL", default_label=OPEN)
    await world.put("POL0", thing(1), to="duty")

    await world.recall("POL0", report(1))

    assert told(world, "FIN0") == []
    assert len(told(world, "POL0")) == 1


async def test_the_body_s_recall_says_that_it_was_the_body(world: World) -> None:
    await world.put("POL0", thing(1))

    await world.recall("NATO0", report(1), Role.DUTY_OFFICER)

    (news,) = told(world, "FIN0")
    assert (news["nation"], news["by"]) == ("POL", "NATO")


async def test_every_class_is_noted_with_the_newest_version_that_it_had(
    world: World,
) -> None:
    await world.put("POL0", thing(1, THREE))
    await world.put("POL2", thing(1, SECRET, version=1))

    await world.recall("POL2", report(1))

    rows = world.query(
        "SELECT nation, clearance, until - (SELECT min(until) FROM recall_holder) "
        "FROM recall_holder WHERE nation IN ('FIN', 'NOR') AND clearance < 4 "
        "ORDER BY nation, clearance"
    )
    second = 1_000_000
    of_finland = [("FIN", each, 0) for each in range(4)]
    of_norway = [("NOR", 0, 0), ("NOR", 1, 0), ("NOR", 2, second), ("NOR", 3, second)]
    assert rows == [*of_finland, *of_norway]


async def test_the_ledger_does_not_tell_that_a_nation_holds_another_lane(
    world: World,
) -> None:
    await world.put("FIN0", thing(1, THREE))
    await world.put("POL0", thing(1, THREE))

    await world.recall("POL0", report(1))

    shown = world.query("SELECT DISTINCT nation FROM recall_ledger ORDER BY nation")
    assert shown == [("FIN",), ("NOR",), ("POL",)]
    assert world.sees("NOR0", report(1))


async def test_a_recall_reaches_only_who_held_that_lane(world: World) -> None:
    await world.put("FIN0", thing(1, "NATO UNCLASSIFIED // REL TO FIN, NOR"))
    await world.put("POL0", thing(1, "NATO UNCLASSIFIED // REL TO NOR, POL, SWE"))

    await world.recall("POL0", report(1))

    holders = world.query("SELECT DISTINCT nation FROM recall_holder ORDER BY nation")
    assert holders == [("POL",), ("SWE",)]
    assert told(world, "NOR0") == []
    assert len(told(world, "SWE0")) == 1


async def test_nobody_uses_up_the_labels_of_all_by_recalling_from_ever_other_nations(
    world: World,
) -> None:
    await world.put("POL0", thing(1, THREE))
    await world.put("POL0", thing(2, "NATO UNCLASSIFIED // REL TO FIN, SWE"))
    db = apsw.Connection(str(world.folder / "views.db"))
    for number in range(LABELS_OF_NATION_MAX):
        label = FixedLabel(level=0, controllers=(NationCode(str(number)),))
        intern_label(db, label, NationCode("POL"))

    await world.recall("POL0", report(1))
    await world.recall("POL0", report(2))

    assert [len(told(world, name)) for name in ("FIN0", "SWE0", "POL0")] == [2, 1, 2]
    under = [labels_under(db, NationCode(each)) for each in ("POL", "FIN", "SWE")]
    assert under == [LABELS_OF_NATION_MAX + 1, 1, 1]
    db.close()
