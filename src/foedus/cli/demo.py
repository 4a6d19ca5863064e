"""`foedus demo`: a hub of four nations with invented intelligence.

The stories are told in the worker that serves, so that stopping it stops them.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from foedus.cli import spelling
from foedus.cli.output import give, say, table, tell
from foedus.cli.serve import (
    HOST_DEFAULT,
    PORT_DEFAULT,
    Plan,
    address,
    free_port,
    open_in_worker,
    serve,
)
from foedus.cli.station import PACK_DEFAULT, App, Station, on_station, readable
from foedus.cli.supervision import Post
from foedus.errors import ConflictError
from foedus.processes.demo import DemoAccount, feed, prepare
from foedus.processes.demo_pack import load_demo_pack

if TYPE_CHECKING:
    from starlette.applications import Starlette

DEMO: Final = "demo.hub"
"""The setting that says that a hub was made for the demo, and for nothing else."""


@click.command("demo")
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
@on_station
def command(station: Station, host: str, port: int) -> None:
    """Run a hub of four nations with invented intelligence, and serve it.

    The accounts are printed once. Started again on the same folder, it goes on.
    """
    port = free_port(host, port)
    url = address(host, port)
    accounts = asyncio.run(_prepare(station))
    _answer(station, url, accounts)
    serve(station, Plan(host=host, port=port, journal=False), make=telling)


def telling(load: Callable[[], App], folder: Path, url: str, post: Post) -> "Starlette":
    """Open the hub in the worker process, and tell stories as long as it serves."""
    hub, web = open_in_worker(load, folder, url, post)
    inner = web.router.lifespan_context

    @asynccontextmanager
    async def lifespan(served: "Starlette") -> AsyncIterator[None]:
        stop = asyncio.Event()
        async with inner(served), asyncio.TaskGroup() as tasks:
            tasks.create_task(feed(hub, stop))
            yield
            stop.set()

    web.router.lifespan_context = lifespan
    return web


async def _prepare(station: Station) -> tuple[DemoAccount, ...]:
    app = station.app()
    folder = station.folder
    with readable(folder):
        founded = app.is_founded(folder)
        if founded:
            hub = app.open_hub(folder)
        else:
            hub = await app.create(folder, load_demo_pack())
    try:
        if not founded:
            hub.store.set_setting(DEMO, PACK_DEFAULT)
        elif hub.store.setting(DEMO) is None:
            raise ConflictError(
                f"the hub in {folder} is no demo; choose another folder with --data"
            )
        return (await prepare(hub)).accounts
    finally:
        app.close_hub(hub)


def _answer(station: Station, url: str, accounts: tuple[DemoAccount, ...]) -> None:
    passwords = [each.password.reveal() if each.password else None for each in accounts]
    if station.as_json:
        listed = [
            {"name": each.name, "nation": each.nation, "password": password}
            for each, password in zip(accounts, passwords, strict=True)
        ]
        give({"url": url, "accounts": listed})
    else:
        rows = [
            (each.name, password or "(as printed at first)", each.nation_name)
            for each, password in zip(accounts, passwords, strict=True)
        ]
        tell(table([("account", "password", "of"), *rows]))
    say(
        f"Four worlds side by side: {url}/worlds\n"
        f"What waits for a delegation: sign in as finland, {url}/inbox\n"
        f"What the nations decide and consult on: {url}/decisions, "
        f"{url}/consultations; sweden presides\n"
        f"Serving the demo in {station.folder} at {url}/; stop with Ctrl-C."
    )
