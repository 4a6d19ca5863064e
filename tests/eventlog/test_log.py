"""The contract of the log, on every backend (DESIGN 5)."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import groupby

import msgspec
import pytest

from foedus.clock import StoppedClock
from foedus.errors import (
    ConflictError,
    CorruptLogError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
    UnavailableError,
)
from foedus.eventlog.envelope import Append, Recorded, Redacted, Who, redaction_stream
from foedus.eventlog.log import EventLog
from foedus.ids import START, Position
from tests.eventlog.samples import (
    CODEC,
    NOON_MS,
    Counted,
    Noted,
    a_redaction,
    an_append,
    appends,
    numbers,
)


async def take(tail: AsyncIterator[Recorded], count: int) -> list[Recorded]:
    taken = []
    async with asyncio.timeout(20):
        async for recorded in tail:
            taken.append(recorded)
            if len(taken) == count:
                break
    return taken


def commits(entries: list[Recorded]) -> list[int]:
    return [
        len(list(commit)) for _, commit in groupby(entries, lambda one: one.arrival_ms)
    ]


async def test_positions_grow_by_one_from_one(log: EventLog) -> None:
    positions = [await log.append(an_append()) for _ in range(3)]

    assert positions == [1, 2, 3]


def test_the_head_of_an_empty_log_is_the_start(log: EventLog) -> None:
    assert log.head() == START


async def test_the_head_is_the_last_position(log: EventLog) -> None:
    await log.append_many(appends(4))

    assert log.head() == 4


async def test_an_entry_gives_back_what_was_appended(log: EventLog) -> None:
    request = an_append(
        "notes/ü",
        event=Noted(text="hé", raw=msgspec.Raw(b'{ "b":1,  "a":2.50 }')),
        who=Who(account="account--2", nation="UKR", door="cli", by="account--9"),
        label="NATO RESTRICTED // REL TO NATO, UKR",
    )

    await log.append(request)

    (recorded,) = log.read("notes/ü")
    assert recorded.event_id == request.event_id
    assert recorded.stream == "notes/ü"
    assert recorded.kind == "sample.noted"
    assert recorded.who == request.who
    assert recorded.label == request.label
    assert recorded.arrival_ms == NOON_MS
    assert CODEC.decode(recorded) == request.event


async def test_original_bytes_stand_at_the_end_of_the_body(log: EventLog) -> None:
    raw = b'{ "b":1,  "a":2.50 }'

    await log.append(an_append(event=Noted(raw=msgspec.Raw(raw))))

    assert log.read("notes/1")[0].body is not None
    assert log.read("notes/1")[0].body.endswith(raw + b"}")  # type: ignore[union-attr]  # checked above


async def test_a_stream_gives_its_own_entries_in_order(log: EventLog) -> None:
    await log.append_many(appends(3, "a"))
    await log.append_many(appends(2, "b"))
    await log.append(an_append("a", event=Counted(number=9)))

    assert numbers(log.read("a")) == [0, 1, 2, 9]


def test_a_stream_that_is_not_there_is_empty(log: EventLog) -> None:
    assert log.read("nobody") == []


async def test_of_two_appends_after_the_same_position_one_wins(log: EventLog) -> None:
    outcomes = await asyncio.gather(
        log.append(an_append(after=START)),
        log.append(an_append(after=START)),
        return_exceptions=True,
    )

    assert sorted(isinstance(each, ConflictError) for each in outcomes) == [False, True]


async def test_an_append_after_the_last_position_of_its_stream_is_accepted(
    log: EventLog,
) -> None:
    first = await log.append(an_append("a", after=START))
    await log.append(an_append("b"))

    assert await log.append(an_append("a", after=first)) == 3


async def test_a_batch_is_judged_with_its_own_earlier_appends(log: EventLog) -> None:
    outcomes = await log.append_many(
        [
            an_append("a", after=START),
            an_append("a", after=START),
            an_append("a", after=Position(1)),
            an_append("b", after=START),
        ]
    )

    assert isinstance(outcomes[1], ConflictError)
    assert [outcomes[0], *outcomes[2:]] == [1, 2, 3]


async def test_a_retry_returns_the_first_position(log: EventLog) -> None:
    request = an_append()
    first = await log.append(request)
    await log.append(an_append())

    assert await log.append(request) == first
    assert log.head() == 2


async def test_a_retry_with_an_expectation_returns_the_first_position(
    log: EventLog,
) -> None:
    request = an_append(after=START)
    first = await log.append(request)
    await log.append(an_append())

    assert await log.append(request) == first


async def test_an_id_twice_in_one_batch_is_written_once(log: EventLog) -> None:
    request = an_append(after=START)

    assert await log.append_many([request, an_append("b"), request]) == [1, 2, 1]
    assert log.head() == 2


async def test_a_batch_of_old_and_new_writes_the_new(log: EventLog) -> None:
    old = appends(3)
    await log.append_many(old)

    outcomes = await log.append_many([old[2], an_append(), old[0], an_append()])

    assert outcomes == [3, 4, 1, 5]


async def test_an_append_that_cannot_be_written_harms_nobody_else(
    log: EventLog,
) -> None:
    outcomes = await log.append_many(
        [an_append(), an_append(stream=""), an_append(label="\ud800"), an_append()]
    )

    assert [type(each) for each in outcomes[1:3]] == [InvalidInputError] * 2
    assert [outcomes[0], outcomes[3]] == [1, 2]


async def test_nothing_to_append_gives_no_outcomes(log: EventLog) -> None:
    assert await log.append_many([]) == []


async def test_a_batch_lands_in_one_commit(log: EventLog) -> None:
    await log.append_many(appends(2000))

    assert commits(log.read_after(START, 5000)) == [2000]


async def test_arrivals_grow_from_commit_to_commit_though_the_clock_stands(
    log: EventLog,
) -> None:
    for _ in range(3):
        await log.append_many(appends(2))

    arrivals = [recorded.arrival_ms - NOON_MS for recorded in log.read("notes/1")]
    assert arrivals == [0, 0, 1, 1, 2, 2]


async def test_arrivals_follow_the_clock(log: EventLog, clock: StoppedClock) -> None:
    await log.append(an_append())
    clock.advance(timedelta(minutes=1))
    await log.append(an_append())

    arrivals = [recorded.arrival_ms - NOON_MS for recorded in log.read("notes/1")]
    assert arrivals == [0, 60_000]


async def test_arrivals_grow_though_the_clock_is_set_back(
    log: EventLog, clock: StoppedClock
) -> None:
    await log.append(an_append())
    clock.advance(timedelta(hours=-1))
    await log.append(an_append())

    arrivals = [recorded.arrival_ms - NOON_MS for recorded in log.read("notes/1")]
    assert arrivals == [0, 1]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5])
async def test_a_read_never_splits_a_commit(log: EventLog, limit: int) -> None:
    for size in (3, 1, 4):
        await log.append_many(appends(size))
    whole = {1: [3], 2: [3], 3: [3], 4: [3, 1], 5: [3, 1, 4]}

    assert commits(log.read_after(START, limit)) == whole[limit]


async def test_a_read_goes_on_past_a_position(log: EventLog) -> None:
    await log.append_many(appends(5))

    assert [one.position for one in log.read_after(Position(3), 10)] == [4, 5]
    assert log.read_after(Position(5), 10) == []


async def test_many_callers_get_places_of_their_own(log: EventLog) -> None:
    positions = await asyncio.gather(
        *(log.append(an_append(f"s/{n}")) for n in range(300))
    )

    assert sorted(positions) == list(range(1, 301))
    assert [log.read(f"s/{n}")[0].position for n in range(300)] == positions


async def test_a_tail_gives_what_is_there_and_what_comes(log: EventLog) -> None:
    await log.append_many(appends(3))
    tail = log.tail(START)

    before = await take(tail, 3)
    waiting = asyncio.create_task(take(log.tail(Position(3)), 2))
    await log.append_many(appends(2))

    assert [one.position for one in before + await waiting] == [1, 2, 3, 4, 5]


async def test_tails_from_any_position_miss_nothing_and_keep_the_order(
    log: EventLog,
) -> None:
    total = 600
    async with asyncio.TaskGroup() as tasks:
        tails = [
            tasks.create_task(take(log.tail(Position(after)), total - after))
            for after in (0, 1, 77, 599)
        ]
        for size in (1, 50, 9, 240, 300):
            tasks.create_task(log.append_many(appends(size)))

    seen = [[one.position for one in tail.result()] for tail in tails]
    assert seen == [list(range(after + 1, 601)) for after in (0, 1, 77, 599)]


async def test_a_tail_ends_when_the_log_is_closed(log: EventLog) -> None:
    await log.append(an_append())
    tail = log.tail(START)
    await anext(tail)
    ending = asyncio.ensure_future(anext(tail, None))
    await asyncio.sleep(0)

    log.close()

    async with asyncio.timeout(5):
        assert await ending is None


async def test_a_listener_is_called_after_a_commit_until_it_ends(
    log: EventLog,
) -> None:
    heard = asyncio.Event()
    loop = asyncio.get_running_loop()
    unlisten = log.listen(lambda: loop.call_soon_threadsafe(heard.set) and None)

    await log.append(an_append())

    async with asyncio.timeout(5):
        await heard.wait()
    unlisten()


async def test_a_closed_log_takes_and_gives_nothing(log: EventLog) -> None:
    await log.append(an_append())
    log.close()

    with pytest.raises(UnavailableError):
        await log.append(an_append())
    with pytest.raises(UnavailableError):
        log.head()
    with pytest.raises(UnavailableError):
        log.read("notes/1")
    with pytest.raises(UnavailableError):
        log.read_after(START, 1)


async def test_a_good_log_verifies_and_tells_how_far(log: EventLog) -> None:
    await log.append_many(appends(2500))
    told: list[Position] = []

    assert log.verify(told.append) == 2500
    assert told == [1000, 2000, 2500]


def test_an_empty_log_verifies(log: EventLog) -> None:
    assert log.verify() == START


async def test_an_id_is_remembered_whatever_the_retry_says(log: EventLog) -> None:
    event_id = uuid.uuid4()
    await log.append(an_append("a", event_id=event_id, label="X"))

    assert await log.append(an_append("b", event_id=event_id)) == 1
    assert log.read("b") == []


async def test_a_redacted_entry_keeps_all_but_its_body(log: EventLog) -> None:
    await log.append_many(appends(3))
    (_, before, _) = log.read("notes/1")

    assert await log.redact(a_redaction(2)) == 4

    (_, after, _) = log.read("notes/1")
    assert after == msgspec.structs.replace(before, body=None)
    assert (before.erased, after.erased) == (False, True)
    assert log.verify() == 4


async def test_what_is_left_of_an_entry_is_read_in_its_place(log: EventLog) -> None:
    await log.append(an_append("a", event=Noted(text="secret")))
    left = Noted(text="")

    await log.redact(a_redaction(1, residue=left))

    tail = await take(log.tail(START), 1)
    entries = [*log.read("a"), *log.read_after(START, 1), *tail]
    assert [CODEC.decode(one) for one in entries] == [left] * 3


async def test_of_an_entry_of_which_nothing_is_left_there_is_no_event(
    log: EventLog,
) -> None:
    await log.append(an_append("a"))

    await log.redact(a_redaction(1))

    (erased,) = log.read("a")
    assert (erased.body, erased.residue) == (None, None)
    with pytest.raises(CorruptLogError, match="redacted"):
        CODEC.decode(erased)


async def test_a_redaction_tells_position_and_reason(log: EventLog) -> None:
    await log.append(an_append("a"))

    await log.redact(a_redaction(1, reason="a name slipped in"))

    (redaction,) = log.read(redaction_stream(1))
    event = CODEC.decode(redaction)
    assert event == Redacted(position=Position(1), reason="a name slipped in")


async def test_a_redaction_that_is_retried_returns_the_first_position(
    log: EventLog,
) -> None:
    await log.append(an_append("a"))
    request = a_redaction(1)
    first = await log.redact(request)
    await log.append(an_append("a"))

    assert await log.redact(request) == first
    assert log.head() == 3


async def test_an_entry_is_redacted_once(log: EventLog) -> None:
    await log.append(an_append("a"))
    await log.redact(a_redaction(1))

    with pytest.raises(ConflictError, match="position 1 was redacted already"):
        await log.redact(a_redaction(1))

    assert log.head() == 2


async def test_of_two_redactions_at_once_one_wins(log: EventLog) -> None:
    await log.append(an_append("a"))

    outcomes = await asyncio.gather(
        *(log.redact(a_redaction(1)) for _ in range(8)), return_exceptions=True
    )

    assert sum(isinstance(each, ConflictError) for each in outcomes) == 7
    assert log.head() == 2


@pytest.mark.parametrize("position", [-1, 0, 2, 2**63, 2**80])
async def test_an_entry_that_is_not_there_is_not_redacted(
    log: EventLog, position: int
) -> None:
    await log.append(an_append("a"))

    with pytest.raises(NotFoundError, match=f"no entry at position {position}"):
        await log.redact(a_redaction(position))

    assert log.head() == 1


async def test_a_redaction_is_not_redacted(log: EventLog) -> None:
    await log.append(an_append("a"))
    await log.redact(a_redaction(1))

    with pytest.raises(RuleViolationError, match="is a redaction"):
        await log.redact(a_redaction(2))

    assert log.verify() == 2


async def test_what_is_left_of_an_entry_is_of_its_kind(log: EventLog) -> None:
    await log.append(an_append("a"))

    with pytest.raises(InvalidInputError, match=r"sample\.noted"):
        await log.redact(a_redaction(1, residue=Counted(number=1)))

    assert log.read("a")[0].body is not None


async def test_a_redaction_under_the_id_of_another_event_erases_nothing(
    log: EventLog,
) -> None:
    event_id = uuid.uuid4()
    await log.append(an_append("a", event_id=event_id))

    with pytest.raises(ConflictError, match="another event"):
        await log.redact(a_redaction(1, event_id=event_id))

    assert log.read("a")[0].body is not None


@pytest.mark.parametrize(
    "request_",
    [
        an_append(redaction_stream(1), event=Noted()),
        a_redaction(1, stream="log"),
        an_append(
            redaction_stream(1),
            event=Redacted(
                position=Position(1), residue=msgspec.Raw(b'{"kind":"x.y"}')
            ),
        ),
        an_append(
            redaction_stream(1),
            event=Redacted(position=Position(1), residue=msgspec.Raw(b"[7]")),
        ),
    ],
)
async def test_a_redaction_that_is_none_is_refused(
    log: EventLog, request_: Append
) -> None:
    await log.append(an_append("a"))

    with pytest.raises(InvalidInputError):
        await log.redact(request_)

    assert log.head() == 1


async def test_a_log_goes_on_after_redactions(log: EventLog) -> None:
    await log.append_many(appends(5))
    await log.redact(a_redaction(2, residue=Counted(number=0)))
    await log.append_many(appends(2))
    await log.redact(a_redaction(5, residue=Counted(number=0)))
    await log.append(an_append(event=Counted(number=9)))

    assert numbers(log.read("notes/1")) == [0, 0, 2, 3, 0, 0, 1, 9]
    assert log.verify() == 10
