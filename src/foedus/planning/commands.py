"""The verbs of planning: make a plan, make it again.

- Views are read and labels joined in a thread; whoever is handed in as `Solver` solves,
  and never holds up the event loop.
- What an account may not see does not exist for it: neither inputs nor plans.
"""

import asyncio
from typing import Protocol, TypeVar

import msgspec

from foedus import __version__
from foedus.alliance.sheets import named_nation
from foedus.clock import to_ms
from foedus.errors import FoedusError, InvalidInputError
from foedus.eventlog.envelope import Act, Append
from foedus.eventlog.log import EventLog
from foedus.ids import START, Position, new_event_id, new_record_id
from foedus.planning import rules
from foedus.planning.asks import (
    AnyOf,
    AskClosure,
    AskCoverage,
    AskDrops,
    AskSurge,
    Further,
)
from foedus.planning.events import PlanMade, plan_stream
from foedus.planning.plans import (
    Found,
    Inputs,
    Made,
    Question,
    Within,
    fingerprint,
    inputs_of,
    places_of,
)
from foedus.planning.progress import Tell, tell_nobody
from foedus.planning.results import Answer, Closure, Coverage, Drops, Surge
from foedus.planning.situations import Prepared, situation_of
from foedus.planning.views import find_plan, folded_position, made_since
from foedus.releasability.access import Access
from foedus.releasability.ceilings import check_ceiling
from foedus.releasability.join import FixedLabel, encode_label, join
from foedus.releasability.labelled import LabelBudget
from foedus.releasability.labelling import label_for
from foedus.releasability.labels import print_label
from foedus.releasability.seeing import Sight
from foedus.releasability.viewers import Viewer

Answered = TypeVar("Answered", bound=Answer)


class Solver(Protocol):
    """What answers asks; `workers.Workers` does, in processes of their own."""

    async def run(
        self,
        ask: AnyOf,
        answer: type[Answered],
        *,
        nation: str,
        tell: Tell = tell_nobody,
    ) -> Answered:
        """Ask, and wait for the answer; whoever stops waiting stops the work."""
        ...


class Planner(msgspec.Struct, frozen=True, kw_only=True):
    """What planning works with.

    Attributes:
        ceiling: the highest level that the hub may hold; None for no ceiling.
    """

    log: EventLog
    sight: Sight
    solver: Solver
    ceiling: int | None = None


class Filed(msgspec.Struct, frozen=True, kw_only=True):
    """A plan that was made, and where it stands in the log."""

    plan: str
    position: Position
    label: str
    made: Made


class Again(msgspec.Struct, frozen=True, kw_only=True):
    """A plan that was made again from what it had been made from.

    Attributes:
        equal: whether the same came out.
        differs: what came out otherwise, by name; nothing where it is equal.
        register_changed: whether the same question has other inputs today, as far as
            whoever asks may see.
        solver: what solved it now.
        solver_then: what solved it then.
    """

    plan: str
    equal: bool
    differs: tuple[str, ...]
    register_changed: bool
    solver: str
    solver_then: str


async def make(  # noqa: PLR0913 - who, when, what, for whom, and who is told
    planner: Planner,
    viewer: Viewer,
    act: Act,
    question: Question,
    *,
    label: str = "",
    tell: Tell = tell_nobody,
) -> Filed:
    """Make a plan, and file it.

    Args:
        planner: what planning works with.
        viewer: who plans; what goes in is what this one may see.
        act: by which door, and when.
        question: what is asked.
        label: who may see the plan; the planner's nation alone by default. It is joined
            with the labels of all that goes in, so that it can only get narrower.
        tell: is told each step.

    Raises:
        ForbiddenError: the account does not plan.
        InvalidInputError: the question cannot be meant.
        LabelError: the label is none.
        RuleViolationError: the label is above the clearance, or one too many.
        RateLimitedError: too much of this nation waits already, or it has made too
            many plans lately.
        TooLargeError: there is too much for one plan.
        UnavailableError: solving takes longer than it may.
    """
    ready = await asyncio.to_thread(_ready, planner, viewer, act, question, label)
    found = await _solve(planner, viewer, ready.question, ready.inputs, tell)
    event = await asyncio.to_thread(_event, ready, viewer, found)
    position = await planner.log.append(
        Append(
            event_id=new_event_id(to_ms(act.at)),
            stream=plan_stream(event.plan),
            event=event,
            who=act.who,
            label=ready.label,
            after=START,
        )
    )
    return Filed(plan=event.plan, position=position, label=ready.label, made=event.made)


def _event(ready: "_Ready", viewer: Viewer, found: Found) -> PlanMade:
    return PlanMade(
        plan=new_record_id("plan"),
        author=viewer.nation,
        inputs_at=ready.inputs_at,
        made=Made(
            question=ready.question,
            digest=fingerprint(ready.inputs),
            foedus=__version__,
            illustrative=ready.illustrative,
            inputs=ready.inputs,
            found=found,
        ),
        label=msgspec.Raw(encode_label(ready.fixed)),
    )


async def make_again(
    planner: Planner, viewer: Viewer, plan: str, *, tell: Tell = tell_nobody
) -> Again:
    """Make a plan again from its own inputs, and say whether the same comes out.

    Raises:
        NotFoundError: there is no such plan, or not for this viewer.
        ForbiddenError: the account does not plan.
        RateLimitedError: too much of this nation waits already.
        UnavailableError: solving takes longer than it may.
    """
    then, changed = await asyncio.to_thread(_recalled, planner, viewer, plan)
    found = await _solve(planner, viewer, then.question, then.inputs, tell)
    differs = _differences(then.found, found)
    return Again(
        plan=plan,
        equal=not differs,
        differs=differs,
        register_changed=changed,
        solver=found.main.solved.solver,
        solver_then=then.found.main.solved.solver,
    )


class _Ready(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known before solving."""

    question: Question
    inputs: Inputs
    inputs_at: Position
    illustrative: bool
    fixed: FixedLabel
    label: str


def _ready(
    planner: Planner, viewer: Viewer, act: Act, question: Question, label: str
) -> _Ready:
    with planner.sight() as seen:
        access = seen.access
        rules.check_may_plan(viewer, access, question.kind)
        since = to_ms(act.at - rules.LATELY)
        rules.check_quota(made_since(seen.db, viewer.nation, since))
        question = _with_codes(question, access)
        rules.check_question(question)
        asked = label_for(
            label, viewer, access, on=act.at.date(), ceiling=planner.ceiling
        )
        prepared = situation_of(
            seen.db, access, viewer, question.horizon, question.more
        )
        fixed = join(asked, prepared.label, originator=viewer.nation)
        LabelBudget(seen.db, viewer.nation).spend(fixed)
        inputs_at = Position(folded_position(seen.db))
    _check_nations(question, prepared)
    if question.kind == "closure" and not places_of(prepared.situation):
        raise InvalidInputError(
            "no commitment that is before you runs on the first day of the plan"
        )
    if planner.ceiling is not None:
        check_ceiling(fixed.level, planner.ceiling, access.alliance)
    return _Ready(
        question=question,
        inputs=inputs_of(prepared),
        inputs_at=inputs_at,
        illustrative=prepared.illustrative,
        fixed=fixed,
        label=print_label(fixed.label, access.alliance),
    )


def _with_codes(question: Question, access: Access) -> Question:
    """Give nations by their codes, however they were named."""
    codes = tuple(named_nation(access.alliance, each) for each in question.nations)
    return msgspec.structs.replace(question, nations=codes)


def _check_nations(question: Question, prepared: Prepared) -> None:
    known = {each.nation for each in prepared.situation.units}
    for each in question.nations:
        if each not in known:
            raise InvalidInputError(
                f"no unit of {each} goes into this plan, so nothing can be told of it"
            )


def _recalled(planner: Planner, viewer: Viewer, plan: str) -> tuple[Made, bool]:
    """Read a plan, and tell whether the register says something else today."""
    with planner.sight() as seen:
        made = find_plan(seen.db, seen.access, viewer, plan).made
        question = made.question
        rules.check_may_plan(viewer, seen.access, question.kind)
        try:
            prepared = situation_of(
                seen.db, seen.access, viewer, question.horizon, question.more
            )
        except FoedusError:  # what was asked for then cannot be asked any more
            return made, True
    return made, fingerprint(inputs_of(prepared)) != made.digest


async def _solve(
    planner: Planner, viewer: Viewer, question: Question, inputs: Inputs, tell: Tell
) -> Found:
    """Have a question answered."""
    solver, nation = planner.solver, viewer.nation
    situation = inputs.situation
    match question.kind:
        case "coverage":
            plain = AskCoverage(situation=situation)
            return Found(
                coverage=await solver.run(plain, Coverage, nation=nation, tell=tell)
            )
        case "drop":
            ask = AskDrops(situation=situation, nations=question.nations)
            drops = await solver.run(ask, Drops, nation=nation, tell=tell)
            return Found(drops=_by_code(drops))
        case "closure":
            within = question.within or Within()
            test = AskClosure(
                situation=situation,
                places=places_of(situation),
                hours=within.hours,
                clock=within.clock,
                lifts=within.lifts,
            )
            return Found(
                closure=await solver.run(test, Closure, nation=nation, tell=tell)
            )
        case "surge":
            more = AskSurge(
                situation=situation, further=Further(commitments=inputs.further)
            )
            return Found(surge=await solver.run(more, Surge, nation=nation, tell=tell))


def _by_code(drops: Drops) -> Drops:
    """Put nations in the order of their codes: this is no table of the worst."""
    ordered = sorted(drops.drops, key=lambda each: each.nation)
    return msgspec.structs.replace(drops, drops=tuple(ordered))


def _differences(then: Found, now: Found) -> tuple[str, ...]:
    """Name what came out otherwise; how it was solved is told apart."""
    pairs: list[tuple[str, Answer | None, Answer | None]] = [
        ("", then.coverage, now.coverage),
        ("", then.drops, now.drops),
        ("", then.closure, now.closure),
    ]
    if then.surge is not None and now.surge is not None:
        pairs += [
            ("before.", then.surge.before, now.surge.before),
            ("after.", then.surge.after, now.surge.after),
        ]
    return tuple(
        f"{where}{name}"
        for where, one, other in pairs
        if one is not None and other is not None
        for name in one.__struct_fields__
        if name != "solved" and getattr(one, name) != getattr(other, name)
    )
