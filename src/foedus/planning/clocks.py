"""Named clocks: forty-eight hours from what, until what?

A number of hours means nothing without its clock. A unit with a notice to move of
48 hours has not left after 48 hours; it is on station after its notice, loading, the
way, and reception. Hours of different clocks are therefore never compared: asking for
it is refused, and `Way.hours` turns a notice into any clock.
"""

from enum import StrEnum

import msgspec

from foedus.errors import InvalidInputError


class Clock(StrEnum):
    """Until what the hours run that began with the decision, in this order."""

    READY_TO_MOVE = "ready-to-move"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    ON_STATION = "on-station"


_PASSED = {clock: place for place, clock in enumerate(Clock, start=1)}
"""How many steps of a way are over when a clock stops."""


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """A number of hours from the decision, and until what they run."""

    hours: float
    clock: Clock

    def within(self, deadline: "Hours") -> bool:
        """Tell whether these hours keep a deadline.

        Raises:
            InvalidInputError: the deadline is by another clock.
        """
        if self.clock is not deadline.clock:
            raise InvalidInputError(
                f"{self.hours:g} h until {self.clock} and {deadline.hours:g} h until "
                f"{deadline.clock} are different clocks; turn one into the other first"
            )
        return self.hours <= deadline.hours


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """What follows a unit's notice to move.

    Attributes:
        loading_h: until it departs.
        travel_h: until it arrives.
        reception_h: until it can do what it came for.
    """

    loading_h: float = 0.0
    travel_h: float
    reception_h: float = 0.0

    def hours(self, notice_h: float, clock: Clock) -> Hours:
        """Give the hours until a clock stops, for a unit with some notice to move."""
        steps = (notice_h, self.loading_h, self.travel_h, self.reception_h)
        return Hours(hours=sum(steps[: _PASSED[clock]]), clock=clock)
