"""`foedus serve`: serve the hub over HTTP.

A supervising process and its workers, each of which opens the hub for itself. A
worker that dies is started again; when the supervisor dies, the workers go with it.
"""

import gc
import os
import resource
import signal
import socket
import threading
from collections.abc import Callable
from functools import partial
from ipaddress import IPv6Address
from multiprocessing import connection, parent_process
from os import environ
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import msgspec
from granian import Granian
from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.http import HTTP1Settings
from granian.log import LogLevels

from foedus.cli import spelling
from foedus.cli.output import give, say
from foedus.cli.station import App, Station, on_station
from foedus.cli.supervision import Post, Supervisor, Tls, begin_work, find_tls
from foedus.errors import UnavailableError
from foedus.settings import load_settings
from foedus.telemetry.logs import configure_logs
from foedus.telemetry.relay import answer
from foedus.traffic.memory import give_back_large_blocks

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from foedus.hub import Hub

HOST_DEFAULT: Final = "127.0.0.1"
PORT_DEFAULT: Final = 8440

WORKERS_MAX: Final = 64
"""Worker processes; each has its own caches, and all share one writer's lock."""

BACKLOG: Final = 2_048
"""Connections that the kernel keeps waiting while all workers are busy."""

BACKPRESSURE: Final = 4_096
"""Connections that a worker has open at once; live streams count for as long as they
last, so it is more than the 2,000 consumers of DESIGN, section 8."""

FILES_KEPT: Final = 256
"""Files of a worker that are no connections: databases, threads, sockets."""

HEAD_WAIT_S: Final = 20
"""Seconds in which the head of the next request has to arrive: nobody holds a
connection for longer by silence, or by sending a byte now and then."""

HEAD_BYTES_MAX: Final = 65_536
"""Bytes of the head of a request. Our longest URL and headers are a tenth of that."""

STOP_S: Final = 20
"""Seconds that a worker has to finish what is under way, when the hub is stopped. It
takes nothing new meanwhile and ends with the last answer, so most stops are instant;
a service manager must wait for longer than that."""

GARBAGE_THRESHOLDS: Final = (50_000, 20, 100)
"""How much a worker makes before Python looks for garbage that holds itself."""

GONE: Final = 1
"""Exit code of a worker whose supervisor is gone."""

_LOGGERS: Final = {
    "handlers": {
        name: {"()": "foedus.telemetry.logs.OtherSoftware"}
        for name in ("console", "access")
    },
}


@click.command("serve")
@click.option(
    "--host",
    type=spelling.host,
    default=HOST_DEFAULT,
    show_default=True,
    help="Where to listen.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=PORT_DEFAULT,
    show_default=True,
    help="Where to listen; 0 is any free port.",
)
@click.option(
    "--workers",
    metavar="N",
    type=click.IntRange(1, WORKERS_MAX),
    default=1,
    show_default=True,
    help="Worker processes.",
)
@click.option(
    "--certificate",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The certificate and its chain, in PEM; serves HTTPS.",
)
@click.option(
    "--key",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The key of the certificate, in PEM.",
)
@on_station
def command(  # noqa: PLR0913, PLR0917 - one for each option
    station: Station,
    host: str,
    port: int,
    workers: int,
    certificate: Path | None,
    key: Path | None,
) -> None:
    """Serve the hub over HTTP, or HTTPS, until it is told to stop."""
    port = free_port(host, port)
    # Opened once before any worker is, so that what is wrong is said in a sentence.
    with station.hub() as hub:
        settings = hub.settings
        tls = find_tls(station.folder, settings.tls, certificate, key)
        url = settings.public_url or address(host, port, secure=tls is not None)
        root = f"{url.rstrip('/')}/taxii2/{hub.alliance.api_root}/"
    plan = Plan(
        host=host, port=port, workers=workers, tls=tls, metrics=settings.metrics.listen
    )
    if station.as_json:
        give({"url": url, "api_root": root})
    say(f"Serving {station.folder} at {url}; stop with Ctrl-C.")
    serve(station, plan)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How a hub is served.

    Attributes:
        tls: its certificate and key; None for plain HTTP.
        metrics: where Prometheus scrapes; None for nowhere.
        journal: whether a line a request may be written.
    """

    host: str
    port: int
    workers: int = 1
    tls: Tls | None = None
    metrics: str | None = None
    journal: bool = True

    @property
    def url(self) -> str:
        """Where it is reached unless the settings say."""
        return address(self.host, self.port, secure=self.tls is not None)


Make = Callable[[Callable[[], App], Path, str, Post], "Starlette"]
"""Makes, in a worker, the web application of the hub in a folder, for a URL."""


def open_in_worker(
    load: Callable[[], App], folder: Path, url: str, post: Post | None = None
) -> tuple["Hub", "Starlette"]:
    """Open the hub in a worker process, and make its web application."""
    from foedus.gauges import giver  # noqa: PLC0415 - as heavy as the hub itself

    give_back_large_blocks()
    _be_stoppable()
    _leave_with_the_supervisor()
    app = load()
    worker = None if post is None else begin_work(post, load_settings(folder, environ))
    hub = app.open_hub(folder, url=url, worker=worker)
    web = app.asgi(hub)
    if post is not None:
        answer(post.relay, giver(hub))
    # What is there now lives as long as the worker; looking through it again and again
    # for garbage costs an eighth of all work.
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    return hub, web


def application(
    load: Callable[[], App], folder: Path, url: str, post: Post
) -> "Starlette":
    """Make what a worker serves."""
    return open_in_worker(load, folder, url, post)[1]


def serve(station: Station, plan: Plan, *, make: Make = application) -> None:
    """Serve the hub of a station until the process is told to stop."""
    settings = load_settings(station.folder, environ)
    configure_logs(settings.logs.level)
    with Supervisor(plan.workers, plan.metrics, journal=plan.journal) as supervisor:
        server = Granian(
            "foedus",
            address=plan.host,
            port=plan.port,
            interface=Interfaces.ASGI,
            workers=plan.workers,
            # Where the server also takes HTTP/2, a connection that says nothing has no
            # time limit, and enough of them keep everybody else out for ever.
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(
                header_read_timeout=HEAD_WAIT_S * 1_000, max_buffer_size=HEAD_BYTES_MAX
            ),
            websockets=False,
            backlog=BACKLOG,
            backpressure=_connections_max(),
            log_level=LogLevels.warning,
            log_dictconfig=_LOGGERS,
            ssl_cert=plan.tls.certificate if plan.tls else None,
            ssl_key=plan.tls.key if plan.tls else None,
            ssl_protocol_min=SSLProtocols.tls12,
            respawn_failed_workers=True,
            workers_kill_timeout=STOP_S,
        )
        load = partial(make, station.load, station.folder, plan.url, supervisor.post)
        server.serve(target_loader=load, wrap_loader=False)


def free_port(host: str, port: int) -> int:
    """Give the port to listen on, a free one for 0.

    Raises:
        UnavailableError: somebody listens there already, or the host is not here.
    """
    family = socket.AF_INET6 if _is_ipv6(host) else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UnavailableError(
                f"cannot listen at {address(host, port)}: {error.strerror}; "
                "choose another with --host and --port"
            ) from error
        number: int = probe.getsockname()[1]
    return number


def address(host: str, port: int, *, secure: bool = False) -> str:
    """Write the URL under which a host and port are reached."""
    scheme = "https" if secure else "http"
    return f"{scheme}://{f'[{host}]' if _is_ipv6(host) else host}:{port}"


def _is_ipv6(host: str) -> bool:
    try:
        IPv6Address(host)
    except ValueError:
        return False
    return True


def _connections_max() -> int:
    """Let workers open as many files as they may, and count the connections in that."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard == resource.RLIM_INFINITY:
        return BACKPRESSURE
    return max(1, min(BACKPRESSURE, hard - FILES_KEPT))


def _be_stoppable() -> None:
    """Let a stop end this worker while it still starts.

    Until the server has set handlers of its own, a worker has those of the supervisor
    that it was forked from, which would only note the signal.
    """
    if parent_process() is not None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)


def _leave_with_the_supervisor() -> None:
    """End this worker when its supervisor is gone, even if that was killed."""
    supervisor = parent_process()
    if supervisor is None:
        return

    def watch() -> None:
        connection.wait([supervisor.sentinel])
        os._exit(GONE)

    threading.Thread(target=watch, name="supervisor", daemon=True).start()
