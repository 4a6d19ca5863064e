"""`foedus framework`."""

import json
from datetime import timedelta
from pathlib import Path

from foedus.clock import system_clock
from tests.cli.conftest import Run


def test_frameworks_are_listed_with_what_they_do_not_promise(run_nowhere: Run) -> None:
    listed = json.loads(run_nowhere("framework", "list", "--json").stdout)

    assert len(listed) == 29
    peace = listed[0]
    assert (peace["id"], peace["participants"]) == ("pfp", 18)
    assert peace["not_promised"] == ["collective defence", "mutual defence"]
    said = run_nowhere("framework", "list").stdout
    assert "does not promise" in said.splitlines()[0]


def test_a_framework_is_shown_as_of_a_day(run_nowhere: Run) -> None:
    words = ("framework", "show", "pfp", "--as-of", "2000-01-01")

    found = json.loads(run_nowhere(*words, "--json").stdout)
    said = run_nowhere(*words).stdout

    assert found["day"] == "2000-01-01"
    assert found["assurance"]["text"].startswith("No Article 5")
    assert "not promised collective defence, mutual defence" in said
    assert "SWE  Sweden, from 1994-05-09 to 2024-03-07; status partner" in said
    assert "[mixed, as of 2024-08-06: Partnership for Peace: Framework" in said


def test_an_unknown_framework_is_refused(run_nowhere: Run) -> None:
    result = run_nowhere("framework", "show", "parpp")

    assert result.exit_code == 1
    assert "did you mean parp or " in result.stderr


TODAY = system_clock().date().isoformat()
LATER = (system_clock().date() + timedelta(days=30)).isoformat()


def test_who_leaves_and_joins_again_sees_less_and_then_as_much(
    run: Run, bundle: Path
) -> None:
    green = ("--title", "Green", "--read", "PUBLIC", "--write", "MEMBERS")
    run("collection", "add", "green", *green, "--default-label", "TLP:GREEN")
    run("intel", "publish", str(bundle), "--collection", "green", "--as", "pol")

    def seen() -> int:
        words = ("intel", "export", "--collection", "green", "--as", "mda", "--json")
        return len(json.loads(run(*words).stdout).get("objects", []))

    def move(verb: str) -> None:
        words = ("framework", verb, "MDA", "pfp", "--from", TODAY, "--as", "operator")
        assert run(*words).exit_code == 0

    before = seen()
    move("leave")
    gone = seen()
    move("join")

    assert (before, gone, seen()) == (before, 0, before)
    assert before > 0


def test_a_change_that_is_dated_ahead_acts_from_its_day(run: Run) -> None:
    words = ("framework", "join", "CYP", "PfP", "--from", LATER, "--as", "operator")

    found = json.loads(run(*words, "--json").stdout)

    assert found == {
        "nation": "CYP",
        "framework": "pfp",
        "joined": True,
        "from": LATER,
        "acts": LATER,
    }
    then = json.loads(run("nation", "show", "CYP", "--as-of", LATER, "--json").stdout)
    assert then["status"] == "partner"
    assert json.loads(run("nation", "show", "CYP", "--json").stdout)["status"] == "none"
    told = run("guide", "CYP", "--as-of", LATER).stdout
    assert "Takes part in Partnership for Peace, since " + LATER in told
    assert "Cyprus is not a member" in told
    assert f"[recorded, as of {LATER}: the records of this hub]" in told


def test_only_the_alliances_staff_record_who_takes_part(run: Run) -> None:
    words = ("framework", "join", "CYP", "pfp", "--from", TODAY, "--as", "pol")

    result = run(*words)

    assert result.exit_code == 1
    assert "only the alliance's secretariat" in result.stderr
