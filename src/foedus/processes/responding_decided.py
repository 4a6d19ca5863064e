"""A protocol that an adopted decision starts: exactly once, within a second.

- The run has an id derived from the effect, and so has its start: whoever finds it in
  the log knows that it began, by whichever process, before whichever crash.
- Its coordinator is the nation that proposed the decision; its label is joined with the
  decision's.

Source: reference/response.md, section 6.1 (10).
"""

import asyncio
import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

from foedus.decisions.texts import ProtocolEffect
from foedus.errors import RuleViolationError
from foedus.processes.decisions_effects import (
    EXECUTORS,
    Done,
    Executor,
    Task,
    Work,
)
from foedus.releasability.viewers import Role, Viewer
from foedus.response.commands import Mandate, start_mandated
from foedus.response.events import Cause, run_stream
from foedus.response.mandates import is_mandate
from foedus.response.planning import NOBODY, Starting


async def start_protocol(work: Work, task: Task) -> Done:
    """Start the protocol that a decision names."""
    effect, decision = task.effect, task.decision
    assert isinstance(effect, ProtocolEffect), "the executor of this kind"
    run = f"run--{_uuid4_of(task.event_id)}"
    if await asyncio.to_thread(work.desk.log.read, run_stream(run)):
        return Done(reference=run)
    if not is_mandate(decision):
        raise RuleViolationError("one nation alone has adopted it")
    alliance = work.desk.reading.access().alliance
    viewer = Viewer(
        nation=decision.proposer,
        # What lies above the text is not for everybody who decided on it.
        clearance=min(alliance.ceiling(decision.proposer), decision.label.level),
        roles=frozenset({Role.DUTY_OFFICER}),
        account=NOBODY,
    )
    await start_mandated(
        work.desk,
        viewer,
        task.act,
        Starting(playbook=effect.protocol, launch=dict(effect.variables)),
        Mandate(
            run=run,
            event_id=task.event_id,
            cause=Cause(
                by="decision",
                reference=decision.id,
                reason=effect.reason or decision.text.title,
            ),
            labels=(decision.label,),
        ),
    )
    return Done(reference=run)


WITH_PROTOCOLS: Final[Mapping[type, Executor]] = MappingProxyType(
    {**EXECUTORS, ProtocolEffect: start_protocol}
)
"""How each kind of effect takes place, where protocols can be run."""


def _uuid4_of(event_id: UUID) -> UUID:
    """Give an id of the random form that every process derives alike."""
    digest = hashlib.sha256(b"run\n" + event_id.bytes).digest()
    return UUID(bytes=digest[:16], version=4)
