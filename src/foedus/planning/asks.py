"""What can be asked of a planning process; plain records, nothing of the solver."""

import msgspec

from foedus.planning.clocks import Clock
from foedus.planning.forces import Commitment, Need, Route, Situation, Unit


class Ask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that is asked; its tag says what."""


class AskCoverage(Ask, frozen=True, kw_only=True, tag="coverage"):
    """Who covers what, and what is missing; answered by a `Coverage`.

    Attributes:
        gap: how far the plan may be from what is possible.
        seconds: how long whole numbers may be searched for in all.
    """

    situation: Situation
    gap: float = 0.01
    seconds: float = 240.0


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


class Place(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where units have to close, and how much is wanted there.

    Attributes:
        tonnes_per_h: how much can be received there; None for no limit.
        units_per_h: how many units, likewise.
        commitments: for which they are wanted there: of the situation, by id. A unit
            goes that one of them takes; none named take all.
    """

    location: str
    needs: tuple[Need, ...]
    tonnes_per_h: float | None = None
    units_per_h: float | None = None
    commitments: tuple[str, ...] = ()


class Lift(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that carries units, such as a fleet of trains.

    Attributes:
        tonne_km_per_h: all of it together.
        speed_kmh: None to take the hours of the way as they are.
    """

    name: str
    tonne_km_per_h: float
    speed_kmh: float | None = None


class AskClosure(Ask, frozen=True, kw_only=True, tag="closure"):
    """Who closes where within so many hours; answered by a `Closure`.

    Attributes:
        situation: its units and ways; of its commitments whom they take.
        places: one, or two at the same time.
        hours: of the deadline.
        clock: by which it is.
        lifts: what carries units that weigh anything; none for no limit.
        busy: units that are elsewhere.
    """

    situation: Situation
    places: tuple[Place, ...]
    hours: float = 48.0
    clock: Clock = Clock.ON_STATION
    lifts: tuple[Lift, ...] = ()
    busy: tuple[str, ...] = ()


class Count(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an option counts in one part of the rating of one measure.

    Attributes:
        mends: whether it mends something broken that holds the rating down.
    """

    measure: str
    part: str
    points: float
    mends: bool = False


class Option(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that could be done.

    Attributes:
        names: what it is about, such as two nations, or a nation and a standard.
        occasion: that has to be held for it; empty for none.
    """

    id: str
    kind: str
    names: tuple[str, ...]
    said: str
    cost: float
    counts: tuple[Count, ...]
    occasion: str = ""


class Occasion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An event that costs something, whatever is done at it."""

    id: str
    said: str
    cost: float


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a rating, the lowest of which is the rating.

    Attributes:
        needs: points that lack to each word, the lowest word first.
        idle_to: up to this word nothing lacks as long as nothing is done in it; -1 for
            none. What was never tried is not held against anybody, until it is.
        broken: things that hold it down to `broken_to` until all are mended.
        broken_to: by place among the words.
    """

    name: str
    needs: tuple[float, ...]
    idle_to: int = -1
    broken: int = 0
    broken_to: int = 0


class Rated(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a measure is rated now, and what lacks to better words.

    Attributes:
        name: what it is called.
        word: by place among the words; -1 where there is no evidence.
    """

    measure: str
    name: str
    word: int
    parts: tuple[Part, ...]
    weight: float = 1.0


class AskExercises(Ask, frozen=True, kw_only=True, tag="exercises"):
    """What raises interoperability most for a budget; answered by an `ExercisePlan`.

    Attributes:
        words: of the rating, the lowest first.
        seconds: how long the search may take for each budget.
    """

    words: tuple[str, ...]
    measures: tuple[Rated, ...]
    options: tuple[Option, ...]
    occasions: tuple[Occasion, ...]
    budget: float
    seconds: float = 20.0


class AskIndex(Ask, frozen=True, kw_only=True, tag="index"):
    """A composite indicator with its rank intervals; answered by an `IndexSheet`.

    Attributes:
        table: as `foedus share index` reads it.
    """

    table: bytes


class AskShares(Ask, frozen=True, kw_only=True, tag="shares"):
    """What each rule asks in some joint costs; answered by a `SharesFound`.

    Attributes:
        table: as `foedus share costs` reads it.
        coalitions_max: how many all its games together may have.
    """

    table: bytes
    coalitions_max: int


AnyOf = (
    AskCoverage | AskDrops | AskSurge | AskClosure | AskExercises | AskIndex | AskShares
)
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
