"""What leaves: at once and in place, and what comes instead of it."""

import json

from foedus.alliance.statuses import Status
from foedus.intel import releasing
from foedus.intel.judging import Manner
from foedus.intel.leaving import last_key_until
from foedus.intel.pages import Filters, Record
from foedus.releasability.viewers import Role
from foedus.stix.timestamps import parse_us
from tests.intel.world import (
    ALL,
    World,
    address,
    marking,
    moment,
    replaced,
    report,
    thing,
    viewer,
)

NATO = "NATO UNCLASSIFIED // REL TO NATO"
WIDE, NARROW = "NU // REL TO NATO, UKR", "NU // REL TO POL"


def reports(world: World, name: str, after_us: int | None = None) -> list[Record]:
    """Give the reports that a viewer sees, in all versions."""
    filters = ALL if after_us is None else replaced(ALL, after_us)
    return [each for each in world.walk(name, filters) if each.type == "report"]


def versions(records: list[Record]) -> list[tuple[str, str, str]]:
    return [(each.id, each.version, each.nation) for each in records]


def lanes(world: World, name: str) -> list[str]:
    """Name the nations whose addresses a viewer holds."""
    return [each.nation for each in world.walk(name) if each.type == "ipv4-addr"]


async def test_who_loses_the_newest_version_meets_the_older_one_again(
    world: World,
) -> None:
    await world.put("POL0", thing(1, "NU // REL TO POL, UKR"))
    await world.put("POL0", thing(1, NATO, version=1))
    given = await world.release("POL0", "UKR", label=NATO)
    cursor = world.walk("UKR0")[-1].added_us

    await world.end_release("POL0", given)

    fresh = reports(world, "UKR0", cursor)
    assert versions(fresh) == [(report(1), moment(0), "POL")]


async def test_who_leaves_a_community_meets_the_older_version_again(
    world: World,
) -> None:
    await world.put("POL0", thing(1, "NU // REL TO POL, FIN"))
    await world.put("POL0", thing(1, "NU // REL TO NATO+", version=1))
    cursor = world.walk("FIN0")[-1].added_us

    await world.change("FIN", Status.PARTNER)

    fresh = reports(world, "FIN0", cursor)
    assert versions(fresh) == [(report(1), moment(0), "POL")]


async def _who_joins_while_it_leaves(world: World) -> int:
    """Let a partner join: it loses the second version, and waits for the third.

    Gives where its cursor stood before.
    """
    await world.put("POL0", thing(1, "NU // REL TO NATO, MDA"))
    await world.put("POL0", thing(1, "NU // REL TO PFP+", version=1))
    await world.put("POL0", thing(1, "NU // REL TO NATO+", version=2))
    cursor = world.walk("MDA0")[-1].added_us
    world.fold(await world.begin_change("MDA", Status.MEMBER))
    return cursor


async def test_who_waits_for_a_newer_version_meets_the_older_one_at_once(
    world: World,
) -> None:
    cursor = await _who_joins_while_it_leaves(world)
    first = (report(1), moment(0), "POL")
    assert versions(reports(world, "MDA0", cursor)) == [first]

    await world.deliver()

    newest = (report(1), moment(2), "POL")
    assert versions(reports(world, "MDA0", cursor)) == [first, newest]


async def test_what_is_gone_before_its_step_keeps_no_older_version_back(
    world: World,
) -> None:
    """It would be felt by who never saw it."""
    cursor = await _who_joins_while_it_leaves(world)
    await world.withdraw("POL0", report(1))
    await world.deliver()
    fresh = reports(world, "MDA0", cursor)
    assert versions(fresh) == [(report(1), moment(0), "POL")]


async def test_who_holds_the_newest_while_it_waits_meets_no_older_one(
    world: World,
) -> None:
    """A release gave it, and ended while its label's own step was still to come."""
    for number, label in enumerate(
        (NATO + ", MDA", NATO + ", MDA", "NU // REL TO NATO+")
    ):
        await world.put("POL0", thing(1, label, version=number))
    given = await world.release("POL0", "MDA", label=NATO)
    before = reports(world, "MDA0")
    world.fold(await world.begin_change("MDA", Status.MEMBER))
    who = viewer("POL0", Role.DELEGATE)
    act = world.act(who.nation)
    world.fold(await releasing.withdraw(world.desk, who, act, given))

    await world.withdraw("POL0", report(1), parse_us(moment(1)))

    assert reports(world, "MDA0") == [before[0], before[2]]
    await world.deliver()
    assert reports(world, "MDA0") == [before[0], before[2]]


async def test_who_loses_a_lane_by_a_release_gets_the_next(world: World) -> None:
    fact = address("192.0.2.1")
    await world.put("POL0", {**fact, "object_marking_refs": [marking(NATO)]})
    given = await world.release("POL0", "UKR", label=NATO)
    own = marking("NU // REL TO FIN, UKR")
    await world.put("FIN0", {**fact, "object_marking_refs": [own]})
    assert lanes(world, "UKR0") == ["POL"]

    await world.end_release("POL0", given)

    assert lanes(world, "UKR0") == ["FIN"]


async def test_who_loses_all_versions_of_a_lane_at_once_gets_the_next(
    world: World,
) -> None:
    """Also where a release of the same nation's might have helped, and does not."""
    await world.release("POL0", "MDA", label="NU // REL TO UKR", from_now_on=True)
    await world.change("MDA", Status.MEMBER)
    for version in (0, 1):
        await world.put("POL0", thing(1, "NU // REL TO NATO+", version=version))
    await world.put("GEO0", thing(1, "NU // REL TO MDA"))
    assert {each.nation for each in reports(world, "MDA0")} == {"POL"}

    await world.change("MDA", Status.PARTNER)

    assert versions(reports(world, "MDA0")) == [(report(1), moment(0), "GEO")]


async def test_a_newer_version_may_take_the_older_ones_away(world: World) -> None:
    await world.put("POL0", thing(1, WIDE))
    await world.put("POL0", thing(1, WIDE, version=1))
    await world.put("POL0", thing(2, WIDE))

    newest = thing(1, NARROW, version=2)
    await world.post("POL0", newest, manner=Manner(replaces=True))

    assert versions(reports(world, "UKR0")) == [(report(2), moment(0), "POL")]
    assert versions(reports(world, "POL0")) == [
        (report(2), moment(0), "POL"),
        (report(1), moment(2), "POL"),
    ]


async def test_nothing_is_replaced_by_what_is_older(world: World) -> None:
    await world.put("POL0", thing(1, WIDE, version=2))

    await world.post("POL0", thing(1, WIDE), manner=Manner(replaces=True))

    assert len(reports(world, "UKR0")) == 2


async def test_what_stands_in_leaves_with_either_version(world: World) -> None:
    for number, term in ((1, "first"), (2, "last")):
        await world.put("POL0", thing(number, WIDE))
        await world.put("POL0", thing(number, NARROW, version=1, revoked=True))
        await world.withdraw("POL0", report(number), term)  # type: ignore[arg-type]

    found = reports(world, "UKR0")

    assert versions(found) == [(report(2), moment(0), "POL")]
    assert "revoked" not in json.loads(found[0].raw)


async def test_a_withdrawal_takes_nothing_above_the_clearance(world: World) -> None:
    await world.put("POL3", thing(1, "NATO SECRET // REL TO NATO"))
    await world.put("POL0", thing(1, WIDE, version=1))

    await world.withdraw("POL0", report(1), "all")

    assert versions(reports(world, "POL3")) == [(report(1), moment(0), "POL")]


async def test_who_was_away_meets_the_end_on_its_return(world: World) -> None:
    await world.put("POL0", thing(1, NATO))
    cursor = world.walk("HUN0")[-1].added_us
    await world.change("HUN", Status.SUSPENDED)
    await world.put("POL0", thing(1, NARROW, version=1, revoked=True))
    await world.change("HUN", Status.MEMBER)
    fresh = reports(world, "HUN0", cursor)
    assert [json.loads(each.raw)["revoked"] for each in fresh] == [True]


async def test_who_never_saw_the_newer_keeps_the_older_where_it_is(
    world: World,
) -> None:
    """What came and went while a nation had no standing moved nothing for it."""
    await world.put("POL0", thing(1, "NU // REL TO NATO+"))
    before = reports(world, "HUN0")
    others = reports(world, "FIN0")
    await world.change("HUN", Status.SUSPENDED)
    await world.put("POL0", thing(1, "NU // REL TO NATO+", version=1))
    await world.withdraw("POL0", report(1))
    await world.change("HUN", Status.MEMBER)

    assert reports(world, "HUN0") == before
    assert reports(world, "FIN0")[0].added_us > others[0].added_us


async def test_who_saw_the_newer_before_it_was_away_meets_the_older_anew(
    world: World,
) -> None:
    await world.put("POL0", thing(1, "NU // REL TO NATO+"))
    await world.put("POL0", thing(1, "NU // REL TO NATO+", version=1))
    cursor = world.walk("HUN0")[-1].added_us
    await world.change("HUN", Status.SUSPENDED)
    await world.withdraw("POL0", report(1))
    await world.change("HUN", Status.MEMBER)

    fresh = reports(world, "HUN0", cursor)

    assert versions(fresh) == [(report(1), moment(0), "POL")]


async def test_absence_is_noted_once_and_forgotten_on_return(world: World) -> None:
    absent = "SELECT nation, number FROM absence WHERE nation = 'HUN'"
    await world.put("POL0", thing(1, "NU // REL TO NATO+"))
    await world.change("HUN", Status.SUSPENDED)
    (noted,) = world.query(absent)
    await world.put("POL0", thing(2, "NU // REL TO NATO+"))
    await world.change("FIN", Status.PARTNER)
    world.restart()

    assert world.query(absent) == [noted]
    await world.change("HUN", Status.MEMBER)
    assert world.query(absent) == []


async def test_withdrawing_takes_a_release_s_deliveries_along(world: World) -> None:
    await world.put("POL0", thing(1, NATO), thing(2, NATO))
    await world.release("POL0", "UKR", label=NATO)
    await world.withdraw("POL0", report(1))
    assert [each.id for each in reports(world, "UKR0")] == [report(2)]


async def test_the_last_version_until_a_position_is_found(world: World) -> None:
    with world.reading.snapshot() as seen:
        assert last_key_until(seen.db, 99) == 0
    await world.put("POL0", thing(1, "NU // PUBLIC"))
    await world.release("POL0", "UKR", label=NATO)
    await world.put("POL0", thing(2, "NU // PUBLIC"), thing(3, "NU // PUBLIC"))
    rows = world.query("SELECT version, position FROM version ORDER BY version")

    with world.reading.snapshot() as seen:
        for position in range(rows[0][1] - 1, rows[-1][1] + 3):
            expected = max((key for key, at in rows if at <= position), default=0)
            assert last_key_until(seen.db, position) == expected


async def test_a_rebuild_gives_the_same_after_all_of_it(world: World) -> None:
    for number in (1, 2, 3):
        await world.put("POL0", thing(number, WIDE))
        await world.put("POL0", thing(number, "NU // REL TO NATO+", version=1))
    await world.change("HUN", Status.SUSPENDED)
    await world.withdraw("POL0", report(1))
    await world.post("POL0", thing(2, NARROW, version=2), manner=Manner(replaces=True))
    await world.put("POL0", thing(3, NARROW, version=2, revoked=True))
    await world.change("FIN", Status.PARTNER)
    given = await world.release("POL0", "MDA", label=NATO)
    await world.end_release("NATO0", given, Role.SECRETARIAT)
    before = world.dump()

    world.projector.rebuild()

    assert world.dump() == before


async def test_a_filter_by_id_finds_what_came_anew(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO POL, SWE"))
    await world.put("POL0", thing(1, "NU // REL TO POL, SWE", version=2))
    await world.withdraw("POL0", report(1))
    (found,) = world.walk("SWE0", Filters(ids=(report(1),)))
    assert found.version == moment(0)


async def test_a_lane_is_kept_for_the_same_version_under_another_label(
    world: World,
) -> None:
    """Given once more by an account that did not see the first."""
    await world.put("POL3", thing(1, "NATO SECRET // REL TO NATO+"))
    await world.put("GEO0", thing(1, "NU // REL TO FIN"))
    await world.put("POL0", thing(1, "NU // REL TO FIN"))
    await world.put("POL3", thing(2, "NATO SECRET // REL TO FIN"))
    await world.put("GEO0", thing(2, "NU // REL TO FIN"))
    await world.put("POL0", thing(2, "NU // REL TO FIN"))
    assert {each.nation for each in reports(world, "FIN3")} == {"POL"}

    await world.change("FIN", Status.PARTNER)
    await world.withdraw("POL0", report(2), "all")

    assert {each.nation for each in reports(world, "FIN3")} == {"POL"}
