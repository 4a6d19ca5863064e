"""The decisions of the demo: one in every phase that is worth looking at."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from foedus import app
from foedus.decisions import reading
from foedus.decisions.states import Decision, Phase
from foedus.eventlog.envelope import Act, Who
from foedus.hub import Hub
from foedus.identity.commands import open_account
from foedus.identity.rules import Opening
from foedus.ids import WHOEVER_RUNS_THE_HUB, NationCode
from foedus.processes.demo import prepare
from foedus.processes.demo_decisions import debate
from foedus.processes.demo_pack import load_demo_pack
from foedus.releasability.viewers import Role


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    folder = tmp_path_factory.mktemp("demo") / "data"
    found = asyncio.run(app.create(folder, load_demo_pack(), environment={}))
    asyncio.run(prepare(found))
    yield found
    app.close_hub(found)


def seen_by(hub: Hub, name: str) -> dict[Phase, list[Decision]]:
    viewer = hub.authenticator.named(name).viewer()
    found: dict[Phase, list[Decision]] = {}
    with hub.reading.snapshot() as seen:
        for each in reading.list_decisions(seen.db, seen.access, viewer):
            found.setdefault(each.phase, []).append(each)
    return found


def test_each_phase_that_is_worth_looking_at_is_there(hub: Hub) -> None:
    found = seen_by(hub, "finland")

    assert {phase: len(each) for phase, each in found.items()} == {
        Phase.SILENT: 2,
        Phase.BROKEN: 1,
        Phase.ADOPTED: 2,
    }
    everything = [each for phase in found.values() for each in phase]
    assert all(each.text.title.startswith("ILLUSTRATIVE: ") for each in everything)


def test_an_effect_is_done_and_a_condition_is_waited_for(hub: Hub) -> None:
    done, waits = sorted(
        seen_by(hub, "finland")[Phase.ADOPTED],
        key=lambda each: each.in_force_ms is None,
    )

    assert [each.outcome for each in done.done] == ["done"]
    assert (waits.in_force_ms, bool(waits.text.condition)) == (None, True)


def test_a_partner_reads_what_is_released_to_it_and_nothing_else(hub: Hub) -> None:
    found = seen_by(hub, "moldova")

    [release] = found[Phase.SILENT]
    assert release.version == 2
    assert found.keys() == {Phase.SILENT}
    assert seen_by(hub, "illustria") == {}


def test_a_consultation_is_asked_for_by_one_and_joined_by_another(hub: Hub) -> None:
    viewer = hub.authenticator.named("moldova").viewer()
    with hub.reading.snapshot() as seen:
        [found] = reading.list_consultations(seen.db, seen.access, viewer)

    assert found.nations == ("FIN", "NOR")


async def test_they_are_told_once(hub: Hub) -> None:
    before = hub.log.head()

    await debate(hub)

    assert hub.log.head() == before


async def test_a_hub_of_an_older_demo_is_left_as_it_is(tmp_path: Path) -> None:
    old = await app.create(tmp_path / "old", load_demo_pack(), environment={})
    who = Who(account=WHOEVER_RUNS_THE_HUB, nation=NationCode("NATO"), door="demo")
    mute = Opening(name="norway", nation="NOR", roles=frozenset({Role.READER}))
    act = Act(who=who, at=old.clock())
    opened = await open_account(
        old.registry, mute, None, alliance=old.alliance, act=act
    )
    await old.seen([opened.position])

    with capture_logs() as logs:
        await debate(old)

    app.close_hub(old)
    assert "demo_decisions_skipped" in str(logs)
