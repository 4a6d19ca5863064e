"""Shares of joint costs: a table of games in, what each rule asks of each player out.

The body is the file that `foedus share costs` reads, and the answer is what it prints
with `--json`. Nothing is stored, and nothing of the hub is read.
"""

import asyncio
from typing import Final

import msgspec

from foedus.api.operations import Answer, Asked, Keep, Operation
from foedus.planning.asks import AskShares
from foedus.planning.share_sheets import SharesFound, SharesSheet
from foedus.planning.shared_costs import COALITIONS_MAX, TABLE_BYTES_MAX
from foedus.planning.sharing_tables import is_moment_of_games, shares_found


async def share_costs(asked: Asked) -> Answer:
    """Share the costs of some games.

    Raises:
        InvalidInputError: the body is no table of games; the detail names the game.
        TooLargeError: it has too many games or players.
        RateLimitedError: too much of the nation waits already.
    """
    table = bytes(asked.sends(msgspec.Raw))
    ask = AskShares(table=table, coalitions_max=COALITIONS_MAX)
    if is_moment_of_games(table):
        found = await asyncio.to_thread(shares_found, ask)
    else:
        nation = asked.viewer.nation
        found = await asked.hub.workers.run(ask, SharesFound, nation=nation)
    return Answer(value=found.games)


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
        errors=(429, 503),
        while_there=True,
    ),
)
"""What can be asked."""
