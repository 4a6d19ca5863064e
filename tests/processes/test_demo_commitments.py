"""What the demo has promised shows what a plan is for."""

import asyncio
from collections.abc import Iterator
from datetime import date

import pytest

from foedus import app
from foedus.hub import Hub
from foedus.planning.covering import cover
from foedus.planning.results import Coverage, Reason
from foedus.planning.situations import Horizon, Prepared, situation_of
from foedus.processes.demo import prepare
from foedus.processes.demo_commitments import absences, promised, ways
from foedus.processes.demo_pack import load_demo_pack

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    folder = tmp_path_factory.mktemp("demo") / "data"
    found = asyncio.run(app.create(folder, load_demo_pack(), environment={}))
    asyncio.run(prepare(found))
    yield found
    app.close_hub(found)


def prepared(hub: Hub, name: str) -> Prepared:
    viewer = hub.authenticator.named(name).viewer()
    horizon = Horizon(as_of=hub.clock().date())
    with hub.reading.snapshot() as seen:
        return situation_of(seen.db, seen.access, viewer, horizon)


def gaps(found: Coverage, hub: Hub) -> dict[str, set[Reason]]:
    titles = {
        name: held.content.title
        for name, held in prepared(hub, "duty").commitments.items()
    }
    told: dict[str, set[Reason]] = {}
    for each in found.gaps:
        told.setdefault(titles[each.commitment], set()).add(each.reason)
    return told


def test_a_plan_of_the_demo_shows_each_kind_of_gap(hub: Hub) -> None:
    found = cover(prepared(hub, "duty").situation)

    told = gaps(found, hub)
    assert Reason.NO_SUCH_CAPABILITY in told["Fuel in the air"]
    assert Reason.TOO_LATE in told["48 hours on station"]
    assert Reason.OTHERS_FIRST in told["Winter cover"]
    assert "Desk around the clock" not in told
    assert {each.nation for each in found.tours} == {"NOR", "SWE"}


def test_the_demo_says_that_its_plans_rest_on_what_is_made_up(hub: Hub) -> None:
    found = prepared(hub, "norway")

    assert found.illustrative
    assert found.withheld == ()
    assert prepared(hub, "moldova").situation.commitments == ()


def test_what_is_promised_begins_today_at_the_earliest() -> None:
    assert min(each.since for each in promised(TODAY)) == TODAY
    assert {each.since for each in ways(TODAY)} == {TODAY}
    assert absences("Desk Damson", TODAY) == []
    assert absences("Lake group", TODAY)[0]["since"] > TODAY
