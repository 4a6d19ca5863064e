"""Where a command runs: the data folder, the form of the answer, the whole software.

- The command line stands below the composition root, so it is handed it: `App`.
- Every command takes `--data` and `--json`, behind `foedus` or behind the verb.
- What needs no data folder runs without one, on the shipped pack.
"""

import functools
import os
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol

import apsw
import click
import msgspec

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import load_pack
from foedus.alliance.records import Pack
from foedus.cli.output import talk_on_stderr
from foedus.clock import Clock, system_clock
from foedus.errors import UnavailableError
from foedus.eventlog.envelope import Act, Who
from foedus.eventlog.log import EventLog
from foedus.ids import WHOEVER_RUNS_THE_HUB, NationCode
from foedus.releasability.access import Access
from foedus.releasability.viewers import Role, Viewer
from foedus.settings import DATA_VARIABLE

if TYPE_CHECKING:
    # What these import takes longer than most commands run.
    from starlette.applications import Starlette

    from foedus.folder.restore import Opening
    from foedus.hub import Hub
    from foedus.identity.accounts import Account
    from foedus.traffic.worker import Worker

P = ParamSpec("P")

DATA_DEFAULT = "foedus-data"
"""The data folder when neither `--data` nor the environment names one."""

PACK_DEFAULT = "nato"
"""The pack that is meant when nobody names one."""

URL_DEFAULT = "http://127.0.0.1:8440"
"""What a hub is reached under, as far as nobody says otherwise."""

DOOR = "cli"
"""By which door the commands come in."""


class App(Protocol):
    """The composition root, which stands above every surface."""

    def open_log(self, folder: Path) -> EventLog:
        """Open the log of a data folder alone."""
        ...

    def is_founded(self, folder: Path) -> bool:
        """Tell whether a folder holds a hub."""
        ...

    def open_hub(
        self, folder: Path, *, url: str = ..., worker: "Worker | None" = ...
    ) -> "Hub":
        """Open the hub of a data folder."""
        ...

    def opening(self) -> "Opening":
        """Give what a restore needs."""
        ...

    def views_version(self) -> str:
        """Give what the views of this Foedus are marked with."""
        ...

    def create(self, folder: Path, pack: Pack) -> Awaitable["Hub"]:
        """Make a data folder and found the hub of an alliance in it."""
        ...

    def close_hub(self, hub: "Hub") -> None:
        """Let go of the files."""
        ...

    def adopt_statuses(
        self, hub: "Hub", account: "Account", statuses: Iterable[bytes]
    ) -> int:
        """Keep statuses that another server had given; tell how many are any."""
        ...

    def asgi(self, hub: "Hub") -> "Starlette":
        """Make the web application of a hub."""
        ...


class Station(msgspec.Struct, frozen=True, kw_only=True):
    """Where a command runs.

    Attributes:
        load: loads the composition root, which takes a while.
        data: the folder that was named; None when none was.
        as_json: whether the answer shall be one JSON document.
        clock: tells the instant at which a command acts.
    """

    load: Callable[[], App]
    data: Path | None = None
    as_json: bool = False
    clock: Clock = system_clock

    @property
    def folder(self) -> Path:
        """The data folder."""
        return self.data or Path(os.environ.get(DATA_VARIABLE) or DATA_DEFAULT)

    @property
    def is_founded(self) -> bool:
        """Whether there is a hub in the data folder."""
        return (self.folder / "log.db").is_file()

    def app(self) -> App:
        """Load the whole software, which from now on logs to stderr."""
        talk_on_stderr(quietly=True)
        return self.load()

    @contextmanager
    def hub(self) -> Iterator["Hub"]:
        """Have the hub open for a block.

        Raises:
            NotFoundError: there is no hub in the data folder.
            UnavailableError: its files cannot be opened.
        """
        app = self.app()
        with readable(self.folder):
            hub = app.open_hub(self.folder)
        try:
            yield hub
        finally:
            app.close_hub(hub)

    def access(self) -> Access:
        """Tell who may see what: in the data folder, or under the shipped pack."""
        if not self.is_founded:
            alliance = Alliance.from_pack(load_pack(PACK_DEFAULT))
            return Access(alliance, self.clock().date())
        with self.hub() as hub:
            return hub.access

    def act(self, body: str) -> Act:
        """Act as the operator at the machine, now."""
        who = Who(account=WHOEVER_RUNS_THE_HUB, nation=body, door=DOOR)
        return Act(who=who, at=self.clock())

    def act_for(self, account: "Account") -> Act:
        """Act on an account's behalf, as the operator, now."""
        who = Who(
            account=account.id,
            nation=account.nation,
            door=DOOR,
            by=Role.OPERATOR,
        )
        return Act(who=who, at=self.clock())


def operator(alliance: Alliance) -> Viewer:
    """Look as the operator at the machine, who could read the files anyway."""
    return Viewer(
        nation=NationCode(alliance.code),
        clearance=len(alliance.levels) - 1,
        roles=frozenset({Role.OPERATOR}),
        account=WHOEVER_RUNS_THE_HUB,
    )


def reader(hub: "Hub", name: str | None) -> Viewer:
    """Look as an account, or as the operator at the machine where none is named."""
    if name is None:
        return operator(hub.alliance)
    return hub.authenticator.named(name).viewer()


@contextmanager
def readable(folder: Path) -> Iterator[None]:
    """Say in words what is wrong with the files of a data folder.

    Raises:
        UnavailableError: a file cannot be read or written, or is no database.
    """
    try:
        yield
    except apsw.Error as error:
        raise UnavailableError(_in_words(folder, error)) from error
    except UnavailableError as error:
        # What is said to clients is not what the operator at the machine needs.
        if isinstance(error.__cause__, apsw.Error):
            raise UnavailableError(_in_words(folder, error.__cause__)) from error
        raise
    except OSError as error:
        raise UnavailableError(f"{folder} cannot be used: {error.strerror}") from error


def _in_words(folder: Path, error: apsw.Error) -> str:
    if isinstance(error, apsw.FullError):
        return f"the disk of {folder} is full; make room and try again"
    files = (folder, folder / "log.db", folder / "state.db")
    if any(path.exists() and not os.access(path, os.W_OK) for path in files):
        return f"{folder} can only be read; mend the disk or the permissions first"
    return f"the files in {folder} do not open: {error}; 'foedus doctor' says more"


def on_station(
    work: Callable[Concatenate[Station, P], None],
) -> Callable[P, None]:
    """Give a command `--data` and `--json`, and hand it the station."""

    @functools.wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        work(_station(click.get_current_context()), *args, **kwargs)

    return _data(_json(run))


def _station(context: click.Context) -> Station:
    station = context.find_object(Station)
    assert station is not None, "the command line is started with a station"
    return station


def _set(context: click.Context, name: str, value: object) -> None:
    context.obj = msgspec.structs.replace(_station(context), **{name: value})


def _set_data(context: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value is not None:
        _set(context, "data", value)


def _set_json(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001
    if value:
        _set(context, "as_json", value)


_data = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    expose_value=False,
    callback=_set_data,
    help=f"The data folder; ${DATA_VARIABLE} or ./{DATA_DEFAULT} by default.",
)

_json = click.option(
    "--json",
    is_flag=True,
    expose_value=False,
    callback=_set_json,
    help="Answer with one JSON document.",
)
