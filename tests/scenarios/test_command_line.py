"""The whole story by the command line, every word typed in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import serving

ROOT = Path(__file__).resolve().parent.parent.parent

TAXII = "application/taxii+json;version=2.1"

MALWARE = "malware--11111111-1111-4111-8111-111111111111"

Type = Callable[..., dict[str, object]]


def _object(**properties: object) -> dict[str, object]:
    made = "2026-01-01T00:00:00.000Z"
    common = {"spec_version": "2.1", "created": made, "modified": made}
    return {"type": "malware", "is_family": False, **common, **properties}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the hub is to be."""
    return tmp_path / "hub"


@pytest.fixture
def foedus(folder: Path, tmp_path: Path) -> Type:
    """Type a command in a process of its own, and read its one JSON document."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "FOEDUS_DATA": str(folder),
    }

    def typed(*words: str, code: int = 0, line: str = "") -> dict[str, object]:
        done = subprocess.run(
            [sys.executable, "-m", "foedus", *words, "--json"],
            cwd=tmp_path,
            env=environment,
            input=line,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        answer: dict[str, object] = json.loads(done.stdout or done.stderr)
        return answer

    return typed


def test_a_hub_is_founded_filled_served_read_checked_and_rebuilt(
    foedus: Type, folder: Path, tmp_path: Path
) -> None:
    founded = foedus("init")
    foedus("init", code=1)
    _open_accounts(foedus)
    opened = foedus(
        *("collection", "add", "reports", "--title", "Reports"),
        *("--read", "PUBLIC", "--write", "MEMBERS"),
        *("--default-label", "NATO UNCLASSIFIED REL TO MDA"),
    )
    file = tmp_path / "objects.json"
    file.write_text(json.dumps(_object(id=MALWARE, name="M")), encoding="utf-8")

    with serving(folder, "serve", "--workers", "2") as server:
        published = foedus(
            "intel", "publish", str(file), "--collection", "reports", "--as", "pol"
        )
        where = f"{server.url}{founded['api_root']}collections/{opened['id']}/objects/"
        moldova = _get(where, "mda")
        swiss = _get(where, "che")
        server.stop()

    exported = foedus("intel", "export", "--collection", "reports", "--as", "mda")
    explained = foedus("intel", "explain", MALWARE, "--nation", "CHE")
    verified = foedus("log", "verify")
    rebuilt = foedus("views", "rebuild")

    assert isinstance(published, list)
    assert [each["outcome"] for each in published] == ["stored"]
    assert MALWARE in _ids(moldova)
    assert swiss == {}
    assert exported["objects"] == moldova["objects"]
    assert explained["sees"] is False
    assert verified == {"valid": True, **rebuilt}


def _open_accounts(foedus: Type) -> None:
    for name, nation in (("pol", "POL"), ("mda", "MDA"), ("che", "CHE")):
        foedus(
            *("account", "add", name, "--nation", nation),
            *("--role", "reader,publisher", "--password-stdin"),
            line="correct horse battery\n",
        )


def _get(where: str, name: str) -> dict[str, object]:
    response = httpx.get(
        where, headers={"Accept": TAXII}, auth=(name, "correct horse battery")
    )
    answer: dict[str, object] = response.raise_for_status().json()
    return answer


def _ids(envelope: dict[str, object]) -> list[str]:
    objects = envelope["objects"]
    assert isinstance(objects, list)
    return [each["id"] for each in objects]


def test_what_needs_no_hub_runs_without_one(foedus: Type, folder: Path) -> None:
    parsed = foedus("label", "parse", "NATO SECRET")
    invalid = foedus("label", "parse", "tlp:unclear", code=1)
    previewed = foedus("label", "preview", "TLP:CLEAR")
    shown = foedus("nation", "show", "SWE", "--as-of", "2024-03-07")

    assert (parsed["valid"], invalid["valid"]) == (True, False)
    assert previewed["canonical"] == "NATO UNCLASSIFIED // PUBLIC"
    assert shown["status"] == "member"
    assert not folder.exists()


def test_a_refusal_is_a_problem_document_on_stderr(foedus: Type) -> None:
    problem = foedus("log", "verify", code=1)
    misuse = foedus("nation", "list", "--status", "vassal", code=2)

    assert (problem["status"], misuse["status"]) == (404, 400)
