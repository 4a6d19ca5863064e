"""One server process for all conformance tests, and what each test is handed."""

import itertools
import shutil
import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from tests.conformance.taxii.world import (
    EMPTY_COLLECTIONS,
    Client,
    Clients,
    Founded,
    Shelf,
    clients_of,
    empty_id,
    found,
    serving,
)
from tests.scenarios.certificates import Authority
from tests.scenarios.installation import Installation, Server, free_port
from tests.scenarios.moved_clock import MovedClock, MovedClockServer, first_midnight

LENGTH_MAX = 2_000
"""Bytes of a body that the small server takes."""

_taken = itertools.count()
_days = itertools.count(10, 100)


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Founded:
    """A founded folder."""
    return found(tmp_path_factory.mktemp("founded") / "data")


@pytest.fixture(scope="session")
def url(founded: Founded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the server is that all tests share."""
    folder = tmp_path_factory.mktemp("conformance") / "data"
    with serving(founded, folder) as server:
        yield server.url


@pytest.fixture(scope="session")
def clients(url: str) -> Iterator[Clients]:
    """A client for each account of the shared server."""
    clients = clients_of(url)
    yield clients
    for name in clients.__struct_fields__:
        getattr(clients, name).http.close()


@pytest.fixture
def pol(clients: Clients) -> Client:
    """Poland's client."""
    return clients.pol


@pytest.fixture
def shelf(pol: Client) -> Shelf:
    """An empty collection of the test's own, as Poland has it."""
    number = next(_taken)
    assert number < EMPTY_COLLECTIONS, "raise EMPTY_COLLECTIONS"
    return Shelf(pol, empty_id(number))


class Small(msgspec.Struct, frozen=True):
    """A server with narrow limits that speaks TLS.

    Attributes:
        root: the file of the authority that vouches for it.
        trust: who trusts that authority.
    """

    url: str
    root: Path
    trust: ssl.SSLContext


@pytest.fixture(scope="session")
def small(
    founded: Founded, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Small]:
    """Serve three records a page and small bodies, over HTTPS."""
    folder = tmp_path_factory.mktemp("small")
    authority = Authority(folder)
    certificate, key = authority.issue("server")
    shutil.copytree(founded.folder, folder / "data")
    (folder / "data" / "foedus.toml").write_text(
        f"[taxii]\npage_size_max = 3\nmax_content_length = {LENGTH_MAX}\n"
    )
    words = ("--certificate", str(certificate), "--key", str(key))
    server = Server(Installation(folder / "data"), free_port(), words)
    server.url = server.url.replace("http:", "https:")
    with pytest.MonkeyPatch.context() as patch, server:
        patch.setenv("SSL_CERT_FILE", str(authority.root))
        server.start()
        trust = ssl.create_default_context(cafile=authority.root)
        yield Small(server.url, authority.root, trust)


class Restartable(msgspec.Struct, frozen=True):
    """A server that may be killed and started again, and whose clock may be moved.

    Attributes:
        at: where the clock stands, later than in any test before.
    """

    server: Server
    clock: MovedClock
    at: datetime


@pytest.fixture
def restartable(moved: tuple[Server, MovedClock]) -> Restartable:
    """The server over a clock of the tests', at an instant that none had before."""
    server, clock = moved
    at = first_midnight() + timedelta(days=next(_days))
    clock.put(at)
    return Restartable(server, clock, at)


@pytest.fixture(scope="session")
def moved(
    founded: Founded, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, MovedClock]]:
    """Serve over a clock of the tests'."""
    folder = tmp_path_factory.mktemp("restartable")
    shutil.copytree(founded.folder, folder / "data")
    clock = MovedClock(folder / "clock", first_midnight())
    with MovedClockServer(Installation(folder / "data"), folder / "clock") as server:
        server.start()
        yield server, clock
