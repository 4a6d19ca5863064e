"""A plan in lines for a person: first what nobody can fill, then all else."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from foedus.cli.output import table
from foedus.planning.commands import Again
from foedus.planning.plans import Inputs
from foedus.planning.results import (
    Closure,
    Coverage,
    Drops,
    Gap,
    Headroom,
    Load,
    Opened,
    Solved,
    Surge,
)
from foedus.planning.rotating import said_of
from foedus.planning.views import PlanLine, PlanSheet
from foedus.readiness.rules import place

LOAD_THIN = 0.8
"""From here on a capability is thin; above one it cannot last."""

Names = Mapping[str, str]
"""What units, commitments and places are called, by id and compared name."""


def list_lines(found: Iterable[PlanLine]) -> Iterator[str]:
    """Tell of plans, one each."""
    for each in found:
        fill = "" if each.fill is None else f", {each.fill:.0%} filled"
        gaps = "" if each.gaps is None else f", {each.gaps} gaps"
        mark = "  illustrative" if each.illustrative else ""
        yield f"{each.plan}  {each.kind} as of {each.as_of}{fill}{gaps}{mark}"
        yield f"  {each.author}, {each.made:%Y-%m-%d %H:%M} UTC; {_whose(each)}"


def sheet_lines(sheet: PlanSheet) -> Iterator[str]:
    """Tell of one plan."""
    line, made = sheet.line, sheet.made
    inputs, found = made.inputs, made.found
    names = _names(inputs)
    horizon = made.question.horizon
    mark = "  illustrative" if line.illustrative else ""
    yield f"{line.plan}  {line.kind}{mark}"
    yield (
        f"  as of {line.as_of}, {horizon.periods} periods of {horizon.period_h:g} h, "
        f"{said_of(inputs.situation)}; {_whose(line)}"
    )
    for each in inputs.withheld:
        yield (
            f"Withheld: {each.capability}; nothing of {', '.join(each.nations)} is "
            "before you, and part of it would be a guess"
        )
    if not inputs.commitments:
        yield "No commitment that is before you falls into these periods."
    if found.coverage is not None:
        yield from _coverage(found.coverage, names, _left_by_type(inputs))
    if found.drops is not None:
        yield from _drops(found.drops, names)
    if found.surge is not None:
        yield from _surge(found.surge, names, _left_by_type(inputs))
    if found.closure is not None:
        yield from _closure(found.closure, names)
    yield from _left(inputs)
    yield from _solved(found.main.solved, made.foedus)


def again_lines(found: Again) -> Iterator[str]:
    """Tell whether the same came out."""
    if found.equal:
        yield f"{found.plan}: equal"
    else:
        yield f"{found.plan}: not equal in {', '.join(found.differs)}"
    if found.solver != found.solver_then:
        yield f"  solved by {found.solver}, and then by {found.solver_then}"
    if found.register_changed:
        yield "  the register says something else today; make a new plan"


def _coverage(found: Coverage, names: Names, left: Mapping[str, int]) -> Iterator[str]:
    hopeless = [each for each in found.gaps if each.nobody_can]
    others = [each for each in found.gaps if not each.nobody_can]
    if hopeless:
        yield "Nobody can fill:"
        yield from (f"  {_gap(each, names)}{_but(each, left)}" for each in hopeless)
    if others:
        yield "Missing, since others come first:"
        yield from (f"  {_gap(each, names)}" for each in others)
    if not found.gaps:
        yield "Nothing is missing."
    if found.fill is not None:
        yield f"Filled: {found.fill:.0%} of what is wanted"
    for level in found.levels:
        yield (
            f"  priority {level.priority}: {level.wanted - level.missing:g} of "
            f"{level.wanted:g}"
        )
    yield from _loads(found.loads)
    if found.debt.share is not None:
        yield (
            f"Time at home lacking: {found.debt.unit_periods:g} of "
            f"{found.debt.of:g} unit-periods ({found.debt.share:.0%})"
        )
    yield from _headroom(found.headroom)
    if found.tours:
        yield "Who goes:"
    rows = [
        (
            f"  {_periods(each.first, each.last)}",
            f"{names.get(each.unit, each.unit)} ({each.nation})",
            names.get(each.commitment, each.commitment),
            each.why,
        )
        for each in found.tours
    ]
    yield from table(rows) if rows else ()


def _gap(each: Gap, names: Names) -> str:
    title = names.get(each.commitment, each.commitment)
    return (
        f"{title}: {each.most:g} \u00d7 {each.type} in "
        f"{_periods(each.first, each.last)}, priority {each.priority}: {each.said}"
    )


def _left_by_type(inputs: Inputs) -> Mapping[str, int]:
    return Counter(each.type for each in inputs.left)


def _but(gap: Gap, left: Mapping[str, int]) -> str:
    """Say where units are there that are not planned with."""
    match left.get(gap.type, 0):
        case 0:
            return ""
        case 1:
            return "; 1 unit of it is not planned with, see below"
        case count:
            return f"; {count} units of it are not planned with, see below"


def _periods(first: int, last: int) -> str:
    return f"period {first}" if first == last else f"periods {first} to {last}"


def _loads(loads: Iterable[Load]) -> Iterator[str]:
    """Tell of each capability the heaviest period."""
    worst: dict[str, Load] = {}
    for each in loads:
        known = worst.get(each.type)
        if known is None or (each.load or 0) > (known.load or 0):
            worst[each.type] = each
    if worst:
        yield "Load at its highest, of what can be kept up for ever:"
    for each in worst.values():
        if each.load is None:
            yield f"  {each.type}: nothing is there"
            continue
        said = "cannot last" if each.load > 1 else "thin"
        said = f", {said}" if each.load >= LOAD_THIN else ""
        yield f"  {each.type}: {each.load:.2f} in period {each.period}{said}"


def _headroom(found: Headroom | None) -> Iterator[str]:
    if found is None or found.times is None:
        return
    kind = f"; {found.type} gives way first" if found.type else ""
    yield f"Headroom: all that can be met at all, {found.times:.2f} times{kind}"


def _drops(found: Drops, names: Names) -> Iterator[str]:
    yield "If one nation drops out, in the order of their codes:"
    for each in found.drops:
        yield (
            f"  {each.nation}: {each.more:g} more is missing; {each.in_use} of "
            f"{each.units} units are in use"
        )
        yield from (f"    {_opened(one, names)}" for one in each.opens)


def _surge(found: Surge, names: Names, left: Mapping[str, int]) -> Iterator[str]:
    before, after = found.before.fill, found.after.fill
    if before is not None and after is not None:
        yield f"Filled: {before:.0%} before, {after:.0%} with it"
    yield f"Missing of what comes on top: {found.own:g}"
    if found.opens:
        yield "Who loses by it:"
    yield from (f"  {_opened(each, names)}" for each in found.opens)
    yield from _coverage(found.after, names, left)


def _closure(found: Closure, names: Names) -> Iterator[str]:
    hours = f"{found.hours:g} h until {found.clock.replace('-', ' ')}"
    if found.covered is not None and found.covered_at_most is not None:
        yield (
            f"Within {hours}: {found.covered:.0%} of what is wanted is there, "
            f"{found.covered_at_most:.0%} at most"
        )
    yield f"In {found.hours:g} h by each clock, if nothing else were in the way:"
    yield from (
        f"  {each.clock.replace('-', ' ')}: {each.there:g}" for each in found.by_clock
    )
    yield from _curve(found, names)
    if found.arrivals:
        yield "Who comes:"
    for one in found.arrivals:
        name = names.get(one.unit, one.unit)
        where = names.get(one.location, one.location)
        carried = f", by {one.lift}" if one.lift else ""
        yield f"  {name} ({one.nation}) to {where}: {one.hours:g} h{carried}"


def _curve(found: Closure, names: Names) -> Iterator[str]:
    """Tell what has closed: a line a need, a column an hour."""
    rows: dict[tuple[str, str], list[str]] = {}
    for each in found.curve:
        row = rows.setdefault(
            (each.location, each.type),
            [f"  {names.get(each.location, each.location)}", each.type],
        )
        row.append(f"{each.there:g}")
    hours = list(dict.fromkeys(f"{each.hours:g} h" for each in found.curve))
    wanted = {(each.location, each.type): each.wanted for each in found.curve}
    lines = [(*row, f"of {wanted[need]:g}") for need, row in rows.items()]
    if lines:
        yield "What has closed:"
        yield from table([("", "", *hours, ""), *lines])


def _opened(each: Opened, names: Names) -> str:
    title = names.get(each.commitment, each.commitment)
    return (
        f"{title}: {each.after:g} \u00d7 periods of {each.type} missing, "
        f"{each.before:g} before"
    )


def _left(inputs: Inputs) -> Iterator[str]:
    if inputs.left:
        yield "Not planned with:"
    yield from (f"  {each.text} ({each.nation}): {each.why}" for each in inputs.left)
    if inputs.remarks:
        yield "Taken so:"
    yield from (f"  {each}" for each in inputs.remarks)


def _solved(found: Solved, foedus: str) -> Iterator[str]:
    yield (
        f"Solved by {found.solver}: {found.ending.replace('-', ' ')}, gap "
        f"{found.gap:.2%}, seed {found.seed}; Foedus {foedus}"
    )
    yield f"  inputs {found.digest}"


def _names(inputs: Inputs) -> dict[str, str]:
    names = {each.unit: each.name for each in inputs.units}
    names |= {each.commitment: each.title for each in inputs.commitments}
    return names | {place(each.location): each.location for each in inputs.commitments}


def _whose(line: PlanLine) -> str:
    return f"{line.label}; for planners alone" if line.restricted else line.label
