"""`foedus share`: what a joint cost means for each nation.

Files alone are read, so a data folder is not needed.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from foedus.cli.output import give, say, table, tell
from foedus.cli.station import Station, on_station

if TYPE_CHECKING:
    # What these import takes longer than most commands run.
    from foedus.planning.allocations import CostShares
    from foedus.planning.games import Game


@click.group("share")
def command() -> None:
    """Share joint costs between nations."""


@command.command("costs")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@on_station
def costs(station: Station, file: Path) -> None:
    """Share the costs of the games in FILE by four rules, and say what is stable.

    FILE is a JSON object, a game a key: 'players' and 'cost' by coalition, or 'needs'.
    The rules are the Shapley value, the nucleolus, separable costs and remaining
    benefits (SCRB), and proportion to what each would pay alone. Shares that are not
    stable ask more of some group than it would pay without the others.
    """
    from foedus.planning.allocations import share  # noqa: PLC0415 - as above
    from foedus.planning.cost_tables import read_games  # noqa: PLC0415 - as above

    games, others = read_games(file.read_bytes())
    for name in others:
        say(f"foedus: {name} is left out: it is no game")
    found = {name: share(game) for name, game in games.items()}
    if station.as_json:
        give(found)
        return
    for name, game in games.items():
        tell(_lines(name, game, found[name]))


def _lines(name: str, game: "Game", shares: "CostShares") -> Iterator[str]:
    rules = ("shapley", "nucleolus", "scrb", "proportional")
    yield f"{name}: {_amount(game.total)}"
    rows: list[tuple[str, ...]] = [("", "alone", *rules)]
    listed = [getattr(shares, rule) for rule in rules]
    for place, player in enumerate(game.players):
        amounts = (game.alone[place], *(each[place] for each in listed))
        rows.append((player, *map(_amount, amounts)))
    stable = ("yes" if shares.stable[rule] else "no" for rule in rules)
    rows.append(("stable", "", *stable))
    yield from (f"  {line}" for line in table(rows))
    epsilon = shares.core.epsilon
    if shares.core.empty:
        yield (
            "  No sharing is stable: the best still asks "
            f"{_amount(epsilon)} too much of some group (empty core)."
        )
    elif len(game.players) > 1:
        yield f"  Some sharing saves every group at least {_amount(-epsilon)}."
    yield ""


def _amount(value: float) -> str:
    return f"{value:,.2f}"
