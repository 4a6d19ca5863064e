"""The protocol of the demo: an outbreak under way, with nations at different points.

A rule proposes to start it again once an indicator is sighted: then a person decides.
The alliance's duty officer starts it, looks at the evidence and publishes; then one
nation has begun, one has acknowledged, one has declined, one is done. What follows is
left to whoever looks: the clocks run.
"""

from collections.abc import Mapping
from typing import Final

import structlog

from foedus.errors import FoedusError
from foedus.ids import NationCode
from foedus.processes.demo_stage import (
    FINLAND,
    NORWAY,
    POLAND,
    STAFF,
    SWEDEN,
    Stage,
    desk,
    player,
    settle,
)
from foedus.processes.responding import Responder
from foedus.processes.responding import settle as go_on
from foedus.response import catalogue, commands
from foedus.response.importing import Importing, import_playbook
from foedus.response.moves import (
    Accept,
    Acknowledge,
    AnyMove,
    Begin,
    Decline,
    Delegate,
    Finish,
)
from foedus.response.planning import Starting
from foedus.response.proposals_commands import set_rule
from foedus.response.queries import list_tasks
from foedus.response.triggers import Trigger
from foedus.stix.strict_json import read_object

TOLD: Final = "demo.response"
"""The setting that is there once the protocol runs."""

WATCHED: Final = "demo.rule"
"""The setting that is there once intelligence proposes to start it."""

PROTOCOL: Final = "malware-outbreak-exercise"
"""An exercise: nothing here is an outbreak, and every page of it says so."""

MEMBERS: Final = "NATO RESTRICTED // REL TO NATO"

REASON: Final = "ILLUSTRATIVE: the same loader was seen in two nations within a day."

SURE: Final = 75
"""How sure nations must be together of what they sighted, of 100."""

_ASKED: Final = (FINLAND, NORWAY, POLAND, SWEDEN)

_MOVES: Final[Mapping[NationCode, tuple[AnyMove, ...]]] = {
    NORWAY: (
        Accept(note="The watch has begun with the mail gateways."),
        Delegate(team="CERT duty team"),
        Begin(),
    ),
    SWEDEN: (Acknowledge(),),
    FINLAND: (Decline(caveat="No hands before tomorrow 08:00; Sweden covers ours."),),
    POLAND: (
        Finish(
            reply="Looked at all gateways; nothing was found.",
            evidence=("https://example.org/illustrative",),
        ),
    ),
}
"""What each nation does with what it is asked."""

_log = structlog.get_logger(__name__)


async def respond(stage: Stage) -> None:
    """Let a protocol be under way, once."""
    if stage.store.setting(TOLD) is not None:
        return
    stage.store.set_setting(TOLD, "1")
    try:
        await _start(stage)
        for _ in range(2):  # looks at the evidence, then publishes
            await _act(stage, STAFF, (Finish(reply="ILLUSTRATIVE: it is one family."),))
        for nation, moves in _MOVES.items():
            await _act(stage, nation, moves)
    except FoedusError as error:
        # The accounts of an older demo direct nothing; its pages stay as they are.
        _log.warning("demo_response_skipped", slug=error.slug)


async def watch(stage: Stage) -> None:
    """Let what is sighted propose to start the protocol, once; people decide."""
    if stage.store.setting(WATCHED) is not None:
        return
    stage.store.set_setting(WATCHED, "1")
    account, act = player(stage, STAFF)
    rule = Trigger(
        name="EXERCISE: an indicator is sighted",
        playbook=_playbook(),
        types=("indicator",),
        sighted_by=1,
        score_min=SURE,
        launch={"__nations__": " ".join(_ASKED)},
    )
    reads = stage.reading.access().alliance.level("NATO RESTRICTED")
    try:
        made = await set_rule(desk(stage), account.viewer(), act, rule, reads)
    except FoedusError as error:  # as above
        _log.warning("demo_rule_skipped", slug=error.slug)
    else:
        await settle(stage, made[1])


def _playbook() -> str:
    return str(read_object(catalogue.raw(PROTOCOL))["id"])


async def _start(stage: Stage) -> None:
    account, act = player(stage, STAFF)
    viewer = account.viewer()
    for raw in catalogue.with_children(PROTOCOL):
        sent = Importing(raw=raw)
        _, position = await import_playbook(desk(stage), viewer, act, sent)
        await settle(stage, position)
    starting = Starting(
        playbook=_playbook(),
        launch={"__nations__": " ".join(_ASKED)},
        label=MEMBERS,
        reason=REASON,
    )
    await commands.start(desk(stage), viewer, act, starting)
    await _go_on(stage)


async def _act(stage: Stage, nation: NationCode, moves: tuple[AnyMove, ...]) -> None:
    """Let a nation act on the first task that waits for it."""
    account, act = player(stage, nation)
    viewer = account.viewer()
    with stage.reading.snapshot() as seen:
        waiting = list_tasks(seen.db, seen.access, viewer, limit=1)
    for task in waiting:
        for move in moves:
            name = task.asked.task
            await commands.act_on_task(desk(stage), viewer, act, name, move)
            await _go_on(stage)


async def _go_on(stage: Stage) -> None:
    """Let the run go on as far as it does by itself."""
    await go_on(
        Responder(desk=desk(stage), projector=stage.projector, clock=stage.clock)
    )
    await settle(stage, stage.log.head())
