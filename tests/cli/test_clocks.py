"""`foedus task clocks|pause|resume` and `foedus protocol clocks`."""

import asyncio
import json
from pathlib import Path

import pytest

from foedus import app
from foedus.clock import to_ms
from foedus.eventlog.envelope import Append, Who
from foedus.ids import new_event_id
from foedus.response.firings import HOLDS, ClocksHeld
from tests.cli.conftest import Run
from tests.response.theatre import asking

CLOCKS = {
    "clocks": {"acknowledge": {"within": "PT1H", "name": "an hour to say so"}},
    "ladder": [{"clock": "acknowledge", "after": "PT15M", "tell": "coordinator"}],
}


@pytest.fixture
def task(run: Run, tmp_path: Path) -> str:
    """Start a run with clocks; give the task of Finland."""
    for nation in ("pol", "fin"):
        words = ("--nation", nation.upper(), "--role", "duty-officer")
        assert run("account", "add", f"{nation}-duty", *words).exit_code == 0
    path = tmp_path / "playbook.json"
    path.write_text(json.dumps(asking(nations=["FIN"], **CLOCKS)))
    label = ("--label", "NATO UNCLASSIFIED // REL TO NATO")
    imported = run(
        "protocol", "import", str(path), *label, "--as", "pol-duty", "--json"
    )
    assert imported.exit_code == 0, imported.stderr
    name = str(json.loads(imported.stdout)["playbook"])
    assert run("protocol", "start", name, "--as", "pol-duty").exit_code == 0
    listed = run("task", "list", "--open", "--as", "fin-duty", "--json")
    [found] = json.loads(listed.stdout)
    return str(found["task"])


def test_clocks_are_shown_paused_resumed_and_listed(run: Run, task: str) -> None:
    shown = run("task", "clocks", task, "--as", "fin-duty").stdout
    assert "acknowledge running, waits for the nation, until " in shown
    assert "an hour to say so" in shown
    assert "escalated 0" in shown
    assert "Europe/Helsinki" in shown
    words = ("--reason", "FIN asks its ministry", "--as", "pol-duty")
    paused = run("task", "pause", task, *words, "--awaits", "EST").stdout
    assert "acknowledge paused, waits for the other-nation" in paused
    assert "by POL: FIN asks its ministry" in paused
    assert run("task", "pause", task, *words).exit_code == 1
    assert run("task", "pause", task, "--reason", "x", "--as", "fin-duty").exit_code
    assert run("task", "clocks", task, "--as", "mda").exit_code == 1
    resumed = run("task", "resume", task, "--as", "pol-duty").stdout
    assert "acknowledge running" in resumed
    mine = run("protocol", "clocks", "--as", "fin-duty").stdout
    assert task in mine
    assert "missing" not in mine
    whole = run("protocol", "clocks").stdout
    assert "1 run, the first overdue for 0 s, 0 missing; audited until never" in whole


def test_the_time_is_confirmed_after_the_clock_was_put(run: Run, folder: Path) -> None:
    assert run("protocol", "clocks", "--confirm").exit_code == 1
    hub = app.open_hub(folder, environment={})
    now_ms = to_ms(hub.clock())
    held = ClocksHeld(jump="forward", was_ms=now_ms - 600_000, is_ms=now_ms)
    request = Append(
        event_id=new_event_id(now_ms),
        stream=HOLDS,
        event=held,
        who=Who(account="account--1", nation="NATO", door="test"),
    )
    asyncio.run(hub.log.append(request))
    app.close_hub(hub)
    assert "HELD: the machine's clock went forward" in run("protocol", "clocks").stdout
    confirmed = run("protocol", "clocks", "--confirm")
    assert confirmed.exit_code == 0, confirmed.stderr
    assert "HELD" not in confirmed.stdout
