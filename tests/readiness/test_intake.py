from foedus.readiness.commands import record_all
from foedus.readiness.intake import take_in
from foedus.readiness.reading import Held
from foedus.readiness.records import Report, Unit
from foedus.readiness.rules import NO_EVIDENCE, NOT_COUNTED
from foedus.readiness.tables import read_units, write_units
from tests.readiness.test_tables import UNITS
from tests.readiness.world import FIN, POL, World


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
