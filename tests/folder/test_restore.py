import asyncio
import fcntl
import os
from datetime import UTC, datetime
from pathlib import Path

import apsw
import pytest

from foedus import app
from foedus.errors import ConflictError, InvalidInputError, UnavailableError
from foedus.eventlog.database import open_readable
from foedus.eventlog.projector import tables_dump
from foedus.folder.backup import back_up
from foedus.folder.formats import LOG, STATE, VIEWS
from foedus.folder.restore import STAGE, Restored, is_interrupted, restore
from foedus.identity.keyring import Keyring
from foedus.identity.store import StateStore
from foedus.ids import AccountId
from foedus.settings import FILE
from tests.folder.conftest import OF_FORMAT_1, unpack_older

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def made(folder: Path, tmp_path: Path) -> Path:
    return back_up(folder, tmp_path / "b.tar.zst", at=NOON).path


def restored(made: Path, folder: Path) -> Restored:
    return asyncio.run(restore(made, folder, app.opening()))


def dump(path: Path, sql: str) -> list[tuple[object, ...]]:
    return apsw.Connection(str(path)).execute(sql).fetchall()


def test_a_restored_hub_has_the_same_entries_accounts_and_views(
    folder: Path, made: Path, tmp_path: Path
) -> None:
    new = tmp_path / "new"

    restored(made, new)

    assert {each.name for each in new.iterdir()} == {FILE, LOG, STATE, VIEWS}
    for name, table in ((LOG, "entry"), (STATE, "password"), (STATE, "key")):
        rows = f"SELECT * FROM {table} ORDER BY 1"  # noqa: S608 - names of our own
        assert dump(new / name, rows) == dump(folder / name, rows)
    assert tables_dump(open_readable(new / VIEWS)) == tables_dump(
        open_readable(folder / VIEWS)
    )
    app.close_hub(app.open_hub(new, environment={}))


def test_it_is_for_its_owner_alone(made: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"

    restored(made, new)

    assert new.stat().st_mode & 0o777 == 0o700
    assert {each.stat().st_mode & 0o777 for each in new.iterdir()} == {0o600}


def test_sessions_end_and_tokens_stay(folder: Path, tmp_path: Path) -> None:
    keyring = Keyring(StateStore(folder / STATE))
    account = AccountId(dump(folder / STATE, "SELECT account_id FROM login_name")[0][0])  # type: ignore[arg-type]
    cookie = keyring.sessions.start(account, NOON)
    assert keyring.sessions.find(cookie, NOON) is not None
    made = back_up(folder, tmp_path / "b", at=NOON)

    restored(made.path, tmp_path / "new")

    assert dump(tmp_path / "new" / STATE, "SELECT * FROM web_session") == []
    for table in ("token", "password"):
        rows = f"SELECT * FROM {table}"  # noqa: S608 - names of our own
        assert dump(tmp_path / "new" / STATE, rows) == dump(folder / STATE, rows)


def test_only_an_empty_folder_is_taken(
    folder: Path, made: Path, tmp_path: Path
) -> None:
    before = {each.name: each.read_bytes() for each in folder.iterdir()}
    with pytest.raises(ConflictError, match="not empty"):
        restored(made, folder)
    with pytest.raises(ConflictError, match="no folder"):
        restored(made, made)

    assert {each.name: each.read_bytes() for each in folder.iterdir()} == before
    (tmp_path / "empty").mkdir()
    restored(made, tmp_path / "empty")


def test_settings_that_are_there_stay(folder: Path, tmp_path: Path) -> None:
    (folder / "foedus.toml").write_text('public_url = "https://old.example"')
    made = back_up(folder, tmp_path / "b", at=NOON).path
    restored(made, tmp_path / "empty")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "foedus.toml").write_text("# mine")

    restored(made, tmp_path / "new")

    assert (tmp_path / "new" / "foedus.toml").read_text() == "# mine"
    assert "old.example" in (tmp_path / "empty" / "foedus.toml").read_text()


def test_what_cannot_be_restored_leaves_no_hub_and_no_trace(
    made: Path, tmp_path: Path
) -> None:
    content = bytearray(made.read_bytes())
    content[len(content) // 2] ^= 0xFF
    made.write_bytes(content)

    with pytest.raises(InvalidInputError):
        restored(made, tmp_path / "new")

    assert list((tmp_path / "new").glob("*")) == []


def test_an_interrupted_restore_is_begun_anew(made: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    (new / STAGE).mkdir(parents=True)
    (new / STAGE / LOG).write_bytes(b"half")
    (new / STATE).write_bytes(b"moved up already")
    assert is_interrupted(new)
    assert not app.is_founded(new)

    restored(made, new)

    assert not is_interrupted(new)
    app.close_hub(app.open_hub(new, environment={}))


def test_a_hub_beside_what_a_restore_has_left_is_no_empty_folder(
    folder: Path, made: Path
) -> None:
    (folder / STAGE).mkdir()

    with pytest.raises(ConflictError):
        restored(made, folder)
    assert app.is_founded(folder)


def test_two_do_not_restore_into_one_folder(made: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    new.mkdir()
    handle = os.open(new, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)

    with pytest.raises(UnavailableError, match="another process"):
        restored(made, new)
    os.close(handle)


@pytest.mark.parametrize("packed", OF_FORMAT_1, ids=lambda path: path.name[:7])
def test_a_backup_of_an_older_format_is_brought_up_to_date(
    packed: Path, tmp_path: Path
) -> None:
    told = unpack_older(packed, tmp_path / "old")
    app.close_hub(app.open_hub(tmp_path / "old", environment={}))
    (backup,) = (tmp_path / "old" / "backups").glob("*")

    restored(backup, tmp_path / "new")

    hub = app.open_hub(tmp_path / "new", environment={})
    assert hub.log.verify() == told["entries"][-1][0]
    app.close_hub(hub)
