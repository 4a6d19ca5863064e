import os
import random
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import apsw
import httpx
import pytest

from foedus import app
from foedus.errors import CorruptLogError, UnavailableError
from foedus.folder.backup import examine
from foedus.folder.formats import BACKUPS, CURRENT, LOG, STATE, formats_of
from foedus.folder.known import Backups
from foedus.identity.store import StateStore
from tests.folder.conftest import OF_FORMAT_1, older_folders, unpack_older

OLDER = pytest.mark.parametrize(
    "packed", older_folders(), ids=lambda path: path.name[:7]
)

FIRST = OF_FORMAT_1[0]

ENTRIES = """
SELECT position, hex(event_id), stream, kind, account, nation, door, "by", arrival_ms,
       (SELECT text FROM label WHERE id = entry.label), hex(commitment), hex(digest),
       CAST(body AS TEXT)
  FROM entry
 ORDER BY position
"""

PASSWORD = "correct horse battery"  # noqa: S105 - of test accounts
TAXII = {"Accept": "application/taxii+json;version=2.1"}
OPEN = "/taxii2/nato/collections/0a000000-0000-4000-8000-000000000001"

KILLS = 6

OPENING = """
import sys
from pathlib import Path
from foedus import app
app.close_hub(app.open_hub(Path(sys.argv[1]), environment={}))
"""

ENDS_WITHIN_S = 60


def entries(folder: Path) -> list[list[object]]:
    db = apsw.Connection(str(folder / LOG))
    return [list(row) for row in db.execute(ENTRIES)]


async def ask(client: httpx.AsyncClient, name: str, path: str) -> Any:  # noqa: ANN401 - JSON
    answer = await client.get(path, auth=(name, PASSWORD), headers=TAXII)
    return answer.json()


async def read_all(client: httpx.AsyncClient, name: str) -> dict[str, Any]:
    every = "?limit=100&match[version]=all"
    return {
        what: await ask(client, name, f"{OPEN}/{what}/{every}")
        for what in ("objects", "manifest")
    }


def backups(folder: Path) -> list[Path]:
    return sorted((folder / BACKUPS).glob("*.tar.zst"))


@OLDER
async def test_an_older_folder_reads_as_its_own_foedus_read_it(
    packed: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    told = unpack_older(packed, folder)

    hub = app.open_hub(folder, environment={})
    transport = httpx.ASGITransport(app.asgi(hub))
    async with httpx.AsyncClient(transport=transport, base_url=hub.public_url) as asks:
        answers = {name: await read_all(asks, name) for name in told["answers"]}
        path = f"/taxii2/nato/status/{told['status']['id']}/"
        status = await ask(asks, "pol", path)
    assert entries(folder) == told["entries"]
    assert hub.log.verify() == told["entries"][-1][0]
    app.close_hub(hub)

    assert answers == told["answers"]
    assert status == told["status"]
    assert formats_of(folder) == CURRENT


@OLDER
def test_only_what_has_to_change_is_backed_up_first(
    packed: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    told = unpack_older(packed, folder)
    app.open_log(folder).close()
    app.open_log(folder).close()

    assert len(backups(folder)) == (told["log_format"] < CURRENT.log)


def test_the_backup_is_of_the_older_format_and_remembered(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    told = unpack_older(FIRST, folder)
    app.open_log(folder).close()
    (path,) = backups(folder)

    manifest = examine(path, scratch=tmp_path).manifest

    assert path.name.startswith("before-log-1-to-2-")
    assert manifest.parts[0].format == 1
    assert manifest.position == told["entries"][-1][0]
    (known,) = Backups(StateStore(folder / STATE)).all()
    assert known.path == str(path)
    assert (folder / BACKUPS).stat().st_mode & 0o777 == 0o700


def test_a_newer_folder_is_left_as_it_is(folder: Path) -> None:
    db = apsw.Connection(str(folder / STATE))
    db.pragma("user_version", 99)
    db.close()
    before = {each.name: each.read_bytes() for each in folder.iterdir()}

    with pytest.raises(UnavailableError, match="newer Foedus"):
        app.open_hub(folder, environment={})

    after = {each.name: each.read_bytes() for each in folder.iterdir()}
    assert {name: after[name] for name in before if not name.endswith("-shm")} == {
        name: content for name, content in before.items() if not name.endswith("-shm")
    }
    assert not (folder / BACKUPS).exists()


def test_a_log_that_cannot_be_brought_up_to_date_stays_as_it_was(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "data"
    unpack_older(FIRST, folder)
    damage(folder / LOG)

    with pytest.raises((CorruptLogError, UnavailableError, apsw.Error)):
        app.open_log(folder)

    assert apsw.Connection(str(folder / LOG)).pragma("user_version") == 1


def damage(log: Path) -> None:
    """Overwrite a page in the middle."""
    with log.open("r+b") as file:
        file.seek(log.stat().st_size // 2 // 16_384 * 16_384)
        file.write(b"\xff" * 16_384)


def test_of_several_processes_one_upgrades_and_all_go_on(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    unpack_older(FIRST, folder)

    def open_it(_: int) -> int:
        command = [sys.executable, "-c", OPENING, str(folder)]
        return subprocess.run(command, check=False, timeout=ENDS_WITHIN_S).returncode

    with ThreadPoolExecutor(3) as pool:
        assert set(pool.map(open_it, range(3))) == {0}

    assert len(backups(folder)) == 1


def test_nothing_is_lost_when_an_upgrade_is_killed(tmp_path: Path) -> None:
    """Each kill falls somewhere: before, in the backup, in the upgrade, or after."""
    seed = os.environ.get("FOEDUS_SEED", str(random.randrange(10**9)))  # noqa: S311 - moments, no secrets
    print(f"FOEDUS_SEED={seed}")  # noqa: T201 - shown when the test fails
    moments = random.Random(seed)  # noqa: S311 - as above
    for number in range(KILLS):
        folder = tmp_path / str(number)
        told = unpack_older(FIRST, folder)
        _open_and_kill(folder, after_s=moments.uniform(0.25, 0.6))
        was = apsw.Connection(str(folder / LOG)).pragma("user_version")
        if was == CURRENT.log:
            assert backups(folder), "no upgrade before its backup"

        hub = app.open_hub(folder, environment={})
        assert hub.log.verify() == told["entries"][-1][0]
        app.close_hub(hub)

        assert entries(folder) == told["entries"]
        assert all(examine(path, scratch=tmp_path) for path in backups(folder))
        assert list((folder / BACKUPS).glob(".foedus-part-*")) == []
        assert backups(folder)


def _open_and_kill(folder: Path, *, after_s: float) -> None:
    process = subprocess.Popen([sys.executable, "-c", OPENING, str(folder)])
    threading.Event().wait(after_s)
    process.send_signal(signal.SIGKILL)
    process.wait(ENDS_WITHIN_S)
