"""Logs, on every backend."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from foedus.clock import StoppedClock
from foedus.eventlog.log import EventLog
from foedus.eventlog.memory import MemoryEventLog
from foedus.eventlog.sqlite import open_sqlite_log
from tests.eventlog.samples import CODEC, clock_at_noon


@pytest.fixture(autouse=True)
def _every_line_is_logged() -> Iterator[None]:
    """Whatever level a hub of another test was served with."""
    before = structlog.get_config()
    structlog.reset_defaults()
    yield
    structlog.configure(**before)


@pytest.fixture
def clock() -> StoppedClock:
    return clock_at_noon()


@pytest.fixture
def sqlite_log(tmp_path: Path, clock: StoppedClock) -> Iterator[EventLog]:
    log = open_sqlite_log(tmp_path, CODEC, clock)
    yield log
    log.close()


@pytest.fixture
def memory_log(clock: StoppedClock) -> Iterator[EventLog]:
    log = MemoryEventLog(CODEC, clock)
    yield log
    log.close()


@pytest.fixture(params=["sqlite_log", "memory_log"])
def log(request: pytest.FixtureRequest) -> EventLog:
    opened: EventLog = request.getfixturevalue(request.param)
    return opened
