"""What a projector tells: in words, in the hub's own log, and of itself."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from structlog.testing import capture_logs

from foedus.errors import UnavailableError
from foedus.eventlog.database import CAUSE_LASTS_S
from foedus.eventlog.envelope import Event, Recorded
from foedus.eventlog.log import EventLog
from foedus.eventlog.projector import FOLD_ENTRIES, Projector
from foedus.eventlog.views import version_of
from foedus.ids import START, Position
from tests.eventlog.samples import CODEC, Counted, Sums, an_append, appends


class OtherSums(Sums):
    """The same view by newer code."""

    version = 2


class Refused(Sums):
    """A view whose table takes nothing, until it is mended."""

    def __init__(self, refusal: Exception) -> None:
        super().__init__()
        self.refusal: Exception | None = refusal

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        if self.refusal is not None:
            raise self.refusal
        super().apply(db, recorded, event)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "views.db"


@pytest.fixture
def projector(memory_log: EventLog, path: Path) -> Iterator[Projector]:
    made = Projector(memory_log, path, CODEC, [Sums()])
    yield made
    made.close()


def projectors() -> set[threading.Thread]:
    return {each for each in threading.enumerate() if each.name == "projector"}


def test_views_know_their_version_and_how_often_they_were_made_anew(
    projector: Projector,
) -> None:
    assert projector.version == version_of([Sums()])
    assert (projector.rebuilds(), projector.position()) == (0, START)

    projector.rebuild()
    projector.rebuild()

    assert projector.rebuilds() == 2


async def test_a_rebuild_is_told_with_how_far_it_came(
    memory_log: EventLog, projector: Projector
) -> None:
    await memory_log.append_many(appends(3))

    with capture_logs() as said:
        projector.rebuild()

    assert said == [{"event": "views_rebuilt", "log_level": "info", "position": 3}]


async def test_a_rebuild_goes_page_by_page(
    memory_log: EventLog, projector: Projector
) -> None:
    for count in (FOLD_ENTRIES - 1, 1, 1):
        await memory_log.append_many(appends(count))
    told: list[Position] = []

    projector.rebuild(told.append)

    assert told == [FOLD_ENTRIES, FOLD_ENTRIES + 1]


async def test_views_of_other_code_are_told_and_made_anew_once(
    memory_log: EventLog, path: Path, projector: Projector
) -> None:
    await memory_log.append(an_append())
    projector.catch_up()
    other = Projector(memory_log, path, CODEC, [OtherSums()])

    with capture_logs() as said:
        other.catch_up()
        other.catch_up()

    assert said == [
        {"event": "views_outdated", "log_level": "info"},
        {"event": "views_rebuilt", "log_level": "info", "position": 1},
    ]
    assert other.rebuilds() == 1
    other.close()


def test_views_that_are_as_the_code_are_folded_without_a_word(
    projector: Projector,
) -> None:
    with capture_logs() as said:
        projector.catch_up()

    assert said == []


async def test_a_fold_that_fails_is_told_with_where_and_in_no_words_of_the_event(
    memory_log: EventLog, path: Path
) -> None:
    projector = Projector(memory_log, path, CODEC, [Refused(KeyError("a secret"))])
    await memory_log.append_many(appends(2))

    with capture_logs() as said, pytest.raises(UnavailableError) as caught:
        projector.catch_up()

    assert caught.value.detail == (
        "the views cannot follow the log; see the hub's own log"
    )
    (line,) = said
    assert (line["event"], line["log_level"]) == ("fold_failed", "error")
    assert (line["position"], line["error"]) == (1, "KeyError")
    assert "raise self.refusal" in line["where"][-1]
    assert "secret" not in str(line)
    projector.close()


async def test_a_fold_that_fails_again_after_it_was_mended_is_told_again(
    memory_log: EventLog, path: Path
) -> None:
    refusal = KeyError("no")
    view = Refused(refusal)
    projector = Projector(memory_log, path, CODEC, [view])
    with capture_logs() as said:
        for each in (refusal, None, refusal):
            view.refusal = each
            await memory_log.append(an_append(event=Counted(number=1)))
            with contextlib.suppress(UnavailableError):
                projector.catch_up()

    assert [(each["event"], each["position"]) for each in said] == [
        ("fold_failed", 1),
        ("fold_failed", 3),
    ]
    projector.close()


async def test_what_the_disk_refuses_the_views_is_said_in_words(
    memory_log: EventLog, path: Path
) -> None:
    projector = Projector(memory_log, path, CODEC, [Refused(apsw.FullError())])
    await memory_log.append_many(appends(1))

    with capture_logs(), pytest.raises(UnavailableError) as caught:
        projector.catch_up()

    assert caught.value.detail.startswith("the disk of the hub is full; ")
    assert caught.value.retry_after_s == CAUSE_LASTS_S
    projector.close()


async def test_views_that_another_process_folds_are_told_so(
    memory_log: EventLog, path: Path
) -> None:
    projector = Projector(memory_log, path, CODEC, [Refused(apsw.BusyError())])
    await memory_log.append_many(appends(1))

    with capture_logs(), pytest.raises(UnavailableError) as caught:
        projector.catch_up()

    assert caught.value.detail == "another process is folding the views; come back"
    projector.close()


async def test_who_waits_in_vain_is_told_to_come_back(projector: Projector) -> None:
    projector.start()

    with pytest.raises(UnavailableError) as caught:
        await projector.wait(Position(1), timeout_s=0.01)

    assert caught.value.detail == "the views have not caught up; come back"


async def test_who_waits_while_the_hub_stops_is_told_to_come_back(
    projector: Projector,
) -> None:
    projector.start()
    waiting = asyncio.create_task(projector.wait(Position(1)))
    await asyncio.sleep(0)

    await asyncio.to_thread(projector.stop)

    with pytest.raises(UnavailableError) as caught:
        await waiting
    assert caught.value.detail == "the hub is stopping; come back"


async def test_who_waits_for_what_is_folded_is_answered_even_at_the_end(
    memory_log: EventLog, projector: Projector
) -> None:
    position = await memory_log.append(an_append())
    projector.catch_up()
    projector.close()

    await projector.wait(position)
    await projector.wait(START)


def test_one_thread_folds_and_ends_when_it_is_stopped(projector: Projector) -> None:
    others = projectors()  # of hubs that further tests have open
    projector.start()
    projector.start()

    begun = projectors() - others
    projector.stop()
    projector.stop()

    assert [each.daemon for each in begun] == [True], "it keeps no process from ending"
    assert [each.is_alive() for each in begun] == [False]


async def test_a_projector_that_was_stopped_may_be_started_again(
    memory_log: EventLog, projector: Projector
) -> None:
    projector.start()
    projector.stop()
    projector.start()

    await projector.wait(await memory_log.append(an_append()))

    assert projector.position() == 1
