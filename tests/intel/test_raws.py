import pytest

from foedus.intel import raws
from foedus.intel.kept_bytes import KeptBytes
from foedus.intel.pages import Filters
from foedus.intel.raws import AT_ONCE_STEPS_MAX, Raws, TakesLongError, at_once
from foedus.intel.reading import IntelReading, Snapshot
from foedus.intel.redacting import redact
from foedus.releasability.viewers import Role
from tests.intel.world import World, report, thing, viewer

MADE = 1
BODY = viewer("NATO0", Role.OPERATOR)


def rows_of(seen: Snapshot) -> list[int]:
    return [
        version
        for (version,) in seen.db.execute(
            "SELECT version FROM version WHERE nation = 'POL' ORDER BY version"
        )
    ]


def position_of(seen: Snapshot, version: int) -> int:
    asked = "SELECT position FROM version WHERE version = :version"
    return int(seen.db.execute(asked, {"version": version}).get)


async def test_bytes_are_the_same_whether_they_were_kept_or_not(world: World) -> None:
    await world.put("POL0", *(thing(number) for number in range(1, 6)))
    kept = KeptBytes()
    with world.reading.snapshot() as seen:
        reader, rows = Raws(seen.db, kept), rows_of(seen)
        some = reader.read(rows[1::2], MADE, at_once=False)
        first = reader.read(rows, MADE, at_once=False)
        again = reader.read(rows, MADE, at_once=True)
        originals = [seen.original(version) for version in rows]

    assert len(kept) == 5
    assert first == again == originals
    assert some == originals[1::2]


async def test_what_is_redacted_is_gone_from_what_was_kept(world: World) -> None:
    await world.put("POL0", thing(1), thing(2))
    kept = KeptBytes()
    with world.reading.snapshot() as seen:
        rows = rows_of(seen)
        assert Raws(seen.db, kept).read(rows, MADE, at_once=False)
        position = position_of(seen, rows[0])

    # The views have not heard of it yet.
    await redact(world.desk, BODY, world.act(BODY.nation), position, "a spill")

    with world.reading.snapshot() as seen:
        reader = Raws(seen.db, kept)
        assert reader.read(rows, MADE, at_once=False) is None
        with pytest.raises(TakesLongError):
            reader.read(rows, MADE, at_once=True)
        assert reader.read(rows[1:], MADE, at_once=False) is not None


async def test_a_page_steps_over_what_was_redacted_after_it_was_kept(
    world: World,
) -> None:
    await world.put("POL0", *(thing(number) for number in range(1, 6)))
    shown = bytes_of(world, limit=3)
    with world.reading.snapshot() as seen:
        position = position_of(seen, rows_of(seen)[1])

    await redact(world.desk, BODY, world.act(BODY.nation), position, "a spill")

    left = bytes_of(world, limit=3)
    assert [raw for raw in shown if report(2).encode() not in raw] == left[:2]
    assert report(4).encode() in left[2]


def bytes_of(world: World, *, limit: int) -> list[bytes]:
    who = viewer("FIN0")
    with world.reading.snapshot() as seen:
        found = seen.collection(who, "c")
        return seen.page_bytes(who, found, Filters(), limit=limit).raws


async def test_a_page_takes_as_many_bytes_as_allowed_and_one_object_at_least(
    world: World,
) -> None:
    await world.put("POL0", *(thing(number) for number in range(1, 6)))
    with world.reading.snapshot() as seen:
        rows = rows_of(seen)
        length = len(seen.original(rows[0]))
        for allowed, count in ((1, 1), (length, 2), (length - 1, 1)):
            reader = Raws(seen.db, KeptBytes(), bytes_max=allowed)
            for _ in range(2):  # not kept, and kept
                found = reader.read(rows, MADE, at_once=False)
                assert found is not None
                assert len(found) == count


async def test_who_cannot_wait_is_given_what_is_kept_and_a_little_more(
    world: World,
) -> None:
    few, many = raws.AT_ONCE_UNKEPT_MAX, raws.AT_ONCE_UNKEPT_MAX + 1
    await world.put("POL0", *(thing(number) for number in range(many)))
    with world.reading.snapshot() as seen:
        reader, rows = Raws(seen.db, KeptBytes()), rows_of(seen)
        with pytest.raises(TakesLongError):
            reader.read(rows, MADE, at_once=True)
        assert reader.read(rows[:few], MADE, at_once=True)
        assert reader.read(rows, MADE, at_once=True)


async def test_who_cannot_wait_is_not_given_large_objects(world: World) -> None:
    size = raws.AT_ONCE_BYTES_MAX // 8
    await world.put(
        "POL0", *(thing(number, description="x" * size) for number in range(8))
    )
    with world.reading.snapshot() as seen:
        reader, rows = Raws(seen.db, KeptBytes()), rows_of(seen)
        for _ in range(2):  # not kept, and kept
            with pytest.raises(TakesLongError):
                reader.read(rows, MADE, at_once=True)
            assert reader.read(rows[:7], MADE, at_once=True)
            assert reader.read(rows, MADE, at_once=False)


COUNTING = """
WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number)
SELECT n FROM number LIMIT :limit
"""


def steps(seen: Snapshot, limit: int) -> int:
    """Count to a limit, which takes SQLite some steps a number."""
    return len(seen.db.execute(COUNTING, {"limit": limit}).fetchall())


async def test_what_is_looked_for_long_is_not_looked_for_at_once(world: World) -> None:
    with world.reading.snapshot() as seen:
        with at_once(seen.db):
            assert steps(seen, 1_000) == 1_000
        with pytest.raises(TakesLongError), at_once(seen.db):
            steps(seen, AT_ONCE_STEPS_MAX)
        # Beside it everybody may take as long as it takes.
        assert steps(seen, AT_ONCE_STEPS_MAX) == AT_ONCE_STEPS_MAX


async def test_the_steps_of_several_looks_count_together(world: World) -> None:
    with world.reading.snapshot() as seen:
        with pytest.raises(TakesLongError), at_once(seen.db):
            any(steps(seen, 1_000) == 0 for _ in range(1_000))
        for _ in range(1_000):
            with at_once(seen.db):
                steps(seen, 1_000)


async def test_what_another_making_of_the_views_kept_is_not_used(world: World) -> None:
    await world.put("POL0", thing(1), thing(2))
    ((made,),) = world.query("SELECT generation FROM folded")
    kept = KeptBytes()
    older = (made - 1, 0)
    with world.reading.snapshot() as seen:
        rows = rows_of(seen)
    kept.find([], older)
    kept.keep(dict.fromkeys(rows, b"something else"), older)

    reading = IntelReading(world.folder / "views.db", world.folder / "log.db", kept)
    who = viewer("FIN0")
    with reading.snapshot() as seen:
        page = seen.page_bytes(who, seen.collection(who, "c"), Filters(), limit=9)
        originals = [seen.original(version) for version in rows]
    reading.close()

    assert page.raws == originals
