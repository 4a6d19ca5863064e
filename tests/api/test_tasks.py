"""Tasks by the API: listed, shown, acted on."""

from tests.api.playing import players
from tests.response.conftest import founded_theatre, stage
from tests.response.theatre import Theatre, asking

__all__ = ["founded_theatre", "stage"]

TASKS = "/api/v1/tasks"


async def test_listing_delivers_once_and_only_to_those_who_may_act(
    stage: Theatre,
) -> None:
    await stage.play(asking(nations=["POL"]))
    async with players(stage, "pol", "pol-reader", "est") as found:
        [line] = (await found["pol-reader"].get(TASKS)).json()["tasks"]
        path = f"{TASKS}/{line['task']}"
        before = (await found["est"].get(path)).json()["marks"]["delivered"]
        head = stage.hub.log.head()
        await found["pol"].get(TASKS)
        await found["pol"].get(TASKS)
        await stage.hub.seen([stage.hub.log.head()])
        after = (await found["est"].get(path)).json()["marks"]["delivered"]

    assert (before, after) == (None, "2026-11-23T12:00:00Z")
    assert stage.hub.log.head() == head + 1


async def test_asking_for_the_head_of_a_list_or_a_task_delivers_nothing(
    stage: Theatre,
) -> None:
    await stage.play(asking(nations=["POL"]))
    path = f"{TASKS}/{stage.task('pol')}"
    head = stage.hub.log.head()
    async with players(stage, "pol") as found:
        answers = [await found["pol"].ask("HEAD", each) for each in (TASKS, path)]

    assert [each.status_code for each in answers] == [200, 200]
    assert stage.hub.log.head() == head


async def test_a_task_is_acted_on_and_the_run_goes_on(stage: Theatre) -> None:
    run = await stage.play(asking(completion={"rule": "any"}, reply="How many?"))
    async with players(stage, "est", "lva") as found:
        path = f"{TASKS}/{stage.task('lva')}"
        shown = (await found["lva"].get(path)).json()
        done = await found["lva"].post(
            f"{path}/acts", {"move": {"act": "done", "reply": "two"}}
        )
        again = await found["lva"].post(f"{path}/acts", {"move": {"act": "done"}})

    assert (shown["question"], shown["run"]) == ("How many?", run)
    assert shown["may"] == [
        "acknowledge", "accept", "decline", "delegate", "start", "done", "note",
    ]  # fmt: skip
    assert done.json()["standing"] == "done"
    assert done.json()["ending"] == "answered"
    assert done.json()["said"]["reply"] == "two"
    assert again.status_code == 422
    assert stage.trace(run) == ["A1:ok"]


async def test_a_task_of_others_is_not_there(stage: Theatre) -> None:
    await stage.play(asking(nations=["POL"]))
    task = stage.task("pol")
    async with players(stage, "lva", "est") as found:
        missing = await found["lva"].get(f"{TASKS}/{task}")
        never = await found["lva"].get(
            f"{TASKS}/{task[:-1]}{'1' if task[-1] == '0' else '0'}"
        )
        seen = await found["est"].get(f"{TASKS}/{task}")

    assert (missing.status_code, never.status_code, seen.status_code) == (404, 404, 200)
    assert missing.json()["title"] == never.json()["title"]
