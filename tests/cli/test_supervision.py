"""The supervisor of a served hub."""

import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from foedus.cli.supervision import (
    NOTIFY,
    Supervisor,
    Tls,
    begin_work,
    find_tls,
    notify,
)
from foedus.errors import InvalidInputError
from foedus.settings import Logs, Settings
from foedus.settings import Tls as TlsSettings
from foedus.telemetry.ledger import Snapshot
from foedus.telemetry.relay import answer
from tests.scenarios.certificates import Authority

NO_TLS = TlsSettings()


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A service manager that asked to be told."""
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as made:
        made.bind(str(path))
        made.settimeout(20)
        monkeypatch.setenv(NOTIFY, str(path))
        yield made


def test_a_service_manager_is_told_when_all_workers_are_there_and_at_the_end(
    manager: socket.socket,
) -> None:
    with Supervisor(2, None) as supervisor:
        answer(supervisor.post.relay, Snapshot)
        manager.setblocking(False)
        with pytest.raises(BlockingIOError):
            manager.recv(100)
        manager.settimeout(20)
        answer(supervisor.post.relay, Snapshot)
        assert manager.recv(100) == b"READY=1"

    assert manager.recv(100) == b"STOPPING=1"


def test_nobody_is_told_who_did_not_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NOTIFY, raising=False)
    notify("READY=1")


def test_a_manager_that_is_gone_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(NOTIFY, str(tmp_path / "gone"))
    notify("READY=1")


def test_what_is_shared_is_the_users_alone_and_goes_with_the_supervisor() -> None:
    with Supervisor(1, None) as supervisor:
        folder = supervisor.post.table.parent
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    assert not folder.exists()


def test_metrics_are_served_for_all_workers() -> None:
    with Supervisor(1, "127.0.0.1:0") as supervisor:
        page = httpx.get(f"http://127.0.0.1:{supervisor.metrics_port}/metrics").text

    assert "foedus_workers 0.0" in page


def test_a_wrong_address_of_metrics_leaves_nothing_behind() -> None:
    with pytest.raises(InvalidInputError):
        Supervisor(1, "nowhere")


@pytest.mark.parametrize(
    ("logs", "journal", "written"),
    [
        (Logs(), True, True),
        (Logs(requests=False), True, False),
        (Logs(level="warning"), True, False),
        (Logs(), False, False),
    ],
)
def test_requests_are_written_where_settings_and_command_want_it(
    logs: Logs, *, journal: bool, written: bool
) -> None:
    with Supervisor(1, None, journal=journal) as supervisor:
        worker = begin_work(supervisor.post, Settings(logs=logs))

    assert (worker.journal is not None) is written


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


def test_without_files_there_is_no_tls(tmp_path: Path) -> None:
    assert find_tls(tmp_path, NO_TLS, None, None) is None


def test_options_go_over_settings(authority: Authority, tmp_path: Path) -> None:
    certificate, key = authority.issue("server")
    chosen = TlsSettings(certificate="other.pem", key="other.key")

    found = find_tls(tmp_path, chosen, certificate, key)

    assert found == Tls(certificate=certificate, key=key)


def test_a_setting_is_meant_from_the_data_folder(authority: Authority) -> None:
    certificate, key = authority.issue("server")
    chosen = TlsSettings(certificate=certificate.name, key=key.name)

    found = find_tls(authority.folder, chosen, None, None)

    assert found == Tls(certificate=certificate, key=key)


def test_one_without_the_other_is_refused(authority: Authority, tmp_path: Path) -> None:
    certificate, key = authority.issue("server")

    with pytest.raises(InvalidInputError, match="--key"):
        find_tls(tmp_path, NO_TLS, certificate, None)
    with pytest.raises(InvalidInputError, match="--certificate"):
        find_tls(tmp_path, NO_TLS, None, key)


def test_files_that_are_missing_or_do_not_fit_are_refused(
    authority: Authority, tmp_path: Path
) -> None:
    certificate, _ = authority.issue("server")
    _, another_key = authority.issue("another")
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("no certificate")

    for wrong in ((tmp_path / "gone.pem", another_key), (certificate, another_key)):
        with pytest.raises(InvalidInputError):
            find_tls(tmp_path, NO_TLS, *wrong)
    with pytest.raises(InvalidInputError, match="PEM"):
        find_tls(tmp_path, NO_TLS, nonsense, another_key)
