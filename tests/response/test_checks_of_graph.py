"""The workflow as a graph: the edge that is wrong is the one that is named."""

from tests.response.books import at_step, branching, judge, step_id


def test_the_edge_that_leaves_its_branch_is_named() -> None:
    document = branching()
    at_step(document, "A1")["on_completion"] = step_id("A3")

    [finding] = [one for one in judge(document).findings if one.rule == "V17"]

    assert finding.path == f'$.workflow["{step_id("A1")}"].on_completion'
