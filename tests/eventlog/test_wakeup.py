import hashlib
import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from foedus.eventlog.wakeup import (
    SOCKET_PATH_MAX,
    FolderBell,
    LocalBell,
    sockets_folder,
)

PATIENCE_S = 20


class Ear:
    """Counts rings, and lets a test wait for one."""

    def __init__(self) -> None:
        self.heard = threading.Event()

    def __call__(self) -> None:
        self.heard.set()

    def waits(self) -> bool:
        return self.heard.wait(PATIENCE_S)


def never() -> bool:
    return False


@pytest.fixture
def bells(tmp_path: Path) -> Iterator[tuple[FolderBell, FolderBell]]:
    bells = FolderBell(tmp_path, never), FolderBell(tmp_path, never)
    yield bells
    for bell in bells:
        bell.close()


def test_a_local_bell_calls_its_listeners_until_they_end() -> None:
    bell, one, two = LocalBell(), Ear(), Ear()
    unlisten = bell.listen(one)
    bell.listen(two)
    unlisten()
    unlisten()

    bell.ring()

    assert (one.heard.is_set(), two.heard.is_set()) == (False, True)


def test_a_closed_local_bell_calls_nobody() -> None:
    bell, ear = LocalBell(), Ear()
    bell.listen(ear)
    bell.close()

    bell.ring()

    assert not ear.heard.is_set()


def test_a_ring_is_heard_by_every_bell_of_the_folder(
    bells: tuple[FolderBell, FolderBell],
) -> None:
    ears = Ear(), Ear()
    for bell, ear in zip(bells, ears, strict=True):
        bell.listen(ear)

    bells[0].ring()

    assert [ear.waits() for ear in ears] == [True, True]


def test_a_ring_is_not_heard_in_another_folder(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    here, there = FolderBell(tmp_path, never), FolderBell(tmp_path / "other", never)
    ear, deaf = Ear(), Ear()
    here.listen(ear)
    there.listen(deaf)

    here.ring()

    assert ear.waits()
    assert not deaf.heard.is_set()
    here.close()
    there.close()


def test_nobody_has_to_listen(bells: tuple[FolderBell, FolderBell]) -> None:
    bells[0].ring()


def test_the_net_catches_a_change_that_nobody_rang_for(tmp_path: Path) -> None:
    changes = iter([False, True])
    bell, ear = FolderBell(tmp_path, lambda: next(changes, False)), Ear()

    bell.listen(ear)

    assert ear.waits()
    bell.close()


def test_a_socket_left_by_a_killed_process_is_removed(
    tmp_path: Path, bells: tuple[FolderBell, FolderBell]
) -> None:
    bells[0].listen(Ear())
    left = sockets_folder(tmp_path) / "1-left"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
        dead.bind(str(left))

    bells[0].ring()

    assert not left.exists()


def test_closing_leaves_no_socket_behind(tmp_path: Path) -> None:
    bell = FolderBell(tmp_path, never)
    bell.listen(Ear())
    bell.close()

    assert not sockets_folder(tmp_path).exists()


def test_a_closed_bell_starts_nothing(tmp_path: Path) -> None:
    bell = FolderBell(tmp_path, never)
    bell.close()
    bell.listen(Ear())

    assert not sockets_folder(tmp_path).exists()


def ringers() -> set[threading.Thread]:
    return {each for each in threading.enumerate() if each.name == "log-bell"}


def test_one_thread_listens_and_ends_with_its_bell(tmp_path: Path) -> None:
    others = ringers()  # of hubs that further tests have open
    bell = FolderBell(tmp_path, never)
    bell.ring()
    assert ringers() == others, "nobody listens yet"
    bell.listen(Ear())
    bell.listen(Ear())

    begun = ringers() - others
    bell.close()

    assert [each.daemon for each in begun] == [True], "it keeps no process from ending"
    assert [each.is_alive() for each in begun] == [False]


def test_processes_find_each_other_by_the_path_of_the_data(tmp_path: Path) -> None:
    digest = hashlib.sha256(os.fsencode(tmp_path.resolve())).hexdigest()
    expected = f"foedus-{os.getuid()}-{digest[:16]}"

    assert sockets_folder(tmp_path).name == expected
    assert sockets_folder(tmp_path / "x" / "..") == sockets_folder(tmp_path)
    assert sockets_folder(tmp_path).parent == Path(tempfile.gettempdir())


@pytest.mark.parametrize(("spare", "told"), [(0, []), (-1, ["wakeup_path_too_long"])])
def test_the_path_of_a_socket_may_be_as_long_as_the_kernel_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spare: int, told: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", "x")
    name = f"{os.getpid()}-{'0' * 8}"
    rest = len(os.fsencode(sockets_folder(tmp_path) / name)) - 1
    folder = Path("x" * (SOCKET_PATH_MAX - rest - spare))
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    bell = FolderBell(tmp_path, never)

    with capture_logs() as logged:
        bell.listen(Ear())

    bell.close()
    assert [each["event"] for each in logged] == told


def test_the_folder_of_sockets_is_ours_alone(
    tmp_path: Path, bells: tuple[FolderBell, FolderBell]
) -> None:
    bells[0].listen(Ear())

    assert sockets_folder(tmp_path).stat().st_mode & 0o777 == 0o700


def test_the_path_of_a_socket_is_short_however_long_that_of_the_data(
    tmp_path: Path,
) -> None:
    deep = tmp_path.joinpath(*("x" * 50 for _ in range(10)))

    assert len(os.fsencode(sockets_folder(deep))) < 80


@pytest.mark.parametrize("folder", ["x" * 120, "a-file"])
def test_without_a_socket_the_net_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    (tmp_path / "a-file").touch()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / folder))
    bell, ear = FolderBell(tmp_path, lambda: True), Ear()

    with capture_logs() as logged:
        bell.listen(ear)

    assert ear.waits()
    assert [each["log_level"] for each in logged] == ["warning"]
    bell.close()


def test_a_path_that_is_too_long_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / ("x" * 120)))
    bell = FolderBell(tmp_path, never)

    with capture_logs() as logged:
        bell.listen(Ear())

    assert [(each["event"], each["folder"]) for each in logged] == [
        ("wakeup_path_too_long", str(sockets_folder(tmp_path)))
    ]
    bell.close()


def test_where_nothing_has_changed_the_net_rings_nobody(tmp_path: Path) -> None:
    asked = threading.Event()

    def is_changed() -> bool:
        asked.set()
        return False

    bell, ear = FolderBell(tmp_path, is_changed), Ear()
    bell.listen(ear)

    assert asked.wait(PATIENCE_S)
    assert not ear.heard.is_set()
    bell.close()


def test_a_folder_of_somebody_else_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bell, ear = FolderBell(tmp_path, lambda: True), Ear()
    monkeypatch.setattr("os.getuid", lambda: 12345)

    with capture_logs() as logged:
        bell.listen(ear)

    assert ear.waits()
    assert [(each["event"], each["reason"]) for each in logged] == [
        ("wakeup_unavailable", "PermissionError")
    ]
    bell.close()
    sockets_folder(tmp_path)
