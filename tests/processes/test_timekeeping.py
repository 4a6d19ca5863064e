"""When somebody puts the clock, nothing ends by itself until the time is sure again."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from foedus.clock import StoppedClock, to_ms
from foedus.hub import Hub
from foedus.processes.decisions import Clerk
from foedus.processes.decisions import settle as settle_decisions
from foedus.processes.decisions_channel import mark
from foedus.processes.escalating import Escalator, may_tell
from foedus.processes.escalating_watch import TimeWatch
from foedus.processes.responding import Responder, settle
from foedus.processes.timekeeping import Timekeeper
from foedus.response import commands
from foedus.response.clock_commands import Pausing, confirm_time, pause
from foedus.response.moves import Finish
from tests.api.deciding import delegates, do, draft, drafted, pass_time
from tests.api.world import Clients, clients, clock, founded, http, hub
from tests.processes.clockwork import Steady
from tests.response.books import at_step
from tests.response.conftest import founded_theatre, stage
from tests.response.theatre import NOON, Theatre, asking

__all__ = [
    "clients", "clock", "delegates", "founded", "founded_theatre", "http", "hub",
    "stage",
]  # fmt: skip

HOUR = timedelta(hours=1)
LIMIT = {"complete": {"within": "PT2H"}}


class Times:
    """The clock of the machine, the one nobody can set, and who looks at both."""

    def __init__(self, hub: Hub, clock: StoppedClock) -> None:
        self.hub, self.clock, self.steady = hub, clock, Steady()
        self.keeper = Timekeeper(
            reading=hub.reading, watch=TimeWatch(clock, self.steady)
        )
        self.escalator = Escalator(
            desk=hub.desk,
            projector=hub.projector,
            clock=clock,
            watch=TimeWatch(clock, self.steady),
        )

    def pass_(self, by: timedelta) -> None:
        """Let time pass, by both clocks."""
        self.clock.set(self.clock() + by)
        self.steady.seconds += by.total_seconds()

    def put(self, by: timedelta) -> None:
        """Put the clock of the machine."""
        self.clock.set(self.clock() + by)

    async def confirm(self) -> None:
        """Confirm the time, as an operator."""
        account = self.hub.authenticator.named("nato")
        act = self.hub.act(account, door="test", at=self.clock())
        done = await confirm_time(self.hub.desk, account.viewer(), act)
        await self.hub.seen([done])

    @property
    def responder(self) -> Responder:
        return msgspec.structs.replace(self.hub.responder, sure=self.keeper.is_sure)

    @property
    def clerk(self) -> Clerk:
        channel = msgspec.structs.replace(self.hub.channel, sure=self.keeper.is_sure)
        return msgspec.structs.replace(
            self.hub.clerk(serving=True), channel=channel, sure=self.keeper.is_sure
        )


@pytest.fixture
def times(stage: Theatre) -> Times:
    return Times(stage.hub, stage.clock)


async def test_a_run_times_out_on_nobodys_jump_ahead(
    stage: Theatre, times: Times
) -> None:
    run = await stage.play(asking(nations=["LVA"], clocks=LIMIT))
    times.pass_(HOUR)
    times.put(3 * HOUR)
    assert await settle(times.responder) == 0
    assert not await may_tell(times.escalator)
    assert await settle(times.responder) == 0
    assert stage.trace(run) == []

    times.put(-3 * HOUR)
    assert await may_tell(times.escalator)
    assert await settle(times.responder) == 0
    times.pass_(HOUR)
    await settle(times.responder)

    assert stage.trace(run) == ["A1:timeout"]


async def test_a_jump_that_somebody_confirms_counts(
    stage: Theatre, times: Times
) -> None:
    run = await stage.play(asking(nations=["LVA"], clocks=LIMIT))
    times.put(3 * HOUR)
    assert not await may_tell(times.escalator)
    assert await settle(times.responder) == 0
    await times.confirm()
    await settle(times.responder)

    assert stage.trace(run) == ["A1:timeout"]
    [task] = stage.inbox("lva", open=False)
    assert task.ended_ms == to_ms(NOON + 2 * HOUR)


async def test_a_run_that_is_turned_back_times_out_once(
    stage: Theatre, times: Times
) -> None:
    run = await stage.play(asking(nations=["LVA"], clocks=LIMIT))
    times.pass_(3 * HOUR)
    await settle(times.responder)
    head = stage.hub.log.head()
    times.put(-2 * HOUR)
    assert not await may_tell(times.escalator)
    assert await settle(times.responder) == 0
    times.pass_(3 * HOUR)
    assert await may_tell(times.escalator)
    assert await settle(times.responder) == 0

    assert stage.trace(run) == ["A1:timeout"]
    kinds = [each.kind for each in stage.hub.log.read_after(head, 100)]
    assert kinds == ["response.clocks-held", "response.clocks-released"]


async def test_a_step_of_a_time_service_changes_nothing(
    stage: Theatre, times: Times
) -> None:
    run = await stage.play(asking(nations=["LVA"], clocks=LIMIT))
    for step in (timedelta(milliseconds=-400), timedelta(seconds=30)):
        times.pass_(HOUR / 2)
        times.put(step)
        assert await may_tell(times.escalator)
        assert await settle(times.responder) == 0
    times.pass_(HOUR)
    await settle(times.responder)

    assert stage.trace(run) == ["A1:timeout"]


async def test_what_was_done_under_a_wrong_clock_counts_no_later_than_now(
    stage: Theatre, times: Times
) -> None:
    run = await stage.play(asking(nations=["LVA"], clocks=LIMIT))
    times.pass_(HOUR)
    times.put(HOUR / 2)
    position = await commands.act_on_task(
        stage.hub.desk,
        stage.account("lva").viewer(),
        stage.act("lva"),
        stage.task("lva"),
        Finish(),
    )
    await stage.hub.seen([position])
    times.put(-HOUR / 2)
    await settle(times.responder)

    assert stage.trace(run) == ["A1:ok"]
    [task] = stage.inbox("lva", open=False)
    assert task.ended_ms == to_ms(NOON + HOUR)


async def test_a_pause_of_clocks_stops_neither_the_timeout_nor_a_delay(
    stage: Theatre,
) -> None:
    document = asking(nations=["LVA"], clocks=LIMIT)
    at_step(document, "A3")["delay"] = 600_000
    run = await stage.play(document)
    still = Pausing(reason="Their network is down.")
    officer = stage.account("est").viewer()
    await stage.hub.seen(
        [
            await pause(
                stage.hub.desk, officer, stage.act("est"), stage.task("lva"), still
            )
        ]
    )
    await stage.pass_time(2 * HOUR)
    assert stage.trace(run) == ["A1:timeout"]
    assert stage.inbox("est") == []
    await stage.pass_time(timedelta(minutes=10))

    assert [each.asked.name for each in stage.inbox("est")] == ["A3"]


@pytest.mark.parametrize(
    "begins",
    [datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)],
)
async def test_summer_time_moves_no_timeout_and_no_delay(
    stage: Theatre, begins: datetime
) -> None:
    stage.clock.set(begins)
    stage.reopen()
    document = asking(nations=["LVA"], clocks={"complete": {"within": "PT8H"}})
    at_step(document, "A3")["delay"] = 8 * 3_600_000
    run = await stage.play(document)
    await stage.pass_time(8 * HOUR - timedelta(milliseconds=1))
    assert stage.trace(run) == []
    await stage.pass_time(timedelta(milliseconds=1))
    await stage.pass_time(8 * HOUR)

    assert stage.trace(run) == ["A1:timeout"]
    [task] = stage.inbox("est")
    assert task.asked.asked_ms == to_ms(begins + 16 * HOUR)


@pytest.mark.usefixtures("delegates")
async def test_no_silence_ends_on_a_jump_ahead(
    hub: Hub, clock: StoppedClock, clients: Clients
) -> None:
    times = Times(hub, clock)
    path = await drafted(clients.desk, draft())
    await do(clients.desk, path, "circulate", until="2026-11-25 16:00 Europe/Brussels")
    times.put(72 * HOUR)
    head = hub.log.head()
    assert await settle_decisions(times.clerk) == 0
    assert await mark(times.clerk.channel) is None  # type: ignore[arg-type]
    assert hub.log.head() == head

    times.put(-72 * HOUR)
    await settle_decisions(times.clerk)
    shown = (await clients.desk.get(path)).json()
    assert shown["phase"] == "silent"


@pytest.mark.usefixtures("delegates")
async def test_silence_that_a_jump_reached_into_is_for_the_chair(
    hub: Hub, clock: StoppedClock, clients: Clients
) -> None:
    times = Times(hub, clock)
    path = await drafted(clients.desk, draft())
    await do(clients.desk, path, "circulate", until="2026-11-25 16:00 Europe/Brussels")
    await pass_time(hub, clock, 50)
    times.steady.seconds += 50 * 3_600
    times.put(3 * HOUR)
    assert await settle_decisions(times.clerk) == 0
    times.put(-3 * HOUR)
    times.pass_(3 * HOUR)
    await settle_decisions(times.clerk)

    assert (await clients.desk.get(path)).json()["phase"] == "held"
