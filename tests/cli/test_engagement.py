"""`foedus engagement`."""

import json
from typing import Any

from tests.cli.conftest import Run

ADD = (
    *("engagement", "add", "--kind", "exercise", "--title", "Northern lights"),
    *("--purpose", "Restore a grid", "--from", "2026-12-01", "--until", "2026-12-06"),
    *("--with", "POL,FIN", "--region", "baltic_sea", "--as", "pol"),
)


def listed(run: Run, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        run("engagement", "list", *words, "--json").stdout
    )
    return found


def test_an_engagement_is_listed_for_its_audience(run: Run) -> None:
    made = json.loads(run(*ADD, "--label", "NATO RESTRICTED", "--json").stdout)

    (found,) = listed(run, "--as", "fin")

    assert found["engagement"] == made["engagement"]
    assert (found["kind"], found["status"]) == ("exercise", "planned")
    assert found["participants"] == ["POL", "FIN"]
    assert listed(run, "--as", "mda") == []
    assert listed(run, "--nation", "norway") == []
    assert len(listed(run, "--nation", "FIN", "--region", "Baltic Sea")) == 1


def test_what_came_of_it_is_said_by_who_recorded_it(run: Run) -> None:
    name = run(*ADD, "--label", "NATO RESTRICTED").stdout.split()[1]
    report = ("engagement", "report", name, "done", "--outcome", "In four hours")

    assert run(*report, "--as", "fin").exit_code == 1
    assert json.loads(run(*report, "--as", "pol", "--json").stdout) == {
        "engagement": name,
        "status": "done",
    }
    said = run("engagement", "list", "--as", "pol").stdout
    assert f"{name}  exercise  done  2026-12-01 to 2026-12-06" in said
    assert "  outcome: In four hours" in said
    assert run(*report, "--as", "pol").stdout.endswith("done\n")


def test_unknown_nations_regions_and_days_are_refused(run: Run) -> None:
    assert run(*ADD, "--with", "QQQ").exit_code == 1
    assert run(*ADD, "--region", "moon").exit_code == 1
    assert run(*ADD, "--until", "2026-11-01").exit_code == 1
    assert run(*ADD, "--kind", "party").exit_code == 2
    assert run("engagement", "list", "--nation", "QQQ").exit_code == 1
