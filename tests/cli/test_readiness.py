"""`foedus readiness`."""

import json

from tests.cli.conftest import Run

MEMBERS = ("--label", "NATO RESTRICTED", "--as", "pol")


def test_a_nation_is_reported_on_with_standards_and_tests(run: Run) -> None:
    adopt = ("readiness", "adopt", "POL", "stanag_4774", "--on", "2026-01-01")
    assert run(*adopt, "--evidence", "order 3", *MEMBERS).exit_code == 0
    test = ("readiness", "test", "POL", "FIN", "--subject", "link")
    said = run(*test, "--result", "success", *MEMBERS, "--json")
    assert "counts for no rating" in json.loads(said.stdout)["remark"]

    report = run("readiness", "report", "Poland", "--as", "fin").stdout

    assert "POL, as of " in report
    assert "0 units, 0 of them count" in report
    assert "standard stanag_4774, since 2026-01-01, declared: order 3" in report
    assert "test POL and FIN, link: success on " in report
    hidden = json.loads(
        run("readiness", "report", "POL", "--as", "mda", "--json").stdout
    )
    assert hidden["standards"] == hidden["tests"] == []


def test_what_is_unknown_is_refused(run: Run) -> None:
    unknown = ("readiness", "adopt", "POL", "stanag_0", *MEMBERS)
    assert "no standard 'stanag_0'" in run(*unknown).stderr
    others = ("readiness", "adopt", "FIN", "stanag_4774", *MEMBERS)
    assert run(*others).exit_code == 1
    assert run("readiness", "report", "QQQ").exit_code == 1
