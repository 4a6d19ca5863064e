"""Cost games: what a cost would be for every group of players that acted alone.

- A `CostGame` has the cost of every coalition in one array. The place of a coalition
  is a number whose bit *i* says whether player *i* is in it; place 0 costs nothing.
- An `AirportGame` costs what its neediest player needs, so that no table is wanted
  and any number of players will do.
"""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from foedus.errors import InvalidInputError, TooLargeError

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

TABLE_PLAYERS_MAX = 20
"""Players of a game with a table: a million coalitions, 8 MB an array."""

AIRPORT_PLAYERS_MAX = 10_000
"""Players of a game without a table; closed forms take n steps each, n times."""


class CostGame(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A cost for every coalition.

    Attributes:
        players: their names, in the order of the bits.
        cost: 2^n costs; that of nobody is zero.
    """

    players: tuple[str, ...]
    cost: FloatArray

    @property
    def total(self) -> float:
        """The cost of all together."""
        return float(self.cost[-1])

    @property
    def alone(self) -> FloatArray:
        """What each player would pay alone."""
        return self.cost[_singletons(len(self.players))]

    @property
    def marginal(self) -> FloatArray:
        """What each player adds to the cost of all others together."""
        return self.total - self.cost[len(self.cost) - 1 - _singletons(self.n)]

    @property
    def n(self) -> int:
        """How many players there are."""
        return len(self.players)

    def worst_excess(self, shares: FloatArray) -> float:
        """Tell how much the worst treated coalition pays above its own cost.

        Negative where every coalition saves. Zero for one player, who has no choice.
        """
        if self.n == 1:
            return 0.0
        excess = coalition_sums(shares) - self.cost
        return float(excess[1:-1].max())


class AirportGame(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A cost that is the largest need of those who take part.

    Source:
        Littlechild and Owen 1973: a runway is as long as its largest aircraft wants.
    """

    players: tuple[str, ...]
    needs: FloatArray

    @property
    def total(self) -> float:
        """The cost of all together."""
        return float(self.needs.max())

    @property
    def alone(self) -> FloatArray:
        """What each player would pay alone."""
        return self.needs

    @property
    def marginal(self) -> FloatArray:
        """What each player adds: nothing, but for the one with the largest need."""
        added = np.zeros_like(self.needs)
        if self.n == 1:
            return self.needs
        order = np.argsort(self.needs, kind="stable")
        added[order[-1]] = self.needs[order[-1]] - self.needs[order[-2]]
        return added

    @property
    def n(self) -> int:
        """How many players there are."""
        return len(self.players)

    def worst_excess(self, shares: FloatArray) -> float:
        """Tell how much the worst treated coalition pays above its own cost.

        Of all coalitions with one neediest player, the one of everybody who pays
        something and needs no more is treated worst.
        """
        if self.n == 1:
            return 0.0
        order = np.argsort(self.needs, kind="stable")
        need, paid = self.needs[order], shares[order]
        before = np.concatenate([[0.0], np.cumsum(np.maximum(paid, 0.0))[:-1]])
        excess = before + paid - need
        if bool(np.all(paid[:-1] > 0)):
            # Everybody together is no alternative; without whoever pays least it is.
            excess[-1] -= paid[:-1].min()
        return float(excess.max())


Game = CostGame | AirportGame


def from_function(
    players: Sequence[str], cost: Callable[[BoolArray], FloatArray]
) -> CostGame:
    """Make a game of a function that costs many coalitions at once.

    Args:
        players: their names.
        cost: is given one row a coalition and one column a player.

    Raises:
        TooLargeError: there are more players than a table may have.
    """
    check_players(players)
    places = np.arange(1 << len(players), dtype=np.int32)
    members = (places[:, None] >> np.arange(len(players), dtype=np.int32)) & 1 == 1
    costs = np.asarray(cost(members), dtype=np.float64).copy()
    costs[0] = 0.0
    return CostGame(players=tuple(players), cost=costs)


def check_players(players: Sequence[str], at_most: int = TABLE_PLAYERS_MAX) -> None:
    """Refuse what are no players.

    Raises:
        InvalidInputError: there are none, or a name is empty or stands twice.
        TooLargeError: there are too many.
    """
    if not players or not all(players):
        raise InvalidInputError("players: name at least one, and none by nothing")
    if len(set(players)) < len(players):
        twice = next(name for name in players if list(players).count(name) > 1)
        raise InvalidInputError(f"players: {twice!r} stands there twice")
    if len(players) > at_most:
        raise TooLargeError(f"players: {len(players)}, at most {at_most} are possible")


def coalition_sums(values: FloatArray) -> FloatArray:
    """Add up a value of each player for every coalition, by place."""
    sums = np.zeros(1 << len(values))
    for player, value in enumerate(values):
        half = 1 << player
        np.add(sums[:half], value, out=sums[half : 2 * half])
    return sums


def coalition_sizes(n: int) -> IntArray:
    """Count the members of every coalition, by place."""
    sizes = np.zeros(1 << n, dtype=np.int64)
    for player in range(n):
        half = 1 << player
        sizes[half : 2 * half] = sizes[:half] + 1
    return sizes


def is_submodular(game: CostGame, *, tolerance: float = 1e-9) -> bool:
    """Tell whether joining a larger coalition never costs more.

    Then the core is not empty, and the Shapley value is in it (Shapley 1971).
    """
    slack = tolerance * max(1.0, float(np.abs(game.cost).max()))
    for first in range(game.n):
        joined = game.cost.reshape(-1, 2, 1 << first)
        added = (joined[:, 1] - joined[:, 0]).reshape(-1)
        for second in range(game.n - 1):
            grown = added.reshape(-1, 2, 1 << second)
            if bool(np.any(grown[:, 1] > grown[:, 0] + slack)):
                return False
    return True


def _singletons(n: int) -> IntArray:
    return np.left_shift(1, np.arange(n, dtype=np.int64))
