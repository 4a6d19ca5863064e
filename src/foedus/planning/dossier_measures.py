"""Measures with and without the nation's contribution, by the method of ratings.

The same ratings are worked out twice from what is before the reader: once without any
unit of the nation, once with it among those who make the measure up.

- A change of standing makes nobody contribute. Where no contribution of the nation is
  before the reader there is no evidence of what it would change, and no guess.
- More units without a report change nothing; and where nothing of a contributor is
  before the reader, the answer is withheld and not approximated.
"""

from collections.abc import Collection, Sequence
from typing import Final

import msgspec

from foedus.ids import NationCode
from foedus.planning.cases import Case, said
from foedus.readiness.capability import rate_capability
from foedus.readiness.interoperability import rate_interoperability
from foedus.readiness.measures import MeasureLine, list_measures
from foedus.readiness.promptness import rate_readiness
from foedus.readiness.ratings import NO_EVIDENCE, WITHHELD, Rating, Stock, nothing
from foedus.readiness.reading import Held
from foedus.readiness.records import Requirement
from foedus.readiness.stocks import Shelf, shelf_of
from foedus.releasability.join import FixedLabel

NAMES: Final = ("capability", "readiness", "interoperability")
"""What is rated of a measure, in the order in which it is told."""


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """One rating, without and with.

    Attributes:
        without: the word without the nation's contribution.
        with_it: the word with it.
        basis: what each of the two comes from, in the same order.
        uncertainty: of the second, in words.
    """

    of: str
    without: str
    with_it: str
    basis: tuple[str, str]
    uncertainty: str


class MeasureChange(msgspec.Struct, frozen=True, kw_only=True):
    """A measure, without and with.

    Attributes:
        contributors: who makes it up without the nation, as far as the reader knows.
        contributes: whether a unit of the nation that is before the reader is pledged.
        words: capability, readiness and interoperability.
        records: how many records of the nation the words with it rest on.
        illustrative: whether any record was made up to show something.
    """

    measure: str
    name: str
    contributors: tuple[NationCode, ...]
    contributes: bool
    words: tuple[Word, ...]
    records: int
    illustrative: bool

    @property
    def differs(self) -> bool:
        """Whether any word differs by what is before the reader."""
        return self.contributes and any(
            each.without != each.with_it for each in self.words
        )

    @property
    def is_less(self) -> bool:
        """Whether something that was said before cannot be said any more."""
        return self.contributes and any(
            each.with_it in (WITHHELD, NO_EVIDENCE)
            and each.without not in (WITHHELD, NO_EVIDENCE)
            for each in self.words
        )


class MeasuresChange(msgspec.Struct, frozen=True, kw_only=True):
    """All measures, without and with."""

    changes: tuple[MeasureChange, ...]


def measures_change(case: Case) -> tuple[MeasuresChange, set[FixedLabel]]:
    """Rate every measure without and with the nation's contribution.

    Returns:
        The measures, and the labels of all that they rest on.
    """
    seen = case.seen
    shelf = shelf_of(seen.db, seen.access, case.viewer, case.on)
    lines = list_measures(seen.db, seen.access, case.viewer)
    labels: set[FixedLabel] = set()
    changes = []
    without = candidate_shelf(shelf, (), (case.nation,))
    with_it = candidate_shelf(shelf, (case.nation,), ())
    for each in lines:
        stocks = without.stock(each.measure), with_it.stock(each.measure)
        found, used = _change(case, each, *stocks)
        changes.append(found)
        labels |= used
        labels |= {said(case, one.label, one.author) for one in each.declared}
    return MeasuresChange(changes=tuple(changes)), labels


def _change(
    case: Case, measure: MeasureLine, without: Stock, with_it: Stock
) -> tuple[MeasureChange, set[FixedLabel]]:
    contributes = _contributes(case, with_it)
    rated = rate(with_it) if contributes else _nothing(case)
    pairs = list(zip(NAMES, rate(without), rated, strict=True))
    cited = {
        each.record: each
        for _, *ratings in pairs
        for rating in ratings
        for each in (*rating.rests_on, *(left.cited for left in rating.not_counted))
    }
    labels = {said(case, each.label, each.author) for each in cited.values()}
    for held in filter(None, (without.requirement, with_it.requirement)):
        labels.add(said(case, held.label, held.author))
    found = MeasureChange(
        measure=measure.measure,
        name=measure.name,
        contributors=without.contributors,
        contributes=contributes,
        words=tuple(
            Word(
                of=name,
                without=old.word,
                with_it=new.word,
                basis=(old.basis, new.basis),
                uncertainty=new.uncertainty,
            )
            for name, old, new in pairs
        ),
        records=sum(each.nation == case.nation for each in cited.values()),
        illustrative=any(each.illustrative for each in cited.values()),
    )
    return found, labels


def candidate_shelf(
    shelf: Shelf, inside: Collection[NationCode], outside: Collection[NationCode]
) -> Shelf:
    """Give what is before the reader if some candidates contribute and others do not.

    Who is inside is named where contributors are named; who is outside is not, and none
    of its units is there.
    """
    return msgspec.structs.replace(
        shelf,
        units=tuple(each for each in shelf.units if each.content.nation not in outside),
        requirements=tuple(
            _naming(each, _named(each.content.contributors, inside, outside))
            for each in shelf.requirements
        ),
    )


def _named(
    contributors: Sequence[NationCode],
    inside: Collection[NationCode],
    outside: Collection[NationCode],
) -> tuple[NationCode, ...]:
    if not contributors:
        return ()  # units speak for who contributes
    kept = (each for each in contributors if each not in outside)
    return tuple(dict.fromkeys((*kept, *inside)))


def rate(stock: Stock) -> tuple[Rating, Rating, Rating]:
    """Rate capability, readiness and interoperability, in this order."""
    return rate_capability(stock), rate_readiness(stock), rate_interoperability(stock)


def _nothing(case: Case) -> tuple[Rating, Rating, Rating]:
    rating = nothing(f"no contribution of {case.nation} is before you")
    return rating, rating, rating


def _contributes(case: Case, stock: Stock) -> bool:
    return any(each.content.nation == case.nation for each in stock.units)


def _naming(
    held: Held[Requirement], nations: tuple[NationCode, ...]
) -> Held[Requirement]:
    content = msgspec.structs.replace(held.content, contributors=nations)
    return msgspec.structs.replace(held, content=content)
