"""What machines answer becomes variables: where it may, of its type, and no request."""

import pytest

from foedus.response.moves import Finish
from foedus.response.tasks import Task
from tests.processes.automating_world import (
    giving_back,
    said,
    sheet,
    switch_on,
)
from tests.processes.receiver import receiving
from tests.processes.test_automating import go
from tests.response.books import Json, at_step, step_id, variable
from tests.response.conftest import founded_theatre, stage
from tests.response.theatre import Theatre

__all__ = ["founded_theatre", "stage"]


async def test_what_a_machine_answers_is_given_to_the_steps_that_follow(
    stage: Theatre,
) -> None:
    async with receiving() as receiver:
        switch_on(stage, receiver.port, answers=True)
        receiver.answers = [said(b'{"data": {"id": 7}, "x": "other"}')]
        given = {"answers": [{"name": "__x__", "at": "/data/id"}]}
        run = await stage.play(giving_back(receiver.port, "integer", **given))
        await go(stage)

    assert stage.trace(run) == ["A1:ok"]
    assert named(stage, run, "A1").outputs == {"__x__": "7"}
    follows = named(stage, run, "A2").asked.task
    assert sheet(stage, follows).values == {"__x__": "7"}
    assert stage.dumps_alike()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b'{"x": "canary"}', "no value of type integer"),
        (b'{"x": 1, "y": "' + b"a" * 70_000 + b'"}', "does not say __x__"),
    ],
)
async def test_what_an_answer_does_not_say_a_person_enters(
    stage: Theatre, answer: bytes, why: str
) -> None:
    async with receiving() as receiver:
        switch_on(stage, receiver.port, answers=True)
        receiver.answers = [said(answer)]
        run = await stage.play(giving_back(receiver.port, "integer"))
        await go(stage)
        task = stage.task("est")
        found = sheet(stage, task).sending
        assert found is not None
        assert (found.state, why in found.reason) == ("by-hand", True)
        assert "canary" not in found.reason
        assert await go(stage) == 0  # it was taken, and is not sent again
        await stage.do("est", task, Finish(outputs={"__x__": "9"}))

    assert len(receiver.messages) == 1
    assert stage.trace(run) == ["A1:ok"]
    assert sheet(stage, stage.task("est")).values == {"__x__": "9"}


async def test_only_where_the_operator_says_so_and_as_long(stage: Theatre) -> None:
    async with receiving() as receiver:
        switch_on(stage, receiver.port)
        never = await stage.play(giving_back(receiver.port))
        await go(stage)
        switch_on(stage, receiver.port, answers=True)
        no_longer = await stage.play(giving_back(receiver.port, "integer"))
        switch_on(stage, receiver.port)
        await go(stage)

    assert receiver.messages == []
    for run in (never, no_longer):
        found = sheet(stage, named(stage, run, "A1").asked.task).sending
        assert found is not None
        assert "no setting takes them" in found.reason


async def test_of_a_step_with_a_label_of_its_own_people_do_it(stage: Theatre) -> None:
    """Its text may be shown to more than may see the run; what comes back may not."""
    async with receiving() as receiver:
        switch_on(stage, receiver.port, answers=True)
        await stage.play(giving_back(receiver.port, label="NATO UNCLASSIFIED"))
        found = sheet(stage, stage.task("est")).sending
        await go(stage)

    assert receiver.messages == []
    assert found is not None
    assert "label of its own" in found.reason


async def test_an_answer_goes_into_no_later_request(stage: Theatre) -> None:
    async with receiving() as receiver:
        switch_on(stage, receiver.port, answers=True)
        receiver.answers = [said(b'{"x": "/api/canary"}')]
        run = await stage.play(asking_twice(receiver.port))
        await go(stage)
        await go(stage)

    assert [each.line for each in receiver.messages] == ["POST /api/ask HTTP/1.1"]
    found = sheet(stage, named(stage, run, "A2").asked.task).sending
    assert found is not None
    assert "set by what a step gives back" in found.reason


async def test_of_what_came_back_others_learn_nothing(stage: Theatre) -> None:
    async with receiving() as receiver:
        switch_on(stage, receiver.port, answers=True)
        receiver.answers = [said(b'{"x": "canary-5c1e"}')]
        document = giving_back(receiver.port, nations=["EST"])
        run = await stage.play(document)
        await go(stage)

    assert named(stage, run, "A1").outputs == {"__x__": "canary-5c1e"}
    assert stage.tasks(run, "lva") == []
    assert not [each for each in stage.news("lva") if "canary" in each]


def named(stage: Theatre, run: str, name: str) -> Task:
    """Find the task of a step by its name."""
    [found] = [each for each in stage.tasks(run, "est") if each.asked.name == name]
    return found


def asking_twice(port: int) -> Json:
    """Write a playbook whose A2 would send where the answer to A1 says."""
    document = giving_back(port)
    first = at_step(document, "A1")
    workflow = document["workflow"]
    assert isinstance(workflow, dict)
    workflow[step_id("A2")] = {
        **first,
        "name": "A2",
        "commands": [
            {"type": "http-api", "command": "POST /__x__:value HTTP/1.1"},
        ],
        "out_args": [],
        "on_success": step_id("E"),
    }
    del workflow[step_id("A2")]["on_failure"], workflow[step_id("A2")]["out_args"]
    document["playbook_variables"] = {"__x__": variable("first")}
    return document
