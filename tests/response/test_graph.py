"""The frames of a workflow."""

from foedus.response.graph import Graph
from tests.response.books import at_step, branching, read, step_id


def test_each_branch_has_a_frame_and_the_rest_has_one() -> None:
    graph = Graph(read(branching()))

    owner = {name: graph.owner[step_id(name)] for name in ("P", "A1", "E1", "A2", "A3")}
    assert owner["P"] is owner["A3"]
    assert owner["A1"] is owner["E1"]
    assert owner["A1"] is not owner["A2"]
    assert (owner["A1"].opener, owner["A1"].depth) == (step_id("P"), 1)
    assert graph.trespassing == []
    assert list(graph.cycles()) == []


def test_an_end_of_two_frames_is_named_with_the_edge_that_leads_there() -> None:
    document = branching()
    at_step(document, "A2")["on_completion"] = step_id("E1")

    graph = Graph(read(document, lenient=True))

    [(edge, left, entered)] = graph.trespassing
    assert (edge.source, edge.target) == (step_id("A2"), step_id("E1"))
    assert left.entry == step_id("A2")
    assert entered.entry == step_id("A1")
