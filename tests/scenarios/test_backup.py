"""A backup that is taken beside a server under load is a hub of one instant."""

import random
import signal
import subprocess
import threading
from pathlib import Path

from foedus.folder.backup import UNDERWAY
from tests.scenarios.installation import ENDS_WITHIN_S, Installation, Server
from tests.scenarios.publishers import Publisher, ids_read, publishing
from tests.scenarios.test_crash import assert_whole

KILLS = 2


def test_a_backup_beside_a_busy_server_is_whole_and_of_one_instant(
    installation: Installation, server: Server, tmp_path: Path
) -> None:
    publishers = [Publisher(server, name) for name in ("pol", "fin")]

    with publishing(*publishers):
        installation.run("backup", "-o", str(tmp_path / "first"))
        before = {name for each in publishers for name in each.acknowledged}
        installation.run("backup", "-o", str(tmp_path / "b"))

    sent = {name for each in publishers for name in each.acknowledged}
    restored = Installation(tmp_path / "restored")
    restored.run("restore", str(tmp_path / "b"))
    assert_whole(restored)
    with restored.serve() as again:
        read = ids_read(again, "mda")
    assert before, "it was busy"
    assert before <= read.keys() <= sent, "all before it, and nothing else"
    assert set(read.values()) == {1}


def test_a_backup_that_is_killed_leaves_no_file_and_harms_nobody(
    installation: Installation, server: Server, tmp_path: Path
) -> None:
    publisher = Publisher(server, "pol")
    target = tmp_path / "backups" / "b"
    target.parent.mkdir()
    moments = random.Random()  # noqa: S311 - moments, no secrets

    with publishing(publisher):
        for _ in range(KILLS):
            process = subprocess.Popen(
                installation.command("backup", "--force", "-o", str(target))
            )
            threading.Event().wait(moments.uniform(0.2, 0.5))
            process.send_signal(signal.SIGKILL)
            process.wait(ENDS_WITHIN_S)
            if target.exists():
                installation.run("backup", "verify", str(target))
    installation.run("backup", "--force", "-o", str(target))

    assert [each.name for each in target.parent.iterdir()] == ["b"]
    assert not list(tmp_path.rglob(f"{UNDERWAY}*"))
    assert set(publisher.acknowledged) <= ids_read(server, "mda").keys()


def test_a_restore_that_is_killed_has_made_no_hub_and_can_be_repeated(
    installation: Installation, tmp_path: Path
) -> None:
    installation.run("backup", "-o", str(tmp_path / "b"))
    new = Installation(tmp_path / "new")
    moments = random.Random()  # noqa: S311 - moments, no secrets

    for _ in range(KILLS):
        process = subprocess.Popen(new.command("restore", str(tmp_path / "b")))
        threading.Event().wait(moments.uniform(0.2, 0.45))
        process.send_signal(signal.SIGKILL)
        process.wait(ENDS_WITHIN_S)
        if (new.folder / "log.db").exists():
            break
    if not (new.folder / "log.db").exists():
        new.run("restore", str(tmp_path / "b"))

    assert_whole(new)
    assert new.run("log", "verify") == installation.run("log", "verify")
