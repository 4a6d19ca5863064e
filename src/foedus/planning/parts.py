"""A plan falls apart by type: units of one type serve needs of that type only.

Nothing ties the parts together, so what is best for each is best for the whole, and
many small programmes are solved many times faster than a large one: twelve types at
5,000 units are twelve programmes of some 400 units.
"""

from collections.abc import Iterator

import msgspec

from foedus.planning.forces import Commitment, Situation, Unit


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """All that has to do with one type.

    Attributes:
        situation: its units, and the commitments that need it, with that need alone.
    """

    type: str
    situation: Situation


def parts_of(situation: Situation) -> tuple[Part, ...]:
    """Take a situation apart, in the order in which types are first needed."""
    units: dict[str, list[Unit]] = {}
    for unit in situation.units:
        units.setdefault(unit.type, []).append(unit)
    commitments: dict[str, list[Commitment]] = {}
    for kind, commitment in _needs(situation):
        commitments.setdefault(kind, []).append(commitment)
    return tuple(
        Part(
            type=kind,
            situation=msgspec.structs.replace(
                situation,
                units=tuple(units.get(kind, ())),
                commitments=tuple(own),
            ),
        )
        for kind, own in commitments.items()
    )


def _needs(situation: Situation) -> Iterator[tuple[str, Commitment]]:
    for commitment in situation.commitments:
        for need in commitment.needs:
            if need.amount > 0:
                alone = msgspec.structs.replace(commitment, needs=(need,))
                yield need.type, alone
