"""`foedus views`."""

import json
from pathlib import Path

import apsw

from foedus.eventlog.projector import tables_dump
from tests.cli.conftest import Run


def _dump(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    db = apsw.Connection(str(folder / "views.db"))
    try:
        return tables_dump(db)
    finally:
        db.close()


def test_a_rebuild_reproduces_every_table(run: Run, folder: Path, bundle: Path) -> None:
    words = ("--collection", "indicators", "--as", "pol")
    assert run("intel", "publish", str(bundle), *words).exit_code == 0
    before = _dump(folder)

    result = run("views", "rebuild", "--json")

    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == {"position": before["folded"][0][0]}
    assert _dump(folder) == before


def test_views_that_were_deleted_come_back(run: Run, folder: Path) -> None:
    before = _dump(folder)
    for path in folder.glob("views.db*"):
        path.unlink()

    result = run("views", "rebuild")

    assert result.stdout == f"Rebuilt from {before['folded'][0][0]} entries.\n"
    assert _dump(folder) == before


def test_a_folder_without_a_hub_is_refused(run_nowhere: Run) -> None:
    assert run_nowhere("views", "rebuild").exit_code == 1
