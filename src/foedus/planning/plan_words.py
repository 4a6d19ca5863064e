"""A plan in words: one document for the page, for paper and for files.

What nobody can fill comes first, what is withheld before any figure, and how it was
made last. Ids stand nowhere but in files: people read names.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Final

from foedus.paper.documents import (
    NONE,
    Cell,
    Chapter,
    Document,
    Table,
    number,
    only,
    row,
    with_rows,
)
from foedus.planning.plan_plots import (
    LOAD_THIN,
    closure_plot,
    drops_plot,
    load_plot,
    tours_plot,
)
from foedus.planning.plan_tables import (
    Told,
    filled_tables,
    gaps_table,
    loads_table,
    opened_row,
    opens_table,
    periods_of,
    tours_table,
    why,
)
from foedus.planning.plans import Inputs
from foedus.planning.results import Closure, Coverage, Drops, Gap, Solved, Surge
from foedus.planning.rotating import said_of, turns_said
from foedus.planning.views import PlanSheet
from foedus.readiness.rules import place

TITLES: Final = {
    "coverage": "Who covers what",
    "drop": "What hangs on one nation",
    "surge": "What more demand does",
    "closure": "Who is there in time",
}
"""What a plan of each kind tells."""

ILLUSTRATIVE: Final = "What went in was made up, in part or all, to show something."

LOAD: Final = (
    "What is asked for, times one and the ratio of home to tour, over what is there. "
    f"Above 1 it cannot last; from {LOAD_THIN:g} it is thin."
)

WENT_IN: Final = (
    "What was before whoever made it, as of the day. What was not is in no figure."
)

RESTRICTED: Final = (
    "For planners alone. It is an input to planning, in the order of codes, and no "
    "judgement of nations: one on which much hangs has given much."
)


def document_of(sheet: PlanSheet) -> Document:
    """Put a plan into words."""
    line, made = sheet.line, sheet.made
    inputs, found = made.inputs, made.found
    told = Told(names=_names(inputs), left=Counter(each.type for each in inputs.left))
    chapters = list(_withheld(inputs))
    if found.coverage is not None:
        chapters += _coverage(found.coverage, told)
    if found.surge is not None:
        chapters += _surge(found.surge, told)
    if found.drops is not None:
        chapters.append(_drops(found.drops, told))
    if found.closure is not None:
        chapters.append(_closure(found.closure, told))
    chapters += _left(inputs)
    chapters.append(_inputs(inputs))
    horizon = made.question.horizon
    return Document(
        title=TITLES[line.kind],
        label=line.label,
        summary=_summary(sheet),
        facts=(
            ("As of", _day(line.as_of)),
            ("Periods", f"{horizon.periods} of {_span(horizon.period_h)}"),
            ("Rotation", said_of(inputs.situation)),
            ("Made", f"{_day(line.made)}, {line.made:%H:%M} UTC by {line.author}"),
        ),
        chapters=tuple(chapters),
        foot=tuple(_foot(sheet, found.main.solved)),
    )


def _summary(sheet: PlanSheet) -> str:
    found, parts = sheet.made.found, []
    told = found.surge.after if found.surge is not None else found.coverage
    if not sheet.made.inputs.commitments:
        return "No commitment that is before you falls into these periods."
    if told is not None and told.fill is not None:
        hopeless = sum(each.nobody_can for each in told.gaps)
        parts.append(f"{_percent(told.fill)} of what is wanted is filled")
        parts.append(f"{hopeless} of {len(told.gaps)} gaps nobody can fill")
    if found.closure is not None and found.closure.covered is not None:
        clock = found.closure.clock.replace("-", " ")
        parts.append(
            f"{_percent(found.closure.covered)} of what is wanted is {clock} within "
            f"{found.closure.hours:g} h"
        )
    if found.drops is not None:
        hangs = sum(each.more > 0 for each in found.drops.drops)
        parts.append(
            f"{hangs} of {len(found.drops.drops)} nations cannot drop out without "
            "more being missing"
        )
    return _sentence("; ".join(parts))


def _withheld(inputs: Inputs) -> Iterator[Chapter]:
    if inputs.withheld:
        says = tuple(
            f"{each.capability}: a requirement names {', '.join(each.nations)}, of "
            "which nothing is before you. Nothing is planned with it, and no figure "
            "covers it: part of it would be a guess."
            for each in inputs.withheld
        )
        yield Chapter(name="withheld", title="Withheld", says=says)


def _coverage(found: Coverage, told: Told) -> Iterator[Chapter]:
    hopeless = [each for each in found.gaps if each.nobody_can]
    says = [
        f"{told.of(each.commitment)}: {each.most:g} \u00d7 {each.type} in "
        f"{_when(each)}. {_sentence(why(each))}{_but(each, told)}"
        for each in hopeless
    ]
    others = len(found.gaps) - len(hopeless)
    if others:
        says.append(
            "1 more gap is there since others come first."
            if others == 1
            else f"{others} more gaps are there since others come first."
        )
    yield Chapter(
        name="gaps",
        title="What nobody can fill" if hopeless else "What is missing",
        says=tuple(says) or ("Nothing is missing.",),
        tables=with_rows([gaps_table(found.gaps, told)]),
    )
    yield Chapter(
        name="filled",
        title="What is filled",
        tables=with_rows(filled_tables(found, told)),
    )
    yield Chapter(
        name="load",
        title="Load by capability",
        says=(
            LOAD,
            *_four(found),
        ),
        plots=only(load_plot(found)),
        tables=with_rows([loads_table(found)]),
    )
    yield Chapter(
        name="units",
        title="Who goes where",
        plots=only(tours_plot(found, told.names)),
        tables=with_rows([tours_table(found, told)]),
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _span(hours: float) -> str:
    """Say how long a period is as people count: in weeks or days, if it is whole."""
    for unit, each in (("week", 168), ("day", 24)):
        count, rest = divmod(hours, each)
        if count and not rest:
            return f"{count:g} {unit}s" if count > 1 else f"1 {unit}"
    return f"{hours:g} h"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _when(gap: Gap) -> str:
    word = "period" if gap.first == gap.last else "periods"
    return f"{word} {periods_of(gap.first, gap.last)}"


def _but(gap: Gap, told: Told) -> str:
    """Say where units are there that are not planned with."""
    count = told.left.get(gap.type, 0)
    match count:
        case 0:
            return ""
        case 1:
            return " 1 unit of it is not planned with, see below."
        case _:
            return f" {count} units of it are not planned with, see below."


def _four(found: Coverage) -> Iterator[str]:
    """Tell of rest and headroom, beside the load."""
    if found.debt.share is not None:
        yield (
            f"Time at home lacks {found.debt.unit_periods:g} of {found.debt.of:g} "
            f"unit-periods ({_percent(found.debt.share)}) to the goal."
        )
    room = found.headroom
    if room is not None and room.times is not None:
        first = f", and {room.type} gives way first" if room.type else ""
        yield (
            f"All that can be met at all could be met {room.times:.2f} times{first}. "
            "Below 1 even that is too much."
        )


def _surge(found: Surge, told: Told) -> Iterator[Chapter]:
    before, after = found.before.fill, found.after.fill
    says = [f"Of what comes on top {found.own:g} is missing, amount times periods."]
    if before is not None and after is not None:
        says.insert(0, f"Filled: {_percent(before)} before, {_percent(after)} with it.")
    yield Chapter(
        name="surge",
        title="What it takes from others",
        says=tuple(says),
        tables=with_rows([opens_table(found.opens, told)]),
    )
    yield from _coverage(found.after, told)


def _drops(found: Drops, told: Told) -> Chapter:
    nations = Table(
        name="drops",
        title="If one nation drops out",
        head=("nation", "more missing", "units in use", "units"),
        widths=(2, 2, 2, 2),
        rows=tuple(
            row(
                each.nation,
                number(f"{each.more:g}"),
                number(str(each.in_use)),
                number(str(each.units)),
            )
            for each in found.drops
        ),
        caption="Missing beyond what is missing anyway, amount times periods.",
    )
    opens = Table(
        name="opens",
        title="What opens without a nation",
        head=("nation", "commitment", "needs", "priority", "before", "after"),
        widths=(2, 5, 3, 2, 2, 2),
        rows=tuple(
            (Cell(each.nation), *opened_row(one, told))
            for each in found.drops
            for one in each.opens
        ),
    )
    return Chapter(
        name="drops",
        title="If one nation drops out",
        says=(RESTRICTED,),
        plots=only(drops_plot(found)),
        tables=with_rows([nations, opens]),
    )


def _closure(found: Closure, told: Told) -> Chapter:
    clocks = Table(
        name="clocks",
        title=f"In {found.hours:g} h by each clock, if nothing else were in the way",
        head=("clock", "there"),
        widths=(2, 1),
        rows=tuple(
            row(each.clock.replace("-", " "), number(f"{each.there:g}"))
            for each in found.by_clock
        ),
        caption="48 hours on the road are not 48 hours on station.",
    )
    curve = Table(
        name="curve",
        title="What has closed by when",
        head=("place", "needs", "hours", "there", "wanted"),
        widths=(4, 3, 2, 2, 2),
        rows=tuple(
            row(
                told.of(each.location),
                each.type,
                number(f"{each.hours:g}"),
                number(f"{each.there:g}"),
                number(f"{each.wanted:g}"),
            )
            for each in found.curve
        ),
    )
    arrivals = Table(
        name="arrivals",
        title="Who comes",
        head=("unit", "nation", "place", "hours", "carried by"),
        widths=(4, 2, 4, 2, 3),
        rows=tuple(
            row(
                told.of(each.unit),
                each.nation,
                told.of(each.location),
                number(f"{each.hours:g}"),
                each.lift or NONE,
            )
            for each in found.arrivals
        ),
    )
    return Chapter(
        name="closure",
        title=f"Who is {found.clock.replace('-', ' ')} within {found.hours:g} h",
        plots=only(closure_plot(found, told.names)),
        tables=with_rows([clocks, curve, arrivals]),
    )


def _left(inputs: Inputs) -> Iterator[Chapter]:
    if not (inputs.left or inputs.remarks):
        return
    left = Table(
        name="left",
        title="Units that are not planned with",
        head=("unit", "nation", "why"),
        widths=(4, 1, 6),
        rows=tuple(row(each.text, each.nation, each.why) for each in inputs.left),
    )
    yield Chapter(
        name="left",
        title="What did not go in, and what was taken how",
        says=tuple(_sentence(each) for each in inputs.remarks),
        tables=with_rows([left]),
    )


def _inputs(inputs: Inputs) -> Chapter:
    situation = inputs.situation
    turns = {
        each.id: turns_said(situation.rotation_of(each)) for each in situation.units
    }
    units = Table(
        name="inputs-units",
        title="Units that went in",
        caption="Turns: periods of a tour, and at home after it.",
        head=("unit", "nation", "type", "strength", "notice in h", "from", "turns"),
        widths=(4, 2, 3, 2, 2, 3, 2),
        rows=tuple(
            row(
                each.name,
                each.nation,
                each.type,
                number(f"{each.strength:g}"),
                number(f"{each.notice_h:g}"),
                each.location,
                number(turns[each.unit]),
            )
            for each in inputs.units
        ),
    )
    commitments = Table(
        name="inputs-commitments",
        title="Commitments that went in",
        head=("commitment", "place", "needs", "from", "until", "priority", "deadline"),
        widths=(5, 3, 4, 3, 3, 2, 4),
        rows=tuple(
            row(
                each.title,
                each.location,
                ", ".join(f"{one.amount:g} \u00d7 {one.type}" for one in each.needs),
                each.since.isoformat(),
                each.until.isoformat() if each.until else NONE,
                number(str(each.priority)),
                f"{each.deadline_h:g} h {each.clock.replace('-', ' ')}"
                if each.deadline_h is not None
                else NONE,
            )
            for each in inputs.commitments
        ),
    )
    return Chapter(
        name="inputs",
        title="What went in",
        says=(WENT_IN,),
        tables=with_rows([commitments, units]),
    )


def _foot(sheet: PlanSheet, solved: Solved) -> Iterator[str]:
    if sheet.line.illustrative:
        yield ILLUSTRATIVE
    yield (
        f"basis: derived, as of {_day(sheet.line.as_of)}: from the records of this hub "
        "that went in, which are listed above."
    )
    yield (
        f"Solved by {solved.solver}: {solved.ending.replace('-', ' ')}, gap "
        f"{solved.gap:.2%}, seed {solved.seed}. Foedus {sheet.made.foedus}. Inputs "
        f"{sheet.made.digest}."
    )


def _names(inputs: Inputs) -> dict[str, str]:
    names = {each.unit: each.name for each in inputs.units}
    names |= {each.commitment: each.title for each in inputs.commitments}
    return names | {place(each.location): each.location for each in inputs.commitments}
