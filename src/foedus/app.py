"""The composition root: opens a data folder and builds the hub from its parts.

The only place that names a backend. A data folder holds `log.db` (the truth),
`views.db` (folded from it), `state.db` (credentials, keys, sessions, statuses) and,
if wanted, `foedus.toml`.
"""

import asyncio
import os
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Iterable,
    Mapping,
)
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import asynccontextmanager, suppress
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from foedus.alliance import commands as alliance_commands
from foedus.alliance.events import AllianceEvent
from foedus.alliance.nations import Alliance
from foedus.alliance.records import Pack
from foedus.alliance.views import AllianceView
from foedus.clock import Clock, system_clock
from foedus.decisions.events import DecisionsEvent
from foedus.decisions.views import DecisionView
from foedus.errors import ConflictError, FoedusError, NotFoundError
from foedus.eventlog.codec import Codec
from foedus.eventlog.envelope import Act, Redacted, Who
from foedus.eventlog.log import EventLog
from foedus.eventlog.projector import Projector
from foedus.eventlog.sqlite import open_sqlite_log
from foedus.eventlog.views import View, version_of
from foedus.folder import formats, upgrade
from foedus.folder.formats import LOG, STATE, VIEWS, check_founded
from foedus.folder.restore import Opening
from foedus.guidance.events import GuidanceEvent
from foedus.guidance.views import GuidanceView
from foedus.hub import Hub
from foedus.identity.accounts import Account, AccountFacts
from foedus.identity.attempts import check_settings as check_provider
from foedus.identity.authenticator import Authenticator
from foedus.identity.consumers import Consumers
from foedus.identity.deeds import DeedView
from foedus.identity.events import IdentityEvent
from foedus.identity.keyring import Keyring
from foedus.identity.receipts import Receipts
from foedus.identity.store import StateStore, private_folder
from foedus.identity.views import AccountView, account_facts
from foedus.ids import WHOEVER_RUNS_THE_HUB, AccountId
from foedus.intel.events import IntelEvent
from foedus.intel.identities import IdentityView
from foedus.intel.reading import IntelReading
from foedus.intel.recall_views import RecallView
from foedus.intel.references import ReferenceView
from foedus.intel.searching import SearchView
from foedus.intel.views import IntelView
from foedus.planning.events import PlanningEvent
from foedus.planning.views import PlanningView
from foedus.processes import (
    auditing,
    automating,
    calendar,
    consuming,
    escalating,
    holding,
    receipts,
    standing,
    webhooks,
    widening,
)
from foedus.processes.activating import Watch
from foedus.processes.calendar import Calendar
from foedus.processes.consuming import Roll
from foedus.processes.decisions import keep as keep_decisions
from foedus.processes.decisions_channel import keep as keep_channel
from foedus.processes.digests import keep as keep_digests
from foedus.processes.escalating_watch import TimeWatch
from foedus.processes.mailing import check_settings
from foedus.processes.receipts import Recorder
from foedus.processes.responding import keep as keep_protocols
from foedus.processes.standing import Standing
from foedus.proxies import TrustedProxies, networks, vouching
from foedus.readiness.events import ReadinessEvent
from foedus.readiness.views import ReadinessView
from foedus.releasability.ceilings import resolve_ceiling
from foedus.releasability.labelled import LabelView
from foedus.releasability.news import NewsView
from foedus.releasability.wordings import WordingView
from foedus.response.automation import check_settings as check_automation
from foedus.response.due import ClockView
from foedus.response.events import ResponseEvent
from foedus.response.firings import ClockEvent
from foedus.response.proposals_events import ProposalEvent
from foedus.response.proposals_views import ProposalView
from foedus.response.views import ResponseView
from foedus.settings import load_settings
from foedus.traffic.gate import Gate
from foedus.traffic.passage import Passages
from foedus.traffic.threads import FairThreads
from foedus.traffic.worker import Worker, alone

SHOWN_S: Final = 0.2
"""Seconds between two looks at how far a fold has come."""

THREADS: Final = min(32, (os.cpu_count() or 1) + 4)
"""Threads for what may take long; as many as Python itself would have."""

DEFAULT_URL: Final = "http://127.0.0.1:8440"
"""What a hub is reached under when nobody says otherwise."""

EVENTS: Final = (
    AllianceEvent,
    IdentityEvent,
    IntelEvent,
    DecisionsEvent,
    GuidanceEvent,
    ReadinessEvent,
    ResponseEvent,
    ClockEvent,
    ProposalEvent,
    PlanningEvent,
    Redacted,
)
"""Every kind of event there is."""


@cache
def codec() -> Codec:
    """Give the codec of all events; it never changes."""
    return Codec(EVENTS)


def views() -> list[View]:
    """Make every view, in the order in which they are folded."""
    return [
        AllianceView(),
        LabelView(),
        NewsView(),
        WordingView(),
        AccountView(),
        DeedView(),
        RecallView(),
        IntelView(),
        ReferenceView(),
        SearchView(),
        IdentityView(),
        DecisionView(),
        GuidanceView(),
        ReadinessView(),
        ResponseView(),
        ClockView(),
        ProposalView(),
        PlanningView(),
    ]


def views_version() -> str:
    """Give what the views of this Foedus are marked with."""
    return version_of(views())


def is_founded(folder: Path) -> bool:
    """Tell whether a folder holds a hub."""
    return formats.is_founded(folder)


def open_log(folder: Path, *, clock: Clock = system_clock) -> EventLog:
    """Open the log of a data folder alone: to verify it where no view may fold it.

    Raises:
        NotFoundError: there is no hub in the folder.
        UnavailableError: a file was written by a newer Foedus.
    """
    check_founded(folder)
    _make_current(folder, clock)
    return open_sqlite_log(folder, codec(), clock)


def opening(clock: Clock = system_clock) -> Opening:
    """Give what a restore needs: how a log is opened, and how views are folded."""

    def unsafe_log(folder: Path) -> EventLog:
        return open_sqlite_log(folder, codec(), clock)

    def fold(folder: Path, add: Callable[[int], None]) -> None:
        log = unsafe_log(folder)
        projector = Projector(log, folder / VIEWS, codec(), views())
        try:
            _fold(projector, add)
        finally:
            projector.close()
            log.close()

    return Opening(open_log=unsafe_log, fold=fold)


def _fold(projector: Projector, add: Callable[[int], None]) -> None:
    """Catch up, and tell now and then how far it has come."""
    done = projector.position()
    with ThreadPoolExecutor(1) as pool:
        folding = pool.submit(projector.catch_up)
        while wait([folding], SHOWN_S).not_done:
            reached = projector.position()
            add(reached - done)
            done = reached
    add(folding.result() - done)


def _make_current(folder: Path, clock: Clock) -> None:
    upgrade.make_current(folder, opening(clock).open_log, at=clock())


def open_hub(
    folder: Path,
    *,
    environment: Mapping[str, str] | None = None,
    clock: Clock = system_clock,
    url: str = DEFAULT_URL,
    worker: Worker | None = None,
) -> Hub:
    """Open the hub of a data folder.

    Args:
        folder: the data folder.
        environment: settings that go over the file's; the process's by default.
        clock: the only teller of time.
        url: what the hub is reached under unless the settings say.
        worker: what the process shares with others; nothing by default.

    Raises:
        NotFoundError: there is no hub in the folder.
        InvalidInputError: a setting is wrong, also for the alliance of the hub.
        UnavailableError: a file is locked, or was written by a newer Foedus.
    """
    check_founded(folder)
    _make_current(folder, clock)
    hub = _open(folder, environment=environment, clock=clock, url=url, worker=worker)
    try:
        _check_ceiling(hub)
        networks(hub.settings.trusted_proxies)
        vouching(hub.settings)
        _ = hub.dispatch.policy  # refuses networks that are none
        _ = hub.automaton  # as above
        check_automation(hub.settings.automation, hub.alliance)
        check_settings(hub.settings.mail)
        check_provider(hub.settings.oidc)
    except FoedusError:
        close_hub(hub)
        raise
    return hub


async def create(
    folder: Path,
    pack: Pack,
    *,
    environment: Mapping[str, str] | None = None,
    clock: Clock = system_clock,
    url: str = DEFAULT_URL,
) -> Hub:
    """Make a data folder and found the hub of an alliance in it.

    Raises:
        ConflictError: the folder is not empty.
        InvalidInputError: a setting is wrong, also for this alliance.
    """
    _check_empty(folder)
    settings = load_settings(folder, _environment(environment))
    resolve_ceiling(settings.ceiling, Alliance.from_pack(pack))
    private_folder(folder)
    hub = _open(folder, environment=environment, clock=clock, url=url)
    who = Who(account=WHOEVER_RUNS_THE_HUB, nation=pack.code, door="cli")
    await alliance_commands.found(hub.log, pack, Act(who=who, at=clock()))
    hub.projector.catch_up()
    return hub


def _check_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConflictError(f"{folder} is not empty; choose another folder with --data")


def close_hub(hub: Hub) -> None:
    """Let go of the files; what was acknowledged is on disk."""
    with suppress(FoedusError):  # it tells at least what is written
        hub.receipts.flush()
    hub.projector.close()
    hub.log.close()
    hub.reading.close()
    hub.authenticator.close()
    hub.store.close()


def adopt_statuses(hub: Hub, account: Account, statuses: Iterable[bytes]) -> int:
    """Keep statuses that another server had given; tell how many are any."""
    from foedus.taxii.statuses import Statuses  # noqa: PLC0415 - as below

    kept = Statuses(hub.store)
    at = hub.clock()
    return sum(kept.adopt(account, each, at=at) for each in statuses)


def asgi(hub: Hub) -> Starlette:
    """Make the web application of a hub: all surfaces."""
    # The command line opens hubs without surfaces, and starts faster for it.
    from foedus.api.routes import routes as api_routes  # noqa: PLC0415
    from foedus.compat.routes import routes as compat_routes  # noqa: PLC0415
    from foedus.live.routes import routes as live_routes  # noqa: PLC0415
    from foedus.streaming.pulse import Pulse  # noqa: PLC0415
    from foedus.taxii.routes import all_routes as taxii_routes  # noqa: PLC0415
    from foedus.web.routes import routes as web_routes  # noqa: PLC0415

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        asyncio.get_running_loop().set_default_executor(FairThreads(THREADS))
        hub.projector.start()
        try:
            async with asyncio.TaskGroup() as tasks:
                stories = (*_stories(hub), pulse.keep())
                kept = [tasks.create_task(each) for each in stories]
                with hub.stopping.heeded():
                    yield
                for task in kept:
                    task.cancel()
        finally:
            hub.projector.stop()

    pulse, taxii = Pulse(hub), taxii_routes(hub)
    routes: list[BaseRoute] = [*taxii.own, *live_routes(hub, pulse), *api_routes(hub)]
    routes += [*compat_routes(hub, pulse), *web_routes(hub), taxii.further]
    application = Starlette(
        routes=routes,
        lifespan=lifespan,
        middleware=[
            Middleware(TrustedProxies, settings=hub.settings),
            Middleware(
                Passages,
                routes=routes,
                ledger=hub.ledger,
                journal=hub.journal,
                is_https=hub.public_url.startswith("https://"),
            ),
        ],
        exception_handlers={HTTPException: _stray(hub)},
    )
    # A redirect of the framework's own would repeat whatever `Host` came.
    application.router.redirect_slashes = False
    return application


def _stories(hub: Hub) -> tuple[Coroutine[None, None, None], ...]:
    """Give what a process that serves keeps going beside its surfaces."""
    days = Calendar(log=hub.log, reading=hub.reading, clock=hub.clock)
    nations = Standing(reading=hub.reading, keyring=hub.keyring)
    return (
        calendar.keep(days),
        widening.keep(hub.deliverer),
        holding.keep(hub.holder),
        keep_channel(hub.channel),
        keep_decisions(hub.clerk(serving=True)),
        keep_protocols(hub.responder),
        escalating.keep(hub.escalator),
        auditing.keep(hub.auditor),
        automating.keep(hub.automaton),
        Watch(hub.activation).keep(),
        standing.keep(nations),
        receipts.keep(hub.receipts),
        consuming.keep(hub.consumers),
        webhooks.keep(hub.dispatch),
        keep_digests(hub.digest_desk),
    )


def _stray(hub: Hub) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Make the answer to paths and methods that no surface has: a problem or a page."""
    from foedus.api.problems import (  # noqa: PLC0415 - as in `asgi`
        method_response,
        problem_response,
    )
    from foedus.web.frame import Site, guarded  # noqa: PLC0415
    from foedus.web.rendering import Renderer, page_headers  # noqa: PLC0415

    nothing = "nothing is at this path"

    async def missing(_site: Site, _request: Request) -> Response:
        raise NotFoundError(nothing)

    show_page = guarded(Site(hub=hub, renderer=Renderer()), missing)

    async def answer(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException), "the handler is of these alone"
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            allowed = (error.headers or {}).get("Allow", "").split(", ")
            response = method_response(allowed, request.url.path)
        elif "text/html" in request.headers.get("accept", ""):
            response = await show_page(request)
        else:
            response = problem_response(NotFoundError(nothing), request.url.path)
        response.headers.update(page_headers())
        if request.method == "HEAD":
            response.body = b""
        return response

    return answer


def _check_ceiling(hub: Hub) -> None:
    """Refuse to run under a ceiling that the alliance does not know."""
    if hub.settings.ceiling is not None:
        resolve_ceiling(hub.settings.ceiling, hub.alliance)


def _environment(given: Mapping[str, str] | None) -> Mapping[str, str]:
    return os.environ if given is None else given


def _open(
    folder: Path,
    *,
    environment: Mapping[str, str] | None,
    clock: Clock,
    url: str,
    worker: Worker | None = None,
) -> Hub:
    settings = load_settings(folder, _environment(environment))
    here = alone() if worker is None else worker
    events = codec()
    store = StateStore(folder / STATE)
    keyring = Keyring(store)
    log = open_sqlite_log(folder, events, clock)
    projector = Projector(log, folder / VIEWS, events, views())
    projector.catch_up()
    reading = IntelReading(folder / VIEWS, folder / LOG)

    def facts(account: AccountId) -> AccountFacts | None:
        with reading.snapshot() as seen:
            return account_facts(seen.db, account)

    return Hub(
        folder=folder,
        settings=settings,
        public_url=(settings.public_url or url).rstrip("/"),
        clock=clock,
        codec=events,
        log=log,
        projector=projector,
        store=store,
        keyring=keyring,
        authenticator=Authenticator(
            keyring,
            facts,
            clock,
            table=here.table,
            ledger=here.ledger,
            strict=settings.sign_in.second_factor == "required",
        ),
        reading=reading,
        receipts=Recorder(Receipts(store), reading, clock),
        consumers=Roll(Consumers(store), clock),
        gate=Gate(settings.limits, here.table, here.ledger),
        ledger=here.ledger,
        stopping=here.stopping,
        watch=TimeWatch(clock) if clock is system_clock else None,
        journal=here.journal,
    )
