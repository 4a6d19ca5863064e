"""Cost games as they are written in a file: one JSON object, a game a key.

A game is written in one of three forms; further keys are notes and are not looked at:

- `players` (a list of names, or a text of which each letter is a player) and `cost`,
  an object with a number for every coalition but the empty one;
- `needs`, a list of numbers, or an object of them by name: the cost of a coalition is
  the largest need in it. `players` may name who they are;
- `players`, `quantities` and the curve of their joint price (`first_unit` and
  `learning_rate`, with a `fixed` cost if any): whoever buys more pays less a piece.

A coalition is written by its players' names, apart by `,`, `+` or a space or run
together, or by their places from 1: `12`, or `1,12` where there are ten or more.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Final

import numpy as np

from foedus.errors import InvalidInputError, TooLargeError
from foedus.planning.games import (
    AIRPORT_PLAYERS_MAX,
    AirportGame,
    CostGame,
    Game,
    check_players,
    from_function,
)
from foedus.planning.procurement import Curve, joint_cost
from foedus.planning.tables import once

FILE_BYTES_MAX = 64 * 1024 * 1024
"""Of a file of games: a table of twenty players has about 20 MB."""

GAMES_MAX = 1_000
"""Games in one file: more than a person compares."""

NAMED_MISSING = 3
"""Missing coalitions that a refusal names; the rest is counted."""

COST_MAX = 1e15
"""The largest amount: above it a cent is lost in rounding."""

_GAME_KEYS: Final = ("players", "cost", "needs", "quantities")
"""Keys of which an entry that is a game has at least one."""

_BRACKETS: Final = "{}[]() "
"""Around a coalition they are not looked at."""

_NOBODY: Final = ("", "0", "∅")
"""How the empty coalition is written, which may be left out."""

_APART: Final = str.maketrans("+;|&/", ",,,,,")


def read_games(
    text: bytes, *, coalitions_max: int | None = None
) -> tuple[dict[str, Game], tuple[str, ...]]:
    """Read a file of games.

    Args:
        text: the file.
        coalitions_max: how many all its games together may have, but for those of a
            largest need; whoever shares for others sets it.

    Returns:
        The games by name, and the names of entries that are none.

    Raises:
        InvalidInputError: it is no JSON object, or a game is not written as one.
        TooLargeError: there are too many games, players or bytes.
    """
    if len(text) > FILE_BYTES_MAX:
        raise TooLargeError(f"a file of games has at most {FILE_BYTES_MAX} bytes")
    document = _parsed(text)
    games: dict[str, Game] = {}
    others = []
    coalitions = 0
    for name, entry in document.items():
        if isinstance(entry, dict) and any(key in entry for key in _GAME_KEYS):
            coalitions += _coalitions(entry)
            if coalitions_max is not None and coalitions > coalitions_max:
                raise TooLargeError(
                    f"{name}: the games have more than {coalitions_max} coalitions "
                    "together; send fewer, or use 'foedus share costs'"
                )
            games[name] = read_game(name, entry)
        else:
            others.append(name)
    if not games:
        raise InvalidInputError(
            "there is no game: give one by 'players' and 'cost', or by 'needs'"
        )
    if len(games) > GAMES_MAX:
        raise TooLargeError(f"{len(games)} games; at most {GAMES_MAX} are possible")
    return games, tuple(others)


def read_game(name: str, entry: Mapping[str, object]) -> Game:
    """Read one game.

    Args:
        name: begins every refusal.
        entry: what is written of it.

    Raises:
        InvalidInputError: it is not written as a game.
        TooLargeError: it has too many players.
    """
    forms = [form for form in _FORMS if form in entry]
    if not forms or {"cost", "needs"} <= set(forms):
        raise InvalidInputError(
            f"{name}: give either 'cost', or 'needs', or 'quantities' of the players"
        )
    try:
        return _FORMS[forms[0]](entry)
    except InvalidInputError as error:
        raise InvalidInputError(f"{name}: {error}") from error
    except TooLargeError as error:
        raise TooLargeError(f"{name}: {error}") from error


def _parsed(text: bytes) -> dict[str, object]:
    try:
        found = json.loads(
            text, object_pairs_hook=once, parse_constant=partial(_no_number, "cost")
        )
        if b"\\" in text or b"\xed" in text:  # only these make half a character
            json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(f"the file is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise InvalidInputError("the file is no JSON object of games by name")
    return found


def _by_table(entry: Mapping[str, object]) -> CostGame:
    players = _players(entry)
    table = entry["cost"]
    if not isinstance(table, dict):
        raise InvalidInputError("'cost' is an object with a number for each coalition")
    coalitions = _Coalitions(players)
    cost = np.full(1 << len(players), np.nan)
    cost[0] = 0.0
    for written, value in table.items():
        place = coalitions.place(written)
        amount = _number(f"cost of {written!r}", value)
        if place == 0 and amount != 0:
            raise InvalidInputError("nobody costs nothing: leave the empty one out")
        if place and not np.isnan(cost[place]):
            raise InvalidInputError(f"coalition {written!r} stands there twice")
        cost[place] = amount
    missing = np.flatnonzero(np.isnan(cost))
    if len(missing):
        named = [coalitions.name(place) for place in missing[:NAMED_MISSING].tolist()]
        more = len(missing) - len(named)
        raise InvalidInputError(
            f"{len(missing)} of {len(cost) - 1} coalitions have no cost: "
            f"{', '.join(named)}{f' and {more} more' if more else ''}"
        )
    return CostGame(players=players, cost=cost)


def _by_needs(entry: Mapping[str, object]) -> AirportGame:
    needs = entry["needs"]
    if isinstance(needs, dict):
        if "players" in entry and set(_players(entry)) != set(needs):
            raise InvalidInputError("'needs' does not name the players")
        players = _players(entry) if "players" in entry else tuple(needs)
        values = [needs[name] for name in players]
    elif isinstance(needs, list):
        values = needs
        places = tuple(str(place) for place in range(1, len(needs) + 1))
        players = _players(entry) if "players" in entry else places
    else:
        raise InvalidInputError("'needs' is a list of numbers")
    check_players(players, at_most=AIRPORT_PLAYERS_MAX)
    amounts = _amounts("need", players, values)
    return AirportGame(players=players, needs=np.array(amounts))


def _by_quantities(entry: Mapping[str, object]) -> CostGame:
    players, given = _players(entry), entry["quantities"]
    if not isinstance(given, list):
        raise InvalidInputError("'quantities' is a list of numbers")
    check_players(players)
    quantities = np.array(_amounts("quantity", players, given))
    for key in ("first_unit", "learning_rate"):
        if key not in entry:
            raise InvalidInputError(f"{key!r} is missing beside 'quantities'")
    curve = Curve(
        first_unit=_number("first_unit", entry["first_unit"]),
        learning_rate=_number("learning_rate", entry["learning_rate"]),
    )
    fixed = _number("fixed", entry.get("fixed", 0))
    return from_function(players, partial(joint_cost, quantities, curve, fixed))


_FORMS: Final[Mapping[str, Callable[[Mapping[str, object]], Game]]] = {
    "cost": _by_table,
    "needs": _by_needs,
    "quantities": _by_quantities,
}


def _coalitions(entry: Mapping[str, object]) -> int:
    """Tell how many groups of players a game is about; 0 if none is looked at."""
    many = entry.get("quantities", entry.get("players"))
    if "needs" in entry or not isinstance(many, list | str | dict):
        return 0
    return 1 << min(len(many), AIRPORT_PLAYERS_MAX)


def _players(entry: Mapping[str, object]) -> tuple[str, ...]:
    found = entry.get("players")
    if isinstance(found, str | list) and all(map(_is_name, found)):
        players = tuple(map(str, found))
    else:
        raise InvalidInputError(
            "'players' is a list of names, or a text of which each letter is one"
        )
    check_players(players, at_most=AIRPORT_PLAYERS_MAX)
    if "cost" in entry:
        check_players(players)
    return players


def _is_name(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _amounts(what: str, players: tuple[str, ...], values: list[object]) -> list[float]:
    if len(values) != len(players):
        raise InvalidInputError(f"{len(values)} numbers for {len(players)} players")
    amounts = [
        _number(f"{what} of {player}", value)
        for player, value in zip(players, values, strict=True)
    ]
    if min(amounts) < 0:
        raise InvalidInputError(f"a {what} is at least zero")
    return amounts


def _number(what: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidInputError(f"{what}: {_shortly(value)} is no number")
    if not -COST_MAX <= value <= COST_MAX:
        raise InvalidInputError(f"{what}: at most {COST_MAX:g} is possible")
    return float(value)


def _no_number(what: str, text: str) -> float:
    raise InvalidInputError(f"{what}: {text} is no number")


def _shortly(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:40]}…"  # noqa: PLR2004 - of a line


class _Coalitions:
    """Reads how coalitions of some players are written."""

    def __init__(self, players: tuple[str, ...]) -> None:
        self._players = players
        self._bits = {name: 1 << bit for bit, name in enumerate(players)}
        self._numbers = {str(bit + 1): 1 << bit for bit in range(len(players))}

    def place(self, written: str) -> int:
        """Give the number of a coalition.

        Raises:
            InvalidInputError: it is none, or may be more than one.
        """
        if written in self._bits:
            return self._bits[written]
        written = written.strip(_BRACKETS)
        if written in _NOBODY:
            return 0
        apart = [word.strip() for word in written.translate(_APART).split(",")]
        for parted in (apart, written.split()):
            for words in (self._bits, self._numbers):
                if all(word in words for word in parted):
                    return self._united(written, (words[word] for word in parted))
        if len(apart) > 1:
            strangers = [word for word in apart if word not in self._bits]
            raise InvalidInputError(
                f"coalition {written!r}: {strangers[0]!r} is no player"
            )
        return self._run_together(written)

    def name(self, place: int) -> str:
        """Write a coalition."""
        inside = [name for name, bit in self._bits.items() if place & bit]
        return ("" if all(len(name) == 1 for name in self._bits) else ",").join(inside)

    def _run_together(self, written: str) -> int:
        for words in (self._bits, self._numbers):
            ways = list(islice(_ways(written, words), 2))
            if len(ways) > 1:
                raise InvalidInputError(
                    f"coalition {written!r} can be read in two ways: "
                    "part the players by commas"
                )
            if ways:
                return self._united(written, ways[0])
        raise InvalidInputError(
            f"coalition {written!r} names others than the players "
            f"{', '.join(self._players)}"
        )

    def _united(self, written: str, bits: Iterator[int] | tuple[int, ...]) -> int:
        place = 0
        for bit in bits:
            if place & bit:
                raise InvalidInputError(f"coalition {written!r} names a player twice")
            place |= bit
        return place


def _ways(written: str, words: Mapping[str, int]) -> Iterator[tuple[int, ...]]:
    """Give the ways in which a text is some different words, one after another."""
    stack: list[tuple[int, tuple[int, ...]]] = [(0, ())]
    while stack:
        start, found = stack.pop()
        if start == len(written):
            yield found
            continue
        for word, bit in words.items():
            if bit not in found and written.startswith(word, start):
                stack.append((start + len(word), (*found, bit)))
