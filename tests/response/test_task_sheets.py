"""What a viewer is shown of a task: what is asked, what was said, what he may do."""

from foedus.clock import to_ms
from foedus.response.moves import Decline, Delegate, Finish, Note
from foedus.response.queries import find_task
from foedus.response.task_sheets import TaskSheet, task_line, task_sheet
from tests.response.books import at_step, variable
from tests.response.theatre import Theatre, asking


def shown(stage: Theatre, name: str, task: str) -> TaskSheet | None:
    with stage.hub.reading.snapshot() as seen:
        viewer = stage.account(name).viewer()
        found = find_task(seen.db, seen.access, viewer, task)
        if found is None:
            return None
        now_ms = to_ms(stage.clock())
        return task_sheet(seen.db, found, viewer, seen.access, now_ms)


def sheet(stage: Theatre, name: str, task: str) -> TaskSheet:
    found = shown(stage, name, task)
    assert found is not None
    return found


async def test_values_are_those_that_the_step_is_given_while_it_waits(
    stage: Theatre,
) -> None:
    document = asking(nations=["LVA"])
    document["playbook_variables"] = {
        "__a__": variable("1", external=True),
        "__b__": variable("2"),
    }
    at_step(document, "A1")["in_args"] = ["__a__"]
    await stage.play(document, launch={"__a__": "host"})
    task = stage.task("lva")
    assert sheet(stage, "lva", task).values == {"__a__": "host"}
    await stage.do("lva", task, Finish())
    assert sheet(stage, "lva", task).values == {}


async def test_a_released_step_shows_its_text_and_no_values(stage: Theatre) -> None:
    document = asking(nations=["UKR"], label="NATO UNCLASSIFIED // REL TO NATO, UKR")
    document["playbook_variables"] = {"__a__": variable("secret")}
    at_step(document, "A1")["in_args"] = ["__a__"]
    await stage.play(document, label="NATO UNCLASSIFIED // REL TO NATO")
    task = stage.task("ukr")
    found = sheet(stage, "ukr", task)
    assert (found.text, found.values, found.run, found.run_name) == (
        "do A1", {}, None, None,
    )  # fmt: skip
    assert sheet(stage, "est", task).values == {"__a__": "secret"}


async def test_who_is_only_offered_it_is_not_told_what_was_said(stage: Theatre) -> None:
    await stage.play(asking(nations=["LVA", "LTU"]))
    [task] = [each.asked.task for each in stage.inbox("lva")]
    await stage.do("lva", task, Note(text="our sites"))
    assert shown(stage, "ltu", task) is None
    await stage.do("lva", task, Delegate(nation="LTU"))
    offered = sheet(stage, "ltu", task)
    assert (offered.said, offered.offered) == (None, "LTU")
    assert offered.may == ("accept", "decline", "note")


async def test_the_coordinator_reads_caveats_and_others_see_nothing(
    stage: Theatre,
) -> None:
    await stage.play(asking(nations=["LVA", "LTU"]))
    [task] = [each.asked.task for each in stage.inbox("lva")]
    await stage.do("lva", task, Decline(caveat="our law"))
    said = sheet(stage, "est", task).said
    assert said is not None
    assert said.caveat == "our law"
    assert shown(stage, "ltu", task) is None
    assert shown(stage, "pol", task) is None
    assert sheet(stage, "lva", task).may == ("accept", "note")


async def test_an_auditor_reads_and_may_do_nothing(stage: Theatre) -> None:
    await stage.play(asking(nations=["FIN"]))
    task = stage.task("fin-audit")
    assert sheet(stage, "fin-audit", task).may == ()


async def test_a_line_names_the_deadline(stage: Theatre) -> None:
    clocks = {"complete": {"within": "PT48H"}}
    await stage.play(asking(nations=["LVA"], clocks=clocks))
    [task] = stage.inbox("lva")
    assert f"{task_line(task).due:%d %H:%M}" == "25 12:00"


async def test_the_text_of_a_step_stands_in_no_task(stage: Theatre) -> None:
    document = asking()
    at_step(document, "A1")["description"] = "pull the plug"
    await stage.play(document)

    with stage.hub.reading.snapshot() as seen:
        rows = seen.db.execute("SELECT state FROM task").fetchall()
    assert len(rows) == 3
    assert all(b"pull the plug" not in bytes(state) for (state,) in rows)
    assert sheet(stage, "lva", stage.task("lva")).text.startswith("pull the plug")
