"""The decisions of the demo: one in every phase that is worth looking at.

- They are told once, by the commands that everybody uses, as four delegations, of which
  one presides; every title says that it is illustrative.
- One ends by silence a few minutes after the hub is made, while it is looked at.
- A hub of an older demo, whose accounts speak for nobody, is left as it is.
"""

from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import Final

import structlog

from foedus.clock import to_ms
from foedus.decisions import commands
from foedus.decisions.commands import Floor
from foedus.decisions.consultations import Asking
from foedus.decisions.consulting import Join
from foedus.decisions.events import Duty, Stance
from foedus.decisions.moves import (
    Amend,
    Associate,
    Break,
    Circulate,
    Comment,
    Conclude,
    Meet,
    Move,
    Read,
    StateDuty,
    TableIt,
    TakePosition,
)
from foedus.decisions.texts import (
    Draft,
    Effect,
    Forum,
    Kind,
    Paragraph,
    ReleaseEffect,
    Text,
    UpdateEffect,
    Verb,
)
from foedus.errors import FoedusError
from foedus.ids import NationCode, Position
from foedus.processes.decisions import Clerk, room_of
from foedus.processes.decisions import settle as settle_decisions
from foedus.processes.demo_stage import (
    FINLAND,
    NORWAY,
    POLAND,
    SWEDEN,
    Stage,
    desk,
    player,
    settle,
)

TOLD: Final = "demo.decisions"
"""The setting that is there once the decisions are."""

FOUR: Final = (FINLAND, NORWAY, POLAND, SWEDEN)
"""The nations that decide in the demo."""

CHAIR: Final = SWEDEN
"""Whose delegates preside: the alliance's staff is in no label of the four."""

AMONG_FOUR: Final = "NATO RESTRICTED // REL TO FIN, NOR, POL, SWE"
WITH_MOLDOVA: Final = "NATO RESTRICTED // REL TO FIN, MDA, NOR, POL, SWE"

OPEN_FOR: Final = timedelta(days=2, hours=5)
"""How long the longest silence lasts."""

SOON: Final = timedelta(minutes=4)
"""When the shortest silence ends: while somebody looks."""

_MARK: Final = "ILLUSTRATIVE: "

_log = structlog.get_logger(__name__)


async def debate(stage: Stage) -> None:
    """Let the delegations of the demo decide, once."""
    if stage.store.setting(TOLD) is not None:
        return
    stage.store.set_setting(TOLD, "1")
    try:
        for scene in (_adopted, _conditional, _broken, _consulted, _silent, _minutes):
            await scene(stage)
    except FoedusError as error:
        # The accounts of an older demo speak for nobody; its pages stay as they are.
        _log.warning("demo_decisions_skipped", slug=error.slug)


async def _adopted(stage: Stage) -> None:
    """Adopt a text in a meeting; what it says it does is done at once."""
    update = UpdateEffect(
        title=f"{_MARK}Report significant incidents within a day",
        text="Whoever sees a significant incident tells the others within 24 hours.",
    )
    name = await _draft(
        stage,
        SWEDEN,
        "Report significant incidents within a day",
        "notes that warnings came late twice this autumn;",
        "decides that each tells the others of a significant incident within a day;",
        "tasks the coordination centre to count the hours.",
        effects=(update,),
    )
    await _do(stage, CHAIR, name, Meet())
    for nation in FOUR:
        await _do(stage, nation, name, TakePosition(stance=Stance.AGREES))
    await _do(stage, CHAIR, name, Conclude())
    await _do(stage, NORWAY, name, StateDuty(duty=Duty.ACCEPTED))


async def _conditional(stage: Stage) -> None:
    """Adopt a text that waits for its condition."""
    name = await _draft(
        stage,
        POLAND,
        "Assistance against the attack on the harbours",
        "notes the attack on the harbours of the night of 12 November;",
        "agrees that it concerns all, if it was directed from abroad;",
        "decides that each assists with what it deems necessary.",
        condition="It is established that the attack was directed from abroad.",
    )
    await _do(stage, CHAIR, name, Meet())
    for nation in (POLAND, NORWAY):
        await _do(stage, nation, name, TakePosition(stance=Stance.AGREES))
    await _do(stage, CHAIR, name, Conclude())


async def _broken(stage: Stage) -> None:
    """Let silence be broken by one nation; another joins."""
    name = await _draft(
        stage,
        NORWAY,
        "A common list of address ranges to block",
        "decides that each blocks what stands on the list within an hour.",
    )
    await _do(stage, CHAIR, name, Circulate(until=_hour(stage, OPEN_FOR)))
    letter = Break(
        reason="An hour is too short to look for hospitals and harbours among them.",
        proposal="decides that each blocks what stands on the list within a day.",
    )
    await _do(stage, POLAND, name, letter)
    await _do(stage, FINLAND, name, Associate(reason="Finland shares the concern."))


async def _consulted(stage: Stage) -> None:
    """Bring the nations together on the wish of one; another asks alongside."""
    account, act = player(stage, FINLAND)
    asking = Asking(
        title=f"{_MARK}Satellite navigation disturbed over the Baltic",
        concern="Four airports lost satellite navigation for nine hours. Finland asks "
        "the others to consult, since it sees the safety of all concerned.",
        label=WITH_MOLDOVA,
        of=FOUR,
        chair=CHAIR,
    )
    name, position = await commands.consult(
        _floor(stage), account.viewer(), act, asking
    )
    await settle(stage, position)
    account, act = player(stage, NORWAY)
    position = await commands.act_on_consultation(
        _floor(stage), account.viewer(), act, name, Join(text="Norway saw the same.")
    )
    await settle(stage, position)


async def _silent(stage: Stage) -> None:
    """Open silence on the second version of a text that partners may read."""
    since = (stage.clock().astimezone(UTC) - timedelta(days=7)).date()
    release = ReleaseEffect(
        to=("MDA",), label="NATO RESTRICTED // REL TO NATO 2024-03-07", since=since
    )
    title = "Release of the week’s indicators to Moldova"  # noqa: RUF001 - as printed
    first = _text(
        title,
        "notes the report of the coordination centre on the intrusions of this week;",
        "agrees that timely warning of Moldova serves the security of all;",
        "decides to release to Moldova what members could see since last week;",
        "tasks the duty officer to report within 60 days on use and recall.",
        label=WITH_MOLDOVA,
        effects=(release,),
    )
    second = _text(
        title,
        *(f"{each.verb.value} {each.text}" for each in first.paragraphs[:2]),
        "decides to release to Moldova what members could see since last week, "
        "except what is originator controlled;",
        "tasks the duty officer to report within 30 days on use and recall.",
        label=WITH_MOLDOVA,
        effects=(release,),
    )
    name = await _lay(stage, NORWAY, first)
    await _do(stage, NORWAY, name, TableIt())
    words = "Thirty days would do, and originator control should stay."
    await _do(stage, SWEDEN, name, Comment(text=words))
    await _do(stage, NORWAY, name, Amend(text=second))
    await _do(stage, CHAIR, name, Circulate(until=_hour(stage, OPEN_FOR)))
    await _do(stage, NORWAY, name, Read())
    reserves = "Poland understands “use” to mean defensive use."
    await _do(stage, POLAND, name, TakePosition(stance=Stance.RESERVES, text=reserves))


async def _minutes(stage: Stage) -> None:
    """Put agreed minutes under a silence that ends while somebody looks."""
    name = await _draft(
        stage,
        CHAIR,
        "Agreed minutes of the meeting of the four",
        "notes that all four spoke;",
        "agrees the record of the meeting as it was sent out.",
        kind=Kind.MINUTES,
    )
    await _do(stage, CHAIR, name, Circulate(until=_hour(stage, SOON)))
    for nation in (NORWAY, FINLAND):
        await _do(stage, nation, name, Read())


async def _draft(  # noqa: PLR0913 - the parts of a text
    stage: Stage,
    nation: NationCode,
    title: str,
    *paragraphs: str,
    effects: tuple[Effect, ...] = (),
    condition: str = "",
    kind: Kind = Kind.DECISION,
) -> str:
    text = _text(title, *paragraphs, effects=effects, condition=condition, kind=kind)
    return await _lay(stage, nation, text)


def _text(
    title: str,
    *paragraphs: str,
    label: str = AMONG_FOUR,
    effects: tuple[Effect, ...] = (),
    condition: str = "",
    kind: Kind = Kind.DECISION,
) -> Text:
    return Text(
        title=f"{_MARK}{title}",
        label=label,
        forum=Forum(name="Northern Group", of=FOUR, chair=CHAIR),
        paragraphs=_paragraphs(paragraphs),
        effects=effects,
        condition=condition,
        kind=kind,
    )


def _paragraphs(lines: Sequence[str]) -> tuple[Paragraph, ...]:
    said = (each.partition(" ") for each in lines)
    return tuple(Paragraph(verb=Verb(verb), text=text) for verb, _, text in said)


async def _lay(stage: Stage, nation: NationCode, text: Text) -> str:
    account, act = player(stage, nation)
    name, position = await commands.draft(
        _floor(stage), account.viewer(), act, Draft(text=text)
    )
    await settle(stage, position)
    return name


async def _do(stage: Stage, nation: NationCode, name: str, move: Move) -> None:
    account, act = player(stage, nation)
    position = await commands.act(_floor(stage), account.viewer(), act, name, move)
    await stage.projector.wait(Position(position))
    if isinstance(move, Conclude):
        clerk = Clerk(desk=desk(stage), projector=stage.projector, clock=stage.clock)
        await settle_decisions(clerk)


def _floor(stage: Stage) -> Floor:
    with stage.reading.snapshot() as seen:
        room = room_of(seen, to_ms(stage.clock()))
    return Floor(log=stage.log, sight=stage.reading.snapshot, room=room)


def _hour(stage: Stage, ahead: timedelta) -> str:
    ends = (stage.clock() + ahead).astimezone(UTC).replace(second=0, microsecond=0)
    return f"{ends:%Y-%m-%d %H:%M} UTC"
