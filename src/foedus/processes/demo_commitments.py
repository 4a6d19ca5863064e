"""What the demo's alliance has promised, from where, and how long the ways are.

Made up like its units, and marked so: places are of no map. Together they show what a
plan tells: something nobody can fill, a deadline that is kept by one clock and not by
another, a capability that cannot last, and one that is there at times.
"""

from datetime import date, timedelta
from typing import Any, Final

import msgspec

from foedus.readiness.records import Commitment, Route

SOURCE: Final = "made up for the demonstration"
"""Who says how long the ways are."""

NORTH, EAST, SOUTH = "Northern flank", "Eastern flank", "Southern water"
FJORD, LAKE, HILL = "Fjord base", "Lake base", "Hill base"
LINE: Final = "On line"
"""Where desks work from, and for: the way there takes no time."""

LOCATIONS: Final = {
    "Alert flight Auk": FJORD,
    "Alert flight Bittern": LAKE,
    "Desk Cinnabar": LINE,
    "Desk Damson": LINE,
    "Company group Elder": FJORD,
    "Company group Fir": LAKE,
    "Company group Gorse": LAKE,
    "Posts Heron": FJORD,
    "Posts Ibis": LAKE,
    "Posts Jay": HILL,
    "Engineers Kite": HILL,
    "Engineers Linnet": HILL,
    "Engineers Merlin": FJORD,
    "Fjord group": FJORD,
    "Lake group": LAKE,
}
"""Where units start from, by name."""

_REFITS: Final = {"Lake group": (90, 160)}
"""Units that are not there for a while: from and until so many days."""

ROTATIONS: Final = {"Fjord group": (6, 12), "Lake group": (4, 12)}
"""Of the units that state one: months of a tour, and at home after it."""

PATTERNS: Final = {
    "Posts Heron": (0, 63, 91),
    "Posts Ibis": (28, 98, 122),
    "Posts Jay": (14, 112, 183),
}
"""When periodic units are there: from and until so many days, and again after so
many."""

Row = tuple[str, str, str, str, float, int, float | None, str, int, int | None]
"""Title, place, measure, what and how much, priority, deadline with its clock, and
from and until how many days."""

_PROMISES: Final[tuple[Row, ...]] = (
    ("The 48-hour promise", NORTH, "rapid_reaction", "company", 4, 1, 48,
     "ready-to-move", 0, None),
    ("48 hours on station", EAST, "rapid_reaction", "company", 4, 1, 48,
     "on-station", 0, 84),
    ("Winter cover", NORTH, "rapid_reaction", "company", 3, 2, 240,
     "arrived", 56, 168),
    ("Patrol without a gap", NORTH, "joint_air_patrols", "fighter", 3, 1, 24,
     "on-station", 0, None),
    ("Desk around the clock", LINE, "cyber_defence_coordination", "cyber desk", 1, 1,
     4, "on-station", 0, None),
    ("Presence in the east", EAST, "forward_presence", "battle group", 0.7, 2, 480,
     "on-station", 0, None),
    ("Watch of the border", EAST, "border_surveillance", "post", 3, 3, None,
     "on-station", 0, None),
    ("Fuel in the air", SOUTH, "", "tanker", 1, 2, 72, "on-station", 28, 140),
    ("Roads after the flood", EAST, "", "engineers", 2, 2, 120, "arrived", 0, 168),
)  # fmt: skip

SHARED: Final = frozenset({"Roads after the flood"})
"""What partners are asked for, too."""

_WAYS: Final = (
    (FJORD, NORTH, 6, 10, 2, 600),
    (FJORD, EAST, 6, 38, 6, 2_100),
    (LAKE, NORTH, 6, 14, 2, 800),
    (LAKE, EAST, 6, 24, 6, 1_300),
    (HILL, EAST, 4, 12, 4, 500),
)
"""From, to, hours of loading, travel and reception, kilometres."""


def promised(today: date) -> list[Commitment]:
    """Give what has been promised."""
    return [_promise(each, today) for each in _PROMISES]


def _promise(row: Row, today: date) -> Commitment:
    title, where, measure, kind, amount, priority, deadline, clock, since, until = row
    said: dict[str, Any] = {
        "title": title,
        "location": where,
        "measure": measure,
        "needs": [{"type": kind, "amount": amount}],
        "since": today + timedelta(days=since),
        "until": None if until is None else today + timedelta(days=until),
        "priority": priority,
        "deadline_h": deadline,
        "clock": clock,
    }
    return msgspec.convert(said, Commitment)


def ways(today: date) -> list[Route]:
    """Give how long units take between places."""
    return [
        Route(
            start=start,
            end=end,
            loading_h=loading,
            travel_h=travel,
            reception_h=reception,
            km=km,
            source=SOURCE,
            since=today,
        )
        for start, end, loading, travel, reception, km in _WAYS
    ]


def presences(unit: str, today: date) -> dict[str, Any]:
    """Give when a periodic unit is there, as its report says it."""
    if unit not in PATTERNS:
        return {}
    first, last, every = PATTERNS[unit]
    since, until = (today + timedelta(days=each) for each in (first, last))
    return {"present": [{"since": since, "until": until}], "every_days": every}


def rotation(unit: str) -> dict[str, float] | None:
    """Give how long a unit is away and at home, where it states that."""
    if unit not in ROTATIONS:
        return None
    tour, home = ROTATIONS[unit]
    return {"tour_months": tour, "home_months": home}


def absences(unit: str, today: date) -> list[dict[str, Any]]:
    """Give when a unit is not there."""
    if unit not in _REFITS:
        return []
    since, until = (today + timedelta(days=each) for each in _REFITS[unit])
    return [{"since": since, "until": until, "reason": "refit"}]
