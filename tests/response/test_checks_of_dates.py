"""Ids and dates: the paths that are named. The rules have cases of their own."""

from tests.response.books import judge, linear, step_id


def test_the_date_that_is_amiss_is_named() -> None:
    [finding] = judge(linear(modified="2025-01-01T00:00:00.000Z")).findings

    assert (finding.rule, finding.path) == ("V07", "$.modified")


def test_the_second_of_two_ids_is_named() -> None:
    agents = {"group--" + step_id("E")[-36:]: {"type": "group", "name": "g"}}
    findings = judge(linear(target_definitions=agents)).findings

    assert [finding.path.partition("[")[0] for finding in findings] == [
        "$.target_definitions"
    ]
