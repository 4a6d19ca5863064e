"""Cost shares compared: what four rules ask of each in a joint cost, and who objects.

- A game is written as `foedus share costs` reads it; nothing of it is stored, and
  nothing of the hub is read.
- What is wrong with a game is said above the form, and what was typed stands in it.
- The same stands as a drawing, as a table and in a file.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.errors import FoedusError, InvalidInputError, NotFoundError
from foedus.paper.drawings import shortened
from foedus.planning.shared_costs import (
    TABLE_BYTES_MAX,
    RuleShares,
    SharedCost,
    share_table,
)
from foedus.web.bars import Bars, Value, draw_bars
from foedus.web.cost_examples import EXAMPLES, Example
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.tables import csv_answer

FORM_BYTES_MAX: Final = 3 * TABLE_BYTES_MAX + 4_096
"""Bytes of the form: each of a table may take three when it is sent."""

PLAYERS_MAX: Final = 1_000
"""Players of all games on a page, a row each; for more there is the API."""

DRAWN_MAX: Final = 12
"""Players of a game that are drawn, five bars each; the table has all."""

NAME_MAX: Final = 24
"""Letters of a name beside a bar."""

NAMED_MAX: Final = 4
"""Players of a group that are named; larger ones are counted."""

NAMES: Final = {
    "shapley": "Shapley",
    "nucleolus": "Nucleolus",
    "scrb": "SCRB",
    "proportional": "Proportional",
}
"""What the rules are called."""

INKS: Final = dict(zip(NAMES, ("f1", "f2", "f3", "f4"), strict=True))
"""How the bars of each rule are filled; what each pays alone is drawn open."""

PLACES: Final = ((1e4, 0), (1.0, 2), (0.0, 4))
"""Places behind the point, by the largest amount of a game; none if all are whole."""

SMALLEST: Final = 0.01
"""A game of smaller amounts is written in powers of ten."""

LARGEST: Final = 1e12
"""So is one of larger amounts, which would not stand beside a bar."""

COLUMNS: Final = (
    *("game", "player", "rule", "share", "percent", "alone", "saves"),
    *("stable", "worst excess", "core", "epsilon"),
)
"""Of the file."""

Words = Callable[[float], str]
"""Writes an amount."""


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule asks of a player, in words."""

    amount: str
    percent: str
    saves: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A player of a game; cells are in the order of the rules."""

    player: str
    alone: str
    cells: tuple[Cell, ...]


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What groups think of a rule's shares.

    Attributes:
        css: how its word is marked.
        why: who objects; empty where nobody does.
    """

    css: str
    word: str
    why: str


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A game with its answer, as it is shown.

    Attributes:
        core: whether some sharing leaves every group content.
        unit: what all amounts are counted in; empty where nobody says.
        drawn: how many players the drawing has, if not all.
    """

    name: str
    total: str
    unit: str
    core: str
    rows: tuple[Row, ...]
    verdicts: tuple[Verdict, ...]
    bars: Bars
    drawn: int | None


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the form, and from where it was loaded."""

    table: str = ""
    example: Example | None = None
    error: FoedusError | None = None


async def show_shares(site: Site, request: Request) -> Response:
    """Show the form: empty, or with an example and its answer.

    Raises:
        UnauthorizedError: nobody is signed in.
        NotFoundError: there is no such example.
    """
    require_session(site, request)
    wanted = request.query_params.get("example", "")
    if not wanted:
        return _page(site, request, Form(), ())
    example = next((each for each in EXAMPLES if each.key == wanted), None)
    if example is None:
        raise NotFoundError("no such example")
    found = await asyncio.to_thread(_shared, example.table)
    return _page(site, request, Form(table=example.table, example=example), found)


async def share(site: Site, request: Request) -> Response:
    """Share what was typed, as a page or as a file.

    Raises:
        UnauthorizedError: nobody is signed in.
        ForbiddenError: the form comes from elsewhere.
    """
    _, sent = await signed_form(site, request, FORM_BYTES_MAX)
    table = sent.get("table", "")
    try:
        found = await asyncio.to_thread(_shared, table)
    except FoedusError as error:
        return _page(site, request, Form(table=table, error=error), ())
    if sent.get("give") == "csv":
        return csv_answer("cost-shares", COLUMNS, _lines(found))
    return _page(site, request, Form(table=table), found)


def tell(game: SharedCost) -> Told:
    """Put a shared cost into words and a drawing."""
    words = amounts_of(game)
    return Told(
        name=game.name,
        total=words(game.total),
        unit=game.unit,
        core=_core(game, words),
        rows=tuple(_row(game, place, words) for place in range(len(game.players))),
        verdicts=tuple(_verdict(each, words) for each in game.rules),
        bars=draw_bars(list(_bars(game, words))),
        drawn=DRAWN_MAX if len(game.players) > DRAWN_MAX else None,
    )


def amounts_of(game: SharedCost) -> Words:
    """Choose how exactly the amounts of a game are written, alike for all of it."""
    shares = [amount for rule in game.rules for amount in rule.amounts]
    told = [game.total, *game.alone, *shares]
    largest = max(map(abs, told))
    if not SMALLEST <= largest < LARGEST:
        return lambda amount: f"{amount + 0.0:.5g}"
    places = next(places for least, places in PLACES if largest >= least)
    told += [game.epsilon, *(rule.excess for rule in game.rules)]
    if all(round(each, places) == round(each) for each in told):
        places = 0
    return lambda amount: f"{round(amount, places) + 0.0:,.{places}f}"


def _shared(table: str) -> tuple[SharedCost, ...]:
    if not table.strip():
        raise InvalidInputError("write a game, or load one of the examples")
    return share_table(table.encode(), players_max=PLAYERS_MAX)


def _page(
    site: Site, request: Request, form: Form, found: Sequence[SharedCost]
) -> Response:
    return site.renderer.page(
        "cost_shares.html",
        {
            **frame(site, request, Page(title="Cost shares")),
            "form": form,
            "examples": EXAMPLES,
            "rules": tuple(NAMES.values()),
            "games": [tell(each) for each in found],
        },
        status=form.error.status if form.error else 200,
    )


def _row(game: SharedCost, place: int, words: Words) -> Row:
    alone = game.alone[place]
    return Row(
        player=game.players[place],
        alone=words(alone),
        cells=tuple(
            Cell(
                amount=words(each.amounts[place]),
                percent=_percent(each.amounts[place], game.total),
                saves=_saves(alone - each.amounts[place], words),
            )
            for each in game.rules
        ),
    )


def _percent(amount: float, total: float) -> str:
    return f"{round(100 * amount / total, 1) + 0.0:.1f} %" if total else "no percent"


def _saves(saved: float, words: Words) -> str:
    if words(saved) == words(0.0):
        return "saves nothing"
    return f"saves {words(saved)}" if saved > 0 else f"pays {words(-saved)} more"


def _verdict(rule: RuleShares, words: Words) -> Verdict:
    if rule.stable:
        return Verdict(css="good", word="stable", why="")
    why = f"{_who(rule.group)} {words(rule.excess)} more than without the others"
    return Verdict(css="bad", word="not stable", why=why)


def _who(group: Sequence[str]) -> str:
    if not group:
        return "some group pays"
    if len(group) > NAMED_MAX:
        return f"a group of {len(group)} pays"
    return f"{', '.join(group)} {'pays' if len(group) == 1 else 'together pay'}"


def _core(game: SharedCost, words: Words) -> str:
    if len(game.players) == 1:
        return "One player shares with nobody."
    if game.core_empty:
        return (
            "The core is empty: no sharing leaves every group content. Under the best "
            f"one some group still pays {words(game.epsilon)} more than it would "
            "without the others; somebody has to bear that, or they part."
        )
    if game.epsilon < 0 and words(game.epsilon) != words(0.0):
        return (
            "The core is not empty: under the best sharing every group saves at least "
            f"{words(-game.epsilon)} against going without the others."
        )
    return (
        "The core is not empty, but only just: under the best sharing some group saves "
        "nothing."
    )


def _bars(game: SharedCost, words: Words) -> Iterator[Value]:
    """Give the bars of each player, below its name."""
    for place, player in enumerate(game.players[:DRAWN_MAX]):
        yield Value(name=shortened(player, NAME_MAX), parts=(), said="")
        alone = game.alone[place]
        yield Value(name="alone", parts=_part(alone, "open"), said=words(alone))
        for each in game.rules:
            amount = each.amounts[place]
            parts = _part(amount, INKS[each.rule])
            yield Value(name=NAMES[each.rule], parts=parts, said=words(amount))


def _part(amount: float, css: str) -> tuple[tuple[float, str], ...]:
    """Give a bar; what is below zero has none, and its number begins at zero."""
    return ((amount, css),) if amount > 0 else ()


def _lines(found: Sequence[SharedCost]) -> Iterator[tuple[object, ...]]:
    for game in found:
        core = "empty" if game.core_empty else "not empty"
        for place, player in enumerate(game.players):
            alone = game.alone[place]
            for each in game.rules:
                amount = each.amounts[place]
                part = 100 * amount / game.total if game.total else None
                stable = "yes" if each.stable else "no"
                of_player = (game.name, player, each.rule, amount, part)
                saved = (alone, alone - amount)
                yield (*of_player, *saved, stable, each.excess, core, game.epsilon)
