"""What a decision is found by: its title, its id and every word of its text."""

from typing import Final

import apsw

from foedus.decisions.states import Decision
from foedus.releasability import wordings
from foedus.stix.wording import Wording, wording

KIND: Final = "decision"
"""Under which decisions stand in the index."""


def found_by(decision: Decision) -> Wording:
    """Give what a decision is found by, as its text stands."""
    texts = [each.text for each in decision.text.paragraphs]
    return wording([decision.text.title, decision.id], texts)


def note(db: apsw.Connection, decision: Decision, label: int) -> None:
    """Note what a decision is found by, under the label that it stands under now."""
    wordings.note(
        db,
        kind=KIND,
        thing=decision.id,
        label=label,
        at=decision.opened_ms or 0,
        found_by=found_by(decision),
    )


def forget(db: apsw.Connection, name: str) -> None:
    """Forget what a decision was found by that is no more."""
    wordings.forget(db, kind=KIND, thing=name)
