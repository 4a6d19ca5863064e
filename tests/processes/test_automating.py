"""The hub sends what a protocol tells a machine: where it may, and at most once."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from foedus.errors import ForbiddenError, RuleViolationError
from foedus.ids import START
from foedus.processes.automating import carry_out, due, keep, settle
from foedus.response.moves import Accept, Authorise, Decline, Finish
from foedus.response.pausing import pause, resume
from foedus.response.runs import Status
from tests.processes.automating_world import (
    SECRET,
    second_officer,
    sending,
    sheet,
    switch_off,
    switch_on,
)
from tests.processes.receiver import Receiver, receiving
from tests.response.books import at_step, variable
from tests.response.conftest import founded_theatre, stage
from tests.response.theatre import Theatre, assign

__all__ = ["founded_theatre", "stage"]

LOST = timedelta(seconds=30)
"""Longer than the hub waits for the outcome of one request."""


def kinds(stage: Theatre) -> Counter[str]:
    """Count the entries of tasks by their kinds."""
    return Counter(
        each.kind.removeprefix("response.")
        for each in stage.hub.log.read_after(START, 10_000)
        if each.stream.startswith("tasks/")
    )


async def go(stage: Theatre) -> int:
    """Let the hub send what is to be sent, and the run go on."""
    done = await settle(stage.hub.automaton)
    await stage.hub.responded()
    return done


async def die_while_sending(stage: Theatre, receiver: Receiver) -> None:
    """Let the hub die after its message has come and before the answer."""
    receiver.holds = asyncio.Event()
    receiver.came.clear()
    sent = asyncio.create_task(settle(stage.hub.automaton))
    await receiver.came.wait()
    sent.cancel()
    await asyncio.gather(sent, return_exceptions=True)
    receiver.holds = None
    stage.reopen()


async def test_by_default_nothing_is_sent_and_people_do_it(stage: Theatre) -> None:
    async with receiving() as receiver:
        run = await stage.play(sending(receiver.port))
        assert await go(stage) == 0
        task = stage.task("est")
        await stage.do("est", task, Finish())

    assert receiver.messages == []
    assert sheet(stage, task).sending is None
    assert stage.trace(run) == ["A1:ok"]


async def test_what_is_allowed_is_sent_once_and_the_run_goes_on(
    stage: Theatre,
) -> None:
    async with receiving() as receiver:
        switch_on(stage, receiver.port)
        run = await stage.play(sending(receiver.port))
        task = stage.task("est")
        assert sheet(stage, task).sending.state == "ready"  # type: ignore[union-attr]
        await go(stage)
        await go(stage)

    [message] = receiver.messages
    assert message.line == "POST /api/block HTTP/1.1"
    assert message.body == b'{"a":1}'
    assert message.headers["authorization"] == SECRET
    assert stage.trace(run) == ["A1:ok"]
    assert kinds(stage) == {"sent": 1, "done": 1}
    assert stage.dumps_alike()


async def test_a_credential_stands_in_no_entry_and_no_view(stage: Theatre) -> None:
    async with receiving() as receiver:
        switch_on(stage, receiver.port)
        await stage.play(sending(receiver.port))
        await go(stage)

    assert len(receiver.messages) == 1
    stage.close()
    for path in stage.folder.glob("*.db*"):
        assert b"4a7f-canary" not in path.read_bytes()
    stage.hub = stage._open()  # noqa: SLF001 - the fixture closes it


async def test_what_is_refused_fails_the_step(stage: Theatre) -> None:
    async with receiving() as receiver:
        switch_on(stage, receiver.port)
        receiver.answers = [(500, {}), (307, {"Location": "http://127.0.0.1:9/"})]
        said = []
        for name in ("refused", "redirected"):
            run = await stage.play(sending(receiver.port, name=name))
            await go(stage)
            assert stage.trace(run) == ["A1:fail"]
            assert stage.run(run).status is Status.RUNNING
            [sent] = [each for each in stage.tasks(run, "est") if each.sending.attempts]
            said.append(sent.notes[0].text)

    assert said[0] == "it answered 500 Internal Server Error"
    assert "redirect" in said[1]
    assert stage.dumps_alike()


async def test_an_outcome_that_nobody_knows_is_shown_and_never_sent_again_by_itself(
    stage: Theatre,
) -> None:
    async with receiving() as receiver:
        switch_on(stage, receiver.port)
        run = await stage.play(sending(receiver.port))
        task = stage.task("est")
        await die_while_sending(stage, receiver)
        assert sheet(stage, task).sending.state == "on-the-way"  # type: ignore[union-attr]
        with pytest.raises(RuleViolationError, match="wait for the outcome"):
            await stage.do("est", task, Finish())
        stage.clock.advance(LOST)
        for _ in range(3):
            await go(stage)
            stage.reopen()

        assert len(receiver.messages) == 1
        found = sheet(stage, task).sending
        assert found is not None
        assert (found.state, found.needed, found.attempts) == ("unknown", 1, 1)
        await stage.do("est", task, Finish(reply="It was blocked; I have looked."))

    assert stage.trace(run) == ["A1:ok"]
    assert kinds(stage) == {"sent": 1, "handed": 1, "done": 1}


async def test_a_receiver_that_takes_it_and_hangs_up_leaves_it_not_known(
    stage: Theatre,
) -> None:
    async with receiving() as receiver:
        switch_on(stage, receiver.port)
        receiver.answers = [b"220 ready\r\n"]
        await stage.play(sending(receiver.port))
        task = stage.task("est")
        await go(stage)

    assert sheet(stage, task).sending.state == "unknown"  # type: ignore[union-attr]


async def test_after_an_unknown_outcome_a_person_may_let_it_be_sent_again(
    stage: Theatre,
) -> None:
    async with receiving() as receiver:
        switch_on(stage, receiver.port)
        run = await stage.play(sending(receiver.port))
        task = stage.task("est")
        await die_while_sending(stage, receiver)
        stage.clock.advance(LOST)
        await go(stage)
        await stage.do("est", task, Authorise())
        await go(stage)

    assert len(receiver.messages) == 2
    assert stage.trace(run) == ["A1:ok"]


async def test_what_may_be_repeated_is_where_the_setting_says_so(
    stage: Theatre,
) -> None:
    async with receiving() as receiver:
        switch_on(stage, receiver.port, methods='["PUT"]', repeat=True)
        document = sending(receiver.port, {"command": "PUT /block HTTP/1.1"})
        run = await stage.play(document)
        await die_while_sending(stage, receiver)
        stage.clock.advance(LOST)
        await go(stage)

    assert len(receiver.messages) == 2
    assert stage.trace(run) == ["A1:ok"]
    assert kinds(stage) == {"sent": 2, "done": 1}


async def test_two_processes_send_it_once(stage: Theatre) -> None:
    async with receiving() as receiver:
        switch_on(stage, receiver.port)
        await stage.play(sending(receiver.port))
        [task] = due(stage.hub.automaton)
        await asyncio.gather(*(carry_out(stage.hub.automaton, task) for _ in range(4)))

    assert len(receiver.messages) == 1


async def test_who_takes_it_into_his_hands_is_not_overtaken(stage: Theatre) -> None:
    async with receiving() as receiver:
        switch_on(stage, receiver.port)
        await stage.play(sending(receiver.port))
        [task] = due(stage.hub.automaton)
        await stage.do("est", task.asked.task, Accept())
        await carry_out(stage.hub.automaton, task)
        assert due(stage.hub.automaton) == []

    assert receiver.messages == []


async def test_above_the_set_impact_two_persons_agree_first(stage: Theatre) -> None:
    async with receiving() as receiver:
        switch_on(stage, receiver.port)
        await stage.play(sending(receiver.port, impact=60))
        task, other = stage.task("est"), await second_officer(stage)
        await go(stage)
        await stage.do("est", task, Authorise())
        await go(stage)
        assert receiver.messages == []
        with pytest.raises(ForbiddenError, match="agreed already"):
            await stage.do("est", task, Authorise())
        with pytest.raises(ForbiddenError, match="duty officer"):
            await stage.do("est-delegate", task, Authorise())
        with pytest.raises(RuleViolationError, match="cite the one"):
            await stage.do(other, task, Authorise(decision="decision--none"))
        await stage.do(other, task, Authorise())
        await go(stage)

    assert len(receiver.messages) == 1


async def test_while_the_run_stands_still_nothing_is_sent(stage: Theatre) -> None:
    async with receiving() as receiver:
        switch_on(stage, receiver.port)
        run = await stage.play(sending(receiver.port))
        est = stage.account("est").viewer()
        held = await pause(stage.hub.desk, est, stage.act("est"), run, "not now")
        await stage.hub.seen([held])
        await go(stage)
        before = len(receiver.messages)
        freed = await resume(stage.hub.desk, est, stage.act("est"), run)
        await stage.hub.seen([freed])
        await go(stage)

    assert (before, len(receiver.messages)) == (0, 1)


async def test_an_exercise_sends_nothing(stage: Theatre) -> None:
    async with receiving() as receiver:
        switch_on(stage, receiver.port)
        await stage.play(sending(receiver.port), exercise=True)
        task = stage.task("est")
        await go(stage)

    found = sheet(stage, task).sending
    assert receiver.messages == []
    assert found is not None
    assert (found.state, found.reason) == ("by-hand", "an exercise sends nothing")
    with pytest.raises(RuleViolationError, match="exercise"):
        await stage.do("est", task, Authorise())


async def test_another_nations_words_and_systems_are_out_of_reach(
    stage: Theatre,
) -> None:
    async with receiving() as receiver:
        switch_on(stage, receiver.port)
        theirs = await stage.bring(sending(receiver.port), "lva")
        run = await stage.start(theirs)
        [first] = stage.tasks(run, "est")
        await stage.play(sending(receiver.port, name="another"), "lva")
        [second] = stage.inbox("lva")
        await go(stage)

    assert receiver.messages == []
    assert "another nation wrote" in sheet(stage, first.asked.task).sending.reason  # type: ignore[union-attr]
    found = sheet(stage, second.asked.task, "lva").sending
    assert found is not None
    assert "no setting allows" in found.reason


async def test_values_of_the_run_are_never_sent(stage: Theatre) -> None:
    async with receiving() as receiver:
        switch_on(stage, receiver.port)
        document = sending(
            receiver.port,
            {"content": '{"host": "__host__:value"}'},
            playbook_variables={"__host__": variable("edge-1", external=True)},
        )
        await stage.play(document, launch={"__host__": "canary"})
        task = stage.task("est")
        await go(stage)

    assert receiver.messages == []
    assert "whoever starts the run" in sheet(stage, task).sending.reason  # type: ignore[union-attr]


async def test_what_the_settings_no_longer_allow_goes_to_people(
    stage: Theatre,
) -> None:
    async with receiving() as receiver:
        switch_on(stage, receiver.port)
        await stage.play(sending(receiver.port))
        task = stage.task("est")
        switch_on(stage, receiver.port + 1)
        await go(stage)
        found = sheet(stage, task).sending
        assert found is not None
        assert (found.state, "no setting" in found.reason) == ("by-hand", True)
        await stage.do("est", task, Decline(caveat="not now"))

    assert receiver.messages == []


async def test_a_missing_credential_sends_nothing_without_it(stage: Theatre) -> None:
    async with receiving() as receiver:
        switch_on(stage, receiver.port)
        await stage.play(sending(receiver.port))
        task = stage.task("est")
        (stage.folder / "edge.token").unlink()
        await go(stage)

    assert receiver.messages == []
    assert "credentials" in sheet(stage, task).sending.reason  # type: ignore[union-attr]


async def test_other_nations_learn_nothing_of_what_was_sent(stage: Theatre) -> None:
    async with receiving() as receiver:
        switch_on(stage, receiver.port)
        document = sending(receiver.port)
        assign(document, "A2", nations=["LVA"])
        run = await stage.play(document)
        await go(stage)

    assert [each.asked.name for each in stage.tasks(run, "lva")] == ["A2"]
    assert not [each for each in stage.news("lva") if '"sent"' in each]
    assert stage.told("est", "sent")


async def test_openc2_is_judged_by_what_the_actuator_answers(stage: Theatre) -> None:
    command = {"type": "openc2-http", "content_b64": "e30="}
    traces = {}
    async with receiving() as receiver:
        switch_on(stage, receiver.port)
        for answer in (
            b'{"status": 200}',
            b'{"body": {"openc2": {"response": {"status": 200}}}}',
            b'{"status": 501}',
            b"",
            b"<html>",
        ):
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(answer)}\r\n\r\n"
            receiver.answers = [head.encode() + answer]
            document = sending(receiver.port, command, name=answer.decode() or "none")
            del at_step(document, "A1")["commands"][0]["content"]  # type: ignore[attr-defined]
            run = await stage.play(document)
            await go(stage)
            traces[answer] = stage.trace(run)
            [last] = [each for each in stage.tasks(run, "est") if each.sending.attempts]

    assert list(traces.values()) == [["A1:ok"], ["A1:ok"], ["A1:fail"], ["A1:ok"], []]
    assert last.sending.unknown


async def test_it_is_kept_going_beside_the_surfaces(stage: Theatre) -> None:
    async with receiving() as receiver:
        switch_on(stage, receiver.port)
        keeping = asyncio.create_task(keep(stage.hub.automaton))
        await stage.play(sending(receiver.port))
        async with asyncio.timeout(10):
            await receiver.came.wait()
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
    switch_off(stage)

    assert await keep(stage.hub.automaton) is None  # type: ignore[func-returns-value]
