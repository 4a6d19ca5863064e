import pytest

from foedus.errors import NotFoundError
from foedus.readiness.measures import (
    known_measure,
    known_module,
    list_measures,
    list_modules,
    named_measure,
)
from foedus.readiness.records import Measure, Module
from tests.readiness.world import FIN, FOR_MEMBERS, MDA, STAFF, World


async def test_what_was_declared_stands_at_the_packs_measure_or_alone(
    world: World,
) -> None:
    await world.record(
        STAFF, Measure(name="RRF", of="rapid_reaction", level="II"), FOR_MEMBERS
    )
    alone = await world.record(STAFF, Measure(name="Quiet watch"), FOR_MEMBERS)

    with world.sight() as seen:
        members = list_measures(seen.db, seen.access, FIN)
        partners = list_measures(seen.db, seen.access, MDA)
        found = named_measure(seen.db, seen.access, FIN, "quiet WATCH")
        same = named_measure(seen.db, seen.access, FIN, alone)

    by_key = {each.measure: each for each in members}
    assert [each.level for each in by_key["rapid_reaction"].declared] == ["II"]
    assert members[-1] == found == same
    assert alone not in {each.measure for each in partners}
    assert all(not each.declared for each in partners)


async def test_what_is_hidden_is_no_measure_and_no_module(world: World) -> None:
    measure = await world.record(STAFF, Measure(name="Quiet watch"), "")
    module = await world.record(STAFF, Module(name="Night signals"), "")

    with world.sight() as seen:
        for name in (measure, "measure--none", "moon"):
            with pytest.raises(NotFoundError, match="no such measure"):
                known_measure(seen.db, seen.access, FIN, name)
        for name in (module, "module--none"):
            with pytest.raises(NotFoundError, match="no such module"):
                known_module(seen.db, seen.access, FIN, name)
        known_measure(seen.db, seen.access, STAFF, measure)
        known_module(seen.db, seen.access, STAFF, "data_links")
        assert list_modules(seen.db, seen.access, STAFF)[-1].name == "Night signals"
        assert list_modules(seen.db, seen.access, FIN)[-1].label == ""
