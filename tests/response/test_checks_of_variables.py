"""Variables: where a name is in scope, and where it is not."""

from tests.response.books import at_step, branching, judge, step_id, variable


def test_a_variable_of_a_step_is_in_scope_in_its_branches_and_not_behind_it() -> None:
    document = branching()
    at_step(document, "P")["step_variables"] = {"__x__": variable()}
    for name in ("A1", "A3"):
        at_step(document, name)["in_args"] = ["__x__"]

    [finding] = judge(document).findings

    assert finding.path == f'$.workflow["{step_id("A3")}"].in_args[0]'
