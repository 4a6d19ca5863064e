from tests.intel.world import World


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
