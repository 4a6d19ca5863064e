"""Measures compared: capability, readiness and interoperability, as of any day.

Each rating is worked out in the world of who asks. Rows carry words; the derivation of
each word is one step away, with every record that it rests on.
"""

from datetime import date
from typing import Final

import apsw
import msgspec

from foedus.ids import NationCode
from foedus.readiness.capability import rate_capability
from foedus.readiness.interoperability import rate_interoperability
from foedus.readiness.measures import MeasureLine, list_measures, named_measure
from foedus.readiness.promptness import rate_readiness
from foedus.readiness.ratings import Rating, Stock
from foedus.readiness.stocks import Shelf, shelf_of
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel, fix, join_all
from foedus.releasability.labels import parse_label, print_label
from foedus.releasability.viewers import Viewer

NOT_GRADED: Final = (
    "Ratings follow from what nations recorded on this hub; no alliance publishes them."
)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One measure in the comparison.

    Attributes:
        capability: the word; so `readiness` and `interoperability`.
        basis: what each word comes from, in the same order.
        contributors: the nations that make it up, as far as the viewer knows.
        records: how many records the words rest on.
        newest: the day of the latest of them; null where there is none.
        oldest: that of the earliest.
        illustrative: whether any of them was made up to show something.
        label: the narrowest of all that it rests on; empty where on nothing.
    """

    measure: str
    name: str
    capability: str
    readiness: str
    interoperability: str
    basis: tuple[str, str, str]
    contributors: tuple[NationCode, ...]
    records: int
    newest: date | None
    oldest: date | None
    illustrative: bool
    label: str


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """All measures side by side.

    Attributes:
        label: the narrowest of all that it rests on; empty where on nothing.
    """

    as_of: date
    measures: tuple[Row, ...]
    label: str
    note: str


class MeasureSheet(msgspec.Struct, frozen=True, kw_only=True):
    """One measure with its ratings, each with its derivation."""

    as_of: date
    measure: MeasureLine
    row: Row
    capability: Rating
    readiness: Rating
    interoperability: Rating


def compare(
    db: apsw.Connection, access: Access, viewer: Viewer, on: date
) -> Comparison:
    """Compare the measures there are for a viewer, as of a day."""
    shelf = shelf_of(db, access, viewer, on)
    rows = []
    joined: set[FixedLabel] = set()
    for line in list_measures(db, access, viewer):
        stock = shelf.stock(line.measure)
        sheet = _sheet(line, stock, access, viewer)
        rows.append(sheet.row)
        joined |= _labels(line, stock, sheet, access)
    return Comparison(
        as_of=on,
        measures=tuple(rows),
        label=_join(joined, access, viewer),
        note=NOT_GRADED,
    )


def measure_sheet(
    db: apsw.Connection, access: Access, viewer: Viewer, text: str, on: date
) -> MeasureSheet:
    """Show one measure with the derivation of its ratings.

    Args:
        db: the views.
        access: who may see what.
        viewer: who asks.
        text: its key, id or name.
        on: as of when.

    Raises:
        NotFoundError: there is none, or not for this viewer.
    """
    line = named_measure(db, access, viewer, text)
    shelf: Shelf = shelf_of(db, access, viewer, on)
    return _sheet(line, shelf.stock(line.measure), access, viewer)


def _sheet(
    line: MeasureLine, stock: Stock, access: Access, viewer: Viewer
) -> MeasureSheet:
    ratings = (
        rate_capability(stock),
        rate_readiness(stock),
        rate_interoperability(stock),
    )
    cited = {each.record: each for rating in ratings for each in rating.rests_on}
    days = [each.on for each in cited.values()]
    row = Row(
        measure=line.measure,
        name=line.name,
        capability=ratings[0].word,
        readiness=ratings[1].word,
        interoperability=ratings[2].word,
        basis=(ratings[0].basis, ratings[1].basis, ratings[2].basis),
        contributors=stock.contributors,
        records=len(cited),
        newest=max(days, default=None),
        oldest=min(days, default=None),
        illustrative=any(each.illustrative for each in ratings),
        label="",
    )
    sheet = MeasureSheet(
        as_of=stock.on,
        measure=line,
        row=row,
        capability=ratings[0],
        readiness=ratings[1],
        interoperability=ratings[2],
    )
    label = _join(_labels(line, stock, sheet, access), access, viewer)
    return msgspec.structs.replace(sheet, row=msgspec.structs.replace(row, label=label))


def _labels(
    line: MeasureLine, stock: Stock, sheet: MeasureSheet, access: Access
) -> set[FixedLabel]:
    """Give the labels of all that a row tells of: what it is, asks for, and rests on.

    Printed labels are read back: they are settled, terms dated, originators named.
    """
    said = {(each.label, each.author) for each in line.declared}
    if stock.requirement is not None:
        said.add((stock.requirement.label, stock.requirement.author))
    for rating in (sheet.capability, sheet.readiness, sheet.interoperability):
        left = (each.cited for each in rating.not_counted)
        said |= {(each.label, each.author) for each in (*rating.rests_on, *left)}
    return {
        fix(
            parse_label(text, access.alliance),
            access.alliance,
            on=access.on,
            originator=author,
        )
        for text, author in said
    }


def _join(labels: set[FixedLabel], access: Access, viewer: Viewer) -> str:
    if not labels:
        return ""
    joined = join_all(labels, originator=viewer.nation)
    return print_label(joined.label, access.alliance)
