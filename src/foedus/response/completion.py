"""When a step that is asked of several nations is over, and how it ended.

What each rule makes of a nation that declines:

- `all`: it is excused; the step waits for the others, and fails if all decline.
- `any`: it does not matter, until all have declined.
- `quorum`: it does not matter while enough others are left; then the step fails.
- `named`: the step fails if one of the named declines; others do not matter.

Being late is nothing that a rule knows: time is up when the step's time is up.

Source: reference/response.md, section 6.2 (6): allies contribute; caveat, decline and
partial are first-class.
"""

from collections.abc import Mapping, Sequence

import msgspec

from foedus.ids import NationCode
from foedus.response.assignments import Completion, Rule
from foedus.response.frames import Result


class Standpoint(msgspec.Struct, frozen=True, kw_only=True):
    """What a nation has said of its task, as far as rules count it.

    Attributes:
        done_ms: when it was done.
        declined_ms: when it was declined.
    """

    done_ms: int | None = None
    declined_ms: int | None = None


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """How a step ended.

    Attributes:
        at_ms: when the last that was needed happened.
        reason: in a few words.
    """

    result: Result
    at_ms: int
    reason: str


def judge(
    rule: Completion, standpoints: Mapping[NationCode, Standpoint]
) -> Verdict | None:
    """Tell how a step ended; `None` while it waits.

    Args:
        rule: its completion rule.
        standpoints: of every nation that is asked; at least one.
    """
    done = sorted(
        each.done_ms for each in standpoints.values() if each.done_ms is not None
    )
    declined = sorted(
        each.declined_ms
        for each in standpoints.values()
        if each.done_ms is None and each.declined_ms is not None
    )
    asked = len(standpoints)
    match rule.rule:
        case Rule.NAMED:
            return _judge_named(rule.named, standpoints)
        case Rule.ALL:
            needed = max(asked - len(declined), 1)
        case Rule.ANY:
            needed = 1
        case Rule.QUORUM:
            needed = rule.quorum or 1
    return _judge_count(needed, asked, done, declined, _is_all=rule.rule is Rule.ALL)


def _judge_count(
    needed: int,
    asked: int,
    done: Sequence[int],
    declined: Sequence[int],
    *,
    _is_all: bool,
) -> Verdict | None:
    if len(done) >= needed:
        # With `all`, the last decline may be what the step was waiting for.
        last = max([*done, *declined]) if _is_all else done[needed - 1]
        return Verdict(
            result=Result.OK,
            at_ms=last,
            reason=_reason(len(done), len(declined), asked),
        )
    if asked - len(declined) < needed:
        last = declined[asked - needed] if asked >= needed else max(declined, default=0)
        return Verdict(
            result=Result.FAIL,
            at_ms=last,
            reason=_reason(len(done), len(declined), asked),
        )
    return None


def _judge_named(
    named: Sequence[str], standpoints: Mapping[NationCode, Standpoint]
) -> Verdict | None:
    wanted = {name: standpoints.get(NationCode(name), Standpoint()) for name in named}
    refused = [
        (each.declined_ms, name)
        for name, each in wanted.items()
        if each.done_ms is None and each.declined_ms is not None
    ]
    if refused:
        at_ms, name = min(refused)
        return Verdict(result=Result.FAIL, at_ms=at_ms, reason=f"{name} declined")
    done = [each.done_ms for each in wanted.values() if each.done_ms is not None]
    if len(done) < len(wanted):
        return None
    return Verdict(
        result=Result.OK,
        at_ms=max(done),
        reason=_reason(len(done), 0, len(standpoints)),
    )


def _reason(done: int, declined: int, asked: int) -> str:
    nations = "nation" if asked == 1 else "nations"
    text = f"{done} of {asked} {nations} done"
    return f"{text}, {declined} declined" if declined else text
