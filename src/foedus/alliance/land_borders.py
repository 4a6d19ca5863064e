"""What a pack tells of land borders: lengths as the two sides state them.

A length is a statement, not a measurement: each side's is kept, and nothing here is
taken from a map. Nothing here acts on who may see what.
"""

import msgspec

from foedus.alliance.sourced import Record, Sourced


class BorderRow(Record, frozen=True, kw_only=True):
    """The land border between two nations.

    Attributes:
        between: the two, by code; one of them may be no nation of the pack.
        stated: its length in km, by the side that states it; at least one does.
    """

    between: tuple[str, str]
    stated: dict[str, float]


class BorderTable(Sourced, frozen=True, kw_only=True):
    """Land borders as one source tells them.

    Attributes:
        measure: what the lengths are lengths of.
        others: names of those that are no nations of the pack, by code.
    """

    id: str
    name: str
    measure: str
    rows: tuple[BorderRow, ...] = ()
    others: dict[str, str] = msgspec.field(default_factory=dict)
    note: str = ""
