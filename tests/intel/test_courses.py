"""Courses: ids that resume without a gap or a double, and tell nobody anything."""

import base64
import secrets
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from hypothesis import given
from hypothesis import strategies as st

from foedus.errors import ConflictError, InvalidInputError
from foedus.intel import courses
from foedus.intel.courses import Course, Ids, Told
from foedus.intel.places import END, LOST, Interest
from foedus.releasability.news import Name
from tests.intel.world import World, report, thing, viewer

PUBLIC = "NU // PUBLIC"
EVERYTHING = Interest()
IDS = Ids(secrets.token_bytes(64))
TOLD = st.builds(
    Told,
    commit_ms=st.integers(0, 2**47),
    phase=st.integers(0, 3),
    order=st.integers(0, 2**56 - 1),
    added_us=st.integers(-(2**62), 2**62),
    until_ms=st.integers(0, 2**47),
    recalled=st.builds(
        Name,
        st.integers(0, 2**47),
        st.integers(0, 2**56 - 1),
        st.integers(0, 2**62 - 1),
    ),
    is_snapshot=st.booleans(),
)


class Consumer:
    """Who keeps the id of what it was told last, and what it holds."""

    def __init__(
        self, world: World, name: str, interest: Interest = EVERYTHING
    ) -> None:
        self.world = world
        self.who = viewer(name)
        self.interest = interest
        self.held: set[str] = set()
        self.puts: list[str] = []
        self.id = ""

    def connect(self, *, snapshot: bool = False) -> Course:
        with self.world.reading.snapshot() as seen:
            now = self.world.clock()
            if self.id:
                told = IDS.open(self.who, self.id)
                return courses.resume(seen, self.who, told, now)
            return courses.begin(seen, self.who, now, snapshot=snapshot)

    def read(self, course: Course, limit: int) -> tuple[Course, bool]:
        with self.world.reading.snapshot() as seen:
            found = courses.read(seen, self.who, self.interest, course, limit=limit)
        for told, change in found.changes:
            self.id = IDS.seal(self.who, told)
            if change.place.phase == LOST:
                self.held.discard(change.id)
            elif change.nation:
                self.held.add(change.id)
                self.puts.append(change.id)
        gone_on = courses.after(course, found, self.world.clock())
        if not found.more:
            self.id = IDS.seal(self.who, gone_on.told)
        return gone_on, found.more

    def catch_up(self, *, snapshot: bool = False) -> None:
        course, more = self.connect(snapshot=snapshot), True
        while more:
            course, more = self.read(course, 100)


@given(told=TOLD)
def test_an_id_says_what_was_sealed_in_it_to_its_class_alone(told: Told) -> None:
    sealed = IDS.seal(viewer("POL0"), told)
    assert len(sealed) == 88
    assert IDS.open(viewer("POL0"), sealed) == told
    assert IDS.seal(viewer("POL0"), told) == sealed
    for other in ("POL1", "FIN0"):
        with pytest.raises(InvalidInputError):
            IDS.open(viewer(other), sealed)


async def test_a_course_begins_now_and_resumes_from_any_id(world: World) -> None:
    await world.put("POL0", thing(1, PUBLIC))
    consumer = Consumer(world, "SWE0")
    world.later(minutes=2)
    consumer.catch_up()
    assert consumer.puts == []
    for number in range(2, 12):
        world.later(seconds=1)
        await world.put("POL0", thing(number, PUBLIC))
        consumer.read(consumer.connect(), 1)
    consumer.catch_up()
    assert consumer.puts == [report(number) for number in range(2, 12)]


async def test_a_snapshot_is_resumed_where_it_was_cut_off(world: World) -> None:
    await world.put("POL0", *(thing(number, PUBLIC) for number in range(20)))
    await world.withdraw("POL0", report(0), "all")
    world.later(minutes=2)
    consumer = Consumer(world, "SWE0")
    course, _ = consumer.read(consumer.connect(snapshot=True), 8)
    await world.withdraw("POL0", report(1), "all")
    world.later(seconds=1)
    await world.put("POL0", thing(30, PUBLIC))
    for _ in range(20):
        consumer.read(consumer.connect(), 3)
    assert consumer.held == {report(number) for number in (*range(2, 20), 30)}
    assert len(consumer.puts) == len(set(consumer.puts))
    assert course.told.is_snapshot


async def test_a_snapshot_gives_the_last_version_of_each_object(world: World) -> None:
    for version in range(3):
        await world.put("POL0", thing(1, PUBLIC, version=version))
        world.later(seconds=1)
    consumer = Consumer(world, "SWE0")
    consumer.catch_up(snapshot=True)
    assert consumer.puts == [report(1)]


async def test_an_id_is_good_for_thirty_days_after_the_last_heartbeat(
    world: World,
) -> None:
    consumer = Consumer(world, "SWE0")
    for _ in range(3):
        consumer.catch_up()
        world.later(days=29)
    consumer.catch_up()
    world.later(days=31)
    with pytest.raises(ConflictError):
        consumer.connect()


def test_a_course_that_reads_on_has_half_a_day_more() -> None:
    told = Told(commit_ms=0, phase=0, until_ms=0)
    now = datetime.fromtimestamp(0, tz=UTC) + courses.RESUME
    courses.check_age(told, now)
    courses.check_age(told, now + timedelta(hours=11), courses.GRACE)
    with pytest.raises(ConflictError):
        courses.check_age(told, now + timedelta(hours=1))


async def test_news_of_all_kinds_come_in_one_order_and_resume(world: World) -> None:
    consumer = Consumer(world, "SWE0")
    consumer.catch_up()
    for number in range(1, 7):
        world.later(seconds=1)
        if number % 2:
            await world.cry("POL0", report(number), PUBLIC)
        else:
            await world.put("POL0", thing(number, PUBLIC))
        await world.cry("POL0", f"hidden{number}", "NU // REL TO POL, MDA")
        consumer.read(consumer.connect(), 1)
    consumer.catch_up()
    assert consumer.puts == [report(number) for number in range(1, 7)]


@pytest.mark.parametrize("limit", [1, 2, 100])
async def test_a_recall_comes_before_all_that_was_not_told_yet(
    world: World, limit: int
) -> None:
    consumer = Consumer(world, "SWE0")
    consumer.catch_up()
    await world.put("POL0", *(thing(number, PUBLIC) for number in range(6)))
    consumer.read(consumer.connect(), 2)
    told = list(consumer.puts)
    for number in (8, 9):
        world.later(seconds=1)
        await world.cry("POL0", report(number), PUBLIC, about="recall", type="report")
    await world.cry("POL0", "hidden", "NU // REL TO POL", about="recall", type="tool")
    for _ in range(12):
        consumer.read(consumer.connect(), limit)
    rest = consumer.puts[len(told) :]
    assert rest[:2] == [report(8), report(9)]
    assert sorted(told + rest[2:]) == sorted(report(number) for number in range(6))


async def test_a_recall_in_the_middle_of_a_backlog_is_told_next(world: World) -> None:
    consumer = Consumer(world, "SWE0")
    consumer.catch_up()
    await world.put("POL0", *(thing(number, PUBLIC) for number in range(6)))
    course, _ = consumer.read(consumer.connect(), 2)
    await world.cry("POL0", report(9), PUBLIC, about="recall", type="report")
    course, _ = consumer.read(course, 1)
    assert consumer.puts[-1] == report(9)
    consumer.read(course, 100)
    assert len(consumer.puts) == len(set(consumer.puts)) == 7


async def test_who_begins_is_told_of_no_recall_from_before_but_by_a_snapshot(
    world: World,
) -> None:
    await world.cry("POL0", report(9), PUBLIC, about="recall", type="report")
    await world.cry("POL0", report(8), PUBLIC)
    world.later(minutes=2)
    late, fresh = Consumer(world, "SWE0"), Consumer(world, "SWE0")
    late.catch_up()
    assert late.puts == []
    fresh.catch_up(snapshot=True)
    assert fresh.puts == [report(9), report(8)]
    fresh.catch_up()
    assert len(fresh.puts) == 2


async def test_a_recall_that_is_not_wanted_is_passed_over(world: World) -> None:
    consumer = Consumer(world, "SWE0", Interest(kinds=("intel",)))
    consumer.catch_up()
    await world.cry("POL0", report(9), PUBLIC, about="recall", type="report")
    await world.put("POL0", thing(1, PUBLIC))
    consumer.catch_up()
    assert consumer.puts == [report(1)]
    consumer.interest = Interest()
    consumer.catch_up()
    assert consumer.puts == [report(1)]


async def test_ids_from_before_there_were_recalls_still_open() -> None:
    key = secrets.token_bytes(64)
    plain = bytes([2]) + (1_700).to_bytes(6, "big")
    plain = plain + bytes(15) + (1_800).to_bytes(6, "big") + bytes(4)
    early = AESSIV(key).encrypt(plain, [b"POL/0"])
    told = Ids(key).open(viewer("POL0"), base64.urlsafe_b64encode(early).decode())
    assert told == Told(commit_ms=1_700, phase=END, until_ms=1_800)
