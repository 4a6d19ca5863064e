"""Definitions and summaries: the paths that are named, and what is computed."""

from foedus.response.checks_of_definitions import summarize
from tests.response.books import AGENT, at_step, branching, judge, linear, read


def test_the_reference_that_leads_nowhere_is_named() -> None:
    document = linear()
    at_step(document, "A1")["agent"] = AGENT.replace("2d3f", "2d40")

    [finding] = judge(document).findings

    assert finding.path.endswith("].agent")


def test_a_summary_is_computed_from_the_content() -> None:
    document = branching(markings=["marking-tlp--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"])
    at_step(document, "A1")["timeout"] = 5

    computed = summarize(document, read(document))

    assert {name for name, value in computed.items() if value} == {
        "manual_playbook",
        "parallel_processing",
        "temporal_logic",
        "data_markings",
    }
