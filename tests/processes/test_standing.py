"""Who loses standing is signed out, once for all, by whichever process sees it."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from foedus import app
from foedus.alliance import commands
from foedus.alliance.pack import load_pack
from foedus.alliance.statuses import Status
from foedus.clock import StoppedClock
from foedus.errors import UnauthorizedError
from foedus.eventlog.envelope import Act, Who
from foedus.hub import Hub
from foedus.identity.commands import open_account
from foedus.identity.keyring import Keyring
from foedus.identity.rules import Opening
from foedus.identity.secret import Secret
from foedus.identity.store import StateStore
from foedus.identity.tokens import TokenTerms
from foedus.ids import NationCode
from foedus.processes import calendar, standing
from foedus.processes.calendar import Calendar
from foedus.processes.standing import LOOKS_PER_ROUND, Standing
from foedus.releasability.viewers import Role

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FOUNDER = Who(account="account--x", nation="NATO", door="cli")
PASSWORD = Secret("correct horse battery")
ACCOUNTS = {"mda": "MDA", "mda-2": "MDA", "fin": "FIN", "chief": "NATO"}


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(NOON)


@pytest.fixture
def hub(tmp_path: Path, clock: StoppedClock) -> Iterator[Hub]:
    hub = asyncio.run(_founded(tmp_path / "hub", clock))
    yield hub
    app.close_hub(hub)


async def _founded(folder: Path, clock: StoppedClock) -> Hub:
    hub = await app.create(folder, load_pack("nato"), environment={}, clock=clock)
    for name, nation in ACCOUNTS.items():
        role = Role.SECRETARIAT if nation == "NATO" else Role.READER
        await open_account(
            hub.registry,
            Opening(name=name, nation=nation, roles=frozenset({role})),
            PASSWORD,
            alliance=hub.alliance,
            act=Act(who=FOUNDER, at=clock()),
        )
    hub.projector.catch_up()
    return hub


def of(hub: Hub) -> Standing:
    return Standing(reading=hub.reading, keyring=hub.keyring)


def sign_in_all(hub: Hub) -> dict[str, str]:
    """Give each account a session, and its cookie."""
    start = hub.authenticator.start_session
    return {name: start(hub.authenticator.named(name)).reveal() for name in ACCOUNTS}


def signed_in(hub: Hub, cookies: dict[str, str]) -> set[str]:
    """Tell whose sessions are still there, whatever the gates say."""
    found = set()
    for name, cookie in cookies.items():
        try:
            hub.authenticator.session(cookie)
        except UnauthorizedError:
            continue
        found.add(name)
    return found


async def record(hub: Hub, status: Status, since: date) -> None:
    """Record a change of Moldova's, and do nothing else."""
    act = Act(who=FOUNDER, at=hub.clock())
    await commands.change_status(
        hub.log, NationCode("MDA"), status=status, since=since, act=act
    )
    hub.projector.catch_up()


def sleeping(*wakes: Callable[[], None]) -> Callable[[float], "asyncio.Future[None]"]:
    """Make a sleep that does one thing a time, and then ends the whole."""
    left = list(wakes)

    def sleep(_: float) -> "asyncio.Future[None]":
        if not left:
            raise asyncio.CancelledError
        left.pop(0)()
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    return sleep


async def run(hub: Hub, *wakes: Callable[[], None]) -> None:
    with pytest.raises(asyncio.CancelledError):
        await standing.keep(of(hub), sleeping(*wakes))


async def test_the_sessions_of_a_suspended_nation_end_and_no_others(hub: Hub) -> None:
    cookies = sign_in_all(hub)
    await record(hub, Status.SUSPENDED, NOON.date())

    assert [standing.end_sessions(of(hub)) for _ in range(2)] == [2, 0]

    assert signed_in(hub, cookies) == {"fin", "chief"}


async def test_nothing_ends_where_all_have_standing(hub: Hub) -> None:
    cookies = sign_in_all(hub)
    await record(hub, Status.NONE, NOON.date())

    assert standing.end_sessions(of(hub)) == 0
    assert signed_in(hub, cookies) == set(ACCOUNTS)


async def test_the_return_gives_nothing_back_but_a_token_works_again(hub: Hub) -> None:
    mda = hub.authenticator.named("mda")
    token = hub.keyring.tokens.issue(mda.id, TokenTerms(), NOON).reveal()
    cookies = sign_in_all(hub)
    await record(hub, Status.SUSPENDED, NOON.date())
    await run(hub)
    await record(hub, Status.PARTNER, NOON.date())
    await run(hub)

    assert signed_in(hub, cookies) == {"fin", "chief"}
    assert hub.authenticator.bearer(token).id == mda.id


async def test_a_change_by_command_ends_them_at_once_and_a_return_revives_none(
    hub: Hub,
) -> None:
    hub.projector.start()
    cookies = sign_in_all(hub)
    chief = hub.authenticator.named("chief")
    act = hub.act(chief, door="test", at=NOON)
    change = hub.change_status
    await change(chief, act, "MDA", status=Status.SUSPENDED, since=NOON.date())
    assert signed_in(hub, cookies) == {"fin", "chief"}
    late = sign_in_all(hub)  # passed the gate just before, and is written after
    await change(chief, act, "MDA", status=Status.PARTNER, since=NOON.date())
    assert signed_in(hub, late) == {"fin", "chief"}
    assert signed_in(hub, sign_in_all(hub)) == set(ACCOUNTS)


async def test_a_suspension_that_is_dated_ahead_ends_sessions_on_its_day(
    hub: Hub, clock: StoppedClock
) -> None:
    await record(hub, Status.SUSPENDED, date(2026, 11, 24))
    clock.set(datetime(2026, 11, 23, 23, 59, tzinfo=UTC))
    cookies = sign_in_all(hub)
    await run(hub)
    assert signed_in(hub, cookies) == set(ACCOUNTS)

    clock.advance(timedelta(minutes=2))
    days = Calendar(log=hub.log, reading=hub.reading, clock=clock)
    assert await calendar.begin_due_day(days) is not None
    await run(hub, hub.projector.catch_up)

    assert signed_in(hub, cookies) == {"fin", "chief"}


async def test_what_was_lost_while_nothing_ran_counts_at_the_start(
    hub: Hub, clock: StoppedClock
) -> None:
    cookies = sign_in_all(hub)
    await record(hub, Status.SUSPENDED, NOON.date())
    again = app.open_hub(hub.folder, environment={}, clock=clock)
    await run(again)

    assert signed_in(hub, cookies) == {"fin", "chief"}
    app.close_hub(again)


async def test_who_was_signing_in_at_that_moment_is_found_in_the_next_round(
    hub: Hub,
) -> None:
    await record(hub, Status.SUSPENDED, NOON.date())
    found: dict[str, str] = {}
    wakes = [lambda: found.update(sign_in_all(hub))]
    await run(hub, *wakes, *[lambda: None] * (LOOKS_PER_ROUND - 1))

    assert signed_in(hub, found) == {"fin", "chief"}


async def test_a_file_that_is_busy_is_tried_again(hub: Hub) -> None:
    cookies = sign_in_all(hub)
    await record(hub, Status.SUSPENDED, NOON.date())
    hasty = StateStore(hub.folder / app.STATE, busy_timeout_ms=0)
    impatient = Standing(reading=hub.reading, keyring=Keyring(hasty))
    held = ExitStack()
    held.enter_context(hub.store.transaction())

    def let_go() -> None:
        assert signed_in(hub, cookies) == set(ACCOUNTS)
        held.close()

    with pytest.raises(asyncio.CancelledError):
        await standing.keep(impatient, sleeping(let_go))

    assert signed_in(hub, cookies) == {"fin", "chief"}
    hasty.close()
