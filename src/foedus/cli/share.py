"""`foedus share`: what a joint cost means for each nation, and how nations compare.

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
    from foedus.planning.comparison_sheets import ComparisonSheet, Ranked
    from foedus.planning.games import Game
    from foedus.planning.index_sheets import IndexSheet
    from foedus.planning.ranking_sheets import AgreementSheet, OrderSheet, RankingSheet


@click.group("share")
def command() -> None:
    """Share joint costs between nations, and compare nations by many measures."""


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


@command.command("index")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@on_station
def index(station: Station, file: Path) -> None:
    """Make one number of many, and say how far it depends on how it is made.

    FILE is a JSON object: 'indicators' with direction and goalposts, 'alternatives'
    with a number for each, and the 'normalisings', 'aggregations' and 'weights' that
    somebody holds to be right; the first of each makes the scores.
    """
    from foedus.planning.index_tables import read_index  # noqa: PLC0415 - as above
    from foedus.planning.indices import make  # noqa: PLC0415 - as above

    found = make(read_index(file.read_bytes()))
    if station.as_json:
        give(found)
    else:
        tell(_lines_of_index(found))


@command.command("compare")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@on_station
def compare(station: Station, file: Path) -> None:
    """Compare alternatives by AHP, TOPSIS and PROMETHEE, after plain dominance.

    FILE is a JSON object: 'criteria' with direction and weight, 'alternatives' with a
    number for each, and 'judgements' in pairs, which make the weights or are all that
    is compared.
    """
    from foedus.planning.comparison_tables import (  # noqa: PLC0415 - as above
        read_comparison,
    )
    from foedus.planning.comparisons import compare as make  # noqa: PLC0415 - as above

    found = make(read_comparison(file.read_bytes()))
    if station.as_json:
        give(found)
    else:
        tell(_lines_of_comparison(found))


@command.command("rank")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@on_station
def rank(station: Station, file: Path) -> None:
    """Make one order of many by Condorcet, Borda and Kemeny; or hold lists together.

    FILE is a JSON object, a table a key: 'profile' of votes, or 'names' and 'support',
    or two lists 'x' and 'y', or 'rows' of a name and two numbers.
    """
    from foedus.planning.ranking_tables import (  # noqa: PLC0415 - as above
        read_rankings,
    )
    from foedus.planning.rankings import rank as make  # noqa: PLC0415 - as above

    tables, others = read_rankings(file.read_bytes())
    for name in others:
        say(f"foedus: {name} is left out: it is no table")
    found = {name: make(each) for name, each in tables.items()}
    if station.as_json:
        give(found)
        return
    for name, sheet in found.items():
        tell(_lines_of_ranking(name, sheet))


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
    elif _amount(-epsilon) in {"0.00", "-0.00"}:
        yield "  Some sharing asks no group for more than its own cost."
    elif len(game.players) > 1:
        yield f"  Some sharing saves every group at least {_amount(-epsilon)}."
    yield ""


def _amount(value: float) -> str:
    return f"{value + 0.0:,.2f}"


def _lines_of_index(sheet: "IndexSheet") -> Iterator[str]:
    made, varied = sheet.made, sheet.varied
    yield (
        f"Scores: {made.normalising}, {made.aggregation}, weights {made.weights}"
        f"{', capped' if made.capped and made.normalising == 'goalposts' else ''}"
    )
    rows: list[tuple[str, ...]] = [("indicator", "better", "goalposts", "weight")]
    for each in made.indicators:
        posts = (
            "-" if each.goalposts is None else "{:g} to {:g}".format(*each.goalposts)
        )
        rows.append((each.name, each.direction, posts, f"{each.weight:.1%}"))
    yield from _indented(rows)
    yield f"Ranks: {varied.draws} draws, seed {varied.seed}, of"
    yield f"  normalising: {', '.join(varied.normalisings)}"
    yield f"  aggregation: {', '.join(varied.aggregations)}"
    yield f"  weights: {', '.join(varied.weights)}"
    yield f"  left out: {'nothing or any one' if varied.leave_out else 'nothing'}"
    rows = [("ranks", "median", "alternative", "score", "as stated")]
    for placed in sheet.alternatives:
        ranks = f"{placed.low:g} to {placed.high:g}"
        score = f"{placed.score:.4f}"
        rank = str(placed.rank)
        rows.append((ranks, f"{placed.median:g}", placed.alternative, score, rank))
    yield from _indented(rows)
    yield f"One other choice at a time; all at once shift {sheet.mean_shift:.2f} ranks"
    rows = [("choice", "instead", "mean shift", "most")]
    for moved in sheet.moved:
        most = (
            "" if moved.most is None else f"{moved.most} {moved.rank} to {moved.then}"
        )
        rows.append((moved.choice, moved.instead, f"{moved.mean_shift:.2f}", most))
    yield from _indented(rows)
    yield "Part of all shifts that a choice explains"
    rows = [("choice", "alone", "with others")]
    for name, factor in sheet.factors.items():
        rows.append((name, f"{factor.first:.2f}", f"{factor.total:.2f}"))
    yield from _indented(rows)
    yield from _warned(sheet.warnings)


def _lines_of_comparison(sheet: "ComparisonSheet") -> Iterator[str]:
    if sheet.criteria:
        yield from _lines_of_dominance(sheet)
    if sheet.ahp is not None:
        ratio = sheet.ahp.ratio
        told = "" if ratio is None else f", consistency ratio {ratio:.3f}"
        yield f"AHP: eigenvalue {sheet.ahp.largest:.3f}{told}"
        yield from _ranked("weight", sheet.ahp.weights)
    if sheet.criteria:
        yield from _lines_of_orders(sheet)
    for turned in sheet.reversals:
        pairs = ", ".join(f"{one} and {other}" for one, other in turned.pairs)
        yield f"{turned.method} without {turned.without}: {pairs} change places"
    yield from _warned(sheet.warnings)


def _lines_of_dominance(sheet: "ComparisonSheet") -> Iterator[str]:
    yield "Dominance"
    for each in sheet.dominance:
        yield f"  {each.better} is nowhere worse than {each.worse}"
    if not sheet.dominance:
        yield "  none: each is better than any other in something, or equal"


def _lines_of_orders(sheet: "ComparisonSheet") -> Iterator[str]:
    yield "Criteria"
    rows: list[tuple[str, ...]] = [("criterion", "better", "weight", "preference")]
    for each in sheet.criteria:
        share = f"{each.weight:.1%}"
        rows.append((each.name, each.direction, share, each.preference))
    yield from _indented(rows)
    yield "TOPSIS"
    yield from _ranked("closeness", sheet.topsis)
    yield "PROMETHEE"
    rows = [("rank", "name", "net", "outranks", "outranked")]
    for flow in sheet.promethee:
        flows = (f"{value:.3f}" for value in (flow.net, flow.plus, flow.minus))
        rows.append((str(flow.rank), flow.name, *flows))
    yield from _indented(rows)


def _lines_of_ranking(name: str, sheet: "RankingSheet") -> Iterator[str]:
    yield name
    if sheet.order is not None:
        yield from _lines_of_order(sheet.order)
    if sheet.agreement is not None:
        yield from _lines_of_agreement(sheet.agreement)
    yield from _warned(sheet.warnings)


def _lines_of_order(order: "OrderSheet") -> Iterator[str]:
    by_majority = (
        "in a circle" if order.condorcet is None else _in_order(order.condorcet)
    )
    yield f"Majority of each pair: {by_majority}"
    yield "Borda"
    yield from _ranked("score", order.borda)
    if order.kemeny is not None:
        yield f"Kemeny: {order.kemeny.score:g}"
        yield from (f"  {_in_order(each)}" for each in order.kemeny.orders)
    for turned in order.reversals:
        pairs = ", ".join(f"{one} and {other}" for one, other in turned.pairs)
        yield f"Borda without {turned.without}: {pairs} change places"


def _lines_of_agreement(found: "AgreementSheet") -> Iterator[str]:
    yield f"Spearman {found.spearman:.3f}, n {found.n}, one-sided p {found.p:.4f}"
    if found.without_one is not None:
        yield "  without one: {:.3f} to {:.3f}".format(*found.without_one)
    yield f"Kendall {found.kendall:.3f}"


def _in_order(names: list[str]) -> str:
    return " > ".join(names)


def _ranked(what: str, found: list["Ranked"]) -> Iterator[str]:
    rows = ((str(each.rank), each.name, f"{each.score:.3f}") for each in found)
    yield from _indented([("rank", "name", what), *rows])


def _indented(rows: list[tuple[str, ...]]) -> Iterator[str]:
    yield from (f"  {line}" for line in table(rows))


def _warned(warnings: list[str]) -> Iterator[str]:
    if warnings:
        yield "Mind"
    yield from (f"  {warning}" for warning in warnings)
