"""`foedus demo`."""

import threading
from pathlib import Path

import httpx

from foedus.__main__ import load_app
from foedus.cli.station import Station
from foedus.ids import Position
from tests.cli.conftest import Run, serving


def test_the_demo_serves_stories_and_goes_on_when_started_again(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with serving(folder, "demo") as first:
        told = _head(folder)
        _wait_for_more_than(folder, told)
        page = httpx.get(f"{first.url}/", follow_redirects=True)
        code, _ = first.stop()

    with serving(folder, "demo") as second:
        _wait_for_more_than(folder, _head(folder))

    before, after = _passwords(first.first), _passwords(second.first)
    assert (page.status_code, code) == (200, 0)
    columns = ["norway", "sweden", "moldova", "illustria"]
    keepers = ["norway-auditor", "poland-planner", "operator"]
    names = [*columns, "finland", "poland", "duty", *keepers]
    assert list(before) == list(after) == names
    assert all(before.values())
    assert not any(after.values())


def _passwords(answer: dict[str, object]) -> dict[str, str | None]:
    accounts = answer["accounts"]
    assert isinstance(accounts, list)
    return {each["name"]: each["password"] for each in accounts}


def _head(folder: Path) -> Position:
    with Station(load=load_app, data=folder).hub() as hub:
        return hub.log.head()


def _wait_for_more_than(folder: Path, position: Position) -> None:
    pause = threading.Event()
    for _ in range(200):
        if _head(folder) > position:
            return
        pause.wait(0.1)
    raise TimeoutError("no story was told")


def test_an_open_stream_does_not_keep_the_demo_from_stopping(tmp_path: Path) -> None:
    with serving(tmp_path / "demo", "demo") as server:
        url = f"{server.url}/worlds/events"
        with httpx.stream("GET", url, timeout=10) as stream:
            parts = stream.iter_bytes()
            assert next(parts)
            code, _ = server.stop()

    assert code == 0


def test_a_hub_that_is_no_demo_is_refused_and_left_alone(
    run: Run, folder: Path
) -> None:
    before = _head(folder)

    result = run("demo", "--port", "0")

    assert result.exit_code == 1
    assert "is no demo" in result.stderr
    assert _head(folder) == before
