"""The tables of a plan; they say what its plots draw, and are given as files."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from foedus.paper.documents import NONE, Cell, Table, number, quiet, row
from foedus.planning.results import Coverage, Gap, Opened


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What is needed to tell of a plan in words.

    Attributes:
        names: of units, commitments and places, by id and compared name.
        left: how many units of each type are not planned with.
    """

    names: Mapping[str, str]
    left: Mapping[str, int]

    def of(self, name: str) -> str:
        """Give what something is called."""
        return self.names.get(name, name)


def periods_of(first: int, last: int) -> str:
    """Say in which periods something is."""
    return f"{first}" if first == last else f"{first} to {last}"


def why(gap: Gap) -> str:
    """Say why something is missing, with clocks as people name them."""
    return _clocks(gap.said)


def _clocks(said: str) -> str:
    named = said.replace("on-station", "on station")
    return named.replace("ready-to-move", "ready to move")


def gaps_table(gaps: Sequence[Gap], told: Told) -> Table:
    """Set out the gaps, those that nobody can fill first."""
    return Table(
        name="gaps",
        title="Gaps, those that nobody can fill first",
        head=(
            *("commitment", "needs", "missing", "periods", "priority"),
            *("nobody can", "why"),
        ),
        widths=(5, 3, 2, 2, 2, 2, 9),
        rows=tuple(
            row(
                told.of(each.commitment),
                each.type,
                number(f"{each.most:g}"),
                periods_of(each.first, each.last),
                number(str(each.priority)),
                Cell("yes", "bad") if each.nobody_can else "no",
                why(each),
            )
            for each in gaps
        ),
        caption="Missing is what lacks in the worst period.",
    )


def filled_tables(found: Coverage, told: Told) -> Iterator[Table]:
    """Set out what is filled, by priority and by commitment."""
    yield Table(
        name="priorities",
        title="By priority",
        head=("priority", "wanted", "there"),
        widths=(1, 1, 1),
        rows=tuple(
            row(
                str(each.priority),
                number(f"{each.wanted:g}"),
                number(f"{each.wanted - each.missing:g}"),
            )
            for each in found.levels
        ),
        caption="Amounts times periods.",
    )
    yield Table(
        name="commitments",
        title="By commitment",
        head=("commitment", "needs", "priority", "wanted", "filled"),
        widths=(5, 3, 2, 2, 2),
        rows=tuple(
            row(
                told.of(each.commitment),
                each.type,
                number(str(each.priority)),
                number(f"{each.wanted:g}"),
                number(f"{_share(each.total_missing, each.wanted * len(each.there))}"),
            )
            for each in found.covers
        ),
        caption="Wanted in each period; filled over all of its periods.",
    )


def _share(missing: float, wanted: float) -> str:
    return f"{100 * (1 - missing / wanted):.0f} %" if wanted else NONE


def loads_table(found: Coverage) -> Table:
    """Set out how loaded each capability is, period by period."""
    by_type: dict[str, list[Cell]] = {}
    for each in found.loads:
        load = quiet("none") if each.load is None else _load(each.load)
        by_type.setdefault(each.type, []).append(load)
    periods = tuple(str(each) for each in range(1, found.periods + 1))
    return Table(
        name="loads",
        title="Load by capability and period",
        head=("capability", *periods),
        widths=(4, *(1 for _ in periods)),
        rows=tuple(row(kind, *cells) for kind, cells in by_type.items()),
    )


def _load(load: float) -> Cell:
    return Cell(f"{load:.2f}", "missed" if load > 1 else "number")


def tours_table(found: Coverage, told: Told) -> Table:
    """Set out who goes where, and why."""
    return Table(
        name="tours",
        title="Tours, each with why it is this unit",
        head=("periods", "unit", "nation", "commitment", "why"),
        widths=(2, 4, 2, 4, 9),
        rows=tuple(
            row(
                periods_of(each.first, each.last),
                told.of(each.unit),
                each.nation,
                told.of(each.commitment),
                _clocks(each.why),
            )
            for each in found.tours
        ),
    )


def opens_table(opens: Iterable[Opened], told: Told) -> Table:
    """Set out who loses by something."""
    return Table(
        name="opens",
        title="Who loses by it",
        head=("commitment", "needs", "priority", "before", "after"),
        widths=(5, 3, 2, 2, 2),
        rows=tuple(opened_row(each, told) for each in opens),
        caption="Missing, amount times periods.",
    )


def opened_row(each: Opened, told: Told) -> tuple[Cell, ...]:
    """Give the row of a need of which more is missing."""
    return row(
        told.of(each.commitment),
        each.type,
        number(str(each.priority)),
        number(f"{each.before:g}"),
        number(f"{each.after:g}"),
    )
