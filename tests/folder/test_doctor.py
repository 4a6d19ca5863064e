from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import apsw
import msgspec
import pytest

from foedus import app
from foedus.folder import doctor
from foedus.folder.findings import Case, Finding, Level
from foedus.folder.formats import LOG, STATE, VIEWS
from tests.folder.conftest import OF_FORMAT_1, unpack_older
from tests.scenarios.installation import free_port


def examined(folder: Path) -> list[Finding]:
    case = Case(
        folder=folder,
        at=datetime.now(UTC),
        environment={},
        views_version=app.views_version(),
        port=free_port(),
        seconds=0.3,
    )
    return list(doctor.examine(case))


def errors(findings: list[Finding]) -> set[str]:
    return {each.check for each in findings if each.level is Level.ERROR}


def test_a_healthy_hub_has_no_errors_and_lacks_but_a_backup(folder: Path) -> None:
    findings = examined(folder)

    assert doctor.is_well(findings)
    assert [each.check for each in findings if each.level is Level.WARN] == ["backups"]


def test_every_finding_that_is_not_well_says_what_to_do(folder: Path) -> None:
    (folder / "foedus.toml").write_text("nonsense = 1")
    folder.chmod(0o755)

    findings = examined(folder)

    assert not doctor.is_well(findings)
    assert all(each.todo for each in findings if each.level is not Level.OK)


def test_where_there_is_no_hub_the_machine_is_looked_at_all_the_same(
    tmp_path: Path,
) -> None:
    findings = examined(tmp_path)

    assert errors(findings) == {"hub"}
    assert {each.check for each in findings} >= {"sqlite", "descriptors", "port"}


@pytest.mark.parametrize("name", [LOG, STATE, VIEWS])
def test_a_file_that_is_no_database_harms_no_other_check(
    folder: Path, name: str
) -> None:
    for path in folder.glob(f"{name}*"):
        path.unlink()
    (folder / name).write_bytes(b"no database" * 10_000)
    (folder / name).chmod(0o600)

    findings = examined(folder)

    assert "integrity" in errors(findings)
    assert {each.check for each in findings} >= {"settings", "space", "permissions"}


def test_no_finding_tells_what_has_a_label_or_is_secret(folder: Path) -> None:
    db = apsw.Connection(str(folder / LOG))
    db.execute("UPDATE entry SET body = x'7b7d' WHERE kind = 'intel.published'")
    db.close()

    text = msgspec.json.encode(examined(folder))

    assert b"SECRET" not in text
    assert b"POL" not in text


def test_an_older_folder_is_examined_before_it_is_opened(tmp_path: Path) -> None:
    unpack_older(OF_FORMAT_1[0], tmp_path / "data")
    for path in (tmp_path / "data").iterdir():
        path.chmod(0o600)

    assert errors(examined(tmp_path / "data")) == set()


def test_everything_that_looks_at_a_case_is_asked() -> None:
    asked = {*doctor.ALWAYS, *doctor.OF_A_HUB}

    assert asked >= set(_checks())


def _checks() -> Iterator[object]:
    for module in (doctor.files, doctor.history, doctor.people, doctor.surroundings):
        for name, value in vars(module).items():
            if getattr(value, "__module__", "") == module.__name__ and (
                getattr(value, "__annotations__", {}).get("return") == Iterator[Finding]
                and not name.startswith("_")
            ):
                yield value
