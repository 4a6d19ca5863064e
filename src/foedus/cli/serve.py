"""`foedus serve`: serve the hub over HTTP.

A supervising process and its workers, each of which opens the hub for itself. A
worker that dies is started again; when the supervisor dies, the workers go with it.
"""

import gc
import os
import socket
import threading
from collections.abc import Callable
from functools import partial
from ipaddress import IPv6Address
from multiprocessing import connection, parent_process
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from foedus.cli.output import give, say, talk_on_stderr
from foedus.cli.station import App, Station, on_station
from foedus.errors import UnavailableError

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
"""Requests that a worker has open at once; live streams count for as long as they
last, so it is more than the 2,000 consumers of DESIGN, section 8."""

STOP_S: Final = 2
"""Seconds that a worker has to finish what it does, when the hub is stopped."""

GARBAGE_THRESHOLDS: Final = (50_000, 20, 100)
"""How much a worker makes before Python looks for garbage that holds itself."""

GONE: Final = 1
"""Exit code of a worker whose supervisor is gone."""

_LOGGERS: Final = {
    "handlers": {
        name: {
            "class": "logging.StreamHandler",
            "formatter": "generic",
            "stream": "ext://sys.stderr",
        }
        for name in ("console", "access")
    },
}


@click.command("serve")
@click.option(
    "--host", default=HOST_DEFAULT, show_default=True, help="Where to listen."
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
@on_station
def command(station: Station, host: str, port: int, workers: int) -> None:
    """Serve the hub over HTTP until it is told to stop."""
    port = free_port(host, port)
    # Opened once before any worker is, so that what is wrong is said in a sentence.
    url = address(host, port)
    with station.hub() as hub:
        url = hub.settings.public_url or url
        root = f"{url.rstrip('/')}/taxii2/{hub.alliance.api_root}/"
    if station.as_json:
        give({"url": url, "api_root": root})
    say(f"Serving {station.folder} at {url}; stop with Ctrl-C.")
    serve(station, host, port, workers=workers)


Make = Callable[[Callable[[], App], Path, str], "Starlette"]
"""Makes, in a worker, the web application of the hub in a folder, for a URL."""


def open_in_worker(
    load: Callable[[], App], folder: Path, url: str
) -> tuple["Hub", "Starlette"]:
    """Open the hub in a worker process, and make its web application."""
    _leave_with_the_supervisor()
    talk_on_stderr(quietly=False)
    app = load()
    hub = app.open_hub(folder, url=url)
    web = app.asgi(hub)
    # What is there now lives as long as the worker; looking through it again and again
    # for garbage costs an eighth of all work.
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    return hub, web


def application(load: Callable[[], App], folder: Path, url: str) -> "Starlette":
    """Make what a worker serves."""
    return open_in_worker(load, folder, url)[1]


def serve(
    station: Station,
    host: str,
    port: int,
    *,
    workers: int = 1,
    make: Make = application,
) -> None:
    """Serve the hub of a station until the process is told to stop."""
    server = Granian(
        "foedus",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        http=HTTPModes.auto,
        websockets=False,
        backlog=BACKLOG,
        backpressure=BACKPRESSURE,
        log_level=LogLevels.warning,
        log_dictconfig=_LOGGERS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_S,
    )
    load = partial(make, station.load, station.folder, address(host, port))
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


def address(host: str, port: int) -> str:
    """Write the URL under which a host and port are reached."""
    return f"http://[{host}]:{port}" if _is_ipv6(host) else f"http://{host}:{port}"


def _is_ipv6(host: str) -> bool:
    try:
        IPv6Address(host)
    except ValueError:
        return False
    return True


def _leave_with_the_supervisor() -> None:
    """End this worker when its supervisor is gone, even if that was killed."""
    supervisor = parent_process()
    if supervisor is None:
        return

    def watch() -> None:
        connection.wait([supervisor.sentinel])
        os._exit(GONE)

    threading.Thread(target=watch, name="supervisor", daemon=True).start()
