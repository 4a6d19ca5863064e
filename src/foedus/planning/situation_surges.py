"""More than is promised: what a surge asks for on top, as commitments of its own.

They keep the place, the days, the priority, the deadline and its clock of what they add
to, so that what they take from others is seen.
"""

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec

from foedus.errors import InvalidInputError
from foedus.ids import NationCode
from foedus.readiness.reading import Held
from foedus.readiness.records import Commitment, Need, Title

TIMES_MAX: Final = 10.0
"""How many times as much a surge may ask for."""

ADDED: Final = "+"
"""Behind the id of the commitment that a surge adds to."""

CRISIS: Final = "crisis"
"""The id of a second crisis, which nobody has recorded."""


class More(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a surge asks for on top.

    Attributes:
        times: how many times as much of what is asked for already, such as 1.5.
        capabilities: of which ones; all, if empty.
        crisis: a second crisis: a commitment that nobody has recorded.
    """

    times: Annotated[float, msgspec.Meta(ge=1, le=TIMES_MAX)] = 1.0
    capabilities: tuple[Title, ...] = ()
    crisis: Commitment | None = None


def crisis_of(more: More, author: NationCode) -> Held[Commitment] | None:
    """Give the second crisis as if it had been recorded."""
    if more.crisis is None:
        return None
    return Held(
        record=CRISIS,
        author=author,
        recorded=more.crisis.since,
        illustrative=False,
        label="",
        content=more.crisis,
    )


def added_by(
    more: More, asked: Sequence[Held[Commitment]]
) -> dict[str, Held[Commitment]]:
    """Give what is asked for on top of some commitments, by a further id.

    Raises:
        InvalidInputError: a capability is asked for by none of them.
    """
    wanted = {need.type for each in asked for need in each.content.needs}
    for name in more.capabilities:
        if name not in wanted:
            raise InvalidInputError(
                f"no commitment of this plan asks for {name!r}; they ask for "
                f"{', '.join(sorted(wanted)) or 'nothing'}"
            )
    if more.times == 1:
        return {}
    found = {}
    for each in asked:
        needs = tuple(
            Need(type=need.type, amount=need.amount * (more.times - 1))
            for need in each.content.needs
            if need.type in (more.capabilities or wanted)
        )
        if needs:
            content = msgspec.structs.replace(
                each.content,
                title=f"{each.content.title}, on top",
                needs=needs,
            )
            name = each.record + ADDED
            found[name] = msgspec.structs.replace(each, record=name, content=content)
    return found
