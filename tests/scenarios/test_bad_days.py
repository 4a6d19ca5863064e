"""On a bad day the hub says what is wrong, writes nothing by halves, and recovers.

The causes are real: a disk without room, a disk that can only be read, a process
that may open no more files, a clock that was set back. Nobody restarts anything.
"""

import contextlib
import resource
import subprocess
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import psutil
import pytest

from tests.scenarios.installation import ENDS_WITHIN_S, OPEN, Installation, Server
from tests.scenarios.moved_clock import MovedClock, MovedClockServer, first_midnight
from tests.scenarios.publishers import ids_read, new_object
from tests.scenarios.test_crash import assert_whole
from tests.skips import FORBIDDEN

DISK_MB = 24
"""A disk that holds an installation and some thousand objects."""

POSTS_MAX = 200
"""Posts after which a full disk must have been felt."""

BATCH = 50

RETRIES_MAX, RETRIES_EVERY_S = 60, 0.5
"""How often and how patiently a client comes back."""


def post(
    server: Server, http: httpx.Client, objects: list[dict[str, Any]]
) -> httpx.Response:
    content = orjson.dumps({"objects": objects})
    return http.post(server.objects_url(OPEN), content=content)


def publish(server: Server, http: httpx.Client, count: int = BATCH) -> list[str]:
    """Publish what has to be taken; give the ids."""
    objects = [new_object() for _ in range(count)]
    answer = post(server, http, objects)
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    assert answer.json()["failure_count"] == 0, answer.text
    return [each["id"] for each in objects]


def publish_until_refused(
    server: Server, http: httpx.Client
) -> tuple[list[str], httpx.Response]:
    """Publish until it is refused; give the ids that were taken, and the refusal."""
    taken: list[str] = []
    for _ in range(POSTS_MAX):
        objects = [new_object() for _ in range(BATCH)]
        answer = post(server, http, objects)
        if answer.status_code != httpx.codes.ACCEPTED:
            return taken, answer
        if answer.json()["failure_count"]:
            return taken, answer
        taken += [each["id"] for each in objects]
    raise AssertionError("nothing was refused")


def assert_come_back(answer: httpx.Response) -> None:
    """It is a clear answer that says when to come back."""
    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE, answer.text
    assert int(answer.headers["Retry-After"]) >= 1
    assert "disk of the hub" in answer.text


def processes(server: Server) -> list[int]:
    """Give the supervisor and its workers."""
    supervisor = psutil.Process(server.pid)
    return [supervisor.pid, *(each.pid for each in supervisor.children())]


@contextlib.contextmanager
def limited(server: Server, what: int, to: int) -> Iterator[None]:
    """Let a running server have no more of something, for a block."""
    before = {pid: resource.prlimit(pid, what) for pid in processes(server)}
    try:
        for pid, (_, hard) in before.items():
            resource.prlimit(pid, what, (to, hard))
        yield
    finally:
        for pid, limits in before.items():
            resource.prlimit(pid, what, limits)


@contextlib.contextmanager
def mounted(folder: Path, *options: str) -> Iterator[None]:
    """Mount a small disk, where the machine lets us."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "none", str(folder)]
    done = subprocess.run([*command, *options], check=False, capture_output=True)
    if done.returncode:
        pytest.skip(f"{FORBIDDEN}mounting a disk; see the test with a limit instead")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S607 - a tool of the system


def test_a_disk_that_takes_no_more_is_said_and_mends_itself(
    installation: Installation, server: Server
) -> None:
    with server.client("pol") as http:
        taken = publish(server, http)
        with limited(server, resource.RLIMIT_FSIZE, 16_384):
            _, refusal = publish_until_refused(server, http)
            assert_come_back(refusal)
            assert ids_read(server, "mda").keys() == set(taken), "reading goes on"
        taken += publish(server, http)

    assert ids_read(server, "mda").keys() == set(taken)
    server.stop()
    assert_whole(installation)


def test_a_full_disk_takes_nothing_by_halves_and_all_goes_on_when_there_is_room(
    installed: Installation, tmp_path: Path
) -> None:
    with mounted(tmp_path / "disk"):
        installation = installed.copy(tmp_path / "disk" / "data")
        ballast = tmp_path / "disk" / "ballast"
        ballast.write_bytes(bytes(8 * 1024 * 1024))
        with installation.serve() as server, server.client("pol") as http:
            taken, refusal = publish_until_refused(server, http)
            assert_come_back(refusal)
            assert_come_back(post(server, http, [new_object()]))
            assert set(taken) <= ids_read(server, "mda").keys()
            refused = subprocess.run(
                installation.command("backup", "-o", str(tmp_path / "disk" / "b")),
                check=False,
                capture_output=True,
                text=True,
                timeout=ENDS_WITHIN_S,
            )
            ballast.unlink()
            again = publish_in_the_end(server, http)
            read = ids_read(server, "mda")
            server.stop()

        assert refused.returncode == 1
        assert "make room" in refused.stderr
        assert not list((tmp_path / "disk").glob(".foedus*"))
        assert set(taken) | set(again) <= read.keys()
        assert set(read.values()) == {1}
        assert_whole(installation)


def test_a_disk_that_can_only_be_read_is_said_in_a_sentence(
    installed: Installation, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    with mounted(disk):
        installation = installed.copy(disk / "data")
        remount(disk, "ro")
        for words in (("serve", "--port", "0"), ("nation", "list"), ("log", "verify")):
            done = subprocess.run(
                installation.command(*words),
                check=False,
                capture_output=True,
                text=True,
                timeout=ENDS_WITHIN_S,
            )
            assert done.returncode == 1
            assert done.stderr.startswith("foedus: "), done.stderr
            assert "Traceback" not in done.stderr
            assert "read" in done.stderr
        installation.run("backup", "-o", str(tmp_path / "b"))
        installation.run("backup", "verify", str(tmp_path / "b"))
        remount(disk, "rw")
        with installation.serve() as server, server.client("pol") as http:
            taken = publish(server, http)
            assert ids_read(server, "mda").keys() == set(taken)


def remount(disk: Path, how: str) -> None:
    command = ["mount", "-o", f"remount,{how}", str(disk)]
    subprocess.run(command, check=True)


def test_without_free_file_descriptors_the_hub_goes_on_and_recovers(
    installation: Installation, server: Server
) -> None:
    with server.client("pol") as http:
        taken = publish(server, http)
        files = min(psutil.Process(pid).num_fds() for pid in processes(server))
        with limited(server, resource.RLIMIT_NOFILE, files):
            taken += publish_if_taken(server, http)
            with pytest.raises(httpx.TransportError):
                httpx.get(f"{server.url}/health/live", timeout=1.0)
            taken += publish_if_taken(server, http)
        taken += publish(server, http)

    assert httpx.get(f"{server.url}/health/ready").is_success
    assert set(taken) <= ids_read(server, "mda").keys()
    server.stop()
    assert_whole(installation)


def publish_in_the_end(server: Server, http: httpx.Client) -> list[str]:
    """Publish as a client does that comes back when it is told to."""
    objects = [new_object() for _ in range(BATCH)]
    pause = threading.Event()
    for _ in range(RETRIES_MAX):
        answer = post(server, http, objects)
        if answer.status_code == httpx.codes.ACCEPTED:
            failures = answer.json().get("failures", [])
            if not failures:
                return [each["id"] for each in objects]
            # It is stored, and the views do not show it yet.
            assert all("send it again" in each["message"] for each in failures)
        else:
            assert_come_back(answer)
        pause.wait(RETRIES_EVERY_S)
    raise AssertionError("the hub did not recover")


def publish_if_taken(server: Server, http: httpx.Client) -> list[str]:
    """Publish what is taken, or refused with a clear answer; give the ids if taken."""
    objects = [new_object() for _ in range(BATCH)]
    answer = post(server, http, objects)
    if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        assert int(answer.headers["Retry-After"]) >= 1
        return []
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    return [each["id"] for each in objects]


def test_a_clock_that_is_set_back_turns_no_order_and_hides_nothing(
    installation: Installation, tmp_path: Path
) -> None:
    start = first_midnight()
    clock = MovedClock(tmp_path / "clock", start)
    with MovedClockServer(installation, tmp_path / "clock") as server:
        server.start()
        with server.client("pol") as http, server.client("mda") as reader:
            taken = publish(server, http)
            last = dates_added(server, reader)[-1]
            clock.put(start - timedelta(days=1))
            taken += publish(server, http)
            later = dates_added(server, reader, added_after=last)
            clock.put(start + timedelta(minutes=1))
            taken += publish(server, http)
            dates = dates_added(server, reader)

        assert len(later) == BATCH, "who polls by the last date meets all of it"
        assert dates == sorted(set(dates))
        assert ids_read(server, "mda").keys() == set(taken)
        server.stop()
    assert_whole(installation)


def dates_added(server: Server, http: httpx.Client, **query: str) -> list[str]:
    """Give when each object was added, in the order of a poll."""
    url = server.objects_url(OPEN).replace("/objects/", "/manifest/")
    answer = http.get(url, params={"limit": "1000", **query})
    return [each["date_added"] for each in answer.json().get("objects", [])]
