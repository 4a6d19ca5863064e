import asyncio
import json
from collections.abc import AsyncIterator, Callable
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from foedus.alliance.events import AllianceEvent
from foedus.alliance.nations import Alliance
from foedus.alliance.pack import load_pack, parse_pack
from foedus.alliance.records import Pack
from foedus.clock import StoppedClock
from foedus.eventlog.codec import Codec
from foedus.eventlog.envelope import Act, Who
from foedus.eventlog.memory import MemoryEventLog

HARBOUR = Path(__file__).parent / "data" / "harbour.json"

Refusal = Callable[..., str]


@pytest.fixture(scope="session")
def nato() -> Alliance:
    return Alliance.from_pack(load_pack("nato"))


@pytest.fixture(scope="session")
def harbour_pack() -> Pack:
    return parse_pack(HARBOUR.read_bytes())


@pytest.fixture(scope="session")
def harbour(harbour_pack: Pack) -> Alliance:
    return Alliance.from_pack(harbour_pack)


@pytest.fixture
def document() -> dict[str, Any]:
    """The pack of the Harbour League, to be spoilt."""
    return deepcopy(json.loads(HARBOUR.read_bytes()))


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(datetime(2026, 11, 22, 12, tzinfo=UTC))


@pytest.fixture
def act(clock: StoppedClock) -> Act:
    who = Who(account="account--1", nation="HARBOUR", door="cli")
    return Act(who=who, at=clock())


@pytest.fixture
async def log(clock: StoppedClock) -> AsyncIterator[MemoryEventLog]:
    log = MemoryEventLog(Codec(AllianceEvent), clock)
    yield log
    await asyncio.to_thread(log.close)
