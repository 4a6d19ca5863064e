"""Capability: how much of what a measure asks for is there, and how evenly.

- Fill is what units that count have there, over what is needed, of the type of which
  there is least: plenty of one type makes up for none of another.
- The lower end of the fill gives the grade. Where the nations differ by more than
  `VARIABLE_OVER`, or the fill itself is that uncertain, no grade would be true of all
  of them: the answer is *Variable*, an interval.
"""

from typing import Final

import msgspec

from foedus.ids import NationCode
from foedus.readiness.ratings import (
    MORE_TROOPS,
    Count,
    Rating,
    Ready,
    Stock,
    any_illustrative,
    cite_report,
    count,
    nothing,
    withheld,
)
from foedus.readiness.records import Need

GRADES: Final = (("High", 0.85), ("Medium", 0.5), ("Low", 0.0))
"""Words, and above which fill each begins; at nothing at all the word is `None`."""

VARIABLE_OVER: Final = 0.5
"""Beyond half of everything between the best and the worst, one word fits nobody."""


class Fill(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a need is there.

    Attributes:
        low: at least, as a share.
        high: at most.
    """

    need: Need
    low: float
    high: float


def rate_capability(stock: Stock) -> Rating:
    """Rate how much of what a measure asks for is there."""
    found = count(stock)
    if stock.requirement is None or not stock.requirement.content.needs:
        return nothing(
            "nothing says how much it needs",
            left=found.left,
            change="A requirement that says how much of what is needed.",
        )
    if not found.ready:
        return nothing(
            "no unit with a valid report",
            left=found.left,
            change="Reports on its units that name what shows them.",
        )
    if found.unseen:
        return withheld(found.unseen, "report on a unit")
    return _rated(stock, found, stock.requirement.content.needs)


def grade(fill: float) -> str:
    """Give the word for a fill."""
    if fill <= 0:
        return "None"
    return next(word for word, least in GRADES if fill >= least)


def fills(ready: tuple[Ready, ...], needs: tuple[Need, ...]) -> list[Fill]:
    """Tell how much of each need is there, the scarcest first."""
    found = []
    for need in needs:
        units = [each for each in ready if each.unit.content.type == need.type]
        found.append(
            Fill(
                need=need,
                low=_share(sum(each.there for each in units), need.amount),
                high=_share(sum(each.there_at_most for each in units), need.amount),
            )
        )
    return sorted(found, key=lambda each: (each.low, each.high, each.need.type))


def _rated(stock: Stock, found: Count, needs: tuple[Need, ...]) -> Rating:
    filled = fills(found.ready, needs)
    low, high = filled[0].low, min(each.high for each in filled)
    shares = _shares(found.ready)
    least = min(share for share, _ in shares.values())
    most = max(share for _, share in shares.values())
    varies = max(most - least, high - low) > VARIABLE_OVER
    word = "Variable" if varies else grade(low)
    shown = (min(least, low), max(most, high)) if varies else (low, high)
    rests_on = tuple(cite_report(each) for each in found.ready)
    return Rating(
        word=word,
        basis=f"fill {shown[0]:.2f} to {shown[1]:.2f}",
        uncertainty=_uncertainty(low, high, varies=varies, shares=shares),
        low=shown[0],
        high=shown[1],
        steps=(
            *(
                f"{each.need.type}: {_range(each.low, each.high)} of "
                f"{each.need.amount:g} needed"
                for each in filled
            ),
            *(
                f"{nation}: {_range(low, high)} of what it pledged is there"
                for nation, (low, high) in sorted(shares.items())
            ),
            _rule(filled[0], low, varies=varies),
        ),
        rests_on=rests_on,
        not_counted=found.left,
        would_change=_changes(stock, found, filled[0], varies=varies),
        illustrative=any_illustrative(rests_on),
    )


def _shares(ready: tuple[Ready, ...]) -> dict[NationCode, tuple[float, float]]:
    """Give of each nation how much of what it pledged is there, of units that count."""
    shares = {}
    for nation in {each.unit.content.nation for each in ready}:
        own = [each for each in ready if each.unit.content.nation == nation]
        size = sum(each.unit.content.size for each in own)
        shares[nation] = (
            _share(sum(each.there for each in own), size),
            _share(sum(each.there_at_most for each in own), size),
        )
    return shares


def _range(low: float, high: float) -> str:
    return f"{low:.2f}" if low == high else f"{low:.2f} to {high:.2f}"


def _share(part: float, whole: float) -> float:
    """Divide, without the dust of binary fractions that would miss a threshold."""
    return round(part / whole, 9)


def _rule(scarcest: Fill, low: float, *, varies: bool) -> str:
    if varies:
        return (
            f"The nations, or the fill itself, differ by more than {VARIABLE_OVER:g}: "
            "no one grade is true of all, so it is Variable."
        )
    return (
        f"The scarcest is {scarcest.need.type}; its lower end, {low:.2f}, gives "
        f"{grade(low)} (High from 0.85, Medium from 0.50, Low above nothing)."
    )


def _uncertainty(
    low: float,
    high: float,
    *,
    varies: bool,
    shares: dict[NationCode, tuple[float, float]],
) -> str:
    if varies:
        return f"Anywhere in this range; it differs between {len(shares)} nations."
    if grade(low) != grade(high):
        return f"Between {grade(low)} and {grade(high)}; the lower is said."
    return f"{grade(low)} over the whole range."


def _changes(
    stock: Stock, found: Count, scarcest: Fill, *, varies: bool
) -> tuple[str, ...]:
    changes = []
    above = [least for _, least in GRADES if least > scarcest.low]
    if above and not varies:
        amount = (above[-1] - scarcest.low) * scarcest.need.amount
        changes.append(
            f"{amount:.2g} more of {scarcest.need.type}, reported with evidence, would "
            f"make it {grade(above[-1])}, unless the nations then differ too much."
        )
    if varies:
        changes.append(
            "Reports by which the nations differ by half or less would make it a grade."
        )
    soonest = min(found.ready, key=lambda each: each.report.content.valid_until)
    expires = soonest.report.content.valid_until
    changes.append(
        f"The report on {soonest.unit.content.name} expires on {expires}; "
        f"{_without(stock, found, soonest)}."
    )
    changes.extend(
        f"A valid report with evidence on {each.cited.text} would let it count."
        for each in found.left
        if "report" in each.why
    )
    return (*changes, MORE_TROOPS)


def _without(stock: Stock, found: Count, gone: Ready) -> str:
    rest = tuple(each for each in found.ready if each is not gone)
    assert stock.requirement is not None, "what is rated has one"
    if not rest:
        return "without it there would be no evidence"
    low = fills(rest, stock.requirement.content.needs)[0].low
    return f"without it the fill would begin at {low:.2f}"
