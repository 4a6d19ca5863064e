"""A nation that is only offered a task, or sees not all steps, learns no more.

It sees what is asked, and that something happened: not how far others have come, what
they said, or what their clocks tell.
"""

import json
from datetime import timedelta

import msgspec

from foedus.clock import to_ms
from foedus.processes import escalating
from foedus.response import clock_commands
from foedus.response.clock_commands import Pausing
from foedus.response.clock_sheets import list_clocks, named_clocks
from foedus.response.moves import Delegate, Finish, Return
from foedus.response.queries import find_task
from foedus.response.report import as_json, make
from foedus.response.task_sheets import task_sheet
from tests.response.books import step_id
from tests.response.conftest import founded_theatre, stage
from tests.response.theatre import OF_PLAYBOOKS, Theatre, asking

__all__ = ["founded_theatre", "stage"]

SAID = ("SAID-BY-LVA", "PAUSED-FOR-LVA", "GIVEN-BACK-TO-LVA")


async def offer(stage: Theatre) -> tuple[str, str]:
    """Let LVA do much with a task, and offer it to LTU then."""
    document = asking(nations=["LVA", "LTU"], clocks={"complete": {"within": "PT2H"}})
    run = await stage.play(document)
    task = stage.task("lva")
    await stage.do("lva", task, Finish(reply=SAID[0]))
    pausing = Pausing(reason=SAID[1])
    position = await clock_commands.pause(
        stage.hub.desk, stage.account("est").viewer(), stage.act("est"), task, pausing
    )
    await stage.hub.seen([position])
    await stage.do("est", task, Return(reason=SAID[2]))
    await stage.do("lva", task, Delegate(nation="LTU"))
    return run, task


def report(stage: Theatre, name: str, run: str) -> str:
    with stage.hub.reading.snapshot() as seen:
        return as_json(make(seen, stage.account(name).viewer(), run)).decode()


async def test_a_report_tells_who_is_offered_a_task_nothing_that_was_said(
    stage: Theatre,
) -> None:
    run, _ = await offer(stage)

    assert all(word in report(stage, "lva", run) for word in SAID[1:])
    assert not any(word in report(stage, "ltu", run) for word in SAID)
    assert '"clock paused"' not in report(stage, "ltu", run)


async def test_who_is_offered_a_task_is_shown_no_marks_of_it(stage: Theatre) -> None:
    run, task = await offer(stage)

    def marks(name: str) -> list[object]:
        with stage.hub.reading.snapshot() as seen:
            viewer = stage.account(name).viewer()
            found = find_task(seen.db, seen.access, viewer, task)
            assert found is not None
            now_ms = to_ms(stage.clock())
            sheet = task_sheet(seen.db, found, viewer, seen.access, now_ms)
        names = sheet.marks.__struct_fields__
        return [each for name in names if (each := getattr(sheet.marks, name))]

    assert marks("lva")
    assert marks("ltu") == []
    rows = json.loads(report(stage, "ltu", run))["tasks"]
    [row] = [each for each in rows if each["task"] == task]
    assert set(row["clocks"].values()) == {None}


async def test_who_is_offered_a_task_is_told_nothing_by_its_clocks(
    stage: Theatre,
) -> None:
    _, task = await offer(stage)
    position = await clock_commands.resume(
        stage.hub.desk,
        stage.account("est").viewer(),
        stage.act("est"),
        task,
        clock_commands.Resuming(),
    )
    await stage.hub.seen([position])
    stage.clock.advance(timedelta(hours=3))
    await escalating.settle(stage.hub.escalator)

    def told(name: str) -> list[str]:
        return [each for each in stage.news(name) if task in each and '"clock"' in each]

    assert told("lva")
    assert told("ltu") == []


async def test_an_offer_tells_not_of_whom_the_step_is_asked_besides(
    stage: Theatre,
) -> None:
    await stage.play(asking(nations=["LVA", "LTU"]))
    task, sheets = stage.task("lva"), []
    for nation in ("LTU", "POL"):
        await stage.do("lva", task, Delegate(nation=nation))
        with stage.hub.reading.snapshot() as seen:
            viewer, now_ms = stage.account("lva").viewer(), to_ms(stage.clock())
            found = find_task(seen.db, seen.access, viewer, task)
            assert found is not None
            sheets.append(task_sheet(seen.db, found, viewer, seen.access, now_ms))
    asked, other = (
        msgspec.structs.replace(each, offered=None, label="") for each in sheets
    )

    assert asked == other
    assert (
        stage.inbox("pol", part="all") == []
    )  # whom it is not asked of is not reached
    assert not [each for each in stage.news("pol") if task in each]


async def test_a_clock_with_a_name_is_told_to_who_sees_both_its_steps(
    stage: Theatre,
) -> None:
    document = asking(nations=["LVA"])
    between = {
        "name": "48 h",
        "from": step_id("A1"),
        "to": step_id("A2"),
        "within": "PT2H",
    }
    document["playbook_extensions"] = {
        OF_PLAYBOOKS: {"type": "foedus-run", "named_clocks": [between]}
    }
    run = await stage.play(document)
    stage.clock.advance(timedelta(hours=3))
    await escalating.settle(stage.hub.escalator)

    def seen_by(name: str) -> tuple[int, int, bool, bool]:
        viewer, now_ms = stage.account(name).viewer(), to_ms(stage.clock())
        with stage.hub.reading.snapshot() as seen:
            named = named_clocks(seen.db, seen.access, viewer, run, now_ms)
            listed = list_clocks(seen.db, seen.access, viewer, now_ms).clocks
        told = [each for each in stage.news(name) if '"named"' in each]
        lines = [each for each in listed if each.run == run]
        return len(named), len(lines), bool(told), "48 h" in report(stage, name, run)

    assert seen_by("est")[0::2] == (1, True)
    assert seen_by("est")[3]
    assert seen_by("fin") == (0, 0, False, False)
    assert seen_by("lva") == (0, 0, False, False)
