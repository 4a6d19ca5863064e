"""The demo: nations of different standing, what they publish, and what they decide.

- `prepare` opens the accounts and collections once and tells the first stories, so
  that no page is empty; a second time it only says who there is.
- `feed` tells a story or plays a scene a beat, through the same commands as everybody,
  until it is stopped or `OBJECTS_MAX` objects have been told; then it is quiet.
- How much has been told is written down before it is told: a crash loses a story of
  the demo, and never passes the limit.
"""

import asyncio
from datetime import timedelta
from typing import Final

import msgspec
import structlog

from foedus.errors import ConflictError, FoedusError, NotFoundError
from foedus.eventlog.envelope import Act, Who
from foedus.identity.commands import open_account
from foedus.identity.rules import Opening as AccountOpening
from foedus.identity.secret import Secret
from foedus.ids import WHOEVER_RUNS_THE_HUB, NationCode
from foedus.intel.commands import open_collection
from foedus.intel.rules import Opening as CollectionOpening
from foedus.processes import demo_stage
from foedus.processes.demo_data import Item, Teller, introduce
from foedus.processes.demo_decisions import debate
from foedus.processes.demo_guidance import lay_down
from foedus.processes.demo_play import PLAY, Cue
from foedus.processes.demo_readiness import illustrate
from foedus.processes.demo_response import respond, watch
from foedus.processes.demo_stage import (
    DELEGATES,
    DUTY,
    KEEPERS,
    Seat,
    Stage,
    desk,
    player,
    publish,
)
from foedus.processes.demo_told import Line, Told, read_told, say, write_told

OBJECTS_MAX: Final = 5_000
"""Objects that the demo publishes in all: it may run for days on a laptop."""

STORIES_AT_ONCE: Final = 25
"""Stories that are told before the first page is looked at."""

PACE: Final = timedelta(seconds=1.5)
"""From one story to the next: fast enough to see, slow enough to read."""

SEATS: Final = "demo.seats"
"""The setting that makes a hub a demo hub: account names, in order of the columns."""

STORIES_BETWEEN: Final = 4
"""Stories between two scenes: a line stands long enough to be read aloud."""

_log = structlog.get_logger(__name__)


class DemoAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account of the demo, as it is printed.

    Attributes:
        nation: the nation's code, or the body's.
        nation_name: in words.
        password: shown this once; None when it was opened earlier.
    """

    name: str
    nation: NationCode
    nation_name: str
    password: Secret | None


class DemoAccounts(msgspec.Struct, frozen=True, kw_only=True):
    """All accounts of the demo."""

    accounts: tuple[DemoAccount, ...]


_COLLECTIONS: Final = (
    CollectionOpening(
        alias="indicators",
        title="Indicators",
        description="What to block and what to look for. For members unless marked.",
        default_label="NATO RESTRICTED // REL TO NATO",
        read="PUBLIC",
        write="MEMBERS,PARTNERSHIP",
    ),
    CollectionOpening(
        alias="warnings",
        title="Warnings",
        description="For everybody on the hub who has standing.",
        default_label="TLP:GREEN",
        read="PUBLIC",
        write="MEMBERS,PARTNERSHIP",
    ),
    CollectionOpening(
        alias="open",
        title="Open",
        description="What anybody may know and pass on.",
        default_label="NATO UNCLASSIFIED // PUBLIC",
        read="PUBLIC",
        write="MEMBERS,PARTNERSHIP",
    ),
)


async def prepare(stage: Stage) -> DemoAccounts:
    """Make a hub a demo hub, once; afterwards only name its accounts."""
    seats = demo_stage.seats(stage)
    opened = [await _seat(stage, each) for each in (*seats, *DELEGATES, DUTY, *KEEPERS)]
    if stage.store.setting(SEATS) is None:
        await _open_collections(stage)
        for seat in seats:
            name = stage.reading.access().alliance.nations[seat.nation].name
            await _tell(stage, introduce(seat.nation, name, stage.clock()))
        await _tell_first(stage)
        names = [seat.name for seat in seats]
        stage.store.set_setting(SEATS, msgspec.json.encode(names).decode())
    await illustrate(stage)
    await debate(stage)
    await respond(stage)
    await watch(stage)
    await lay_down(stage)
    return DemoAccounts(accounts=tuple(opened))


async def feed(stage: Stage, stop: asyncio.Event, pace: timedelta = PACE) -> None:
    """Tell a story or play a scene a beat until stopped, or the limit is reached."""
    told = read_told(stage.store)
    teller = Teller(told.stories)
    while not stop.is_set():
        cue, run = _cue(told.beats)
        item = None if cue else teller.tell(stage.clock())
        cost = item.count if item else max(cue.objects if cue else 0, 1)
        told = Told(
            stories=teller.told, objects=told.objects + cost, beats=told.beats + 1
        )
        if told.objects > OBJECTS_MAX:
            return
        write_told(stage.store, told)
        try:
            if item is not None:
                await _tell(stage, item)
            elif cue is not None:
                await _play(stage, cue, run)
        except FoedusError as error:
            # The next scene leads on from wherever this one was left.
            _log.warning("demo_beat_skipped", beat=told.beats, slug=error.slug)
        await _pause(stop, pace)


def _cue(beat: int) -> tuple[Cue | None, int]:
    """Tell which scene a beat brings, if any, and for the how many-th time."""
    scenes, between = divmod(beat, 1 + STORIES_BETWEEN)
    run, place = divmod(scenes, len(PLAY))
    return (None if between else PLAY[place]), run


async def _play(stage: Stage, cue: Cue, run: int) -> None:
    began = stage.clock()
    text = await cue.scene(stage, run)
    if text:
        say(stage.store, Line(at=began, act=cue.act, text=text))


async def _pause(stop: asyncio.Event, pace: timedelta) -> None:
    try:
        async with asyncio.timeout(pace.total_seconds()):
            await stop.wait()
    except TimeoutError:
        return


async def _seat(stage: Stage, seat: Seat) -> DemoAccount:
    alliance = stage.reading.access().alliance
    opening = AccountOpening(
        name=seat.name,
        nation=seat.nation,
        roles=seat.roles,
        clearance=alliance.level(seat.level),
    )
    body = NationCode(alliance.code)
    act = Act(
        who=Who(account=WHOEVER_RUNS_THE_HUB, nation=body, door="demo"),
        at=stage.clock(),
    )
    password = None
    try:
        stage.authenticator.named(seat.name)
    except NotFoundError:
        opened = await open_account(
            stage.registry, opening, None, alliance=alliance, act=act
        )
        await stage.projector.wait(opened.position)
        password = opened.password
    nation = alliance.nations.get(seat.nation)
    return DemoAccount(
        name=seat.name,
        nation=seat.nation,
        nation_name=nation.name if nation else f"{alliance.code} staff",
        password=password,
    )


async def _open_collections(stage: Stage) -> None:
    duty, act = player(stage, DUTY.nation)
    viewer = duty.viewer()
    for opening in _COLLECTIONS:
        try:
            _, position = await open_collection(desk(stage), viewer, act, opening)
        except ConflictError:
            # An earlier run was interrupted after it had opened this one.
            continue
        await stage.projector.wait(position)


async def _tell_first(stage: Stage) -> None:
    told = read_told(stage.store)
    teller = Teller(told.stories)
    while teller.told < STORIES_AT_ONCE:
        item = teller.tell(stage.clock())
        told = Told(stories=teller.told, objects=told.objects + item.count)
        write_told(stage.store, told)
        await _tell(stage, item)


async def _tell(stage: Stage, item: Item) -> None:
    await publish(stage, item.by, item.to, item.objects)
