"""What nations record: requirements, units, reports, standards, tests, training.

- Each record says on which day it holds; where it claims something, it says what shows
  it. What is not known is left out, never guessed.
- Hours always go with the clock that they run by: a notice to move of 48 hours is no
  arrival after 48 hours.
- Nothing here grades anything: grades follow, by the rules beside.
"""

from datetime import date
from typing import Annotated, Final, Literal

import msgspec

from foedus.ids import NationCode

TITLE_MAX: Final = 200
"""Characters of a name: it stands in lists."""

WORDS_MAX: Final = 4_000
"""Characters of a purpose, a piece of evidence or a lesson: two pages."""

KEY_MAX: Final = 100
"""Characters of an id, or of a key of the pack."""

EVERY_MAX: Final = 1_461
"""Days after which what is periodic comes again: four years with their leap day."""

PARTS_MAX: Final = 256
"""Needs, nations, standards, caveats or objectives of one record."""

AMOUNT_MAX: Final = 1_000_000
"""The largest size of a unit, or amount of a need."""

HOURS_MAX: Final = 24 * 366 * 2
"""The longest notice: two years. Beyond it nothing is ready."""

TONNES_MAX: Final = 10_000_000
"""What one unit may have lifted: more than any fleet carries at once."""

KM_MAX: Final = 50_000
"""The longest way: once around the earth, and some detours."""

PEOPLE_MAX: Final = 1_000_000
"""People that one enrolment or certificate may stand for."""

Title = Annotated[str, msgspec.Meta(min_length=1, max_length=TITLE_MAX)]
Words = Annotated[str, msgspec.Meta(max_length=WORDS_MAX)]
Key = Annotated[str, msgspec.Meta(min_length=1, max_length=KEY_MAX)]
NoKey = Annotated[str, msgspec.Meta(max_length=KEY_MAX)]
Keys = Annotated[tuple[Key, ...], msgspec.Meta(max_length=PARTS_MAX)]
Nation = Annotated[NationCode, msgspec.Meta(min_length=1, max_length=KEY_MAX)]
Nations = Annotated[tuple[Nation, ...], msgspec.Meta(max_length=PARTS_MAX)]
Amount = Annotated[float, msgspec.Meta(gt=0, le=AMOUNT_MAX)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Hours = Annotated[float, msgspec.Meta(ge=0, le=HOURS_MAX)]
People = Annotated[int, msgspec.Meta(ge=1, le=PEOPLE_MAX)]

Clock = Literal["ready-to-move", "departed", "arrived", "on-station"]
"""Until what hours run that began with the order."""

Posture = Literal["continuous", "at-notice", "on-demand", "periodic"]
"""How a unit is there: always, some hours after the order, when asked, at times."""

Shown = Literal["declared", "inspected", "exercised"]
"""How what is claimed was shown: its nation says so, others looked, it was done."""

Result = Literal["success", "limited", "issue"]
"""What came of a test between two: it works, in part, it does not."""

Grade = Literal["achieved", "partly", "not-achieved"]
"""How far an objective of an exercise was met."""

About = Literal["capability", "readiness", "interoperability"]
"""What an objective of an exercise tells of."""

Course = Literal["planned", "running", "done", "cancelled"]
"""How an exercise stands."""


class Content(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is recorded; unknown keys are refused, so that none is misspelt."""


class Need(Content, frozen=True, kw_only=True):
    """How much of one type is wanted."""

    type: Title
    amount: Amount


class Measure(Content, frozen=True, kw_only=True):
    """A measure that is declared.

    Attributes:
        of: the measure of the pack that is meant; empty for a new one.
        level: the rung of a ladder that it belongs to, if any.
        decision: the decision that declared it; empty where none did.
    """

    name: Title
    purpose: Words = ""
    of: NoKey = ""
    level: Words = ""
    decision: NoKey = ""


class Requirement(Content, frozen=True, kw_only=True):
    """What a measure asks for, from a day on.

    Attributes:
        measure: a key of the pack, or the id of a declared measure.
        contributors: the nations whose contributions make it up; a rating over all of
            them is given to nobody who sees nothing of one.
        standards: that every contributor applies, by id.
        modules: in which every contributor has certified people, by id.
    """

    measure: Key
    needs: Annotated[tuple[Need, ...], msgspec.Meta(max_length=PARTS_MAX)] = ()
    contributors: Nations = ()
    standards: Keys = ()
    modules: Keys = ()
    since: date


class Rotation(Content, frozen=True, kw_only=True):
    """How long a unit is away, and at home after it, in months."""

    tour_months: Amount
    home_months: Amount


class Absence(Content, frozen=True, kw_only=True):
    """Days on which a unit is not there: a refit, another list, rest after a tour.

    Attributes:
        until: the day after its last.
    """

    since: date
    until: date
    reason: Words = ""


class Unit(Content, frozen=True, kw_only=True):
    """A unit or service that a nation contributes.

    Attributes:
        type: what it counts as; a need asks for the same word.
        size: how much of its type it is.
        measures: to which it is pledged.
        location: where it starts from.
        caveats: where, or to what, its nation does not send it.
        away: when it is not there.
        tonnes: what has to be lifted to move it.
        until: the day after its last.
    """

    nation: Nation
    name: Title
    type: Title
    size: Amount = 1.0
    measures: Keys = ()
    location: Words = ""
    caveats: Annotated[tuple[Title, ...], msgspec.Meta(max_length=PARTS_MAX)] = ()
    rotation: Rotation | None = None
    away: Annotated[tuple[Absence, ...], msgspec.Meta(max_length=PARTS_MAX)] = ()
    tonnes: Annotated[float, msgspec.Meta(ge=0, le=TONNES_MAX)] = 0.0
    since: date
    until: date | None = None


class Spell(Content, frozen=True, kw_only=True):
    """Days on which a periodic unit is there.

    Attributes:
        until: the day after its last.
    """

    since: date
    until: date


class Report(Content, frozen=True, kw_only=True):
    """How ready a unit is, as somebody has found.

    Attributes:
        notice_h: until `clock`; of what is on demand until it answers.
        windows: how often a year it is there, of what is periodic.
        present: when it is, from which day until which.
        every_days: after how many days these days come again; null for never.
        available: the share of its size that is there, at least.
        available_to: the share that may be there; null for the same.
        as_of: the day on which it was so.
        valid_until: the day from which nobody relies on it.
        evidence: what shows it: a reference or words. Without it, nothing counts.
    """

    unit: Key
    posture: Posture
    notice_h: Hours | None = None
    clock: Clock = "ready-to-move"
    windows: Annotated[int, msgspec.Meta(ge=1, le=366)] | None = None
    present: Annotated[tuple[Spell, ...], msgspec.Meta(max_length=PARTS_MAX)] = ()
    every_days: Annotated[int, msgspec.Meta(ge=1, le=EVERY_MAX)] | None = None
    available: Share = 1.0
    available_to: Share | None = None
    as_of: date
    valid_until: date
    evidence: Words = ""
    shown: Shown = "declared"


class Adoption(Content, frozen=True, kw_only=True):
    """A nation applies a standard."""

    nation: Nation
    standard: Key
    since: date
    until: date | None = None
    evidence: Words = ""
    shown: Shown = "declared"


class PairTest(Content, frozen=True, kw_only=True):
    """Systems of two nations were tried together.

    Attributes:
        subject: what was tried, such as `Link 16 track exchange`.
        measure: for which it counts; empty for every one.
    """

    first: Nation
    second: Nation
    subject: Title
    measure: NoKey = ""
    result: Result
    on: date
    evidence: Words = ""


class Module(Content, frozen=True, kw_only=True):
    """A module that the alliance adds to the training catalogue.

    Attributes:
        teaches: the standards that it trains people in, by id.
    """

    name: Title
    purpose: Words = ""
    teaches: Keys = ()


class Enrolment(Content, frozen=True, kw_only=True):
    """A nation sends people to a module."""

    module: Key
    nation: Nation
    people: People
    on: date


class Completion(Content, frozen=True, kw_only=True):
    """People of a nation completed a module.

    Attributes:
        certificate: its number; no person's name.
        valid_until: the day from which it no longer counts; null: it stays.
    """

    module: Key
    nation: Nation
    people: People
    on: date
    valid_until: date | None = None
    certificate: Title


class Objective(Content, frozen=True, kw_only=True):
    """What an exercise is to show.

    Attributes:
        id: names it within the exercise, such as `o1`.
    """

    id: Key
    text: Title
    about: About = "interoperability"


class Exercise(Content, frozen=True, kw_only=True):
    """An exercise.

    Attributes:
        measures: of which it tells.
        host: where, or who.
        until: the day after its last.
    """

    name: Title
    purpose: Words = ""
    since: date
    until: date
    host: Words = ""
    measures: Keys = ()
    objectives: Annotated[
        tuple[Objective, ...], msgspec.Meta(max_length=PARTS_MAX)
    ] = ()
    status: Course = "planned"


class Participation(Content, frozen=True, kw_only=True):
    """A nation takes part in an exercise, perhaps with a unit."""

    exercise: Key
    nation: Nation
    unit: NoKey = ""
    role: Words = ""


class Evaluation(Content, frozen=True, kw_only=True):
    """An objective was evaluated; taking part alone shows nothing.

    Attributes:
        nation: whose part in it; empty for all that took part.
    """

    exercise: Key
    objective: Key
    nation: Annotated[NationCode, msgspec.Meta(max_length=KEY_MAX)] = NationCode("")
    grade: Grade
    on: date
    evidence: Words = ""


class Lesson(Content, frozen=True, kw_only=True):
    """What was learned in an exercise, and who does what about it by when."""

    exercise: Key
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=WORDS_MAX)]
    action: Words = ""
    owner: Words = ""
    due: date | None = None


class Commitment(Content, frozen=True, kw_only=True):
    """Something that has been promised.

    Attributes:
        measure: that it belongs to; empty for none.
        priority: 1 is served before 2.
        deadline_h: when the first units have to be there, after it begins.
        clock: until what the hours of the deadline run.
        until: the day after its last.
    """

    title: Title
    location: Title
    measure: NoKey = ""
    needs: Annotated[tuple[Need, ...], msgspec.Meta(min_length=1, max_length=PARTS_MAX)]
    since: date
    until: date | None = None
    priority: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 1
    deadline_h: Hours | None = None
    clock: Clock = "on-station"


class Route(Content, frozen=True, kw_only=True):
    """How long units take between two places.

    Attributes:
        start: where units start from, as their `location` says it.
        end: where a commitment is, as its `location` says it.
        loading_h: from being ready to move until they have departed.
        travel_h: from departing until they have arrived.
        reception_h: from arriving until they are on station.
        km: how far it is, for lift.
        one_way: whether it says nothing of the way back.
        source: who or what says so.
    """

    start: Title
    end: Title
    loading_h: Hours = 0.0
    travel_h: Hours
    reception_h: Hours = 0.0
    km: Annotated[float, msgspec.Meta(ge=0, le=KM_MAX)] = 0.0
    one_way: bool = False
    source: Annotated[str, msgspec.Meta(min_length=1, max_length=WORDS_MAX)]
    since: date


AnyContent = (
    Measure
    | Requirement
    | Unit
    | Report
    | Adoption
    | PairTest
    | Module
    | Enrolment
    | Completion
    | Exercise
    | Participation
    | Evaluation
    | Lesson
    | Commitment
    | Route
)
"""Everything that can be recorded."""
