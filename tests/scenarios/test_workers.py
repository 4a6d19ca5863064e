"""Several workers over one data folder are one hub.

Each worker has a listener of its own, and the kernel shares new connections out among
them; so who asks often enough on fresh connections asks every worker.
"""

import asyncio
import base64
import contextlib
import json
import os
import re
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pytest

from foedus import app
from foedus.identity.backoff import FREE_FAILURES
from foedus.identity.commands import close_account as close
from foedus.identity.commands import open_account
from foedus.identity.rules import Opening
from foedus.identity.secret import Secret
from foedus.releasability.viewers import Role
from tests.scenarios.installation import (
    ENDS_WITHIN_S,
    LABEL,
    MEMBERS,
    OPEN,
    PASSWORD,
    TAXII,
    Installation,
    Server,
    free_port,
)
from tests.scenarios.publishers import Publisher, ids_read, new_object, publishing

WORKERS = 3

ASKED = 30
"""Fresh connections, so that each of three workers is asked but once in 10^5 times."""

ASKERS = 4
"""How many ask at the same time."""

COOKIE = "foedus-session"

LATE_GUESSES = 3
"""Guesses that the first waits of a second or two let through while the test runs."""

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Making one takes long, and httpx would make one for each connection."""


@pytest.fixture(scope="module")
def shared(
    installed: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Installation:
    """An installation with an account for each test that harms one."""
    made = installed.copy(tmp_path_factory.mktemp("workers") / "data")
    asyncio.run(open_accounts(made.folder))
    return made


@pytest.fixture(scope="module")
def hub(shared: Installation) -> Iterator[Server]:
    with shared.serve("--workers", str(WORKERS)) as server:
        wait_for_workers(server)
        yield server


async def open_accounts(folder: Path) -> None:
    beside = app.open_hub(folder, environment={})
    try:
        operator = beside.authenticator.named("operator")
        act = beside.act(operator, door="cli", at=beside.clock())
        for name in ("nor", "deu", "esp", "ukr"):
            wanted = Opening(
                name=name,
                nation=name.upper(),
                roles=frozenset({Role.READER}),
                clearance=beside.alliance.level("NATO RESTRICTED"),
            )
            await open_account(
                beside.registry,
                wanted,
                Secret(PASSWORD),
                alliance=beside.alliance,
                act=act,
            )
    finally:
        app.close_hub(beside)


def wait_for_workers(server: Server, count: int = WORKERS) -> list[psutil.Process]:
    """Wait until so many workers listen, and give them."""
    wait_until(lambda: sum(map(listens, server.workers())) == count)
    return server.workers()


def listens(worker: psutil.Process) -> bool:
    try:
        return any(
            each.status == psutil.CONN_LISTEN for each in worker.net_connections("tcp")
        )
    except psutil.Error:
        return False


def fresh(
    ask: Callable[[httpx.Client], httpx.Response], askers: int = ASKERS
) -> list[httpx.Response]:
    """Ask the same on many fresh connections."""

    def one(_: int) -> httpx.Response:
        with httpx.Client(timeout=ENDS_WITHIN_S, verify=NO_TLS) as client:
            return ask(client)

    with ThreadPoolExecutor(askers) as pool:
        return list(pool.map(one, range(ASKED)))


def codes(answers: list[httpx.Response]) -> set[int]:
    return {each.status_code for each in answers}


def page(server: Server, name: str, collection: str, password: str = PASSWORD):  # noqa: ANN201 - an asker
    """Give what asks for the objects of a collection as an account."""
    return lambda client: client.get(
        server.objects_url(collection),
        auth=(name, password),
        headers={"Accept": TAXII},
    )


def sign_in(server: Server, name: str) -> str:
    """Sign in by the web form and give the cookie of the session."""
    with httpx.Client(base_url=server.url, verify=NO_TLS) as browser:
        token = form_token(browser.get("/sign-in").text)
        login = {"name": name, "password": PASSWORD, "form-token": token}
        answer = browser.post("/sign-in", data=login)
        assert answer.status_code == 303
        return browser.cookies[COOKIE]


def form_token(page: str) -> str:
    found = re.search(r'name="form-token" value="([^"]+)"', page)
    assert found is not None, "every form has a token"
    return found[1]


def publish(server: Server, collection: str) -> str:
    """Publish one indicator as Poland and give its id."""
    published = new_object()
    with server.client("pol") as poland:
        answer = poland.post(
            server.objects_url(collection), json={"objects": [published]}
        )
    assert answer.json()["success_count"] == 1
    return str(published["id"])


def shows(answer: httpx.Response, name: str) -> bool:
    return name in {each["id"] for each in answer.json().get("objects", ())}


def account_page(server: Server, cookie: str):  # noqa: ANN201 - an asker
    """Give what asks for the page of an account, in a session."""
    return lambda client: client.get(
        f"{server.url}/account", headers={"Cookie": f"{COOKIE}={cookie}"}
    )


def test_what_one_worker_took_every_worker_shows_at_once(hub: Server) -> None:
    name = publish(hub, MEMBERS)

    assert all(shows(each, name) for each in fresh(page(hub, "fin", MEMBERS)))


def test_a_session_begins_and_ends_in_every_worker(hub: Server) -> None:
    cookie = sign_in(hub, "pol")
    inside = codes(fresh(account_page(hub, cookie)))
    with httpx.Client(base_url=hub.url, headers={"Cookie": f"{COOKIE}={cookie}"}) as it:
        it.post("/sign-out", data={"form-token": form_token(it.get("/account").text)})

    assert inside == {200}
    assert codes(fresh(account_page(hub, cookie))) == {303}


def test_failures_count_together(hub: Server) -> None:
    # One after the other, since those who bring the same at once share a verdict.
    ask = page(hub, "esp", OPEN, "wrong")
    found = [each.status_code for each in fresh(ask, askers=1)]

    assert FREE_FAILURES <= found.count(401) <= FREE_FAILURES + LATE_GUESSES
    assert found.count(401) + found.count(429) == ASKED


def test_a_nation_that_loses_its_standing_loses_it_in_every_worker(
    hub: Server, shared: Installation
) -> None:
    cookie = sign_in(hub, "nor")
    name = publish(hub, MEMBERS)
    before = fresh(page(hub, "nor", MEMBERS))

    shared.run(
        *("nation", "set-status", "NOR", "suspended"),
        *("--from", "2026-01-01", "--as", "operator"),
    )
    after = fresh(page(hub, "nor", MEMBERS))

    assert all(shows(each, name) for each in before)
    assert not any(each.json().get("objects") for each in after)
    assert codes(fresh(account_page(hub, cookie))) == {303}


def test_a_release_is_seen_in_every_worker(hub: Server, shared: Installation) -> None:
    name = publish(hub, MEMBERS)
    before = fresh(page(hub, "ukr", MEMBERS))

    shared.run(
        *("release", "add", "--to", "UKR", "--label", LABEL),
        *("--since", "2020-01-01", "--as", "pol", "--reason", "a test"),
    )
    after = fresh(page(hub, "ukr", MEMBERS))

    assert not any(shows(each, name) for each in before)
    assert all(shows(each, name) for each in after)


def test_an_account_that_is_closed_is_nobody_in_every_worker(
    hub: Server, shared: Installation
) -> None:
    before = codes(fresh(page(hub, "deu", OPEN)))

    close_account(shared.folder, "deu")

    assert before == {200}
    assert codes(fresh(page(hub, "deu", OPEN))) <= {401, 429}


def close_account(folder: Path, name: str) -> None:
    """Close an account from a process beside the server."""
    beside = app.open_hub(folder, environment={})
    try:
        account = beside.authenticator.named(name)
        operator = beside.authenticator.named("operator")
        act = beside.act(operator, door="cli", at=beside.clock())
        asyncio.run(close(beside.registry, account.id, act=act))
    finally:
        app.close_hub(beside)


def test_rates_count_together(installation: Installation) -> None:
    settings = "[limits]\naccount_per_s = 1\naccount_burst = 10\n"
    (installation.folder / "foedus.toml").write_text(settings)
    with installation.serve("--workers", str(WORKERS)) as server:
        wait_for_workers(server)
        answers = fresh(page(server, "pol", OPEN))
        others = fresh(page(server, "fin", OPEN))

    found = [each.status_code for each in answers]
    assert 10 <= found.count(200) < ASKED
    assert found.count(200) + found.count(429) == ASKED
    assert others[0].status_code == 200
    refused = next(each for each in answers if each.status_code == 429)
    assert int(refused.headers["retry-after"]) >= 1
    assert refused.headers["content-type"] == TAXII
    assert refused.json()["error_code"] == "rate-limited"


def test_a_worker_that_is_killed_is_replaced_and_nothing_acknowledged_is_lost(
    hub: Server,
) -> None:
    publishers = [Publisher(hub, name) for name in ("pol", "fin")]
    with publishing(*publishers):
        for _ in range(2):
            victim = wait_for_workers(hub)[0]
            victim.kill()
            wait_until_gone(victim)
    wait_for_workers(hub)

    read = ids_read(hub, "mda")
    acknowledged = [each for one in publishers for each in one.acknowledged]
    assert len(acknowledged) == len(set(acknowledged))
    assert set(acknowledged) <= set(read)
    assert set(read.values()) == {1}


def wait_until_gone(worker: psutil.Process) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        worker.wait(ENDS_WITHIN_S)


def test_a_stop_lets_what_is_under_way_end(installation: Installation) -> None:
    port = free_port()
    settings = f'[metrics]\nlisten = "127.0.0.1:{port}"\n'
    (installation.folder / "foedus.toml").write_text(settings)
    body = json.dumps({"objects": [new_object()]}).encode()
    with installation.serve() as server:
        begun = [begin_post(server, body) for _ in range(WORKERS)]
        wait_until(lambda: in_flight(port) == WORKERS)
        os.kill(server.pid, signal.SIGTERM)
        wait_until(lambda: not is_listening(server))
        for connection in begun:
            connection.sendall(body[-1:])
        answers = [connection.recv(1_000) for connection in begun]
        for connection in begun:
            connection.close()
        code = server.wait()

    assert [each.split()[1] for each in answers] == [b"202"] * WORKERS
    assert code == 0


def begin_post(server: Server, body: bytes) -> socket.socket:
    """Send all of a request but its last byte, on a connection of its own."""
    login = base64.b64encode(f"pol:{PASSWORD}".encode()).decode()
    path = server.objects_url(OPEN).removeprefix(server.url)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: hub\r\nAuthorization: Basic {login}\r\n"
        f"Accept: {TAXII}\r\nContent-Type: {TAXII}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    connection = socket.create_connection(address_of(server), ENDS_WITHIN_S)
    connection.sendall(head.encode() + body[:-1])
    return connection


def address_of(server: Server) -> tuple[str, int]:
    host, _, port = server.url.removeprefix("http://").rpartition(":")
    return host, int(port)


def is_listening(server: Server) -> bool:
    try:
        socket.create_connection(address_of(server)).close()
    except OSError:
        return False
    return True


def in_flight(port: int) -> int:
    """Read from the metrics how many requests are worked on."""
    page = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    found = re.search(r"^foedus_requests_in_flight (\S+)$", page, re.MULTILINE)
    return int(float(found[1])) if found else 0


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    pause = threading.Event()
    for _ in range(ENDS_WITHIN_S * 20):
        if holds():
            return
        pause.wait(0.05)
    raise TimeoutError("it did not come to hold")
