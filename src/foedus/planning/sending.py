"""Who is sent where: pledges, caveats, and who may know of a commitment at all."""

from collections.abc import Mapping, Sequence

import msgspec

from foedus.ids import NationCode
from foedus.planning.situation_sources import Pile
from foedus.planning.situation_surges import ADDED
from foedus.readiness.reading import Held
from foedus.readiness.records import Commitment, Unit
from foedus.readiness.rules import place
from foedus.releasability.access import Access


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """Who is sent where.

    Attributes:
        called: of each commitment the words by which a caveat can name it.
        closed: of each commitment the nations that may not know of it.
    """

    commitments: tuple[Held[Commitment], ...]
    called: dict[str, frozenset[str]]
    closed: dict[str, tuple[str, ...]]

    @classmethod
    def of(
        cls,
        pile: Pile,
        asked: Sequence[Held[Commitment]],
        names: Mapping[str, str],
        access: Access,
    ) -> "Sending":
        """Read them off the commitments, and off who may see these."""
        nations = sorted({each.content.nation for each in pile.units})
        return cls(
            commitments=tuple(asked),
            called={each.record: _called(each, names) for each in asked},
            closed={
                each.record: _closed(each, pile, nations, access) for each in asked
            },
        )

    def barred(self, unit: Unit) -> tuple[str, ...]:
        """Name the commitments to which a unit is not sent.

        A commitment of a measure is for units that are pledged to that measure; a
        caveat names a commitment by its title, id, location or measure.
        """
        caveats = {place(each) for each in unit.caveats}
        return tuple(
            each.record
            for each in self.commitments
            if (each.content.measure and each.content.measure not in unit.measures)
            or caveats & self.called[each.record]
        )

    def unread(self, unit: Unit) -> tuple[str, ...]:
        """Name the caveats that name no commitment."""
        known = frozenset[str]().union(*self.called.values())
        return tuple(each for each in unit.caveats if place(each) not in known)


def _called(held: Held[Commitment], names: Mapping[str, str]) -> frozenset[str]:
    each = held.content
    words = [held.record, each.title, each.location]
    if each.measure:
        words += [each.measure, names.get(each.measure, each.measure)]
    return frozenset(map(place, words))


def _closed(
    held: Held[Commitment], pile: Pile, nations: Sequence[NationCode], access: Access
) -> tuple[str, ...]:
    label = pile.labels.get(held.record.removesuffix(ADDED))
    if label is None:
        return ()  # a crisis that nobody has recorded
    told = access.audience(label) | {held.author}
    return tuple(each for each in nations if each not in told)
