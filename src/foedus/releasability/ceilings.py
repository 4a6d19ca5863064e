"""The hub's ceiling: the highest level of information that it may hold.

A guard against spills. Whoever sends something above it has made a mistake that the
hub must not multiply, so it is refused before anything of it is kept.

Source: DESIGN §6, "a hub has a ceiling level above which it refuses input".
"""

from foedus.alliance.nations import Alliance
from foedus.errors import InvalidInputError, LabelError

ABOVE_CEILING = "above_ceiling"
"""The code of the refusal."""


def resolve_ceiling(text: str | None, alliance: Alliance) -> int:
    """Find the level that the setting `ceiling` names.

    Args:
        text: the name of a level, in any language, or its abbreviation; None is the
            highest level of the alliance.
        alliance: the alliance that the hub serves.

    Raises:
        InvalidInputError: the alliance has no such level.
    """
    if text is None:
        return len(alliance.levels) - 1
    level = alliance.level(text)
    if level is None:
        known = ", ".join(each.name for each in alliance.levels)
        raise InvalidInputError(
            f"the setting ceiling: {text!r} is no level of {alliance.name}; "
            f"use one of {known}"
        )
    return level


def check_ceiling(level: int, ceiling: int, alliance: Alliance) -> None:
    """Refuse what is above the hub's ceiling.

    Args:
        level: of the information, after every join; index into the levels.
        ceiling: the highest level that the hub may hold, likewise.
        alliance: gives the names.

    Raises:
        LabelError: the level is above the ceiling (`above_ceiling`).
    """
    if level > ceiling:
        raise LabelError(
            f"{alliance.levels[level].name} is above {alliance.levels[ceiling].name}, "
            "the highest level that this hub may hold; it kept nothing of it",
            code=ABOVE_CEILING,
        )
