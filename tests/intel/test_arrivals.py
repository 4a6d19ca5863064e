from foedus.intel.arrivals import Arrivals, VersionRow
from foedus.intel.deliveries import Place
from tests.intel.world import World

NOTE = "note--00000000-0000-4000-8000-000000000001"
ROW: VersionRow = (
    1, NOTE, "POL", "note", "2026-01-01T00:00:00Z", 0, "2.1", 1, 1, 0, 1, None, None,
    0, 0, 0, None, None,
)  # fmt: skip


def test_keys_are_those_the_table_would_give(world: World) -> None:
    db = world.projector._db  # noqa: SLF001
    arrivals = Arrivals()
    arrivals.load(db)

    keys = [arrivals.add(ROW), arrivals.add(ROW)]
    arrivals.write(db)

    assert keys == [1, 2]
    assert db.execute("SELECT max(version) FROM version").get == 2


def test_what_waits_is_held_until_it_is_written(world: World) -> None:
    db = world.projector._db  # noqa: SLF001
    arrivals = Arrivals()
    where = Place(collection=1, object=NOTE)
    arrivals.load(db)

    before = arrivals.hold(where)
    arrivals.add(ROW)
    waiting = arrivals.hold(where)
    arrivals.write(db)

    assert (before, waiting, arrivals.hold(where)) == (False, True, False)


def test_loading_forgets_what_waits(world: World) -> None:
    db = world.projector._db  # noqa: SLF001
    arrivals = Arrivals()
    arrivals.load(db)
    arrivals.add(ROW)

    arrivals.load(db)
    arrivals.write(db)

    assert db.execute("SELECT count(*) FROM version").get == 0
