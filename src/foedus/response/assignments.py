"""Our own extension of CACAO: who is asked to do a step, until when, and what counts.

- A playbook without it runs as it is: each action is a task of the coordinator.
- An engine that does not know it runs the playbook as ordinary manual steps.
- It is our own, so a property that we do not know is refused, with its path.

Source: reference/response.md, sections 1.7 and 5.2.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Final, Literal, TypeVar

import msgspec

from foedus.errors import InvalidInputError
from foedus.releasability.viewers import Role
from foedus.response.cacao import Playbook, Step
from foedus.response.clocks import (
    CLOCKS,
    TOLD_MAX,
    ClockName,
    Start,
    Terms,
    check_period,
    check_repeated,
    check_terms,
)
from foedus.response.findings import Findings, at
from foedus.response.periods import parse_period
from foedus.response.vocabulary import StepKind

OF_STEPS: Final = "extension-definition--4f6e5f0c-6f0e-5a0b-9a55-2d8a1c0f0a01"
"""The definition of the extension of a step."""

OF_PLAYBOOKS: Final = "extension-definition--4f6e5f0c-6f0e-5a0b-9a55-2d8a1c0f0a02"
"""The definition of the extension of a playbook."""

RULE: Final = "F01"
"""What findings about it are numbered with; V01 to V33 are those of CACAO."""

PARTS_MAX: Final = 200
"""Nations of a step, or rungs of a ladder; there are fewer than 200 states."""

MONTH_MS: Final = 31 * 86_400_000
"""What a month counts where a time has to be fixed: the longest that there is."""

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Text = Annotated[str, msgspec.Meta(max_length=1_000)]
Duration = Annotated[str, msgspec.Meta(pattern=r"^P[0-9DTHMSW]+$", max_length=40)]
VariableName = Annotated[str, msgspec.Meta(min_length=5, max_length=250)]
Place = Annotated[str, msgspec.Meta(pattern=r"^(/([^/~]|~[01])*)+$", max_length=500)]
Warning_ = Annotated[
    str, msgspec.Meta(pattern=r"^([1-9][0-9]?%|P[0-9DTHMSW]+)$", max_length=40)
]


class Part(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
):
    """A part of the extension; unknown keys are refused, so that none is misspelt."""


P = TypeVar("P", bound=Part)


class Rule(StrEnum):
    """When a step that is asked of several nations is done.

    Attributes:
        ALL: each nation that did not decline has done it.
        ANY: one nation has.
        QUORUM: so many have.
        NAMED: each of those that are named has; the others are welcome.
    """

    ALL = "all"
    ANY = "any"
    QUORUM = "quorum"
    NAMED = "named"


class Completion(Part, frozen=True, kw_only=True):
    """When a step is done.

    Attributes:
        quorum: how many, of the rule `quorum`.
        named: which nations, of the rule `named`.
    """

    rule: Rule = Rule.ALL
    quorum: Annotated[int, msgspec.Meta(ge=1, le=PARTS_MAX)] | None = None
    named: Annotated[tuple[Name, ...], msgspec.Meta(max_length=PARTS_MAX)] = ()


class TimeLimit(Part, frozen=True, kw_only=True):
    """Until when something has to have happened.

    Attributes:
        within: from the moment at which the step began; empty for no limit.
        basis: whether all hours count, or the working hours of the nation.
        start: the moment from which it counts instead; `None` for the clock's own.
        rearm: of the clock `acknowledge`: how long after an acknowledgement something
            has to follow before one is asked for again; empty for never.
        name: what people call it.
    """

    within: Duration | Literal[""] = ""
    basis: Literal["elapsed", "working"] = "elapsed"
    start: Start | None = msgspec.field(default=None, name="from")
    rearm: Duration | Literal[""] = ""
    name: Text = ""

    @property
    def within_ms(self) -> int | None:
        """How long it is; `None` for no limit."""
        return duration_ms(self.within) if self.within else None


class Clocks(Part, frozen=True, kw_only=True):
    """The clocks of a task, C1 to C6.

    Attributes:
        confirm: where it is named, what is done counts once the coordinator has
            confirmed it.
    """

    deliver: TimeLimit | None = None
    acknowledge: TimeLimit | None = None
    accept: TimeLimit | None = None
    start: TimeLimit | None = None
    complete: TimeLimit | None = None
    confirm: TimeLimit | None = None


class Rung(Part, frozen=True, kw_only=True):
    """One rung of a ladder.

    Attributes:
        clock: which clock it belongs to.
        after: how long after the moment from which that clock runs.
        tell: whom: the nation itself, the coordinator's, or its duty officer.
        repeat: how often it is told, each time as long after the last.
    """

    clock: ClockName
    after: Duration
    tell: Literal["nation", "coordinator", "duty-officer"]
    repeat: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1

    @property
    def after_ms(self) -> int:
        """How long after that moment."""
        return duration_ms(self.after)


class Answer(Part, frozen=True, kw_only=True):
    """Where the answer to a request has a value.

    Attributes:
        name: of the variable, one of the step's `out_args`.
        at: a JSON pointer.
    """

    name: VariableName
    at: Place


class Assignment(
    Part, frozen=True, kw_only=True, tag_field="type", tag="foedus-assignment"
):
    """Who is asked to do a step, until when, and what counts as done.

    Attributes:
        nations: nations and communities; none means the coordinator.
        role: who of a nation; `None` for whoever may act for it.
        ladder: whom to tell when nothing happens.
        warnings: before a deadline, as a part of its time or as a time.
        label: who may see the step, in place of the run's label: the author's release
            of its text.
        evidence: whether what is done has to be shown.
        reply: the question that is to be answered.
        gate: what has to be named to do it: an adopted decision.
        answers: where an answer has values that the step gives back; for steps that
            the hub itself carries out.
    """

    nations: Annotated[tuple[Name, ...], msgspec.Meta(max_length=PARTS_MAX)] = ()
    role: Role | None = None
    completion: Completion = Completion()
    clocks: Clocks = Clocks()
    ladder: Annotated[tuple[Rung, ...], msgspec.Meta(max_length=PARTS_MAX)] = ()
    warnings: Annotated[tuple[Warning_, ...], msgspec.Meta(max_length=20)] = (
        "50%",
        "80%",
        "PT1H",
    )
    label: Text = ""
    evidence: Literal["required", "optional"] = "optional"
    reply: Text = ""
    gate: Literal["decision"] | None = None
    answers: Annotated[tuple[Answer, ...], msgspec.Meta(max_length=PARTS_MAX)] = ()

    @property
    def needs_confirmation(self) -> bool:
        """Whether what is done counts only once the coordinator has confirmed it."""
        return self.clocks.confirm is not None


class NamedClock(Part, frozen=True, kw_only=True):
    """A time that a playbook is known by, such as the 48 hours.

    Attributes:
        since: the step whose beginning it runs from; empty for the run's.
        until: the step whose end stops it; empty for the run's.
        within: how long it may take.
    """

    name: Name
    since: Text = msgspec.field(default="", name="from")
    until: Text = msgspec.field(default="", name="to")
    within: Duration

    @property
    def within_ms(self) -> int:
        """How long it may take."""
        return duration_ms(self.within)


class RunTerms(Part, frozen=True, kw_only=True, tag_field="type", tag="foedus-run"):
    """How runs of a playbook are started.

    Attributes:
        exercise: whether they are exercises.
        label: their label, where whoever starts one names none.
    """

    exercise: bool = False
    label: Text = ""
    named_clocks: Annotated[tuple[NamedClock, ...], msgspec.Meta(max_length=20)] = ()


NOBODY_NAMED: Final = Assignment()
"""What a step without the extension has."""


def duration_ms(text: str) -> int:
    """Read a duration such as `PT48H` or `P2DT12H`; a month is its longest.

    Raises:
        InvalidInputError: it is none.
    """
    period = parse_period(text)
    return period.months * MONTH_MS + period.ms


def assignment_of(step: Step) -> Assignment:
    """Give the assignment of a step of a playbook that was checked.

    Raises:
        InvalidInputError: it was not, and the extension is wrong.
    """
    written = step.extensions.get(OF_STEPS)
    if written is None:
        return NOBODY_NAMED
    try:
        return msgspec.convert(written, Assignment)
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"{step.label}: {error}") from error


def terms_of(playbook: Playbook) -> RunTerms:
    """Give the terms of runs of a playbook that was checked.

    Raises:
        InvalidInputError: it was not, and the extension is wrong.
    """
    written = playbook.extensions.get(OF_PLAYBOOKS)
    if written is None:
        return RunTerms()
    try:
        return msgspec.convert(written, RunTerms)
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"{playbook.name}: {error}") from error


def bounded(playbook: Playbook) -> Playbook:
    """Let the limit of completion be the timeout of each step that names none."""
    workflow = {
        name: step
        if step.timeout_ms or (limit_ms := _limit_ms(step)) is None
        else msgspec.structs.replace(step, timeout_ms=limit_ms)
        for name, step in playbook.workflow.items()
    }
    return msgspec.structs.replace(playbook, workflow=workflow)


def _limit_ms(step: Step) -> int | None:
    if step.kind is not StepKind.ACTION:
        return None
    limit = assignment_of(step).clocks.complete
    if limit is None or limit.basis == "working" or limit.start is not None:
        return None
    return limit.within_ms


def check_assignments(playbook: Playbook, findings: Findings) -> None:
    """Check the extension wherever a playbook has it."""
    for step in playbook.workflow.values():
        written = step.extensions.get(OF_STEPS)
        if written is not None:
            path = at("$.workflow", step.id, "step_extensions", OF_STEPS)
            _check_step(step, written, path, findings)
    written = playbook.extensions.get(OF_PLAYBOOKS)
    if written is not None:
        path = at("$.playbook_extensions", OF_PLAYBOOKS)
        terms = _converted(written, RunTerms, path, findings)
        for n, clock in enumerate(terms.named_clocks if terms is not None else ()):
            where = at(path, "named_clocks", n)
            _check_duration(clock.within, at(where, "within"), findings)
            for name, step_id in (("from", clock.since), ("to", clock.until)):
                if step_id and step_id not in playbook.workflow:
                    findings.refuse(RULE, at(where, name), "is no step of the workflow")


def _check_step(step: Step, written: object, path: str, findings: Findings) -> None:
    if step.kind is not StepKind.ACTION:
        findings.refuse(RULE, path, "only actions are asked of nations")
        return
    given = _converted(written, Assignment, path, findings)
    if given is None:
        return
    for where, text in _durations(given):
        _check_duration(text, at(path, *where), findings)
    for name in CLOCKS:
        _check_clock(name, given, at(path, "clocks", name), findings)
    for where, says in _misfits(given):
        findings.refuse(RULE, at(path, *where), says)
    for n, answer in enumerate(given.answers):
        if answer.name not in step.out_args:
            misplaced = at(path, "answers", n, "name")
            findings.refuse(RULE, misplaced, "is no name of the step's out_args")


def _check_clock(
    name: ClockName, given: Assignment, path: str, findings: Findings
) -> None:
    limit: TimeLimit | None = getattr(given.clocks, name)
    if limit is None:
        return
    terms = Terms(
        within=limit.within or None,
        basis=limit.basis,
        start=limit.start,
        rearm=limit.rearm or None,
    )
    try:
        check_terms(name, terms)
    except InvalidInputError as error:
        findings.refuse(RULE, path, error.detail)


def _durations(given: Assignment) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for n, rung in enumerate(given.ladder):
        yield ("ladder", n, "after"), rung.after
    for n, text in enumerate(given.warnings):
        if not text.endswith("%"):
            yield ("warnings", n), text


def _misfits(given: Assignment) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Say what does not go together."""
    completion = given.completion
    is_quorum = completion.rule is Rule.QUORUM
    if is_quorum is (completion.quorum is None):
        yield ("completion", "quorum"), "of the rule quorum, and of that alone"
    if (completion.rule is Rule.NAMED) is (not completion.named):
        yield ("completion", "named"), "of the rule named, and of that alone"
    if sum(rung.repeat for rung in given.ladder) > TOLD_MAX:
        yield ("ladder",), f"it may tell {TOLD_MAX} times in all"
    for n, rung in enumerate(given.ladder):
        limit: TimeLimit | None = getattr(given.clocks, rung.clock)
        if limit is None and rung.clock != "acknowledge":
            yield ("ladder", n, "clock"), f"there is no clock {rung.clock}"
        elif (amiss := _amiss(rung, limit)) is not None:
            yield ("ladder", n, "after"), amiss


def _amiss(rung: Rung, limit: TimeLimit | None) -> str | None:
    """Say what is wrong with how long a rung is told; None if nothing is."""
    basis = "elapsed" if limit is None else limit.basis
    try:
        check_period(rung.after, basis)
        check_repeated(rung.after, rung.repeat, basis)
    except InvalidInputError as error:
        return error.detail
    return None


def _check_duration(text: str, path: str, findings: Findings) -> None:
    try:
        duration_ms(text)
    except InvalidInputError as error:
        findings.refuse(RULE, path, error.detail)


def _converted(
    written: object, kind: type[P], path: str, findings: Findings
) -> P | None:
    if isinstance(written, Mapping) and "type" not in written:
        findings.refuse(RULE, at(path, "type"), "required; give it")
        return None
    try:
        return msgspec.convert(written, kind)
    except msgspec.ValidationError as error:
        says, _, where = str(error).partition(" - at `$")
        findings.refuse(RULE, path + where.removesuffix("`"), says)
        return None
