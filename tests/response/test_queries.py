"""Lists of runs and tasks: in order, page by page, and only what one may see."""

from datetime import timedelta

from foedus.response.queries import list_runs, list_tasks, next_due_ms
from tests.response.theatre import Theatre, asking

MEMBERS = "NATO UNCLASSIFIED // REL TO NATO"


def runs(stage: Theatre, name: str, **more: object) -> list[str]:
    with stage.hub.reading.snapshot() as seen:
        viewer = stage.account(name).viewer()
        found = list_runs(seen.db, seen.access, viewer, **more)  # type: ignore[arg-type]
    return [each.run for each in found]


def tasks(stage: Theatre, name: str, **more: object) -> list[str]:
    with stage.hub.reading.snapshot() as seen:
        viewer = stage.account(name).viewer()
        found = list_tasks(seen.db, seen.access, viewer, **more)  # type: ignore[arg-type]
    return [each.asked.task for each in found]


async def three(stage: Theatre) -> list[str]:
    playbook = await stage.bring(asking())
    found = []
    for label in ("", MEMBERS, ""):
        found.append(await stage.start(playbook, label=label))
        stage.clock.advance(timedelta(seconds=1))
    return found


async def test_runs_are_listed_the_newest_first_page_by_page(stage: Theatre) -> None:
    first, second, third = await three(stage)
    assert runs(stage, "lva") == [third, second, first]
    assert runs(stage, "lva", limit=1) == [third]
    assert runs(stage, "lva", after=third, limit=1) == [second]
    assert runs(stage, "ukr", after=third) == [first]
    assert runs(stage, "ukr", after=second) == []
    await stage.cancel("est", second)
    assert runs(stage, "lva", open=False) == [second]
    assert runs(stage, "lva", open=True, after=third) == [first]


async def test_tasks_are_listed_by_what_is_due_first(stage: Theatre) -> None:
    await three(stage)
    own = tasks(stage, "lva")
    assert len(own) == 3
    assert tasks(stage, "lva", after=own[0], limit=1) == [own[1]]
    assert tasks(stage, "lva", part="coordinated") == []
    assert len(tasks(stage, "est", part="coordinated")) == 9
    assert tasks(stage, "ltu", part="all", after=own[0]) == []
    assert tasks(stage, "pol", part="all") == []


async def test_what_is_due_next_is_known(stage: Theatre) -> None:
    with stage.hub.reading.snapshot() as seen:
        assert next_due_ms(seen.db) is None
    await three(stage)
    with stage.hub.reading.snapshot() as seen:
        assert next_due_ms(seen.db) is not None
