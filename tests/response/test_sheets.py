"""A JSON object read property by property."""

import pytest

from foedus.response.findings import Findings
from foedus.response.sheets import Sheet


@pytest.fixture
def findings() -> Findings:
    return Findings()


def test_what_is_of_its_type_is_read_in_silence(findings: Findings) -> None:
    sheet = Sheet({"a": "x", "b": 7, "c": True, "d": ["y"], "e": {}}, "$", findings)

    assert sheet.text("a", required=True) == "x"
    assert sheet.whole("b") == 7
    assert sheet.flag("c")
    assert sheet.texts("d") == ("y",)
    assert sheet.mapping("e") == {}
    assert sheet.text("f") is None
    assert list(findings) == []


def test_what_is_of_another_type_counts_as_not_given(findings: Findings) -> None:
    sheet = Sheet({"a": 1, "b": True, "c": "x", "d": [1], "e": [2]}, "$", findings)

    assert sheet.text("a") is None
    assert sheet.whole("b") is None
    assert not sheet.flag("c")
    assert sheet.texts("d") == ()
    assert list(sheet.objects("e")) == []
    assert [finding.path for finding in findings] == [
        "$.a",
        "$.b",
        "$.c",
        "$.d[0]",
        "$.e[0]",
    ]


def test_null_is_not_a_value(findings: Findings) -> None:
    assert Sheet({"a": None}, "$", findings).entries("a") == {}
    assert findings.refused
