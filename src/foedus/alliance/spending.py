"""What a pack tells of defence spending: figures by edition, as each was published.

Every edition restates all years under its own rules, so figures of two editions are
never put into one series. What is an estimate says so, and where spending does not
apply to a nation, that is neither zero nor unknown.
"""

import msgspec

from foedus.alliance.sourced import Record, Sourced
from foedus.ids import NationCode


class SpendingRow(Record, frozen=True, kw_only=True):
    """One nation in one edition.

    Attributes:
        percent: of gross domestic product, by year; a year without a figure is absent.
        unread: years whose figure is background knowledge, to be confirmed.
        applies: false for a nation without armed forces.
    """

    nation: NationCode
    percent: dict[str, float] = msgspec.field(default_factory=dict)
    unread: tuple[str, ...] = ()
    applies: bool = True
    note: str = ""


class SpendingEdition(Sourced, frozen=True, kw_only=True):
    """One edition of the figures.

    Attributes:
        measure: what the figures are a share of, and at which prices.
        estimates: years that the edition gives as estimates.
        whole: whether it has every nation that it should.
    """

    id: str
    name: str
    measure: str
    years: tuple[str, ...]
    estimates: tuple[str, ...] = ()
    rows: tuple[SpendingRow, ...] = ()
    whole: bool = True
    note: str = ""
