"""Cases with scripted answers: the public ones, and one for each reading A1 to A12."""

import json
from pathlib import Path

import pytest

from foedus.errors import InvalidInputError
from foedus.response.simulation import Simulated, simulate
from tests.response.books import (
    Json,
    asking,
    at_step,
    book,
    branching,
    linear,
    step_id,
    variable,
)

X = {"__x__": variable("0")}


def run(document: Json, **case: object) -> Simulated:
    """Run one case; its name is not needed."""
    text = json.dumps([{"name": "a case", "playbook": document, **case}])
    return simulate(text.encode()).results[0]


def with_handler(steps: dict[str, Json], **properties: object) -> Json:
    document = book({**steps, "A9": {"on_completion": "E9"}, "E9": {}}, **properties)
    return {**document, "workflow_exception": step_id("A9")}


def test_the_public_cases_give_exactly_what_they_expect(shared_data: Path) -> None:
    raw = (shared_data / "cacao/foedus-vectors/cases.json").read_bytes()

    results = simulate(raw).results

    cases = json.loads(raw)["cases"]
    assert [one.name for one in results] == [case["name"] for case in cases]
    for case, result in zip(cases, results, strict=True):
        expect = case["expect"]
        assert result.trace == expect["trace"], case["name"]
        assert result.final == expect["final"], case["name"]
        assert result.variables.items() >= expect["variables"].items(), case["name"]
        declared = case["playbook"].get("playbook_variables", {})
        assert result.variables.keys() == declared.keys()


def test_a1_a_step_that_fails_with_on_completion_alone_fails_the_run() -> None:
    result = run(linear(), script={"A1": ["fail"]})

    assert (result.trace, result.final) == (["A1:fail"], "failed")


def test_a2_a_step_that_fails_with_on_success_alone_goes_to_the_exception() -> None:
    document = with_handler({"A1": {"on_success": "E"}, "E": {}})

    result = run(document, script={"A1": ["fail"]})

    assert result.trace == ["A1:fail", "EXC", "A9:ok"]
    assert result.final == "exception-handled"


def test_a4_a_failure_that_the_exception_path_handles_itself_is_handled() -> None:
    document = book(
        {
            "A1": {"on_completion": "E"},
            "E": {},
            "A9": {"on_success": "E9", "on_failure": "A8"},
            "A8": {"on_completion": "E9"},
            "E9": {},
        },
        workflow_exception=step_id("A9"),
    )

    result = run(document, script={"A1": ["fail"], "A9": ["fail"]})

    assert result.trace == ["A1:fail", "EXC", "A9:fail", "A8:ok"]
    assert result.final == "exception-handled"


def test_a5_siblings_finish_before_the_failure_reaches_the_exception() -> None:
    document = with_handler(
        {
            "P": {"next_steps": ["A1", "A2"], "on_completion": "E"},
            "A1": {"on_completion": "E1"},
            "A2": {"on_completion": "E2"},
            "E1": {},
            "E2": {},
            "E": {},
        }
    )

    result = run(document, script={"A1": ["fail"]})

    assert result.trace == ["A1:fail", "A2:ok", "P:join-fail", "EXC", "A9:ok"]


def test_a_failure_in_a_branch_is_handled_by_its_opener_before_the_exception() -> None:
    document = with_handler(
        {
            "I": {
                "condition": "1 = 1",
                "on_true": "A1",
                "on_success": "E",
                "on_failure": "A2",
            },
            "A1": {"on_completion": "E1"},
            "A2": {"on_completion": "E2"},
            "E1": {},
            "E2": {},
            "E": {},
        }
    )

    result = run(document, script={"A1": ["fail"]})

    assert result.trace == ["I:true", "A1:fail", "A2:ok"]
    assert result.final == "completed"


def switching(value: str | None, cases: Json) -> Json:
    return book(
        {
            "X": {"switch": "__x__:value", "cases": cases, "on_completion": "A3"},
            "A1": {"on_completion": "E1"},
            "A3": {"on_completion": "E"},
            "E1": {},
            "E": {},
        },
        playbook_variables={"__x__": variable(value)},
    )


@pytest.mark.parametrize("value", ["blue", "", None])
def test_a7_no_case_and_no_default_is_a_success(value: str | None) -> None:
    result = run(switching(value, {"red": "A1"}))

    assert (result.trace, result.final) == (["X:none", "A3:ok"], "completed")


def test_a_null_is_no_case_but_the_default() -> None:
    result = run(switching(None, {"": "A1", "default": "A1"}))

    assert result.trace == ["X:default", "A1:ok", "A3:ok"]


def test_the_empty_text_is_a_case() -> None:
    assert run(switching("", {"": "A1"})).trace == ["X:", "A1:ok", "A3:ok"]


def test_a8_a_switch_over_an_undefined_variable_fails() -> None:
    document = switching("", {"red": "A1"})
    at_step(document, "X")["switch"] = "__y__:value"

    result = run(document)

    assert (result.trace, result.final) == (["X:fail"], "failed")


@pytest.mark.parametrize(
    ("condition", "kind", "value", "expected"),
    [
        ("__x__:value = ''", "string", None, "I:false"),
        ("__x__:value = ''", "string", "", "I:true"),
        ("__x__:value != ''", "string", None, "I:true"),
        ("__x__:value = ''", "integer", "", "I:true"),
        ("__x__:value = ''", "integer", "3", "I:false"),
        ("__x__:value = 3", "integer", None, "I:false"),
        ("__x__:value >= 3", "integer", None, "I:fail"),
        ("__x__:value < 'b'", "string", None, "I:fail"),
        ("__x__:value > 3", "integer", "", "I:fail"),
        ("__x__:value IN ('a')", "string", None, "I:false"),
    ],
)
def test_a9_null_is_unknown_and_is_not_empty(
    condition: str, kind: str, value: str | None, expected: str
) -> None:
    document = asking(condition, __x__=variable(value, kind))

    assert run(document).trace[0] == expected


def test_a10_a_delay_and_a_timeout_of_nought_are_none() -> None:
    document = linear()
    at_step(document, "A1").update(delay=0, timeout=0)

    assert run(document, script={"A1": ["ok"]}).final == "completed"


def test_a11_of_two_branches_that_write_the_later_in_next_steps_stays() -> None:
    document = branching(playbook_variables=X)
    for name in ("A1", "A2"):
        at_step(document, name)["out_args"] = ["__x__"]
    script = {"A1": [{"__x__": "1"}], "A2": [{"__x__": "2"}]}
    text = json.dumps([{"name": "n", "playbook": document, "script": script}])

    simulation = simulate(text.encode())

    assert simulation.results[0].trace == ["A1:ok", "A2:ok", "P:join-ok", "A3:ok"]
    assert simulation.results[0].variables == {"__x__": "2"}
    assert simulation.warnings == (
        ("n", "__x__: written by two branches; the later stays"),
    )


def test_a11_a_branch_does_not_see_what_its_sibling_wrote() -> None:
    document = book(
        {
            "P": {"next_steps": ["A1", "I"], "on_completion": "E"},
            "A1": {"on_completion": "E1", "out_args": ["__x__"]},
            "I": {
                "condition": "__x__:value = '0'",
                "on_true": "A2",
                "on_completion": "E2",
            },
            "A2": {"on_completion": "E3"},
            "E1": {},
            "E2": {},
            "E3": {},
            "E": {},
        },
        playbook_variables=X,
    )

    result = run(document, script={"A1": [{"__x__": "1"}]})

    assert result.trace == ["A1:ok", "I:true", "A2:ok", "P:join-ok"]
    assert result.variables == {"__x__": "1"}


def looping(condition: str = "1 = 1", **more: object) -> Json:
    return book(
        {
            "W": {
                "condition": condition,
                "on_true": "A1",
                "on_success": "E",
                "on_failure": "A2",
                **more,
            },
            "A1": {"on_completion": "E1", "out_args": ["__x__"]},
            "A2": {"on_completion": "E2"},
            "E1": {},
            "E2": {},
            "E": {},
        },
        playbook_variables=X,
    )


def test_a12_a_loop_that_never_ends_fails_at_the_ceiling() -> None:
    result = run(looping(), iteration_ceiling=2)

    rounds = ["W:true", "A1:ok", "W:true", "A1:ok"]
    assert result.trace == [*rounds, "W:fail", "A2:ok"]
    assert result.final == "completed"


def test_a_loop_that_ends_with_its_last_round_is_no_failure() -> None:
    document = looping("__x__:value != '2'")

    script = {"A1": [{"__x__": "1"}, {"__x__": "2"}]}
    result = run(document, script=script, iteration_ceiling=2)

    assert result.trace == ["W:true", "A1:ok", "W:true", "A1:ok", "W:false"]


def test_a_loop_is_left_when_its_branch_fails() -> None:
    result = run(looping(), script={"A1": ["ok", "fail"]})

    assert result.trace == ["W:true", "A1:ok", "W:true", "A1:fail", "A2:ok"]


def test_loops_branches_and_parallel_steps_nest() -> None:
    document = book(
        {
            "I": {"condition": "1 = 1", "on_true": "W", "on_completion": "A9"},
            "W": {
                "condition": "__x__:value = '0'",
                "on_true": "P",
                "on_completion": "E1",
            },
            "P": {"next_steps": ["A1", "A2"], "on_completion": "E2"},
            "A1": {"on_completion": "E3"},
            "A2": {"on_completion": "E4", "out_args": ["__x__"]},
            "A9": {"on_completion": "E"},
            **{name: {} for name in ("E1", "E2", "E3", "E4", "E")},
        },
        playbook_variables=X,
    )

    result = run(document, script={"A2": [{"__x__": "1"}]})

    assert result.trace == [
        "I:true",
        "W:true",
        "A1:ok",
        "A2:ok",
        "P:join-ok",
        "W:false",
        "A9:ok",
    ]
    assert result.variables == {"__x__": "1"}


def test_the_time_of_a_step_runs_out_while_what_it_opened_waits() -> None:
    document = looping(timeout=1_000)
    at_step(document, "A1")["delay"] = 400

    result = run(document)

    rounds = ["W:true", "A1:ok", "W:true", "A1:ok", "W:true"]
    assert result.trace == [*rounds, "W:timeout", "A2:ok"]


def test_time_begins_after_the_delay() -> None:
    document = linear()
    at_step(document, "A1").update(delay=5_000, timeout=1_000)

    assert run(document).trace == ["A1:ok"]


def test_branches_are_printed_one_after_the_other_whatever_their_delays() -> None:
    document = branching()
    at_step(document, "A1")["delay"] = 10_000

    assert run(document).trace == ["A1:ok", "A2:ok", "P:join-ok", "A3:ok"]


def calling(out: str = "__r__", **child: object) -> tuple[Json, Json]:
    inner = linear(
        playbook_variables={
            "__x__": variable("", external=True),
            "__r__": variable("none"),
        },
        **child,
    )
    at_step(inner, "A1")["out_args"] = ["__r__"]
    outer = book(
        {
            "C": {
                "playbook_id": inner["id"],
                "on_success": "E",
                "on_failure": "A2",
                "in_args": ["__x__"],
                "out_args": [out],
            },
            "A2": {"on_completion": "E2"},
            "E": {},
            "E2": {},
        },
        playbook_variables={"__x__": variable("in"), "__r__": variable("before")},
    )
    return outer, inner


def test_a_child_that_fails_gives_nothing_back() -> None:
    outer, inner = calling()

    result = run(outer, children=[inner], script={"A1": ["fail"]})

    assert result.trace == ["C>", "A1:fail", "C<:fail", "A2:ok"]
    assert result.variables == {"__x__": "in", "__r__": "before"}


def test_a_child_that_is_not_there_refuses_the_run_before_it_begins() -> None:
    outer, _ = calling()

    result = run(outer)

    assert (result.final, result.rules, result.trace) == ("refused", ("V12",), [])


def test_a_child_of_another_version_is_not_there() -> None:
    outer, inner = calling()
    at_step(outer, "C")["playbook_version"] = "2026-01-01T00:00:00.001Z"

    assert run(outer, children=[inner]).final == "refused"


def test_a_playbook_that_calls_itself_fails_at_the_ceiling() -> None:
    outer, _ = calling()
    at_step(outer, "C")["playbook_id"] = outer["id"]

    result = run(outer)

    assert result.trace[:8] == ["C>"] * 8
    assert "C<:fail" in result.trace
    assert result.final == "completed"


def test_only_external_variables_are_set_at_launch() -> None:
    document = linear(
        playbook_variables={
            "__x__": variable("a", external=True),
            "__y__": variable("b"),
        }
    )

    taken = run(document, launch={"__x__": "given"})
    refused = run(document, launch={"__y__": "given"})

    assert taken.variables == {"__x__": "given", "__y__": "b"}
    assert (refused.final, refused.rules) == ("refused", ())


@pytest.mark.parametrize(
    ("kind", "value"), [("integer", "many"), ("bool", "yes"), ("ipv4-addr", "red")]
)
def test_a_launch_with_a_value_of_another_type_is_refused(
    kind: str, value: str
) -> None:
    document = linear(playbook_variables={"__x__": variable("", kind, external=True)})

    assert run(document, launch={"__x__": value}).final == "refused"


def test_a_refused_playbook_says_by_which_rules() -> None:
    document = linear(playbook_variables={"__x__": variable(constant=True)})
    at_step(document, "A1").update(out_args=["__x__"], on_failure=step_id("E"))

    result = run(document)

    assert (result.final, result.rules) == ("refused", ("V13", "V25"))
    assert (result.trace, result.variables) == ([], {})


def test_what_an_agent_gives_beyond_its_outputs_is_not_taken() -> None:
    document = linear(playbook_variables=X)
    at_step(document, "A1")["step_variables"] = {"__y__": variable("inner")}

    result = run(document, script={"A1": [{"__x__": "1", "__y__": "2"}]})

    assert result.variables == {"__x__": "0"}


def test_values_that_are_no_text_are_taken_as_their_text() -> None:
    document = linear(playbook_variables={"__x__": variable("0", "integer")})
    at_step(document, "A1")["out_args"] = ["__x__"]

    assert run(document, script={"A1": [{"__x__": 7}]}).variables == {"__x__": "7"}
    assert run(document, script={"A1": [{"__x__": None}]}).variables == {"__x__": None}


@pytest.mark.parametrize(
    "text",
    ["", "7", "{}", '{"cases": 7}', '{"cases": [7]}'],
)
def test_a_file_that_is_no_cases_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        simulate(text.encode())


def test_a_script_that_cannot_be_read_refuses_its_case_alone() -> None:
    result = run(linear(), script={"A1": ["perhaps"]})

    assert (result.final, result.rules) == ("refused", ())


def test_a_case_without_a_playbook_is_refused() -> None:
    result = simulate(b'[{"name": "empty"}]').results[0]

    assert (result.final, result.rules) == ("refused", ("V01",))
