"""View classes and masks: who may see what, as integers.

A *view class* is a nation (or the alliance's own body) with a clearance; all that
a label can tell apart. Each class has a bit, numbered by nation in the order of the
pack and then by level, so an audience is one Python integer and union, difference
and "who loses" are single operations.

Standing is no bit: it is a gate in front (`Access.standing`), so that suspending a
nation and taking it back write nothing and move nothing.

Source: `releasability` reference, section 1, "Masks" and "Standing".
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from foedus.alliance.nations import Alliance
from foedus.ids import NationCode
from foedus.releasability.join import FixedLabel, Nations, open_members
from foedus.releasability.viewers import Viewer

VIEW_CLASSES_MAX = 2_048
"""Nations times levels that a pack may have; the length of a mask in bits."""


class ReadableLabels(NamedTuple):
    """What `readable_labels` worked out for a view class.

    Attributes:
        readable: a byte a label.
        last: originator and label of the last of them, to tell that the labels are
            still those.
    """

    readable: bytes
    last: tuple[str, bytes]


class Access:
    """Who may see what under the alliance as it stands on one day."""

    def __init__(self, alliance: Alliance, on: date) -> None:
        self.alliance = alliance
        self.on = on
        self._levels = len(alliance.levels)
        body = NationCode(alliance.code)
        readers = [body, *alliance.nations]
        self._index = {code: place for place, code in enumerate(readers)}
        self._full = (1 << self._levels) - 1
        self._everybody: Nations = frozenset(readers)
        self._labels: dict[tuple[FixedLabel, NationCode], int] = {}
        self.readable: dict[int, ReadableLabels] = {}
        """By view class; `readable_labels` keeps it."""

    @property
    def everybody(self) -> Nations:
        """Every nation of the pack, and the alliance's own body."""
        return self._everybody

    def standing(self, nation: NationCode) -> bool:
        """Tell whether a nation may see anything at all today."""
        if nation == self.alliance.code:
            return True
        return nation in self._index and self.alliance.standing(nation, self.on)

    def place(self, nation: NationCode, clearance: int) -> int:
        """Give the number of a view class's bit."""
        return self._index[nation] * self._levels + clearance

    def bit(self, viewer: Viewer) -> int:
        """Give the mask that holds one viewer's class alone; 0 for a stranger."""
        if viewer.nation not in self._index:
            return 0
        return 1 << self.place(viewer.nation, viewer.clearance)

    def mask(self, nations: Iterable[NationCode], level: int) -> int:
        """Give the classes of some nations that are cleared for a level."""
        cleared = self._full & ~((1 << level) - 1)
        mask = 0
        for nation in nations:
            place = self._index.get(nation)
            if place is not None:
                mask |= cleared << (place * self._levels)
        return mask

    def audience(self, label: FixedLabel) -> Nations:
        """Tell which nations a label addresses today, suspended ones included.

        The originating nation is not added here.
        """
        nations = self._everybody if label.closed is None else label.closed
        for part in label.open:
            nations &= open_members(part, self.alliance, on=self.on)
        return nations & self._everybody

    def entitled(self, label: FixedLabel, originator: NationCode) -> int:
        """Give the classes that may see a thing of that label and originator.

        The originating nation is always in the audience of its own; its persons
        still need the clearance.
        """
        key = (label, originator)
        found = self._labels.get(key)
        if found is None:
            nations = self.audience(label) | {originator}
            found = self._labels[key] = self.mask(nations, label.level)
        return found

    def may_see(
        self, viewer: Viewer, label: FixedLabel, originator: NationCode
    ) -> bool:
        """Decide whether a viewer may see a thing: the one comparison in Python.

        Standing, clearance and audience; the read right of a collection and the
        lane that the viewer holds are asked where there is one.
        """
        return self.standing(viewer.nation) and bool(
            self.entitled(label, originator) & self.bit(viewer)
        )
