"""Shares of joint costs: a table of games in, what each rule asks of each player out.

The body is the file that `foedus share costs` reads, and the answer is what it prints
with `--json`. Nothing is stored, and nothing of the hub is read.
"""

import asyncio
from typing import Final

import msgspec

from foedus.api.operations import Answer, Asked, Keep, Operation
from foedus.planning.shared_costs import COALITIONS_MAX, TABLE_BYTES_MAX


class Core(msgspec.Struct, frozen=True, kw_only=True):
    """Whether some sharing leaves every group of players content.

    Attributes:
        empty: none does.
        epsilon: what the best sharing asks too much of some group; below zero where
            every group saves something.
    """

    empty: bool
    epsilon: float


class SharesSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A joint cost, shared by four rules, in the order of the players.

    Attributes:
        stable: by rule, whether every group is content with its shares.
    """

    shapley: list[float]
    nucleolus: list[float]
    scrb: list[float]
    proportional: list[float]
    core: Core
    stable: dict[str, bool]


async def share_costs(asked: Asked) -> Answer:
    """Share the costs of some games.

    Raises:
        InvalidInputError: the body is no table of games; the detail names the game.
        TooLargeError: it has too many games or players.
    """
    return Answer(value=await asyncio.to_thread(_shared, asked.sends(msgspec.Raw)))


def _shared(table: msgspec.Raw) -> dict[str, SharesSheet]:
    # What these import is as large as half the hub, and most hubs are never asked.
    from foedus.planning.allocations import share  # noqa: PLC0415
    from foedus.planning.cost_tables import read_games  # noqa: PLC0415

    games, _ = read_games(bytes(table), coalitions_max=COALITIONS_MAX)
    return {
        name: msgspec.convert(share(game), SharesSheet, from_attributes=True)
        for name, game in games.items()
    }


OPERATIONS: Final = (
    Operation(
        method="POST",
        path="/api/v1/cost-shares",
        name="shareCosts",
        summary="What four rules ask of each player in a joint cost; stores nothing.",
        handler=share_costs,
        gives=dict[str, SharesSheet],
        body=msgspec.Raw,
        body_bytes_max=TABLE_BYTES_MAX,
        keep=Keep.NOBODY,
    ),
)
"""What can be asked."""
