"""Variables: where a name is in scope, and where it is not."""

from tests.response.books import (
    at_step,
    book,
    branching,
    judge,
    step_id,
    variable,
)


def test_a_variable_of_a_step_is_in_scope_in_its_branches_and_not_behind_it() -> None:
    document = branching()
    at_step(document, "P")["step_variables"] = {"__x__": variable()}
    for name in ("A1", "A3"):
        at_step(document, name)["in_args"] = ["__x__"]

    [finding] = judge(document).findings

    assert finding.path == f'$.workflow["{step_id("A3")}"].in_args[0]'


def test_a_variable_is_in_scope_in_branches_inside_of_branches() -> None:
    whiles = {
        f"W{n}": {
            "condition": "1 = 2",
            "on_true": f"W{n + 1}" if n < 2 else "A1",
            "on_completion": f"E{n}",
        }
        for n in range(3)
    }
    ends = {f"E{n}": {} for n in range(3)}
    steps = {**whiles, **ends, "A1": {"on_completion": "EA"}, "EA": {}}
    document = book(steps)
    at_step(document, "W0")["step_variables"] = {"__x__": variable()}
    at_step(document, "A1")["in_args"] = ["__x__", "__y__"]

    assert judge(document).rules == ("V23",)
    assert [one.path[-1] for one in judge(document).findings] == ["]"]
