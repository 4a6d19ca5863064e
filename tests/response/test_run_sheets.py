"""What a viewer is shown of playbooks and runs."""

from foedus.response.moves import Finish
from foedus.response.queries import find_run, steps_of, tasks_of_run
from foedus.response.run_sheets import (
    RunSheet,
    playbook_line,
    playbook_sheet,
    run_sheet,
)
from foedus.response.shelf import editions, open_edition
from tests.response.books import variable
from tests.response.theatre import Theatre, asking, assign


def shown(stage: Theatre, name: str, run: str) -> RunSheet:
    with stage.hub.reading.snapshot() as seen:
        viewer = stage.account(name).viewer()
        found = find_run(seen.db, seen.access, viewer, run)
        assert found is not None
        steps = steps_of(seen.db, seen.access, viewer, run)
        tasks = tasks_of_run(seen.db, seen.access, viewer, run)
        return run_sheet(found, steps, tasks, viewer, seen.access)


async def test_a_nation_sees_its_own_steps_and_no_trace_of_others(
    stage: Theatre,
) -> None:
    document = assign(asking(nations=["LVA"]), "A2", nations=["LTU"])
    run = await stage.play(document, reason="seen in two nations")
    await stage.do("lva", stage.task("lva"), Finish())

    own, other = shown(stage, "est", run), shown(stage, "ltu", run)
    assert [each.name for each in own.steps] == ["A1", "A2"]
    assert [each.name for each in other.steps] == ["A2"]
    assert [each.ending for each in own.steps] == ["answered", None]
    assert other.cause.reason == "seen in two nations"
    assert other.inside is None
    assert own.inside is not None
    assert own.inside.trace == ["A1:ok"]


async def test_a_playbook_says_what_it_asks_and_what_may_be_set(stage: Theatre) -> None:
    document = asking(completion={"rule": "any"})
    document["playbook_variables"] = {
        "__a__": variable("1", external=True),
        "__b__": variable("2"),
    }
    playbook = await stage.bring(document)
    with stage.hub.reading.snapshot() as seen:
        lane = editions(seen.db, seen.access, stage.account("lva").viewer(), playbook)
        sheet = playbook_sheet(open_edition(seen.db, lane[0]), lane, seen.access)
        line = playbook_line(lane[0], seen.access)
    assert [each.name for each in sheet.variables] == ["__a__"]
    assert (sheet.steps[0].name, sheet.steps[0].nations) == (
        "A1", ("EST", "LVA", "LTU"),
    )  # fmt: skip
    assert (line.nation, sheet.versions) == ("EST", (sheet.modified,))
