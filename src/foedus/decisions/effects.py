"""What effects name has to exist before anybody is asked to agree to them."""

from typing import assert_never

from foedus.alliance.nations import Alliance
from foedus.decisions.texts import (
    ActivateEffect,
    Effect,
    EndEffect,
    FrameworkEffect,
    MeasureEffect,
    ProtocolEffect,
    ReleaseEffect,
    StatusEffect,
    Text,
    UpdateEffect,
)
from foedus.errors import InvalidInputError, RuleViolationError
from foedus.releasability.sources import read_label


def check_effects(text: Text, alliance: Alliance) -> None:
    """Refuse effects that name what the alliance does not know.

    Raises:
        InvalidInputError: the detail names the effect.
        LabelError: a release selects by what is no label.
        RuleViolationError: a release goes above the level of the text itself.
    """
    level = read_label(text.label, alliance).level
    for number, effect in enumerate(text.effects):
        for name in _unknown(effect, alliance):
            raise InvalidInputError(
                f"effects[{number}]: {alliance.name} knows no {name!r}; see 'foedus "
                "nation list' and 'foedus framework list'"
            )

        if isinstance(effect, ReleaseEffect):
            _check_level(effect, level, alliance)


def _check_level(effect: ReleaseEffect, level: int, alliance: Alliance) -> None:
    """Refuse to release more than those may see who decide on it."""
    if read_label(effect.label, alliance).level > level:
        raise RuleViolationError(
            f"a text of {alliance.levels[level].name} releases nothing above it; label "
            "the text higher"
        )


def _unknown(effect: Effect, alliance: Alliance) -> list[str]:
    match effect:
        case StatusEffect():
            named = [effect.nation]
        case FrameworkEffect():
            if effect.framework not in alliance.frameworks:
                return [effect.framework]
            named = [effect.nation]
        case ReleaseEffect():
            return [each for each in effect.to if not _is_known(each, alliance)]
        case (
            UpdateEffect()
            | ProtocolEffect()
            | MeasureEffect()
            | ActivateEffect()
            | EndEffect()
        ):
            return []
        case _:
            assert_never(effect)
    return [each for each in named if alliance.nation(each) is None]


def _is_known(name: str, alliance: Alliance) -> bool:
    return alliance.nation(name) is not None or alliance.community(name) is not None
