from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from foedus.identity.store import StateStore
from foedus.processes.demo_told import (
    SAID_MAX,
    TOLD,
    Line,
    Told,
    read_lines,
    read_told,
    say,
    write_told,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StateStore]:
    store = StateStore(tmp_path / "state.db")
    yield store
    store.close()


def test_at_first_nothing_was_told_and_nothing_said(store: StateStore) -> None:
    assert read_told(store) == Told()
    assert read_lines(store) == ()


def test_what_was_told_is_kept(store: StateStore) -> None:
    told = Told(stories=3, objects=5, beats=4)

    write_told(store, told)

    assert read_told(store) == told


def test_a_demo_of_before_the_play_goes_on(store: StateStore) -> None:
    store.set_setting(TOLD, '{"stories":7,"objects":9}')

    assert read_told(store) == Told(stories=7, objects=9, beats=0)


def test_the_newest_line_comes_first_and_old_ones_go(store: StateStore) -> None:
    for number in range(SAID_MAX + 3):
        say(store, Line(at=NOON, act="Act 1", text=str(number)))

    lines = read_lines(store)

    assert [line.text for line in lines][:2] == ["8", "7"]
    assert len(lines) == SAID_MAX
