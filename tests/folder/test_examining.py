"""An examination is kept, and says how bad its worst finding is."""

from datetime import UTC, datetime
from pathlib import Path

from foedus import app
from foedus.folder.examining import Examined, examine_and_keep, last_examined
from foedus.folder.findings import Case, Level, error, ok, warn
from foedus.folder.formats import STATE
from foedus.identity.store import StateStore
from tests.scenarios.installation import free_port


def test_what_was_found_is_kept(folder: Path) -> None:
    at = datetime.now(UTC)
    case = Case(
        folder=folder,
        at=at,
        environment={},
        views_version=app.views_version(),
        port=free_port(),
        seconds=0.1,
    )
    store = StateStore(folder / STATE)
    assert last_examined(store) is None
    found = examine_and_keep(case, store, at)
    assert last_examined(store) == found
    assert found.worst is Level.WARN  # no backup was made
    store.close()


def test_the_worst_finding_counts() -> None:
    def worst(*findings: object) -> Level:
        return Examined(at_ms=0, findings=findings).worst  # type: ignore[arg-type]

    assert worst() is Level.OK
    assert worst(ok("a", "b")) is Level.OK
    assert worst(warn("a", "b", "c"), ok("a", "b")) is Level.WARN
    assert worst(warn("a", "b", "c"), error("a", "b", "c")) is Level.ERROR
