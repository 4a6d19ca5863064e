import asyncio
from pathlib import Path

import apsw
import msgspec
import pytest

from foedus import app
from foedus.errors import InvalidInputError
from foedus.folder.formats import LOG
from foedus.folder.redactions import Listed, heed, listed, read_list
from foedus.ids import Position
from tests.cli.conftest import run_in

SECRET = b"SECRET-1"


def place_of_secret(folder: Path) -> int:
    db = apsw.Connection(str(folder / LOG))
    found = "SELECT position FROM entry WHERE instr(body, :secret) > 0"
    position: int = db.execute(found, {"secret": SECRET}).get
    return position


def redact(folder: Path) -> list[Listed]:
    words = ("log", "redact", str(place_of_secret(folder)), "--as", "pol")
    assert run_in(folder, *words, "--reason", "spilled").exit_code == 0
    return list(listed(folder / LOG))


def erased(folder: Path, redactions: list[Listed]) -> list[Position]:
    log = app.open_log(folder)
    try:
        return asyncio.run(heed(log, folder / LOG, redactions))
    finally:
        log.close()


@pytest.fixture
def older(folder: Path, tmp_path: Path) -> Path:
    """The hub as it was before anything was redacted."""
    copied = run_in(folder, "backup", "-o", str(tmp_path / "b"))
    assert copied.exit_code == 0
    assert run_in(tmp_path / "older", "restore", str(tmp_path / "b")).exit_code == 0
    return tmp_path / "older"


def test_a_redaction_is_listed_without_what_it_erased(folder: Path) -> None:
    position = place_of_secret(folder)

    (one,) = redact(folder)

    assert one.redacted.position == position
    assert one.at > position
    assert SECRET not in msgspec.json.encode(one)


def test_a_list_is_read_as_it_was_written(folder: Path, tmp_path: Path) -> None:
    written = redact(folder)
    lines = run_in(folder, "log", "redactions").stdout
    whole = run_in(folder, "log", "redactions", "--json").stdout
    for text in (lines, whole):
        (tmp_path / "list").write_text(text)
        assert read_list(tmp_path / "list") == written


def test_only_those_after_a_position_are_listed(folder: Path) -> None:
    (one,) = redact(folder)

    assert list(listed(folder / LOG, after=one.at)) == []


@pytest.mark.parametrize("text", [b"{}", b"\xff", b'{"at": 1}\n'])
def test_what_is_no_list_is_refused(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "list").write_bytes(text)

    with pytest.raises(InvalidInputError, match="no list of redactions"):
        read_list(tmp_path / "list")


def test_a_list_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="cannot be read"):
        read_list(tmp_path / "list")


def test_what_is_listed_is_erased_elsewhere_and_only_once(
    folder: Path, older: Path
) -> None:
    position = place_of_secret(older)
    redactions = redact(folder)

    assert erased(older, redactions) == [position]
    assert erased(older, redactions) == []

    assert run_in(older, "log", "verify").exit_code == 0
    assert SECRET not in (older / LOG).read_bytes()


def test_what_the_older_one_does_not_have_is_passed_over(
    folder: Path, older: Path
) -> None:
    (one,) = redact(folder)
    far = msgspec.structs.replace(one.redacted, position=10_000)

    assert erased(older, [msgspec.structs.replace(one, redacted=far)]) == []


def test_the_list_of_another_hub_erases_nothing(folder: Path, older: Path) -> None:
    (one,) = redact(folder)

    with pytest.raises(InvalidInputError, match="another hub"):
        erased(older, [msgspec.structs.replace(one, commitment="00" * 32)])

    assert list(listed(older / LOG)) == []
