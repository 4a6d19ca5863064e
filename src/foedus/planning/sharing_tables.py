"""Tables that are worked out for others: small ones at once, others in a process.

What takes longer than a moment may hold up nobody else: it goes where plans are solved,
behind requests, one nation after another.
"""

from typing import Final

import msgspec

from foedus.planning.asks import AskShares
from foedus.planning.share_sheets import SharesFound, SharesSheet

DRAWS_HERE: Final = 40
"""Draws of an index that are made at once: some 50 ms; the usual 1,000 take 1 s."""

GAMES_HERE: Final = 2
"""Games that are shared at once: some 20 ms each."""

BYTES_HERE: Final = 1 << 16
"""Of a table of games that is shared at once: all coalitions of twelve players."""


class _Drawn(msgspec.Struct, frozen=True):
    """How often an index is drawn, as far as it is written."""

    draws: msgspec.Raw = msgspec.Raw(b"null")


def is_moment_of_index(table: bytes) -> bool:
    """Tell whether an index is made at once; what cannot be read is refused at once."""
    try:
        found = msgspec.json.decode(msgspec.json.decode(table, type=_Drawn).draws)
    except (msgspec.DecodeError, RecursionError):
        return True
    return isinstance(found, int) and found <= DRAWS_HERE


def is_moment_of_games(table: bytes) -> bool:
    """Tell whether games are shared at once; what cannot be read is refused at once."""
    try:
        found = msgspec.json.decode(table, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, RecursionError):
        return True
    games = sum(b"{" in bytes(each) for each in found.values())
    return games <= GAMES_HERE and len(table) <= BYTES_HERE


def shares_found(ask: AskShares) -> SharesFound:
    """Share the costs of the games of a table.

    Raises:
        InvalidInputError: it is no table of games; the detail names the game.
        TooLargeError: it has too many games or players.
    """
    # What these import is as large as half the hub, and most hubs are never asked.
    from foedus.planning.allocations import share  # noqa: PLC0415
    from foedus.planning.cost_tables import read_games  # noqa: PLC0415

    games, _ = read_games(ask.table, coalitions_max=ask.coalitions_max)
    return SharesFound(
        games={
            name: msgspec.convert(share(game), SharesSheet, from_attributes=True)
            for name, game in games.items()
        }
    )
