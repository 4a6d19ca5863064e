"""Mandates: what an adopted decision allows those who cite it.

A decision is no blank cheque. It counts for a thing if nations have decided together,
and on that very thing: a paragraph that binds names it by its id. An id is minted with
the thing, so that no older decision counts, nor one for a second time.
"""

from collections.abc import Iterable
from typing import Final

from foedus.decisions.states import Decision, Phase
from foedus.decisions.texts import COMMITTING

ELECTORATE_MIN: Final = 2
"""Nations that decide together; one alone would be a single delegate."""


def is_mandate(decision: Decision | None) -> bool:
    """Tell whether nations together have decided anything by it."""
    return (
        decision is not None
        and decision.phase is Phase.ADOPTED
        and len(decision.electorate) >= ELECTORATE_MIN
    )


def decides_on(decision: Decision | None, things: Iterable[str]) -> bool:
    """Tell whether nations have decided on one of some things, by their ids."""
    if decision is None or not is_mandate(decision):
        return False
    binding = [
        each.text for each in decision.text.paragraphs if each.verb in COMMITTING
    ]
    return any(thing in text for thing in things for text in binding)
