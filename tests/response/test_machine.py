"""The machine that runs playbooks: it may be stopped and taken up at any point."""

import json

import msgspec
import pytest

from foedus.response.frames import Final, Result, RunState
from foedus.response.library import Library
from foedus.response.machine import DAY_MS, Limits, Machine
from tests.response.books import (
    Json,
    at_step,
    book,
    branching,
    linear,
    read,
    variable,
)

OK, FAIL, TIMEOUT = Result.OK, Result.FAIL, Result.TIMEOUT


def started(document: object, **limits: int) -> Machine:
    playbook = read(document)
    machine = Machine(Library([playbook]), RunState(), Limits(**limits))
    machine.start(playbook, {}, 1_000)
    return machine


def taken_up(document: object, machine: Machine) -> Machine:
    """Write the state down and go on from what was written."""
    written = msgspec.json.encode(machine.state)
    state = msgspec.json.decode(written, type=RunState)
    return Machine(Library([read(document)]), state)


def names(machine: Machine) -> list[str]:
    return [one.step.label for one in machine.pending()]


def test_every_branch_waits_at_once() -> None:
    machine = started(branching())

    assert names(machine) == ["A1", "A2"]
    assert {one.began_ms for one in machine.pending()} == {1_000}


def test_a_run_goes_on_from_what_was_written_down() -> None:
    document = branching()
    machine = started(document)
    while machine.state.final is None:
        machine = taken_up(document, machine)
        number = machine.pending()[-1].number
        assert machine.answer(number, OK, machine.state.now_ms)

    assert machine.state.final is Final.COMPLETED
    assert machine.state.printed() == ["A1:ok", "A2:ok", "P:join-ok", "A3:ok"]


DEAR = "__x__:value MATCHES '(a?){190}(a?){190}(a?){190}b'"
PLAIN = "__x__:value != 'b'"


def busy(condition: str, text: str) -> Json:
    """Write a loop that asks nobody."""
    return book(
        {
            "A1": {"on_completion": "W"},
            "W": {"condition": condition, "on_true": "E1", "on_completion": "E"},
            "E1": {},
            "E": {},
        },
        playbook_variables={"__x__": variable(text)},
    )


def test_a_run_that_costs_too_much_for_one_event_has_failed() -> None:
    machine = started(busy(DEAR, "a" * 60_000))

    assert machine.answer(machine.pending()[0].number, OK, 1_000)

    assert machine.state.final is Final.FAILED
    assert "cost too much" in machine.state.warnings[-1]
    assert machine.pending() == ()


def test_each_event_may_cost_as_much_as_the_one_before() -> None:
    steps = {f"A{n}": {"on_completion": f"A{n + 1}"} for n in range(1, 30)}
    machine = started(book({**steps, "A30": {"on_completion": "E"}, "E": {}}), work=100)

    while machine.state.final is None:
        assert machine.answer(machine.pending()[0].number, OK, 1_000)

    assert machine.state.final is Final.COMPLETED


def test_a_run_of_as_many_steps_as_it_may_have_is_not_too_dear() -> None:
    machine = started(busy(PLAIN, "a"), rounds=20_000)

    assert machine.answer(machine.pending()[0].number, OK, 1_000)

    assert machine.state.warnings == ["more than 20000 steps; the run ends"]


def test_an_answer_counts_once() -> None:
    machine = started(branching())
    number = machine.pending()[0].number

    assert machine.answer(number, OK, 1_000)
    assert not machine.answer(number, FAIL, 1_000)
    assert not machine.answer(99, OK, 1_000)


def test_an_answer_after_its_time_is_too_late() -> None:
    document = linear()
    at_step(document, "A1")["timeout"] = 500
    machine = started(document)
    number = machine.pending()[0].number

    assert machine.due_ms() == 1_500
    assert not machine.answer(number, OK, 1_500)
    assert machine.state.printed() == ["A1:timeout"]


def test_a_step_that_says_nothing_of_its_time_has_a_ceiling() -> None:
    assert started(linear()).due_ms() == 1_000 + 180 * DAY_MS


def test_a_delay_is_waited_for_and_then_the_time_runs() -> None:
    document = linear()
    at_step(document, "A1").update(delay=100, timeout=500)
    machine = started(document)

    assert names(machine) == []
    machine.pass_time(1_099)
    assert names(machine) == []
    machine.pass_time(1_100)
    assert [one.due_ms for one in machine.pending()] == [1_600]


def test_what_is_overdue_happens_in_its_order_at_its_instant() -> None:
    document = book(
        {
            "A1": {"on_success": "E", "on_failure": "A2", "timeout": 100},
            "A2": {"on_completion": "E2", "delay": 50, "timeout": 100},
            "E": {},
            "E2": {},
        }
    )
    machine = started(document)

    machine.pass_time(1_000_000)

    assert machine.state.printed() == ["A1:timeout", "A2:timeout"]
    assert machine.state.final is Final.FAILED


def test_a_parallel_step_whose_time_is_up_drops_its_branches() -> None:
    document = branching()
    at_step(document, "P").update(timeout=10)
    machine = started(document)
    machine.answer(machine.pending()[0].number, OK, 1_000)

    machine.pass_time(1_010)

    assert machine.state.printed() == ["A1:ok", "P:timeout"]
    assert machine.pending() == ()


def test_a_run_of_too_many_steps_ends() -> None:
    machine = started(branching(), activations=3)

    assert machine.state.final is Final.FAILED
    assert machine.state.warnings[-1] == "more than 3 steps; the run ends"


def test_a_run_of_hundreds_of_steps_needs_no_stack_of_calls() -> None:
    whiles = {
        f"W{n}": {
            "condition": "1 = 2",
            "on_true": f"E{n}",
            "on_completion": f"W{n + 1}" if n < 2_000 else "A1",
        }
        for n in range(2_001)
    }
    ends = {f"E{n}": {} for n in range(2_001)}
    document = book({**whiles, **ends, "A1": {"on_completion": "E"}, "E": {}})

    assert names(started(document)) == ["A1"]


@pytest.mark.parametrize("result", [OK, FAIL, TIMEOUT])
def test_the_same_answers_give_the_same_run(result: Result) -> None:
    def run() -> bytes:
        machine = started(branching())
        while machine.state.final is None:
            machine.answer(machine.pending()[0].number, result, 2_000)
        return json.dumps(msgspec.to_builtins(machine.state)).encode()

    assert {run() for _ in range(20)} == {run()}
