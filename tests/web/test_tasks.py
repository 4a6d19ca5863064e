"""Pages of tasks: what is asked, until when, and the acts that are sent."""

from pathlib import Path

from starlette.applications import Starlette

from foedus.web.routes import routes
from tests.processes.automating_world import second_officer, sending, switch_on
from tests.web.responding import UNKNOWN, Floor


async def test_a_nation_reads_what_is_asked_and_until_when(floor: Floor) -> None:
    [task] = [each for each in floor.inbox("lva") if each.asked.run == floor.run_id]

    page = await floor.page("lva", f"/tasks/{task.asked.task}")

    assert "do A1" in page
    assert "How many hosts?" in page
    assert "48 h from the order to ready" in page
    for place in ("Riga", "Brussels", "UTC"):
        assert place in page
    for number in range(1, 7):
        assert f"<b>C{number}</b>" in page


async def test_what_is_late_says_so_and_by_how_much(floor: Floor) -> None:
    page = await floor.page("est", "/tasks?part=coordinated")

    assert "late, " in page or "unreachable" in page
    assert "10 min over" in page
    assert "escalated" in page


async def test_to_be_shown_a_task_is_to_be_told_of_it(floor: Floor) -> None:
    task = await floor.asked("pol", nations=["POL"], reply="Told?")

    await floor.page("pol-reader", f"/tasks/{task}")
    [before] = [each for each in floor.inbox("pol") if each.asked.task == task]
    await floor.page("pol", f"/tasks/{task}")
    await floor.hub.seen([floor.hub.log.head()])
    [after] = [each for each in floor.inbox("pol") if each.asked.task == task]

    assert before.passed.delivered is None
    assert after.passed.delivered is not None


async def test_the_inbox_tells_of_a_task_too(floor: Floor) -> None:
    task = await floor.asked("pol", nations=["POL"], reply="In the inbox?")
    await floor.page("pol-reader", "/inbox")
    [before] = [each for each in floor.inbox("pol") if each.asked.task == task]
    await floor.page("pol", "/inbox")
    await floor.hub.seen([floor.hub.log.head()])
    [after] = [each for each in floor.inbox("pol") if each.asked.task == task]

    assert before.passed.delivered is None
    assert after.passed.delivered is not None


async def test_a_task_is_acknowledged_accepted_begun_and_done(floor: Floor) -> None:
    task = await floor.asked("pol", nations=["POL"], reply="On how many?")
    said = {
        "acknowledge": {},
        "accept": {"note": "Tonight."},
        "delegate": {"team": "CERT duty team"},
        "start": {},
        "note": {"text": "Half way."},
        "done": {"reply": "On two.", "evidence": "report--1\nreport--2"},
    }

    for act, fields in said.items():
        answer = await floor.send("pol", f"/tasks/{task}/{act}", **fields)
        assert answer.headers.get("location") == f"/tasks/{task}?done={act}", act
    page = await floor.page("pol", f"/tasks/{task}?done=done")

    assert "Reported as done." in page
    for words in ("CERT duty team", "Half way.", "On two.", "report--2"):
        assert words in page


async def test_the_coordinator_confirms_or_gives_back(floor: Floor) -> None:
    task = await floor.asked("pol", nations=["POL"], clocks={"confirm": {}})
    await floor.send("pol", f"/tasks/{task}/done", reply="Ready.")

    inbox = await floor.page("est", "/inbox")
    back = await floor.send("est", f"/tasks/{task}/return", reason="Which base?")
    page = await floor.page("pol", f"/tasks/{task}")
    await floor.send("pol", f"/tasks/{task}/done", reply="Lask.")
    await floor.send("est", f"/tasks/{task}/confirm")

    assert "Confirm that it is done, or give it back." in inbox
    assert back.status_code == 303
    assert "Which base?" in page
    assert "confirmed" in await floor.page("pol", f"/tasks/{task}")


async def test_declining_needs_a_caveat_that_others_do_not_read(floor: Floor) -> None:
    run = await floor.play_asking("A caveat?")
    [task] = [each for each in floor.inbox("ltu") if each.asked.run == run]
    path = f"/tasks/{task.asked.task}"

    refused = await floor.send("ltu", f"{path}/decline", caveat=" ")
    await floor.send("ltu", f"{path}/decline", caveat="No hands before Tuesday.")

    assert refused.status_code == 400
    assert "write it in words first" in refused.text.lower()
    for who, reads in (("ltu", True), ("est", True), ("lva", False)):
        page = await floor.page(who, f"/runs/{run}")
        assert ("No hands before Tuesday." in page) is reads
    assert await floor.status("lva", path) == 404


async def test_a_form_that_is_refused_keeps_what_was_typed(floor: Floor) -> None:
    task = await floor.asked("pol", nations=["POL"], evidence="required")

    answer = await floor.send("pol", f"/tasks/{task}/done", reply="On seven hosts.")

    assert answer.status_code == 422
    assert "On seven hosts.</textarea>" in answer.text


async def test_who_may_not_act_sees_no_buttons(floor: Floor) -> None:
    task = await floor.asked("pol", nations=["POL"], reply="Who may?")

    page = await floor.page("pol-reader", f"/tasks/{task}")
    answer = await floor.send("pol-reader", f"/tasks/{task}/acknowledge")

    assert "/acknowledge" not in page
    assert "does not act for Poland here" in page
    assert answer.status_code == 403


async def test_others_tasks_are_as_if_there_were_none(floor: Floor) -> None:
    task = await floor.asked("pol", nations=["POL"], reply="Whose?")

    assert await floor.status("lva", f"/tasks/{task}") == 404
    assert await floor.status("lva", f"/tasks/task--{UNKNOWN}") == 404
    assert task not in await floor.page("lva", "/tasks?part=all")


async def test_a_task_waits_in_the_inbox_until_it_is_done(floor: Floor) -> None:
    task = await floor.asked("fin", nations=["FIN"], reply="Inbox?")

    before = await floor.page("fin", "/inbox")
    await floor.send("fin", f"/tasks/{task}/done", reply="Yes.")
    after = await floor.page("fin", "/inbox")

    assert f"/tasks/{task}" in before
    assert "Acknowledge it; then accept or decline." in before
    assert "Finland has not seen it yet." in before
    assert f"/tasks/{task}" not in after


async def test_a_list_is_asked_for_in_known_words(floor: Floor) -> None:
    assert await floor.status("est", "/tasks?part=others") == 400
    assert await floor.status("est", "/tasks?open=no") == 200


async def test_what_the_hub_would_send_is_agreed_to_on_its_page(
    founded_theatre: Path, tmp_path: Path
) -> None:
    stage = Floor(founded_theatre, tmp_path)
    switch_on(stage, 9, impact_max=10)
    stage.app = Starlette(routes=routes(stage.hub))
    await second_officer(stage)
    playbook = await stage.bring(sending(9))
    start = await stage.send("est", f"/protocols/{playbook}/start", do="preview")
    run = await stage.start(playbook)
    [task] = [each.asked.task for each in stage.inbox("est")]

    before = await stage.page("est", f"/tasks/{task}")
    inbox = await stage.page("est", "/inbox")
    agreed = await stage.send("est", f"/tasks/{task}/authorise")
    after = await stage.page("est-2", f"/tasks/{task}?done=authorise")
    twice = await stage.send("est", f"/tasks/{task}/authorise")
    stage.close()

    assert run
    assert "The hub sends it itself once 2 persons agree." in start.text
    assert "POST http://127.0.0.1:9/api/block" in before
    assert "Content-Type: application/json" in before
    assert "{&#34;a&#34;:1}" in before
    assert "0 of 2 persons have agreed." in before
    assert "Agree that the hub sends it, or do it by hand." in inbox
    assert agreed.status_code == 303
    assert "1 of 2 persons have agreed." in after
    assert "another person must" in twice.text
