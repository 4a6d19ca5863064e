"""A measure that an adopted decision declares: exactly once.

- The declaration has an id derived from the effect, and so has its event: whoever finds
  it in the log knows that it was made, by whichever process, before whichever crash.
- Its author is the nation that proposed the decision; its label is the decision's.
- A measure of the data pack is declared by its key or name; any other name is that of a
  new measure.
"""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

from foedus.alliance.nations import Alliance
from foedus.decisions.texts import MeasureEffect
from foedus.processes.decisions_effects import Done, Executor, Task, Work
from foedus.processes.responding_decided import WITH_PROTOCOLS
from foedus.readiness.commands import Mandate, Register, declare_decided
from foedus.readiness.records import WORDS_MAX, Measure


async def declare_measure(work: Work, task: Task) -> Done:
    """Declare the measure that a decision names."""
    effect, decision = task.effect, task.decision
    assert isinstance(effect, MeasureEffect), "the executor of this kind"
    alliance = work.desk.reading.access().alliance
    record = f"measure--{_uuid4_of(task.event_id)}"
    await declare_decided(
        Register(log=work.desk.log, sight=work.desk.reading.snapshot),
        task.act,
        Measure(
            name=effect.measure,
            purpose=effect.reason[:WORDS_MAX],
            of=_key(effect.measure, alliance),
            level=effect.level[:WORDS_MAX],
            decision=decision.id,
        ),
        Mandate(
            record=record,
            event_id=task.event_id,
            author=decision.proposer,
            label=decision.label,
        ),
    )
    return Done(reference=record)


WITH_MEASURES: Final[Mapping[type, Executor]] = MappingProxyType(
    {**WITH_PROTOCOLS, MeasureEffect: declare_measure}
)
"""How each kind of effect takes place, where measures are kept, too."""


def _key(name: str, alliance: Alliance) -> str:
    """Give the key of the pack's measure that is meant; empty where none is."""
    wanted = name.strip().casefold()
    keys = (
        each.id
        for each in alliance.pack.measures
        if wanted in {each.id.casefold(), each.name.casefold()}
    )
    return next(keys, "")


def _uuid4_of(event_id: UUID) -> UUID:
    """Give an id of the random form that every process derives alike."""
    digest = hashlib.sha256(b"measure\n" + event_id.bytes).digest()
    return UUID(bytes=digest[:16], version=4)
