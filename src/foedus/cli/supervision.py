"""The supervisor of a served hub: what its workers share, count and are told.

- The workers share a table of failures and rates, and report what they count over a
  socket; both lie in a folder that is the user's alone and goes with the supervisor.
- Where metrics are wanted, the supervisor serves them for all workers together.
- A service manager that asks for it is told when all workers are ready
  (`NOTIFY_SOCKET`, as systemd's `sd_notify`).
"""

import os
import shutil
import signal
import socket
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext, SSLError
from typing import Final, Self

import msgspec

from foedus import settings
from foedus.clock import system_clock
from foedus.errors import InvalidInputError
from foedus.sharing import SharedTable, make_table
from foedus.telemetry.exposition import exposition
from foedus.telemetry.journal import Journal
from foedus.telemetry.ledger import Ledger
from foedus.telemetry.listener import MetricsListener, parse_listen
from foedus.telemetry.logs import LEVELS, configure_logs
from foedus.telemetry.relay import Relay
from foedus.traffic.stopping import Stopping
from foedus.traffic.worker import Worker

NOTIFY: Final = "NOTIFY_SOCKET"
"""The environment variable that names a service manager's socket."""


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker is told by its supervisor.

    Attributes:
        table: the file of the table that all workers share.
        relay: the socket by which the supervisor asks what was counted.
        journal: whether a line a request may be written.
    """

    table: Path
    relay: Path
    journal: bool = True


class Tls(msgspec.Struct, frozen=True, kw_only=True):
    """The files of a certificate and its key, which fit together."""

    certificate: Path
    key: Path


class Supervisor:
    """What stands behind the workers; a context that ends with them.

    Args:
        workers: how many there are to be.
        metrics: `HOST:PORT` where Prometheus scrapes; None for nowhere.
        journal: whether the workers may write a line a request.

    Raises:
        InvalidInputError: `metrics` is no address.
        UnavailableError: metrics cannot be served there.
    """

    def __init__(
        self, workers: int, metrics: str | None, *, journal: bool = True
    ) -> None:
        self._workers = workers
        self._is_ready = False
        self._end = ExitStack()
        folder = Path(tempfile.mkdtemp(prefix="foedus-"))
        self._end.callback(shutil.rmtree, folder, ignore_errors=True)
        self.post = Post(
            table=make_table(folder / "table"), relay=folder / "relay", journal=journal
        )
        self.metrics_port: int | None = None
        try:
            self._open(metrics)
        except BaseException:
            self._end.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        notify("STOPPING=1")
        self._end.close()

    def _open(self, metrics: str | None) -> None:
        relay = Relay(self.post.relay, self._count)
        self._end.callback(relay.close)
        relay.start()
        if metrics is not None:
            host, port = parse_listen(metrics)
            listener = MetricsListener(host, port, lambda: exposition(relay.collect()))
            self.metrics_port = listener.port
            listener.start()
            self._end.callback(listener.close)

    def _count(self, workers: int) -> None:
        if workers >= self._workers and not self._is_ready:
            self._is_ready = True
            notify("READY=1")


def begin_work(post: Post, chosen: settings.Settings) -> Worker:
    """Begin the work of a worker: it logs, counts and shares from now on."""
    configure_logs(chosen.logs.level)
    is_written = post.journal and chosen.logs.requests
    heard = LEVELS[chosen.logs.level] <= LEVELS["info"]
    return Worker(
        table=SharedTable(post.table),
        ledger=Ledger(),
        journal=Journal(system_clock) if is_written and heard else None,
        stopping=Stopping(signal.SIGTERM, signal.SIGINT),
    )


def find_tls(
    folder: Path, chosen: settings.Tls, certificate: Path | None, key: Path | None
) -> Tls | None:
    """Find the certificate and the key to serve with; options go over settings.

    Raises:
        InvalidInputError: one of the two is missing, or they cannot be used.
    """
    names = (
        certificate or (chosen.certificate and folder / chosen.certificate),
        key or (chosen.key and folder / chosen.key),
    )
    match names:
        case (Path() as found, Path() as its_key):
            _check_tls(found, its_key)
            return Tls(certificate=found, key=its_key)
        case (Path(), _):
            raise InvalidInputError("a certificate needs its key; give --key FILE")
        case (_, Path()):
            raise InvalidInputError(
                "a key needs its certificate; give --certificate FILE"
            )
        case _:
            return None


def _check_tls(certificate: Path, key: Path) -> None:
    try:
        SSLContext(PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except SSLError as error:
        raise InvalidInputError(
            f"{certificate} and {key} are no certificate and its key, in PEM: "
            f"{error.reason}"
        ) from error
    except OSError as error:
        raise InvalidInputError(
            f"{error.filename or certificate} cannot be read: {error.strerror}"
        ) from error


def notify(state: str) -> None:
    """Tell a service manager, if one asked to be told.

    Source: systemd, sd_notify(3).
    """
    name = os.environ.get(NOTIFY)
    if not name:
        return
    address = "\0" + name[1:] if name.startswith("@") else name
    with (
        suppress(OSError),  # it is gone; what is served is served all the same
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager,
    ):
        manager.sendto(state.encode(), address)
