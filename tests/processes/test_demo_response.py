"""The protocol of the demo: nations at different points, told once."""

from pathlib import Path

from foedus import app
from foedus.processes.demo_response import PROTOCOL, SURE, TOLD, respond, watch
from foedus.response import catalogue
from foedus.response.proposals_views import Wanted, list_proposals, list_rules
from foedus.response.queries import list_runs, list_tasks, tasks_of_run
from foedus.response.tasks import Standing
from foedus.stix.strict_json import read_object
from tests.web.conftest import mould
from tests.web.demo_hub import Mould, copy_hub
from tests.web.sighting import sight

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
        [rule] = list_rules(seen.db, seen.access, duty)
    before = hub.log.head()
    await respond(hub)
    await watch(hub)
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
    assert rule.terms.playbook == read_object(catalogue.raw(PROTOCOL))["id"]


async def test_what_is_sighted_proposes_the_protocol_to_a_person(
    mould: Mould, tmp_path: Path
) -> None:
    hub = copy_hub(mould, tmp_path / "data")
    places = await sight(hub)
    with hub.reading.snapshot() as seen:
        duty = hub.authenticator.named("duty").viewer()
        [found] = list_proposals(seen.db, seen.access, duty, Wanted())
        norway = hub.authenticator.named("norway").viewer()
        others = list_proposals(seen.db, seen.access, norway, Wanted())
        runs = list_runs(seen.db, seen.access, duty)
    app.close_hub(hub)

    assert places["proposal"] == f"/proposals/{found.proposal}"
    assert (found.score >= SURE, found.needed, others) == (True, 1, [])
    assert len(runs) == 1, "nothing starts by itself"
