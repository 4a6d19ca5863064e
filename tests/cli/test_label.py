"""`foedus label`."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

CORPUS = Path(__file__).parent.parent / "data" / "label-corpus.json"
CASES = json.loads(CORPUS.read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_each_case_of_the_corpus_answers_as_it_says(
    run_nowhere: Run, case: dict[str, object]
) -> None:
    result = run_nowhere("label", "parse", str(case["text"]), "--json")

    answer = json.loads(result.stdout)
    assert answer["valid"] is case["valid"]
    assert result.stderr == ""
    if case["valid"]:
        expect = case["expect"]
        assert isinstance(expect, dict)
        assert result.exit_code == 0
        assert "canonical" in answer
        assert answer.items() >= expect.items()
    else:
        assert result.exit_code == 1
        assert set(answer) == {"valid", "error", "detail"}
        assert answer["error"] == case["error"]


def test_the_canonical_text_reads_as_itself(run_nowhere: Run) -> None:
    text = "NATO RESTRICTED Releasable to Japan"

    first = json.loads(run_nowhere("label", "parse", text, "--json").stdout)
    again = json.loads(
        run_nowhere("label", "parse", first["canonical"], "--json").stdout
    )

    assert first["canonical"] == "NATO RESTRICTED // REL TO NATO, JPN"
    assert again["canonical"] == first["canonical"]
    assert (again["valid"], again["classification"]) == (True, "RESTRICTED")


def test_what_the_hub_cannot_enforce_has_no_canonical_text(run_nowhere: Run) -> None:
    result = run_nowhere("label", "parse", "VS-NUR FÜR DEN DIENSTGEBRAUCH", "--json")

    answer = json.loads(result.stdout)
    assert answer["canonical"] is None
    assert answer["refused"]["code"] == "foreign_marking"


def test_a_person_is_told_what_a_marking_says(run_nowhere: Run) -> None:
    result = run_nowhere("label", "parse", "NR REL TO SWE")

    assert "canonical  NATO RESTRICTED // REL TO NATO, SWE" in result.stdout
    assert "releasable_to  NATO, SWE" in result.stdout


def test_a_person_is_told_why_not(run_nowhere: Run) -> None:
    foreign = run_nowhere("label", "parse", "VS-NUR FÜR DEN DIENSTGEBRAUCH")
    invalid = run_nowhere("label", "parse", "tlp:unclear")

    assert "canonical  -" in foreign.stdout
    assert "binds" in foreign.stdout
    assert (invalid.exit_code, invalid.stdout) == (1, "")
    assert "not_a_label" in invalid.stderr


def test_a_preview_tells_who_sees_it_and_why_the_others_do_not(
    run_nowhere: Run,
) -> None:
    result = run_nowhere("label", "preview", "NATO RESTRICTED REL TO MDA", "--json")

    answer = json.loads(result.stdout)
    assert set(answer) == {"canonical", "sees", "not"}
    assert answer["canonical"] == "NATO RESTRICTED // REL TO NATO, MDA"
    assert len(answer["sees"]) == 33
    assert "MDA" in answer["sees"]
    assert answer["not"]["CHE"]
    assert not set(answer["sees"]) & set(answer["not"])


def test_a_preview_for_a_person_lists_the_same(run_nowhere: Run) -> None:
    result = run_nowhere("label", "preview", "NR REL TO MDA")

    assert result.stdout.startswith("NATO RESTRICTED // REL TO NATO, MDA\nsees  ALB, ")
    assert "not   CHE: " in result.stdout


def test_the_preview_of_no_label_is_a_problem_with_its_code(run_nowhere: Run) -> None:
    result = run_nowhere("label", "preview", "HUSH", "--json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert json.loads(result.stderr)["code"] == "unknown_marking"


def test_a_hub_answers_for_its_own_alliance(run: Run) -> None:
    result = run("label", "preview", "TLP:GREEN", "--json")

    assert "MDA" in json.loads(result.stdout)["sees"]
