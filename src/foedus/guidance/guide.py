"""The guide: a newcomer's three steps, from the live data, as of any day."""

from datetime import date
from typing import Final

from foedus.alliance.nations import Alliance
from foedus.alliance.sheets import named_nation
from foedus.guidance.following import Ways, following
from foedus.guidance.sheets import Guide, Step
from foedus.guidance.standing import standing
from foedus.guidance.training import training

TITLES: Final = (
    "Find your frameworks and obligations, and what they do not promise",
    "Join exercises, training and standards",
    "Follow what you may, in the tools you have",
)
"""What the three steps are called."""


def guide_of(
    alliance: Alliance, text: str, *, on: date, ways: Ways, today: date
) -> Guide:
    """Guide a nation through the three steps.

    Args:
        alliance: as it stands.
        text: the nation's code, name or alias.
        on: the day as of which the first two steps are told.
        ways: what the reader may follow.
        today: the day of the third step, which is always now.

    Raises:
        NotFoundError: the alliance knows no such nation.
    """
    nation = named_nation(alliance, text)
    first, second, third = TITLES
    return Guide(
        nation=nation,
        as_of=on,
        steps=(
            Step(title=first, items=tuple(standing(alliance, nation, on))),
            Step(title=second, items=tuple(training(alliance, nation, on))),
            Step(title=third, items=tuple(following(alliance, ways, today))),
        ),
    )
