"""`foedus log`."""

import json
from pathlib import Path

import apsw
import pytest

from foedus.__main__ import load_app
from foedus.cli.station import Station
from foedus.eventlog.envelope import Who, redaction_stream
from tests.cli.conftest import Run, serving

NOTE = "note--22222222-2222-4222-8222-222222222222"


def test_a_log_as_it_was_written_verifies(run: Run) -> None:
    result = run("log", "verify", "--json")

    answer = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (0, "")
    assert answer == {"valid": True, "position": answer["position"]}
    assert answer["position"] > 4


def test_a_person_is_told_how_many_entries_there_are(run: Run) -> None:
    assert "entries are what was written" in run("log", "verify").stdout


def test_an_altered_entry_is_named_by_its_position(run: Run, folder: Path) -> None:
    db = apsw.Connection(str(folder / "log.db"))
    db.execute("UPDATE entry SET nation = 'RUS' WHERE position = 3").fetchall()
    db.close()

    result = run("log", "verify", "--json")

    problem = json.loads(result.stderr)
    assert (result.exit_code, result.stdout) == (1, "")
    assert problem["type"] == "https://foedus.example/problems/corrupt-log"
    assert problem["position"] == 3
    assert "position 3" in problem["detail"]


def test_an_entry_that_the_views_could_not_fold_is_found_too(
    run: Run, folder: Path
) -> None:
    for path in folder.glob("views.db*"):
        path.unlink()
    db = apsw.Connection(str(folder / "log.db"))
    db.execute("UPDATE entry SET body = x'7B' WHERE position = 2").fetchall()
    db.close()

    result = run("log", "verify")

    assert result.exit_code == 1
    assert "position 2" in result.stderr


def test_a_folder_without_a_log_is_refused(run_nowhere: Run) -> None:
    assert run_nowhere("log", "verify").exit_code == 1


def found(run: Run, stix_id: str) -> list[dict[str, object]]:
    """List where an object stands in the log."""
    listed: list[dict[str, object]] = json.loads(
        run("log", "find", stix_id, "--json").stdout
    )
    return listed


def published(run: Run, bundle: Path) -> int:
    """Publish the bundle, and give the position of its note."""
    run("intel", "publish", str(bundle), "--collection", "indicators", "--as", "pol")
    (entry,) = found(run, NOTE)
    position = entry["position"]
    assert isinstance(position, int)
    return position


def test_an_object_is_found_in_the_log(run: Run, bundle: Path) -> None:
    position = published(run, bundle)

    (entry,) = found(run, NOTE)

    arrival = str(entry.pop("arrival"))
    assert arrival.endswith("Z")
    assert entry == {
        "position": position,
        "nation": "POL",
        "collection": "indicators",
        "id": NOTE,
        "version": "2026-01-01T00:00:00.000Z",
        "state": "stored",
    }


def test_a_person_is_told_where_an_object_stands_in_columns(
    run: Run, bundle: Path
) -> None:
    position = published(run, bundle)

    heads, line = run("log", "find", NOTE).stdout.splitlines()

    assert heads.split() == [
        "position", "arrival", "nation", "collection", "id", "version", "state",
    ]  # fmt: skip
    assert line.split()[0] == str(position)


def test_an_object_that_is_not_there_is_not_found(run: Run) -> None:
    result = run("log", "find", NOTE, "--json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert json.loads(result.stderr)["status"] == 404


def test_a_redacted_object_is_in_no_file_and_seen_by_nobody(
    run: Run, bundle: Path, folder: Path
) -> None:
    position = published(run, bundle)

    result = run(
        "log", "redact", str(position), "--as", "pol", "--reason", "spilled", "--json"
    )

    assert (result.exit_code, result.stderr) == (0, "")
    answer = json.loads(result.stdout)
    assert answer["redacted"] == position
    assert answer["backups"] == []
    assert answer["position"] > position
    files = [each for each in folder.iterdir() if each.is_file()]
    assert {"log.db", "views.db", "state.db"} <= {each.name for each in files}
    assert [each.name for each in files if b'"seen"' in each.read_bytes()] == []
    words = ("--collection", "indicators", "--as", "pol")
    assert NOTE not in run("intel", "export", *words).stdout
    assert [each["state"] for each in found(run, NOTE)] == ["redacted"]
    assert run("log", "verify").exit_code == 0


def test_a_person_is_told_which_entry_says_that_another_was_erased(
    run: Run, bundle: Path
) -> None:
    position = published(run, bundle)

    result = run("log", "redact", str(position), "--as", "pol", "--reason", "spilled")

    assert result.stdout.startswith(f"Erased entry {position}; entry ")


@pytest.mark.parametrize(
    ("position", "name", "status"),
    [("99999", "pol", 404), ("1", "pol", 403), ("{}", "fin", 403), ("{}", "who", 404)],
)
def test_what_may_not_be_redacted_is_refused(
    run: Run, bundle: Path, position: str, name: str, status: int
) -> None:
    where = position.format(published(run, bundle))

    result = run("log", "redact", where, "--as", name, "--reason", "x", "--json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert json.loads(result.stderr)["status"] == status


@pytest.mark.parametrize(
    "words",
    [
        ("redact", "7", "--as", "pol"),
        ("redact", "7", "--reason", "x"),
        ("redact", "0", "--as", "pol", "--reason", "x"),
        ("redact", str(2**63), "--as", "pol", "--reason", "x"),
        ("redact", "seven", "--as", "pol", "--reason", "x"),
        ("find",),
    ],
)
def test_what_is_missing_or_no_position_is_misuse(
    run: Run, words: tuple[str, ...]
) -> None:
    assert run("log", *words).exit_code == 2


def test_a_redaction_is_recorded_as_the_accounts_by_the_operator(
    run: Run, bundle: Path, folder: Path
) -> None:
    position = published(run, bundle)
    run("log", "redact", str(position), "--as", "pol", "--reason", "spilled")

    with Station(load=load_app, data=folder).hub() as hub:
        account = hub.authenticator.named("pol")
        (entry,) = hub.log.read(redaction_stream(position))
    assert entry.who == Who(account=account.id, nation="POL", door="cli", by="operator")


def test_redacting_beside_a_server_leaves_nothing_either(
    run: Run, bundle: Path, folder: Path
) -> None:
    with serving(folder, "serve"):
        position = published(run, bundle)

        result = run("log", "redact", str(position), "--as", "pol", "--reason", "x")

        assert (result.exit_code, result.stderr) == (0, "")
        files = [each for each in folder.iterdir() if each.is_file()]
        assert [each.name for each in files if b'"seen"' in each.read_bytes()] == []


def test_redactions_are_listed_a_line_each(run: Run, bundle: Path) -> None:
    position = published(run, bundle)
    assert run("log", "redactions").stdout == ""
    words = ("log", "redact", str(position), "--as", "pol", "--reason", "spilled")
    done = json.loads(run(*words, "--json").stdout)

    (line,) = run("log", "redactions").stdout.splitlines()

    assert json.loads(line)["redacted"]["position"] == position
    assert run("log", "redactions", "--after", str(done["position"])).stdout == ""


def test_redactions_of_no_hub_are_refused(run_nowhere: Run) -> None:
    assert run_nowhere("log", "redactions").exit_code == 1
