"""`foedus protocol`."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from tests.cli.conftest import Run
from tests.response.books import at_step, linear, step_id


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.json"
    path.write_text(json.dumps(linear()), encoding="utf-8")
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.json"
    path.write_text("{", encoding="utf-8")
    return path


def test_each_file_gets_its_verdict(run_nowhere: Run, good: Path, bad: Path) -> None:
    result = run_nowhere("protocol", "validate", str(good), str(bad))

    first, second = json.loads(result.stdout)
    assert result.exit_code == 1
    assert first == {"file": str(good), "verdict": "accept", "findings": []}
    assert (second["file"], second["verdict"]) == (str(bad), "refuse")
    assert [set(one) for one in second["findings"]] == [{"rule", "path", "text"}]


def test_what_is_accepted_leaves_with_nought(run_nowhere: Run, good: Path) -> None:
    assert run_nowhere("protocol", "validate", str(good)).exit_code == 0


def test_another_engine_s_habits_are_taken_leniently(
    run_nowhere: Run, tmp_path: Path
) -> None:
    document = linear()
    del at_step(document, "A1")["agent"]
    path = tmp_path / "loose.json"
    path.write_text(json.dumps(document), encoding="utf-8")

    assert run_nowhere("protocol", "validate", str(path)).exit_code == 1
    result = run_nowhere("protocol", "validate", str(path), "--lenient")
    assert result.exit_code == 0
    assert json.loads(result.stdout)[0]["verdict"] == "warn"


def test_a_file_that_is_not_there_is_a_misuse(run_nowhere: Run) -> None:
    assert run_nowhere("protocol", "validate", "nowhere.json").exit_code == 2


def test_cases_are_run_in_their_order(run_nowhere: Run, tmp_path: Path) -> None:
    refused = linear()
    at_step(refused, "A1")["on_completion"] = step_id("E9")
    cases = [
        {"name": "one", "playbook": linear(), "script": {"A1": ["fail"]}},
        {"name": "two", "playbook": refused},
    ]
    path = tmp_path / "cases.json"
    path.write_text(json.dumps({"cases": cases}), encoding="utf-8")

    result = run_nowhere("protocol", "simulate", str(path))

    assert result.exit_code == 0
    assert json.loads(result.stdout) == [
        {"name": "one", "trace": ["A1:fail"], "final": "failed", "variables": {}},
        {
            "name": "two",
            "trace": [],
            "final": "refused",
            "variables": {},
            "rules": ["V12"],
        },
    ]


def test_what_is_signed_here_verifies_here(
    run_nowhere: Run, tmp_path: Path, good: Path
) -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (tmp_path / "key.pem").write_bytes(private)
    (tmp_path / "public.pem").write_bytes(public)
    words = ("--key", str(tmp_path / "key.pem"), "--signee", "Member A")

    signed = run_nowhere("protocol", "sign", str(good), *words)
    path = tmp_path / "signed.json"
    path.write_text(signed.stdout, encoding="utf-8")
    trusted = run_nowhere(
        "protocol", "verify", str(path), "--trust", str(tmp_path / "public.pem")
    )
    unknown = run_nowhere("protocol", "verify", str(path))

    assert (trusted.exit_code, unknown.exit_code) == (0, 1)
    assert json.loads(trusted.stdout)[0]["status"] == "valid"
    assert json.loads(unknown.stdout)[0]["status"] == "untrusted"


def test_what_is_refused_is_not_signed(
    run_nowhere: Run, tmp_path: Path, bad: Path
) -> None:
    (tmp_path / "key.pem").write_text("key", encoding="utf-8")
    words = ("--key", str(tmp_path / "key.pem"), "--signee", "A")

    assert run_nowhere("protocol", "sign", str(bad), *words).exit_code == 1
