"""A case: one nation and what it might become, before one reader, as of a day.

Everything that is assessed is worked out twice by the same means: of the alliance
without the change, and of the alliance with it.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import msgspec

from foedus.alliance.events import Change
from foedus.alliance.nations import Alliance
from foedus.alliance.sheets import named_nation
from foedus.alliance.statuses import Status
from foedus.clock import to_ms
from foedus.errors import InvalidInputError, TooLargeError
from foedus.ids import NationCode
from foedus.intel.reading import Snapshot
from foedus.planning.targets import Target, read_target
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel, fix
from foedus.releasability.labels import parse_label
from foedus.releasability.viewers import Viewer

TOGETHER_MAX: Final = 3
"""Further candidates: with four nations there are 24 orders, which people can read."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants assessed.

    Attributes:
        nation: by its code, name or alias.
        to: a status or a framework.
        on: as of which day.
        together: further nations that would become the same.
    """

    nation: str
    to: str
    on: date
    together: tuple[str, ...] = ()


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One nation, what it might become, and who reads.

    Attributes:
        before: the alliance as it stands.
        after: the alliance in which the nation has become it on the day.
        changes: what makes each candidate that, the nation's own first.
    """

    seen: Snapshot
    viewer: Viewer
    nation: NationCode
    target: Target
    on: date
    before: Alliance
    after: Alliance
    changes: tuple[Change, ...]

    @property
    def name(self) -> str:
        """What the nation is called."""
        return self.before.nations[self.nation].name

    @property
    def together(self) -> tuple[NationCode, ...]:
        """Every candidate, the nation itself first."""
        return tuple(each.nation for each in self.changes)

    @property
    def others(self) -> tuple[NationCode, ...]:
        """The further candidates."""
        return self.together[1:]

    @property
    def access_after(self) -> Access:
        """Who could see what if the change had been made."""
        return self.access_with((self.nation,))

    def with_all(self, nations: Collection[NationCode]) -> Alliance:
        """Give the alliance in which some of the candidates have become it."""
        found = self.before
        for change in self.changes:
            if change.nation in nations:
                found = found.with_change(change)
        return found

    def access_with(self, nations: Collection[NationCode]) -> Access:
        """Tell who could see what if some of the candidates had become it."""
        return Access(self.with_all(nations), max(self.on, self.seen.access.on))

    @property
    def until_ms(self) -> int:
        """The end of the day, in milliseconds since 1970."""
        end = datetime.combine(self.on, time(), tzinfo=UTC)
        return to_ms(end + timedelta(days=1))


def open_case(seen: Snapshot, viewer: Viewer, asked: Asked) -> Case:
    """Open the case that somebody asks for.

    Raises:
        NotFoundError: the alliance knows no such nation.
        InvalidInputError: there is no such status or framework, or a nation is named
            twice.
        RuleViolationError: a nation has it already, or cannot.
        TooLargeError: there are too many nations.
    """
    alliance = seen.access.alliance
    names = (asked.nation, *asked.together)
    codes = [named_nation(alliance, each) for each in names]
    if len(set(codes)) < len(codes):
        raise InvalidInputError("name each nation once")
    if len(asked.together) > TOGETHER_MAX:
        raise TooLargeError(f"at most {TOGETHER_MAX} further nations at once")
    found = [read_target(alliance, code, asked.to, asked.on) for code in codes]
    changes = tuple(change for _, change in found)
    return Case(
        seen=seen,
        viewer=viewer,
        nation=codes[0],
        target=found[0][0],
        on=asked.on,
        before=alliance,
        after=alliance.with_change(changes[0]),
        changes=changes,
    )


def members(alliance: Alliance, on: date) -> frozenset[NationCode]:
    """List the members on a day."""
    return frozenset(
        code for code in alliance.nations if alliance.status(code, on) is Status.MEMBER
    )


def said(case: Case, text: str, author: NationCode) -> FixedLabel:
    """Read back a label that was printed for one; it is settled, so it means the same.

    Args:
        case: who reads, and when.
        text: the canonical text.
        author: under whose name it was fixed.
    """
    access = case.seen.access
    label = parse_label(text, access.alliance)
    return fix(label, access.alliance, on=access.on, originator=author)
