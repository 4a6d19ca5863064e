"""A second crisis, or help that comes: the same plan with something further.

Everything is planned again, by the same priorities: what is further does not go last,
so that it is seen what it takes from others.
"""

from itertools import chain

import msgspec

from foedus.planning.asks import Further
from foedus.planning.coverage import MISSING_ABOVE
from foedus.planning.covering import cover
from foedus.planning.forces import Situation
from foedus.planning.progress import Progress, Tell, tell_nobody
from foedus.planning.results import Coverage, Opened, Surge


def surge(situation: Situation, further: Further, tell: Tell = tell_nobody) -> Surge:
    """Plan with and without something further.

    Args:
        situation: what there is and what is asked for.
        further: what comes on top.
        tell: is told each step.
    """
    tell(Progress(stage="without it", done=0.0))
    before = cover(situation, None, tell)
    tell(Progress(stage="with it", done=0.5))
    after = cover(extended(situation, further), None, tell)
    own = {each.id for each in further.commitments}
    return Surge(
        before=before,
        after=after,
        opens=_opened(before, after),
        own=sum(line.total_missing for line in after.covers if line.commitment in own),
    )


def extended(situation: Situation, further: Further) -> Situation:
    """Put something further into a situation; the same way twice takes the new one."""
    routes = {
        (each.base, each.location): each
        for each in chain(situation.routes, further.routes)
    }
    return msgspec.structs.replace(
        situation,
        units=situation.units + further.units,
        commitments=situation.commitments + further.commitments,
        routes=tuple(routes.values()),
    )


def _opened(before: Coverage, after: Coverage) -> tuple[Opened, ...]:
    missing = {
        (each.commitment, each.type): each.total_missing for each in after.covers
    }
    found = [
        Opened(
            commitment=each.commitment,
            type=each.type,
            priority=each.priority,
            before=each.total_missing,
            after=missing[each.commitment, each.type],
        )
        for each in before.covers
    ]
    return tuple(
        sorted(
            (each for each in found if each.after > each.before + MISSING_ABOVE),
            key=lambda each: (each.priority, each.before - each.after),
        )
    )
