"""Acts that are sent from a page: on the text that was on the page, and on no other."""

import asyncio
from collections.abc import Mapping
from typing import Final

import msgspec

from foedus.decisions import commands, moves, standpoints
from foedus.decisions.events import DecisionEvent
from foedus.decisions.moves import AnyMove, Move
from foedus.decisions.rooms import At
from foedus.decisions.states import Decision
from foedus.decisions.texts import hash_of
from foedus.errors import ConflictError, InvalidInputError, RuleViolationError
from foedus.identity.authenticator import Session
from foedus.web.frame import Site

DECIDED_WITHIN_S: Final = 2.0
"""Seconds that an answer waits until what was decided takes place; the rest follows."""


class OnPage(Move, frozen=True, kw_only=True, tag="on-page"):
    """An act on the text as it was on the page, and on no other.

    Attributes:
        seen: what was on the page, as its forms write it.
    """

    move: AnyMove
    seen: str

    def decide(self, at: At) -> DecisionEvent | None:
        """Ask the act's own rule, unless the text has changed.

        Raises:
            ConflictError: it has.
        """
        if self.seen != seen_of(at.decision):
            raise ConflictError(
                f"the text or its clock has changed: version {at.decision.version} is "
                "before you now; your act was not sent. Read it, and act again"
            )
        return self.move.decide(at)


def seen_of(decision: Decision) -> str:
    """Name the text and the opening of silence that a page shows."""
    return f"{decision.version}.{decision.opening}.{hash_of(decision.text)[:12]}"


def read_move(words: Mapping[str, object]) -> AnyMove:
    """Make a move of what a form says.

    Raises:
        InvalidInputError: it says none; the detail names the field.
    """
    try:
        move: AnyMove = msgspec.convert(words, AnyMove)
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"the form is wrong: {error}") from error
    return move


async def do_move(
    site: Site, session: Session, name: str, move: AnyMove, seen: str
) -> str:
    """Act on a decision; give "late" where a break was kept as a statement.

    Raises:
        NotFoundError: there is no such decision for the visitor.
        ForbiddenError: the visitor may not.
        RuleViolationError: the rules refuse it.
        ConflictError: the text has changed, or others were faster.
    """
    hub, viewer = site.hub, session.account.viewer()
    act = hub.act(session.account, door="web", at=hub.clock())
    floor = await asyncio.to_thread(hub.floor)
    try:
        position, late = (
            await commands.act(floor, viewer, act, name, OnPage(move=move, seen=seen)),
            "",
        )
    except RuleViolationError:
        found, position, _ = await asyncio.to_thread(
            commands.read_decision, hub.log, name
        )
        speaker = commands.speaker_of(floor, viewer, act)
        is_break = isinstance(move, moves.Break)
        if not is_break or not found or not standpoints.is_late(found, speaker):
            raise
        late = "late"
    await hub.seen([position])
    await hub.decided(within_s=DECIDED_WITHIN_S)
    return late
