import pytest

from foedus.errors import RuleViolationError
from foedus.readiness.commands import record_all
from foedus.readiness.intake import filled, take_in
from foedus.readiness.reading import Held
from foedus.readiness.records import Report, Unit
from foedus.readiness.rules import NO_EVIDENCE, NOT_COUNTED
from foedus.readiness.tables import read_units, write_units
from tests.readiness.test_tables import UNITS
from tests.readiness.world import FIN, POL, SWE, World, report, unit


def exported(world: World) -> bytes:
    reports: dict[str, list[Held[Report]]] = {}
    for each in world.held(FIN, Report):
        reports.setdefault(each.content.unit, []).append(each)
    return write_units(world.held(FIN, Unit), reports, "csv")


async def test_only_what_has_changed_is_recorded(world: World) -> None:
    first = await take_in(world.register, POL, world.act(POL), read_units(UNITS, "csv"))
    table = exported(world)
    done: list[int] = []

    same = await take_in(
        world.register, POL, world.act(POL), read_units(table, "csv"), done.append
    )
    mended = table.replace(b",48.0,", b",36.0,")
    changed = await take_in(
        world.register, POL, world.act(POL), read_units(mended, "csv")
    )

    assert (len(first.recorded), first.unchanged) == (3, 0)
    assert (same.recorded, same.unchanged, sum(done)) == ((), 3, 3)
    assert (len(changed.recorded), changed.unchanged) == (1, 2)
    assert {each.content.notice_h for each in world.held(FIN, Report)} == {48, 36}


async def test_whoever_brings_units_without_reports_is_told_what_they_raise(
    world: World,
) -> None:
    taken = await take_in(world.register, POL, world.act(POL), read_units(UNITS, "csv"))
    bare = UNITS.replace(b"inspection 7", b"")
    without = await take_in(
        world.register, POL, world.act(POL), read_units(bare, "csv")
    )

    assert taken.remarks == (NOT_COUNTED,)
    assert set(without.remarks) == {NOT_COUNTED, NO_EVIDENCE}


async def test_a_batch_may_name_a_unit_of_its_own_only(world: World) -> None:
    sent = read_units(UNITS, "csv")
    made = await record_all(world.register, POL, world.act(POL), sent)

    (told,) = world.held(POL, Report)
    assert told.content.unit == made[0].record


NARROW = "NATO RESTRICTED // REL TO FIN, POL"


async def _told_few(world: World) -> str:
    """Let a unit be known to all, and its report to two."""
    of = await world.record(POL, unit())
    await world.record(POL, report(of, evidence="half do not run"), NARROW)
    return of


def _labels(world: World) -> set[str]:
    return {each.label for each in world.held(FIN, Report)}


async def test_writing_and_reading_a_table_widens_no_report(world: World) -> None:
    await _told_few(world)
    mended = exported(world).replace(b",48.0,", b",36.0,")

    await take_in(world.register, POL, world.act(POL), read_units(mended, "csv"))

    assert len(world.held(FIN, Report)) == 2
    assert _labels(world) == {NARROW}
    assert world.held(SWE, Report) == []


async def test_a_table_without_the_columns_of_the_report_widens_none_either(
    world: World,
) -> None:
    of = await _told_few(world)
    table = (
        b"unit,nation,name,type,measures,since,posture,notice_h,as_of,valid_until,"
        b"evidence,label\n" + of.encode() + b",POL,First,company,rapid_reaction,"
        b"2026-01-01,at-notice,36,2026-11-02,2027-05-01,half do not run,\n"
    )
    sent = [
        filled(each, "NATO RESTRICTED", illustrative=False)
        for each in read_units(table, "csv")
    ]

    await take_in(world.register, POL, world.act(POL), sent)

    assert len(world.held(FIN, Report)) == 2
    assert world.held(SWE, Report) == []


async def test_a_wider_label_for_the_same_report_is_refused(world: World) -> None:
    await _told_few(world)
    wider = exported(world).replace(NARROW.encode(), b"NATO RESTRICTED")

    with pytest.raises(RuleViolationError, match="more would see it"):
        await take_in(world.register, POL, world.act(POL), read_units(wider, "csv"))

    assert world.held(SWE, Report) == []


async def test_a_narrower_label_for_the_same_report_is_taken(world: World) -> None:
    of = await world.record(POL, unit())
    await world.record(POL, report(of), "NATO RESTRICTED")
    (before,) = world.held(FIN, Report)
    narrow = exported(world).replace(
        f"{before.record},{before.label}".encode(),
        f'{before.record},"{NARROW}"'.encode(),
    )

    taken = await take_in(
        world.register, POL, world.act(POL), read_units(narrow, "csv")
    )

    assert len(taken.recorded) == 1
    assert len(world.held(FIN, Report)) == 2
    assert len(world.held(SWE, Report)) == 1


async def test_a_report_of_its_own_may_be_told_to_more(world: World) -> None:
    of = await _told_few(world)
    (before,) = world.held(FIN, Report)
    wider = exported(world).replace(NARROW.encode(), b"NATO RESTRICTED")
    own = wider.replace(before.record.encode(), b"")

    await take_in(world.register, POL, world.act(POL), read_units(own, "csv"))

    (told,) = world.held(SWE, Report)
    assert told.content.unit == of


async def test_a_first_report_is_as_wide_as_its_unit(world: World) -> None:
    of = await world.record(POL, unit(), NARROW)
    table = (
        b"unit,nation,name,type,measures,since,posture,notice_h,as_of,valid_until\n"
        + of.encode()
        + b",POL,First,company,rapid_reaction,2026-01-01,at-notice,36,2026-11-02,"
        b"2027-05-01\n"
    )

    await take_in(world.register, POL, world.act(POL), read_units(table, "csv"))

    assert _labels(world) == {NARROW}
