"""`foedus intel`."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from foedus.__main__ import load_app
from foedus.cli.publishing import SET_OBJECTS_MAX
from foedus.cli.station import Station
from foedus.eventlog.envelope import Who
from foedus.ids import START
from tests.cli.conftest import Run

MALWARE = "malware--11111111-1111-4111-8111-111111111111"
NOTE = "note--22222222-2222-4222-8222-222222222222"
LONG_AGO = "2020-01-01"
AS_POL = ("--collection", "indicators", "--as", "pol")


def test_each_object_has_its_outcome(run: Run, bundle: Path) -> None:
    result = run("intel", "publish", str(bundle), *AS_POL, "--json")

    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == [
        {
            "id": each,
            "version": "2026-01-01T00:00:00.000Z",
            "outcome": "stored",
            "reason": "",
        }
        for each in (MALWARE, NOTE)
    ]


def test_publishing_again_changes_nothing(run: Run, bundle: Path) -> None:
    run("intel", "publish", str(bundle), *AS_POL)

    result = run("intel", "publish", str(bundle), *AS_POL, "--json")

    outcomes = [each["outcome"] for each in json.loads(result.stdout)]
    assert (result.exit_code, outcomes) == (0, ["duplicate", "duplicate"])


def test_what_is_refused_is_listed_with_the_rest_and_exits_with_1(
    run: Run, bundle: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"type": "malware", "id": "nonsense"}', encoding="utf-8")

    result = run("intel", "publish", str(bundle), str(bad), *AS_POL, "--json")

    answer = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [each["outcome"] for each in answer] == ["stored", "stored", "refused"]
    assert answer[2]["reason"]


def test_a_person_is_told_the_refusals_and_the_sums(
    run: Run, bundle: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps([{"type": "malware"}] * 30), encoding="utf-8")

    result = run("intel", "publish", str(bundle), str(bad), *AS_POL)

    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 20
    assert "and 10 more" in result.stderr
    assert "2 stored, 0 duplicate, 30 refused" in result.stderr


def test_a_file_that_is_not_json_refuses_the_whole(
    run: Run, bundle: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("nonsense", encoding="utf-8")

    result = run("intel", "publish", str(bundle), str(bad), *AS_POL, "--json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "bad.json" in json.loads(result.stderr)["detail"]
    assert _objects(run, "pol") == []


def test_stdin_is_published(run: Run, bundle: Path) -> None:
    text = bundle.read_text(encoding="utf-8")

    result = run("intel", "publish", "-", *AS_POL, "--json", input=text)

    assert [each["outcome"] for each in json.loads(result.stdout)] == ["stored"] * 2


@pytest.mark.parametrize(
    ("name", "alias", "status"),
    [
        ("nobody", "indicators", 404),
        ("pol", "nothing", 404),
        ("mda", "indicators", 403),
    ],
)
def test_who_or_where_is_not_there_or_not_allowed_is_refused(
    run: Run, bundle: Path, name: str, alias: str, status: int
) -> None:
    words = ("--collection", alias, "--as", name)

    result = run("intel", "publish", str(bundle), *words, "--json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert json.loads(result.stderr)["status"] == status


@pytest.mark.parametrize(
    "words",
    [
        ("intel", "publish", *AS_POL),
        ("intel", "publish", "absent.json", *AS_POL),
        ("intel", "export", "--collection", "indicators"),
        ("intel", "export", "--as", "pol"),
        ("intel", "explain", MALWARE),
    ],
)
def test_what_is_missing_is_misuse(run: Run, words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2


def test_it_is_recorded_as_the_accounts_by_the_operator(
    run: Run, bundle: Path, folder: Path
) -> None:
    run("intel", "publish", str(bundle), *AS_POL)

    with Station(load=load_app, data=folder).hub() as hub:
        account = hub.authenticator.named("pol")
        entries = hub.log.read_after(START, 100)
    published = [each.who for each in entries if each.kind == "intel.published"]
    who = Who(account=account.id, nation="POL", door="cli", by="operator")
    assert published == [who, who]


def test_a_dry_run_publishes_nothing_and_tells_who_would_see(
    run: Run, bundle: Path
) -> None:
    result = run("intel", "publish", str(bundle), *AS_POL, "--dry-run", "--json")

    told = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (0, "")
    keys = ["id", "version", "outcome", "reason", "label", "sees", "not"]
    assert [list(each) for each in told] == [keys, keys]
    assert [each["id"] for each in told] == [MALWARE, NOTE]
    assert {each["label"] for each in told} == {
        "NATO RESTRICTED // REL TO NATO 2024-03-07, MDA"
    }
    assert {"MDA", "POL"} < set(told[0]["sees"])
    assert "not in the audience" in told[0]["not"]["GEO"]
    assert told[1]["reason"] == f"joined with {MALWARE}"
    assert _objects(run, "pol") == []


def test_a_person_is_told_each_audience_once(run: Run, bundle: Path) -> None:
    result = run("intel", "publish", str(bundle), *AS_POL, "--dry-run")

    label = "NATO RESTRICTED // REL TO NATO 2024-03-07, MDA"
    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert lines[0] == f"stored  {MALWARE}  {label} (33 nations)"
    assert lines[1].endswith(f"{label} (33 nations)  joined with {MALWARE}")
    assert lines[2:4] == ["", label]
    assert lines[4].startswith("sees  ALB, BEL")
    assert [each[:8] for each in lines[5:]].count("not   GE") == 1


def test_a_dry_run_of_what_would_be_refused_exits_with_1(
    run: Run, bundle: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.json"
    good = json.loads(bundle.read_text(encoding="utf-8"))["objects"][0]
    bad.write_text(json.dumps([{"type": "malware"}, good]), encoding="utf-8")

    for more in ((), ("--json",)):
        result = run("intel", "publish", str(bad), *AS_POL, "--dry-run", *more)

        assert result.exit_code == 1
        assert "refused" in result.stdout
        assert MALWARE in result.stdout


def test_a_dry_run_takes_one_file(run: Run, bundle: Path) -> None:
    result = run("intel", "publish", str(bundle), "-", *AS_POL, "--dry-run")

    assert result.exit_code == 2


def test_a_dry_run_takes_one_set(run: Run, tmp_path: Path) -> None:
    many = tmp_path / "many.json"
    many.write_text(f"[{'{},' * SET_OBJECTS_MAX}{{}}]", encoding="utf-8")

    result = run("intel", "publish", str(many), *AS_POL, "--dry-run", "--json")

    assert json.loads(result.stderr)["status"] == 413


@pytest.mark.parametrize(
    ("words", "left"), [((), [MALWARE, MALWARE]), (("--replace-older",), [MALWARE])]
)
def test_a_new_version_may_replace_the_older_ones(
    run: Run, bundle: Path, tmp_path: Path, words: tuple[str, ...], left: list[str]
) -> None:
    run("intel", "publish", str(bundle), *AS_POL)
    newer = json.loads(bundle.read_text(encoding="utf-8"))["objects"][0]
    newer["modified"] = "2026-02-01T00:00:00.000Z"
    path = tmp_path / "newer.json"
    path.write_text(json.dumps(newer), encoding="utf-8")

    result = run("intel", "publish", str(path), *AS_POL, *words)

    assert result.exit_code == 0
    found = json.loads(run("log", "find", MALWARE, "--json").stdout)
    assert [each["id"] for each in found if each["state"] == "stored"] == left


def _objects(run: Run, name: str) -> list[str]:
    """Name what an account may see, but for the hub's own markings."""
    result = run("intel", "export", "--collection", "indicators", "--as", name)
    assert result.exit_code == 0
    bundle = json.loads(result.stdout)
    assert bundle["type"] == "bundle"
    ids = [each["id"] for each in bundle["objects"]]
    return [each for each in ids if not each.startswith("marking-definition")]


def test_an_export_holds_what_the_account_may_see(run: Run, bundle: Path) -> None:
    run("intel", "publish", str(bundle), *AS_POL)
    run("account", "add", "low", "--nation", "MDA", "--role", "reader")
    run("account", "add", "che", "--nation", "CHE", "--role", "reader")

    assert _objects(run, "mda") == [MALWARE, NOTE]
    assert _objects(run, "low") == []
    assert _objects(run, "che") == []


def test_an_export_goes_to_a_file_that_is_whole(
    run: Run, bundle: Path, tmp_path: Path
) -> None:
    run("intel", "publish", str(bundle), *AS_POL)
    target = tmp_path / "out.json"
    words = ("intel", "export", "--collection", "indicators", "--as", "fin")

    result = run(*words, "-o", str(target), "--json")

    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == {"file": str(target), "objects": 3}
    assert len(json.loads(target.read_bytes())["objects"]) == 3
    assert not (tmp_path / "out.json.part").exists()


def test_an_export_goes_through_a_pipe_which_stays_one(
    run: Run, bundle: Path, tmp_path: Path
) -> None:
    run("intel", "publish", str(bundle), *AS_POL)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    words = ("intel", "export", "--collection", "indicators", "--as", "fin")

    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(pipe.read_bytes)
        result = run(*words, "-o", str(pipe))

    assert result.exit_code == 0
    assert len(json.loads(read.result())["objects"]) == 3
    assert pipe.is_fifo()


def test_a_file_that_cannot_be_written_is_refused(run: Run, tmp_path: Path) -> None:
    words = ("intel", "export", "--collection", "indicators", "--as", "fin")

    result = run(*words, "-o", str(tmp_path / "no" / "out.json"), "--json")

    assert result.exit_code == 1
    assert json.loads(result.stderr)["status"] == 503


def test_who_may_only_write_exports_nothing(run: Run) -> None:
    rights = ("--read", "FIN", "--write", "POL")
    run("collection", "add", "box", "--title", "T", *rights)

    result = run("intel", "export", "--collection", "box", "--as", "pol", "--json")

    assert result.exit_code == 1
    assert json.loads(result.stderr)["status"] == 403


def test_an_object_is_explained_for_a_nation(run: Run, bundle: Path) -> None:
    run("intel", "publish", str(bundle), *AS_POL)

    seen = json.loads(
        run("intel", "explain", MALWARE, "--nation", "MDA", "--json").stdout
    )
    hidden = json.loads(
        run("intel", "explain", MALWARE, "--nation", "CHE", "--json").stdout
    )

    assert set(seen) == {"id", "nation", "sees", "why"}
    assert (seen["id"], seen["nation"], seen["sees"]) == (MALWARE, "MDA", True)
    assert hidden["sees"] is False
    assert all(set(each) == {"rule", "detail"} for each in hidden["why"])


def test_an_object_is_explained_to_a_person(run: Run, bundle: Path) -> None:
    run("intel", "publish", str(bundle), *AS_POL)

    result = run("intel", "explain", MALWARE, "--nation", "Switzerland")

    assert result.stdout.startswith(f"CHE does not see {MALWARE}\nstanding: ")


def test_the_body_of_the_alliance_can_be_asked_about(run: Run, bundle: Path) -> None:
    run("intel", "publish", str(bundle), *AS_POL)

    result = run("intel", "explain", MALWARE, "--nation", "nato", "--json")

    assert json.loads(result.stdout)["nation"] == "NATO"


@pytest.mark.parametrize(
    "words",
    [(MALWARE, "--nation", "CHE"), ("nonsense", "--nation", "CHE")],
)
def test_an_object_that_is_not_there_is_refused(
    run: Run, words: tuple[str, ...]
) -> None:
    result = run("intel", "explain", *words, "--json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert json.loads(result.stderr)["status"] == 404


def test_a_nation_that_is_not_there_is_refused(run: Run, bundle: Path) -> None:
    run("intel", "publish", str(bundle), *AS_POL)

    result = run("intel", "explain", MALWARE, "--nation", "ATL")

    assert result.exit_code == 1
    assert "no nation 'ATL'" in result.stderr


def test_what_was_published_is_withdrawn(run: Run, bundle: Path) -> None:
    run("intel", "publish", str(bundle), *AS_POL)

    words = ("--as", "pol", "--reason", "a mistake", "--json")
    result = run("intel", "withdraw", NOTE, *words)

    assert (result.exit_code, result.stderr) == (0, "")
    withdrawn = {"collection": "indicators", "versions": ["2026-01-01T00:00:00.000Z"]}
    assert json.loads(result.stdout) == {"id": NOTE, "withdrawn": [withdrawn]}
    assert _objects(run, "mda") == [MALWARE]


def test_a_person_is_told_where_which_versions_were_withdrawn(
    run: Run, bundle: Path
) -> None:
    run("intel", "publish", str(bundle), *AS_POL)

    words = ("--version", "last", "--collection", "indicators", "--reason", "why")
    result = run("intel", "withdraw", NOTE, "--as", "pol", *words)

    assert result.stdout == "indicators  2026-01-01T00:00:00.000Z\n"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("--as", "fin"), 404),
        (("--as", "nobody"), 404),
        (("--as", "pol", "--collection", "nothing"), 404),
        (("--as", "pol", "--version", "2020-01-01T00:00:00Z"), 404),
        (("--as", "pol", "--version", "newest"), 400),
    ],
)
def test_what_is_not_ones_own_is_not_withdrawn(
    run: Run, bundle: Path, words: tuple[str, ...], status: int
) -> None:
    run("intel", "publish", str(bundle), *AS_POL)

    result = run("intel", "withdraw", NOTE, *words, "--reason", "why", "--json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert json.loads(result.stderr)["status"] == status
    assert _objects(run, "mda") == [MALWARE, NOTE]


def test_the_secretariat_withdraws_on_behalf_of_a_nation_without_standing(
    run: Run, bundle: Path
) -> None:
    run("intel", "publish", str(bundle), *AS_POL)
    sec = ("account", "add", "sec", "--nation", "NATO", "--clearance", "NR")
    run(*sec, "--role", "secretariat")
    words = (NOTE, "--nation", "POL", "--as", "sec", "--reason", "why", "--json")

    early = run("intel", "withdraw", *words)
    suspension = ("POL", "suspended", "--from", LONG_AGO, "--as", "operator")
    run("nation", "set-status", *suspension)
    result = run("intel", "withdraw", *words)

    assert json.loads(early.stderr)["status"] == 422
    withdrawn = {"collection": "indicators", "versions": ["2026-01-01T00:00:00.000Z"]}
    assert json.loads(result.stdout) == {"id": NOTE, "withdrawn": [withdrawn]}
    assert _objects(run, "mda") == [MALWARE]


def test_a_withdrawal_takes_a_reason(run: Run) -> None:
    assert run("intel", "withdraw", NOTE, "--as", "pol").exit_code == 2


RED = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"


@pytest.fixture
def marked(tmp_path: Path) -> Path:
    """Malware whose aliases are for the originator alone."""
    path = tmp_path / "marked.json"
    made = "2026-01-01T00:00:00.000Z"
    document = {
        "type": "malware",
        "spec_version": "2.1",
        "id": MALWARE,
        "created": made,
        "modified": made,
        "name": "M",
        "is_family": False,
        "aliases": ["secret"],
        "granular_markings": [{"marking_ref": RED, "selectors": ["aliases"]}],
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.mark.parametrize("more", [(), ("--collection", "indicators")])
def test_the_tear_line_of_what_was_published_is_published(
    run: Run, marked: Path, more: tuple[str, ...]
) -> None:
    run("intel", "publish", str(marked), *AS_POL)
    before = _objects(run, "mda")

    result = run("intel", "tear-line", MALWARE, "--as", "pol", *more, "--json")

    assert (result.exit_code, result.stderr) == (0, "")
    line, tie = json.loads(result.stdout)
    assert (line["outcome"], tie["outcome"]) == ("stored", "stored")
    assert (before, _objects(run, "mda")) == ([], [line["id"]])
    assert set(_objects(run, "pol")) == {MALWARE, line["id"], tie["id"]}


def test_a_tear_line_is_published_once(run: Run, marked: Path) -> None:
    run("intel", "publish", str(marked), *AS_POL)
    run("intel", "tear-line", MALWARE, "--as", "pol")

    result = run("intel", "tear-line", MALWARE, "--as", "pol")

    assert result.exit_code == 0
    assert "0 stored, 2 duplicate, 0 refused" in result.stderr


@pytest.mark.parametrize(
    ("stix_id", "words", "status"),
    [
        (MALWARE, ("--as", "fin"), 404),
        (MALWARE, ("--as", "nobody"), 404),
        (MALWARE, ("--as", "pol", "--collection", "nothing"), 404),
        (NOTE, ("--as", "pol"), 404),
    ],
)
def test_what_is_not_ones_own_has_no_tear_line(
    run: Run, marked: Path, stix_id: str, words: tuple[str, ...], status: int
) -> None:
    run("intel", "publish", str(marked), *AS_POL)

    result = run("intel", "tear-line", stix_id, *words, "--json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert json.loads(result.stderr)["status"] == status


def test_what_has_no_marked_properties_has_no_tear_line(run: Run, bundle: Path) -> None:
    run("intel", "publish", str(bundle), *AS_POL)

    result = run("intel", "tear-line", NOTE, "--as", "pol", "--json")

    assert json.loads(result.stderr)["status"] == 422
