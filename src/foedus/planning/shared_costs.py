"""Costs shared for others: a table of games within limits, and all that is told of it.

What the rules need is as large as half the hub and most hubs are never asked, so it is
taken up with the first question.
"""

import json
from typing import TYPE_CHECKING, Final

import msgspec

from foedus.errors import TooLargeError

if TYPE_CHECKING:
    from foedus.planning.games import FloatArray, Game

TABLE_BYTES_MAX: Final = 1 << 20
"""Bytes of a table: all coalitions of fifteen players."""

COALITIONS_MAX: Final = 1 << 16
"""Coalitions of all games together: one of sixteen players, or two of fifteen. For more
there is the command line, whose work holds up nobody else."""

UNIT_MAX: Final = 40
"""Letters of the unit of a game; a longer one is a note, and is not told."""

RULES: Final = ("shapley", "nucleolus", "scrb", "proportional")
"""The rules, in the order in which they are told."""


class RuleShares(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule asks.

    Attributes:
        amounts: in the order of the players.
        stable: whether every group is content with them.
        excess: what the worst treated group pays above its own cost; below zero where
            every group saves.
        group: that group; empty where nobody has looked which it is.
    """

    rule: str
    amounts: tuple[float, ...]
    stable: bool
    excess: float
    group: tuple[str, ...]


class SharedCost(msgspec.Struct, frozen=True, kw_only=True):
    """A joint cost, shared by every rule.

    Attributes:
        alone: what each player would pay alone.
        core_empty: whether no sharing leaves every group content.
        epsilon: what the best sharing asks too much of some group.
        unit: what its amounts are counted in, as the game says; empty where it does
            not.
    """

    name: str
    players: tuple[str, ...]
    total: float
    alone: tuple[float, ...]
    rules: tuple[RuleShares, ...]
    core_empty: bool
    epsilon: float
    unit: str = ""


def share_table(text: bytes, *, players_max: int) -> tuple[SharedCost, ...]:
    """Share the costs of the games of a table.

    Args:
        text: the table, as a file of games is written.
        players_max: how many all its games together may have.

    Raises:
        InvalidInputError: it is no table of games; the detail names the game.
        TooLargeError: it has too many bytes, coalitions or players.
    """
    from foedus.planning.cost_tables import read_games  # noqa: PLC0415 - see above

    if len(text) > TABLE_BYTES_MAX:
        raise TooLargeError(
            f"a table of games has at most {TABLE_BYTES_MAX} bytes; send fewer games, "
            "or use 'foedus share costs'"
        )
    games, _ = read_games(text, coalitions_max=COALITIONS_MAX)
    if sum(game.n for game in games.values()) > players_max:
        raise TooLargeError(
            f"the games have more than {players_max} players together; send fewer, "
            "or use 'foedus share costs'"
        )
    units = _units(text)
    return tuple(
        _shared(name, game, units.get(name, "")) for name, game in games.items()
    )


def _units(text: bytes) -> dict[str, str]:
    """Give what the amounts of each game are counted in, of a table that was read."""
    said = {
        name: entry.get("unit")
        for name, entry in json.loads(text).items()
        if isinstance(entry, dict)
    }
    return {
        name: " ".join(unit.split())
        for name, unit in said.items()
        if isinstance(unit, str) and len(unit) <= UNIT_MAX
    }


def _shared(name: str, game: "Game", unit: str) -> SharedCost:
    from foedus.planning.allocations import share  # noqa: PLC0415 - see above

    found = share(game)
    listed = {rule: tuple(getattr(found, rule)) for rule in RULES}
    return SharedCost(
        name=name,
        players=game.players,
        total=game.total,
        alone=tuple(game.alone.tolist()),
        rules=tuple(
            _of_rule(game, rule, amounts, stable=found.stable[rule])
            for rule, amounts in listed.items()
        ),
        core_empty=found.core.empty,
        epsilon=found.core.epsilon,
        unit=unit,
    )


def _of_rule(
    game: "Game", rule: str, amounts: tuple[float, ...], *, stable: bool
) -> RuleShares:
    import numpy as np  # noqa: PLC0415 - see above

    shares = np.array(amounts)
    return RuleShares(
        rule=rule,
        amounts=amounts,
        stable=stable,
        excess=game.worst_excess(shares),
        group=() if stable else _worst_treated(game, shares),
    )


def _worst_treated(game: "Game", shares: "FloatArray") -> tuple[str, ...]:
    """Name the group that pays most above its own cost, where there is a table.

    Of several that rounding alone tells apart it is the first.
    """
    from foedus.planning.allocations import STABLE_WITHIN  # noqa: PLC0415
    from foedus.planning.games import CostGame, coalition_sums  # noqa: PLC0415

    if not isinstance(game, CostGame):
        return ()
    excess = (coalition_sums(shares) - game.cost)[1:-1]
    within = STABLE_WITHIN * float(abs(game.cost).max())
    place = 1 + int((excess >= excess.max() - within).argmax())
    return tuple(name for bit, name in enumerate(game.players) if place >> bit & 1)
