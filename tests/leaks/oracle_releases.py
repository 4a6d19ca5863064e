"""Releases, naively: each version is asked of each release, one by one.

- A release lets the nations of `to` see what its author's nation originated and what
  those originated who consent: what the selected audience can see, up to a level, since
  a day (of the oldest information joined in it), up to its own moment unless ongoing.
- What is originator controlled it covers only if it says so and every controller is the
  author or consents.
- The selected audience must be part of the version's: closed communities as they were
  when the oldest information arrived, open ones as they were when both the release and
  the version had arrived.

Source: DESIGN §6, "Releases"; releasability reference, section 7.
"""

from collections.abc import Iterable
from datetime import date

import msgspec

from tests.leaks import oracle_labels as labels
from tests.leaks.oracle_alliance import BODY, Alliance
from tests.leaks.oracle_rows import Account, Row, Rules


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What is released to whom, as its author says it."""

    to: tuple[str, ...]
    text: str
    since: date
    ongoing: bool = False
    controlled: bool = False
    asks: tuple[str, ...] = ()


class Release(msgspec.Struct, kw_only=True, eq=False):
    """A release that was made.

    Attributes:
        to: the nations that it lets see, whoever was named.
        horizon: the number of the first version that arrived after it.
        ever: the numbers of the versions that it ever covered.
        fitting: whether the selected audience is part of that of a version, once asked.
    """

    nation: str
    to: frozenset[str]
    level: int
    terms: Terms
    horizon: int
    consents: set[str] = set()
    is_withdrawn: bool = False
    ever: set[int] = set()
    fitting: dict[int, bool] = {}

    def covers(self, row: Row, alliance: Alliance, rules: Rules) -> bool:
        """Tell whether a version is released by it."""
        if row.earlier:
            return any(self.covers(each, alliance, rules) for each in row.earlier)
        fits = self._fits(row, alliance, rules)  # asked when both have just arrived
        return (
            fits
            and not self.is_withdrawn
            and row.label.level <= self.level
            and (row.number < self.horizon or self._goes_on(rules))
            and self._has_authority(row, rules)
            and self._is_young_enough(row, rules)
        )

    def _goes_on(self, rules: Rules) -> bool:
        return self.terms.ongoing or not rules.release_ends_with_its_moment

    def _has_authority(self, row: Row, rules: Rules) -> bool:
        agreed = self.consents | ({self.nation} - {BODY})
        if rules.release_needs_the_originator and row.nation not in agreed:
            return False
        controllers = row.label.controllers
        if not controllers or not rules.release_asks_controllers:
            return True
        return self.terms.controlled and controllers <= agreed

    def _is_young_enough(self, row: Row, rules: Rules) -> bool:
        judged = row.info if rules.release_judges_oldest_information else row.arrived
        return judged.day >= self.terms.since

    def _fits(self, row: Row, alliance: Alliance, rules: Rules) -> bool:
        """Ask once: what changes afterwards opens nothing, and closes nothing."""
        if not rules.selection_is_part_of_the_audience:
            return True
        if row.number not in self.fitting:
            reading = labels.Reading(
                alliance=alliance, originator=self.nation, members=row.info.members
            )
            selection = labels.read_as(self.terms.text, reading)
            selected = labels.audience(selection, alliance)
            reached = labels.audience(row.label, alliance) | {row.nation}
            self.fitting[row.number] = selected <= reached
        return self.fitting[row.number]

    def is_shown_to(self, account: Account) -> bool:
        """Tell whether an account may know of it: whom it concerns, and the staff."""
        if account.is_staff:
            return True
        concerned = {self.nation, *self.terms.asks} | self.to
        return account.nation in concerned and account.clearance >= self.level


def named_nations(to: Iterable[str], alliance: Alliance) -> frozenset[str]:
    """Resolve nations and communities that a release is made to."""
    found: set[str] = set()
    for each in to:
        community = alliance.community(each)
        if community is None:
            found.add(each)
        else:
            found |= alliance.closed_members(community) - {BODY}
    return frozenset(found)
