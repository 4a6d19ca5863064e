"""What can be asked of a planning process; plain records, nothing of the solver."""

import msgspec

from foedus.planning.forces import Commitment, Route, Situation, Unit


class Ask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that is asked; its tag says what."""


class AskCoverage(Ask, frozen=True, kw_only=True, tag="coverage"):
    """Who covers what, and what is missing; answered by a `Coverage`.

    Attributes:
        gap: how far the plan may be from what is possible.
        seconds: how long whole numbers may take in each part.
    """

    situation: Situation
    gap: float = 0.01
    seconds: float = 60.0


class AskDrops(Ask, frozen=True, kw_only=True, tag="drops"):
    """What if any one nation drops out; answered by `Drops`.

    Attributes:
        nations: which ones; all that have units, if empty.
    """

    situation: Situation
    nations: tuple[str, ...] = ()


class Further(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What comes on top: a second crisis, or units and ways that are brought up."""

    commitments: tuple[Commitment, ...] = ()
    units: tuple[Unit, ...] = ()
    routes: tuple[Route, ...] = ()


class AskSurge(Ask, frozen=True, kw_only=True, tag="surge"):
    """What does something further do to everything else; answered by a `Surge`."""

    situation: Situation
    further: Further


AnyOf = AskCoverage | AskDrops | AskSurge
"""Everything that can be asked."""


class AnyAsk(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An ask as it is sent.

    Attributes:
        seconds: of processor after which the process is ended by the system.
        memory_mb: more than this it does not get.
    """

    ask: AnyOf
    seconds: int
    memory_mb: int
