"""What may be done to a decision, as data: each move asks the rule that is its own.

One form for every surface: the command line, the API and the pages send a move, and
`commands.act` writes what its rule gives.
"""

from typing import Annotated

import msgspec

from foedus.decisions import outcomes, rules, standpoints
from foedus.decisions.effects import check_effects
from foedus.decisions.events import Child, DecisionEvent, Duty, Stance
from foedus.decisions.rooms import At, lost_standing_ms, without_standing
from foedus.decisions.texts import (
    Code,
    Forum,
    Remark,
    Text,
    Title,
    Words,
    chair_of,
    resolve_forum,
)
from foedus.ids import new_decision_id

Codes = Annotated[tuple[Code, ...], msgspec.Meta(max_length=200)]
Hour = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class Move(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="act",
):
    """Something done to a decision."""

    def decide(self, at: At) -> DecisionEvent | None:
        """Ask the rule; None where nothing changes.

        Raises:
            FoedusError: the rule refuses it.
        """
        raise NotImplementedError


class TableIt(Move, frozen=True, kw_only=True, tag="table"):
    """Put a draft before the nations for comments."""

    def decide(self, at: At) -> DecisionEvent:
        """Ask `rules.table`."""
        return rules.table(at.decision, at.speaker, at.table)


class Circulate(Move, frozen=True, kw_only=True, tag="circulate"):
    """Open silence.

    Attributes:
        until: an hour and a zone, such as `2026-11-24 16:00 Europe/Brussels`.
    """

    until: Hour

    def decide(self, at: At) -> DecisionEvent:
        """Ask `rules.circulate`."""
        ends = at.deadline(self.until)
        return rules.circulate(at.decision, at.speaker, ends, at.table)


class Comment(Move, frozen=True, kw_only=True, tag="comment"):
    """Comment.

    Attributes:
        open: whether observers may read it, too.
    """

    text: Words
    open: bool = False

    def decide(self, at: At) -> DecisionEvent:
        """Ask `standpoints.comment`."""
        return standpoints.comment(
            at.decision, at.speaker, self.text, is_open=self.open
        )


class TakePosition(Move, frozen=True, kw_only=True, tag="position"):
    """Take a position, in place of the one before.

    Attributes:
        until: when the capital decides; of an ad-referendum position.
    """

    stance: Stance
    text: Remark = ""
    until: Hour | None = None

    def decide(self, at: At) -> DecisionEvent:
        """Ask `standpoints.take_position`."""
        until = None if self.until is None else at.deadline(self.until).at_ms
        return standpoints.take_position(
            at.decision, at.speaker, self.stance, text=self.text, until_ms=until
        )


class Read(Move, frozen=True, kw_only=True, tag="read"):
    """Confirm that one's nation has read the text."""

    def decide(self, at: At) -> DecisionEvent | None:
        """Ask `standpoints.confirm_reading`."""
        return standpoints.confirm_reading(at.decision, at.speaker)


class Break(Move, frozen=True, kw_only=True, tag="break"):
    """Break silence.

    Attributes:
        named: further nations in whose name the letter speaks.
        proposal: what one would have instead.
    """

    reason: Words
    named: Codes = ()
    proposal: Remark = ""

    def decide(self, at: At) -> DecisionEvent | None:
        """Ask `standpoints.break_silence`; what is late is kept as a statement."""
        if standpoints.is_late(at.decision, at.speaker):
            return standpoints.object_late(at.decision, at.speaker, self.reason)
        return standpoints.break_silence(
            at.decision,
            at.speaker,
            reason=self.reason,
            named=tuple(at.nation(each) for each in self.named),
            proposal=self.proposal,
        )


class Associate(Move, frozen=True, kw_only=True, tag="associate"):
    """Associate one's nation with a break."""

    reason: Remark = ""

    def decide(self, at: At) -> DecisionEvent | None:
        """Ask `standpoints.associate`."""
        return standpoints.associate(at.decision, at.speaker, self.reason)


class Lift(Move, frozen=True, kw_only=True, tag="lift"):
    """Take one's break back."""

    reason: Remark = ""

    def decide(self, at: At) -> DecisionEvent:
        """Ask `standpoints.lift`."""
        return standpoints.lift(at.decision, at.speaker, self.reason)


class State(Move, frozen=True, kw_only=True, tag="state"):
    """Make a statement for the record."""

    text: Words

    def decide(self, at: At) -> DecisionEvent:
        """Ask `standpoints.state`."""
        return standpoints.state(at.decision, at.speaker, self.text)


class Extend(Move, frozen=True, kw_only=True, tag="extend"):
    """Give more time."""

    until: Hour
    reason: Remark = ""

    def decide(self, at: At) -> DecisionEvent:
        """Ask `rules.extend`."""
        ends = at.deadline(self.until)
        return rules.extend(at.decision, at.speaker, ends, self.reason)


class Suspend(Move, frozen=True, kw_only=True, tag="suspend"):
    """Stop the clock."""

    reason: Words

    def decide(self, at: At) -> DecisionEvent:
        """Ask `rules.suspend`."""
        return rules.suspend(at.decision, at.speaker, self.reason)


class Resume(Move, frozen=True, kw_only=True, tag="resume"):
    """Let the clock run again."""

    until: Hour

    def decide(self, at: At) -> DecisionEvent:
        """Ask `rules.resume`."""
        return rules.resume(at.decision, at.speaker, at.deadline(self.until))


class Amend(Move, frozen=True, kw_only=True, tag="amend"):
    """Put another text in place; by anybody but the proposer it breaks silence."""

    text: Text
    reason: Remark = ""

    def decide(self, at: At) -> DecisionEvent | None:
        """Ask `rules.amend`, or `standpoints.break_silence`."""
        if at.speaker.nation != at.decision.proposer and at.decision.opening:
            proposal = "\n".join(
                f"{each.verb} {each.text}" for each in self.text.paragraphs
            )
            reason = self.reason or "an amendment"
            return Break(reason=reason, proposal=proposal).decide(at)
        check_effects(self.text, at.room.alliance)
        return rules.amend(
            at.decision,
            at.speaker,
            self.text,
            chair=chair_of(self.text.forum, at.room.alliance),
            label=at.room.label(self.text, at.decision.proposer, at.day),
        )


class Correct(Move, frozen=True, kw_only=True, tag="correct"):
    """Correct title and summary."""

    title: Title
    summary: Remark = ""

    def decide(self, at: At) -> DecisionEvent:
        """Ask `rules.correct`."""
        return rules.correct(
            at.decision, at.speaker, title=self.title, summary=self.summary
        )


class Withdraw(Move, frozen=True, kw_only=True, tag="withdraw"):
    """Take the text back."""

    reason: Remark = ""

    def decide(self, at: At) -> DecisionEvent:
        """Ask `rules.withdraw`."""
        return rules.withdraw(at.decision, at.speaker, self.reason)


class Meet(Move, frozen=True, kw_only=True, tag="meet"):
    """Put the text to a meeting."""

    def decide(self, at: At) -> DecisionEvent:
        """Ask `rules.put_to_meeting`."""
        return rules.put_to_meeting(at.decision, at.speaker, at.table)


class SendBack(Move, frozen=True, kw_only=True, tag="send-back"):
    """Send the text back from a meeting for consultation."""

    reason: Remark = ""

    def decide(self, at: At) -> DecisionEvent:
        """Ask `rules.send_back`."""
        return rules.send_back(at.decision, at.speaker, self.reason)


class Conclude(Move, frozen=True, kw_only=True, tag="conclude"):
    """State that a meeting has agreed."""

    def decide(self, at: At) -> DecisionEvent:
        """Ask `outcomes.conclude`."""
        return outcomes.conclude(at.decision, at.speaker)


class ReferUp(Move, frozen=True, kw_only=True, tag="refer-up"):
    """Hand the text to another body, as a decision of its own."""

    forum: Forum
    reason: Words

    def decide(self, at: At) -> DecisionEvent:
        """Ask `rules.refer_up`."""
        resolve_forum(self.forum, at.room.alliance, at.day)
        chair_of(self.forum, at.room.alliance)
        return rules.refer_up(
            at.decision, at.speaker, new_decision_id(), self.forum, self.reason
        )


class SplitIt(Move, frozen=True, kw_only=True, tag="split"):
    """Split the text into decisions of their own."""

    texts: Annotated[tuple[Text, ...], msgspec.Meta(max_length=20)]

    def decide(self, at: At) -> DecisionEvent:
        """Ask `rules.split`."""
        for each in self.texts:
            check_effects(each, at.room.alliance)
            resolve_forum(each.forum, at.room.alliance, at.day)
        children = tuple(
            Child(decision=new_decision_id(), text=each) for each in self.texts
        )
        return rules.split(at.decision, at.speaker, children)


class Close(Move, frozen=True, kw_only=True, tag="close"):
    """End the procedure without adoption."""

    reason: Remark = ""

    def decide(self, at: At) -> DecisionEvent:
        """Ask `rules.close`."""
        return rules.close(at.decision, at.speaker, self.reason)


class GoOnWithout(Move, frozen=True, kw_only=True, tag="go-on-without"):
    """Go on without a nation that lost its standing."""

    nation: Code

    def decide(self, at: At) -> DecisionEvent:
        """Ask `rules.reduce_electorate`."""
        nation = at.nation(self.nation)
        return rules.reduce_electorate(
            at.decision, at.speaker, nation, lost_standing_ms(at.room.access, nation)
        )


class Confirm(Move, frozen=True, kw_only=True, tag="confirm"):
    """Let silence that was held stand."""

    def decide(self, at: At) -> DecisionEvent:
        """Ask `outcomes.confirm`."""
        known = msgspec.structs.replace(
            at.room.circumstances,
            without_standing=without_standing(at.room.access, at.decision),
        )
        return outcomes.confirm(at.decision, at.speaker, known)


class Activate(Move, frozen=True, kw_only=True, tag="activate"):
    """Record that the condition is met."""

    reason: Words

    def decide(self, at: At) -> DecisionEvent:
        """Ask `outcomes.activate`."""
        return outcomes.activate(at.decision, at.speaker, self.reason)


class StateDuty(Move, frozen=True, kw_only=True, tag="duty"):
    """Say how one's nation applies what was adopted."""

    duty: Duty
    text: Remark = ""

    def decide(self, at: At) -> DecisionEvent:
        """Ask `standpoints.state_duty`."""
        return standpoints.state_duty(at.decision, at.speaker, self.duty, self.text)


AnyMove = (
    TableIt
    | Circulate
    | Comment
    | TakePosition
    | Read
    | Break
    | Associate
    | Lift
    | State
    | Extend
    | Suspend
    | Resume
    | Amend
    | Correct
    | Withdraw
    | Meet
    | SendBack
    | Conclude
    | ReferUp
    | SplitIt
    | Close
    | GoOnWithout
    | Confirm
    | Activate
    | StateDuty
)
"""Everything that may be done to a decision."""
