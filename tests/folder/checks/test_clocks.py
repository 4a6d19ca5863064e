import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from foedus import app
from foedus.clock import from_ms
from foedus.folder.checks.clocks import clocks
from foedus.folder.findings import Case, Finding, Level
from foedus.processes.escalating import may_tell, settle
from foedus.response.firings import FiringMissed, clock_stream
from foedus.response.ladders import Key
from tests.processes import clockwork
from tests.processes.clockwork import T0, Works


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("examined") / "data"
    asyncio.run(clockwork.found(folder))
    return folder


@pytest.fixture
def works(founded: Path, tmp_path: Path) -> Iterator[Works]:
    made = Works(founded, tmp_path)
    yield made
    app.close_hub(made.hub)


def examined(works: Works) -> list[Finding]:
    case = Case(
        folder=works.folder,
        at=works.clock(),
        environment={},
        views_version=app.views_version(),
        port=1,
    )
    return list(clocks(case))


async def looked(works: Works) -> None:
    await works.hub.auditor.look()
    await works.hub.seen([works.hub.log.head()])


def said(findings: list[Finding]) -> list[tuple[Level, str]]:
    return [(each.level, each.what) for each in findings]


async def test_clocks_that_run_and_are_watched_are_well(works: Works) -> None:
    await works.start()
    await looked(works)
    assert said(examined(works)) == [(Level.OK, "1 clocks run, and none is behind")]


async def test_what_is_due_and_untold_is_a_warning(works: Works) -> None:
    await works.start()
    works.pass_minutes(16)
    await looked(works)
    (found,) = examined(works)
    assert found.level is Level.WARN
    assert found.what == "something has been due for 60 seconds and is not told"


async def test_what_did_not_come_is_an_error(works: Works) -> None:
    task = await works.start()
    works.pass_minutes(1)
    missed = FiringMissed(task=task, key=Key("accept", "0"), due_ms=T0, found_ms=T0)
    await works.add(clock_stream(task), missed)
    await looked(works)
    (found,) = examined(works)
    assert found.level is Level.ERROR
    assert found.what.startswith("1 warnings, escalations or deadlines")


async def test_an_auditor_that_does_not_look_is_a_warning(works: Works) -> None:
    await works.start()
    assert said(examined(works))[1] == (
        Level.WARN,
        "the auditor of clocks has looked never, and clocks run",
    )
    await looked(works)
    works.clock.set(from_ms(T0) + timedelta(minutes=3))
    assert "23 November, 08:00" in said(examined(works))[1][1]


async def test_a_clock_that_was_put_is_an_error_and_says_what_to_do(
    works: Works,
) -> None:
    await looked(works)
    works.put_by(10)
    await may_tell(works.escalator)
    await settle(works.escalator)
    (found,) = examined(works)
    assert found.level is Level.ERROR
    assert "went forward by 600 seconds" in found.what
    assert "foedus protocol clocks --confirm" in found.todo
