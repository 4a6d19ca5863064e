from tests.intel.world import World, thing


async def test_nothing_is_read_again_of_views_that_have_not_changed(
    world: World,
) -> None:
    asked: list[str] = []
    with world.reading.snapshot() as seen:
        db = seen.db

    db.exec_trace = lambda _cursor, statement, _bindings: not asked.append(statement)
    with world.reading.snapshot() as seen:
        known = seen.access
    assert asked == ["BEGIN", "PRAGMA main.data_version", "ROLLBACK"]

    db.exec_trace = None
    await world.open("another")
    with world.reading.snapshot() as seen:
        assert seen.access is not known


async def test_what_is_written_after_a_snapshot_began_is_not_in_it(
    world: World,
) -> None:
    world.reading.access()  # after which nothing but the version is asked for
    with world.reading.snapshot() as seen:
        await world.put("POL0", thing(1))
        assert seen.db.execute("SELECT count(*) FROM version").get == 0
    with world.reading.snapshot() as seen:
        assert seen.db.execute("SELECT count(*) FROM version").get == 1
