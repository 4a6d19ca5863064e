"""The protocol of the demo: nations at different points, told once."""

from pathlib import Path

from foedus import app
from foedus.processes.demo_response import TOLD, respond
from foedus.response.queries import list_runs, list_tasks, tasks_of_run
from foedus.response.tasks import Standing
from tests.web.conftest import mould
from tests.web.demo_hub import Mould, copy_hub

__all__ = ["mould"]


async def test_nations_stand_at_different_points(mould: Mould, tmp_path: Path) -> None:
    hub = copy_hub(mould, tmp_path / "data")
    with hub.reading.snapshot() as seen:
        duty = hub.authenticator.named("duty").viewer()
        [run] = list_runs(seen.db, seen.access, duty)
        tasks = tasks_of_run(seen.db, seen.access, duty, run.run)
        partner = hub.authenticator.named("moldova").viewer()
        others = list_runs(seen.db, seen.access, partner)
        theirs = list_tasks(seen.db, seen.access, partner, part="all", open=None)
    before = hub.log.head()
    await respond(hub)
    after, told = hub.log.head(), hub.store.setting(TOLD)
    app.close_hub(hub)

    assert run.is_open
    assert run.exercise
    assert {Standing.BEGUN, Standing.ACKNOWLEDGED, Standing.DECLINED} <= {
        each.standing for each in tasks
    }
    assert (others, theirs) == ([], [])
    assert told is not None
    assert after == before, "it is told once"
