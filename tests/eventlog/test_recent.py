import pytest

from foedus.clock import StoppedClock
from foedus.eventlog.draft import Draft, draft_all
from foedus.eventlog.log import EventLog
from foedus.eventlog.memory import MemoryStore
from foedus.eventlog.recent import KeepingSequencer, Recent
from foedus.eventlog.sequence import Sequenced
from foedus.ids import START, Position
from tests.eventlog.samples import (
    CODEC,
    a_redaction,
    an_append,
    appends,
    clock_at_noon,
)


def drafts(count: int) -> list[Draft]:
    made = draft_all(CODEC, appends(count))
    return [each for each in made if isinstance(each, Draft)]


def taken(recent: Recent, after: int, limit: int = 1_000) -> list[int]:
    return [each.position for each in recent.take(Position(after), limit)]


class Commits:
    """Commits of one store, one after the other."""

    def __init__(self) -> None:
        self.store = MemoryStore(clock_at_noon())

    def make(self, count: int) -> Sequenced:
        return self.store.commit(drafts(count))


@pytest.fixture
def commits() -> Commits:
    return Commits()


@pytest.fixture
def recent(commits: Commits) -> Recent:
    made = Recent()
    made.keep(commits.make(2))
    made.keep(commits.make(3))
    return made


async def test_what_was_just_appended_is_at_hand_as_it_would_be_read(
    log: EventLog,
) -> None:
    await log.append_many(appends(3))
    await log.append(an_append("notes/2", label="NATO RESTRICTED"))

    assert log.take_recent(START, 9) == log.read_after(START, 9)
    assert log.take_recent(START, 9) == []


async def test_nothing_is_at_hand_of_what_was_erased(log: EventLog) -> None:
    await log.append_many(appends(3))
    await log.redact(a_redaction(2))

    assert log.take_recent(START, 9) == []


def test_what_is_kept_is_what_would_be_read(commits: Commits, recent: Recent) -> None:
    assert recent.take(START, 9) == commits.store.read_after(START, 9)


def test_it_is_given_once(recent: Recent) -> None:
    assert taken(recent, 0) == [1, 2, 3, 4, 5]
    assert taken(recent, 0) == []
    assert taken(recent, 2) == []


def test_it_is_given_in_whole_commits(recent: Recent) -> None:
    assert taken(recent, 0, limit=1) == [1, 2]
    assert taken(recent, 2, limit=1) == [3, 4, 5]


def test_enough_is_given_once_the_limit_is_reached(commits: Commits) -> None:
    recent = Recent()
    for _ in range(3):
        recent.keep(commits.make(2))

    assert taken(recent, 0, limit=2) == [1, 2]
    assert taken(recent, 2, limit=3) == [3, 4, 5, 6]


def test_what_was_taken_makes_room(commits: Commits) -> None:
    size = sum(draft.size for draft in drafts(1))
    recent = Recent(bytes_max=2 * size)
    recent.keep(commits.make(2))
    assert taken(recent, 0) == [1, 2]
    recent.keep(commits.make(2))

    assert taken(recent, 2) == [3, 4]


def test_what_is_known_already_is_passed_over(recent: Recent) -> None:
    assert taken(recent, 2) == [3, 4, 5]


def test_a_commit_of_which_a_part_is_known_is_left_to_be_read(recent: Recent) -> None:
    assert taken(recent, 3) == []
    assert taken(recent, 2) == []


def test_what_another_process_appended_in_between_is_left_to_be_read(
    commits: Commits,
) -> None:
    recent = Recent()
    recent.keep(commits.make(1))
    commits.make(1)
    recent.keep(commits.make(1))

    assert taken(recent, 0) == [1]
    assert taken(recent, 1) == []
    assert taken(recent, 2) == [3]


def test_older_commits_give_way(commits: Commits) -> None:
    size = sum(draft.size for draft in drafts(1))
    recent = Recent(bytes_max=2 * size)
    for _ in range(3):
        recent.keep(commits.make(1))

    assert taken(recent, 0) == []
    assert taken(recent, 1) == [2, 3]


def test_a_commit_of_refusals_alone_is_nothing_to_keep(
    commits: Commits, recent: Recent
) -> None:
    again = drafts(1)
    recent.keep(commits.store.commit(again))
    recent.keep(commits.store.commit(again))

    assert taken(recent, 0) == [1, 2, 3, 4, 5, 6]


class Closing(MemoryStore):
    """A store that notes what it was asked."""

    def __init__(self) -> None:
        super().__init__(StoppedClock(clock_at_noon()()))
        self.asked: list[str] = []

    def idle(self) -> None:
        self.asked.append("idle")

    def close(self) -> None:
        self.asked.append("close")


def test_a_keeping_sequencer_does_what_the_other_one_does() -> None:
    store, recent = Closing(), Recent()
    sequencer = KeepingSequencer(store, recent)

    done = sequencer.commit(drafts(2))
    sequencer.idle()
    sequencer.close()

    assert done.outcomes == [1, 2]
    assert store.asked == ["idle", "close"]
    assert taken(recent, 0) == [1, 2]
