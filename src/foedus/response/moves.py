"""What may be done with a task, as data: each move asks the rule that is its own.

One form for every surface: the command line, the API and the pages send a move, and
`commands.act_on_task` writes what its rule gives.
"""

from collections.abc import Callable
from typing import Annotated, Final

import msgspec

from foedus.errors import InvalidInputError
from foedus.ids import NationCode
from foedus.response import rules
from foedus.response.events import AnyTaskEvent
from foedus.response.rules import Actor, Agreeing, Report
from foedus.response.tasks import Task

WORDS_LENGTH_MAX: Final = 8_000
"""Characters of a reply, a caveat or a note; people read them."""

PARTS_MAX: Final = 100
"""Pieces of evidence, or outputs, of one task."""

VALUE_LENGTH_MAX: Final = 10_000
"""Characters of an output; it goes into the variables of the run."""

Words = Annotated[str, msgspec.Meta(min_length=1, max_length=WORDS_LENGTH_MAX)]
Remark = Annotated[str, msgspec.Meta(max_length=WORDS_LENGTH_MAX)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=250)]
Value = Annotated[str, msgspec.Meta(max_length=VALUE_LENGTH_MAX)]
Pointer = Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """A task at the moment of an act.

    Attributes:
        nation_of: reads a nation's code or name; `None` for nobody.
        adopted: which of some ids are adopted decisions that the actor may see.
        check: refuses an output that is not of its variable's type.
        decides: whether an adopted decision that the actor may see is about it.
        is_person: whether the account is a person's.
        has_agreed: whether it agreed to the sending of it, since it was sent last.
    """

    task: Task
    actor: Actor
    nation_of: Callable[[str], NationCode | None]
    adopted: Callable[[tuple[str, ...]], frozenset[str]]
    check: Callable[[str, str | None], None]
    decides: Callable[[str], bool]
    is_person: bool = False
    has_agreed: bool = False


class Move(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="act",
):
    """Something done with a task."""

    def decide(self, where: Where) -> AnyTaskEvent | None:
        """Ask the rule; None where nothing changes.

        Raises:
            FoedusError: the rule refuses it.
        """
        raise NotImplementedError


class Acknowledge(Move, frozen=True, kw_only=True, tag="acknowledge"):
    """Say that one's nation knows of it."""

    def decide(self, where: Where) -> AnyTaskEvent | None:
        """Ask `rules.acknowledge`."""
        return rules.acknowledge(where.task, where.actor)


class Accept(Move, frozen=True, kw_only=True, tag="accept"):
    """Say that one's nation will do it, or takes it where it is offered."""

    note: Remark = ""

    def decide(self, where: Where) -> AnyTaskEvent | None:
        """Ask `rules.accept`."""
        return rules.accept(where.task, where.actor, self.note)


class Decline(Move, frozen=True, kw_only=True, tag="decline"):
    """Say that one's nation will not do it, or does not take it; no failure.

    Attributes:
        caveat: why; one's own nation and the coordinator read it.
    """

    caveat: Words

    def decide(self, where: Where) -> AnyTaskEvent:
        """Ask `rules.decline`."""
        return rules.decline(where.task, where.actor, self.caveat)


class Delegate(Move, frozen=True, kw_only=True, tag="delegate"):
    """Let somebody else do it: a team of one's nation, or another nation.

    Attributes:
        team: the team or role, in one's own words.
        nation: another nation; if the same step is asked of it, it may take it.
    """

    team: Annotated[str, msgspec.Meta(max_length=200)] = ""
    nation: Annotated[str, msgspec.Meta(max_length=100)] = ""

    def decide(self, where: Where) -> AnyTaskEvent:
        """Ask `rules.delegate_to_team` or `rules.offer`."""
        if bool(self.team) is bool(self.nation):
            raise InvalidInputError("name either a team or a nation")
        if self.team:
            return rules.delegate_to_team(where.task, where.actor, self.team)
        to = where.nation_of(self.nation)
        if to is None:
            raise InvalidInputError(f"no nation {self.nation!a}")
        return rules.offer(where.task, where.actor, to)


class Begin(Move, frozen=True, kw_only=True, tag="start"):
    """Say that work on it began."""

    def decide(self, where: Where) -> AnyTaskEvent | None:
        """Ask `rules.begin`."""
        return rules.begin(where.task, where.actor)


class Finish(Move, frozen=True, kw_only=True, tag="done"):
    """Say that it was done.

    Attributes:
        reply: the answer to what the step asks.
        evidence: ids or addresses of what shows it.
        outputs: values of the step's outputs.
    """

    reply: Remark = ""
    evidence: Annotated[tuple[Pointer, ...], msgspec.Meta(max_length=PARTS_MAX)] = ()
    outputs: Annotated[dict[Name, Value | None], msgspec.Meta(max_length=PARTS_MAX)] = (
        msgspec.field(default_factory=dict)
    )

    def decide(self, where: Where) -> AnyTaskEvent:
        """Ask `rules.finish`."""
        report = Report(
            reply=self.reply,
            evidence=self.evidence,
            outputs=dict(self.outputs),
            adopted=where.adopted(self.evidence),
        )
        event = rules.finish(where.task, where.actor, report)
        for name, value in self.outputs.items():
            where.check(name, value)
        return event


class Confirm(Move, frozen=True, kw_only=True, tag="confirm"):
    """Confirm that it was done, as the coordinator."""

    def decide(self, where: Where) -> AnyTaskEvent | None:
        """Ask `rules.confirm`."""
        return rules.confirm(where.task, where.actor)


class Return(Move, frozen=True, kw_only=True, tag="return"):
    """Give it back as not done yet, as the coordinator."""

    reason: Words

    def decide(self, where: Where) -> AnyTaskEvent:
        """Ask `rules.give_back`."""
        return rules.give_back(where.task, where.actor, self.reason)


class Note(Move, frozen=True, kw_only=True, tag="note"):
    """Write something beside it; one's own nation and the coordinator read it."""

    text: Words

    def decide(self, where: Where) -> AnyTaskEvent:
        """Ask `rules.note`."""
        return rules.note(where.task, where.actor, self.text)


class Authorise(Move, frozen=True, kw_only=True, tag="authorise"):
    """Agree that the hub sends it, as a person of the coordinator.

    Attributes:
        decision: an adopted decision, in the place of a second person.
    """

    decision: Annotated[str, msgspec.Meta(max_length=200)] = ""

    def decide(self, where: Where) -> AnyTaskEvent:
        """Ask `rules.authorise`."""
        return rules.authorise(
            where.task,
            where.actor,
            Agreeing(
                is_person=where.is_person,
                has_agreed=where.has_agreed,
                decision=self.decision,
                is_decided=bool(self.decision) and where.decides(self.decision),
            ),
        )


AnyMove = (
    Acknowledge
    | Accept
    | Decline
    | Delegate
    | Begin
    | Finish
    | Confirm
    | Return
    | Note
    | Authorise
)
"""Everything that may be done with a task."""
