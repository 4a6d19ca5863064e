"""`foedus serve`."""

import json
import signal
import socket
import threading
import time
from pathlib import Path

import httpx
import psutil
import pytest

from foedus.__main__ import load_app
from foedus.cli import serve
from foedus.errors import UnavailableError
from tests.cli.conftest import Run, serving


def test_a_hub_is_served_until_it_is_told_to_stop(folder: Path) -> None:
    with serving(folder, "serve") as server:
        live = httpx.get(f"{server.url}/health/live")
        front = httpx.get(f"{server.url}/")
        begun = time.monotonic()
        code, talk = server.stop()

    assert server.first == {
        "url": server.url,
        "api_root": f"{server.url}/taxii2/nato/",
    }
    assert (live.status_code, front.status_code) == (200, 303)
    assert (code, "Serving" in talk) == (0, True)
    assert time.monotonic() - begun < serve.STOP_S + 2


def test_an_interrupt_stops_several_workers(folder: Path) -> None:
    with serving(folder, "serve", "--workers", "2") as server:
        workers = psutil.Process(server.process.pid).children()
        code, _ = server.stop(signal.SIGINT)

    assert (code, len(workers)) == (0, 2)
    assert not any(_runs(each) for each in workers)


def test_workers_go_with_a_supervisor_that_was_killed(folder: Path) -> None:
    with serving(folder, "serve", "--workers", "2") as server:
        workers = psutil.Process(server.process.pid).children()
        server.stop(signal.SIGKILL)

        pause = threading.Event()
        for _ in range(500):
            if not any(_runs(each) for each in workers):
                break
            pause.wait(0.02)

    assert not any(_runs(each) for each in workers)


def _runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_what_is_published_beside_it_is_served(
    folder: Path, run: Run, bundle: Path
) -> None:
    given = run(
        *("account", "add", "nor", "--nation", "NOR", "--clearance", "NR"),
        *("--role", "reader", "--token", "--json"),
    )
    headers = {
        "Authorization": f"Bearer {json.loads(given.stdout)['token']}",
        "Accept": "application/taxii+json;version=2.1",
    }
    with serving(folder, "serve") as server:
        where = f"{server.url}/taxii2/nato/collections/indicators/objects/"
        before = httpx.get(where, headers=headers).json()
        run(
            "intel", "publish", str(bundle), "--collection", "indicators", "--as", "pol"
        )
        pause = threading.Event()
        for _ in range(100):
            after = httpx.get(where, headers=headers).json()
            if after:
                break
            pause.wait(0.05)

    assert before == {}
    assert len(after["objects"]) == 3


def test_a_folder_without_a_hub_is_refused(run_nowhere: Run) -> None:
    result = run_nowhere("serve", "--port", "0", "--json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "foedus init" in json.loads(result.stderr)["detail"]


def test_a_port_where_somebody_listens_is_refused(run: Run) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        result = run("serve", "--port", str(port), "--json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert str(port) in json.loads(result.stderr)["detail"]


def test_a_setting_that_is_wrong_is_refused_in_a_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOEDUS_TAXII_PAGE_SIZE_MAX", "many")

    result = run("serve", "--port", "0")

    assert result.exit_code == 1
    assert "setting" in result.stderr


def test_a_free_port_is_found() -> None:
    assert serve.free_port("127.0.0.1", 0) > 0


def test_a_host_that_is_not_here_is_refused() -> None:
    with pytest.raises(UnavailableError, match="cannot listen"):
        serve.free_port("192.0.2.1", 0)


@pytest.mark.parametrize(
    ("host", "url"),
    [("127.0.0.1", "http://127.0.0.1:80"), ("::1", "http://[::1]:80")],
)
def test_an_address_is_written_as_a_url(host: str, url: str) -> None:
    assert serve.address(host, 80) == url


def test_an_application_is_made_of_a_folder(folder: Path) -> None:
    hub, web = serve.open_in_worker(load_app, folder, "http://127.0.0.1:8440")
    load_app().close_hub(hub)

    assert "/taxii2/" in [getattr(route, "path", "") for route in web.routes]
