"""The alliance as of any day: who is what, and who belongs to what.

- An `Alliance` never changes; `with_change` gives another one.
- Every answer is for a day; days before the first record have answers too.
- What was worked out once is looked up: a question costs a bisection.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Self

import msgspec

from foedus.alliance import communities as resolving
from foedus.alliance import histories
from foedus.alliance.communities import Resolution
from foedus.alliance.events import Change, ParticipationChanged, StatusChanged
from foedus.alliance.histories import ALWAYS, FOREVER, Stretch, Timeline, Words
from foedus.alliance.records import (
    Community,
    Framework,
    Hold,
    Level,
    Nation,
    Pack,
    Seat,
)
from foedus.alliance.sourced import Precision, Source
from foedus.alliance.statuses import Status
from foedus.alliance.vocabulary import Vocabulary
from foedus.errors import NotFoundError
from foedus.ids import CommunityCode, NationCode

KEPT_MAX = 16
"""States of one alliance, after changes, that are kept: of now, and of some past."""


class Participation(msgspec.Struct, frozen=True, kw_only=True):
    """A nation takes part in a framework over [since, until)."""

    framework: str
    nation: NationCode
    since: date | None
    until: date | None
    precision: Precision
    note: str


class Alliance:
    """An alliance of nations, dated.

    Attributes:
        pack: the data it was founded from; changes since then are not in it.
        code: its short name, and the code of its own body, which is no nation.
        levels: ascending; a level is an index into them.
        nations: with all their history, changes included.
        frameworks: by id.
        sources: the register of sources, by id.
        markings: the words of the marking grammar; null where the pack has none.
        public: every nation, whatever its status.
        founded: the alliance as it was before any change.
    """

    def __init__(
        self,
        pack: Pack,
        nations: Mapping[NationCode, Nation],
        *,
        frameworks: Mapping[str, Framework] | None = None,
        founded: Self | None = None,
        changes: tuple[Change, ...] = (),
    ) -> None:
        self.pack = pack
        self.code = pack.code
        self.name = pack.name
        self.api_root = pack.code.lower()
        self.timezone = pack.timezone
        self.levels: tuple[Level, ...] = pack.levels
        self.markings: Vocabulary | None = pack.markings
        self.nations = MappingProxyType(dict(nations))
        self.communities: Mapping[CommunityCode, Community] = MappingProxyType(
            {each.code: each for each in pack.communities}
        )
        self.frameworks: Mapping[str, Framework] = MappingProxyType(
            dict(frameworks or {each.id: each for each in pack.frameworks})
        )
        self.sources: Mapping[str, Source] = MappingProxyType(
            {each.sid: each for each in pack.sources}
        )
        self.public = frozenset(self.nations)
        self.words = Words.of(pack.words)
        self.founded = founded or self
        self._recorded = changes
        self._after = lru_cache(maxsize=KEPT_MAX)(self._changed)
        known = {} if founded is None else founded._timelines  # noqa: SLF001 - one class
        self._timelines: dict[NationCode, Timeline] = {
            code: known[code]
            if code in known and nation is self.founded.nations[code]
            else histories.timeline(nation.history, self.words)
            for code, nation in self.nations.items()
        }
        self._resolutions: dict[CommunityCode, Resolution] = resolving.resolve(
            self.communities, self.nations, self._timelines
        )
        self._changes = _days_of_change(self._timelines, self._resolutions)
        self._called_nation: dict[str, NationCode] = (
            _names_of_nations(self.nations.values())
            if founded is None
            else founded._called_nation  # noqa: SLF001 - one class
        )
        self._called_community = _names_of_communities(self.communities.values())
        self._called_level = _names_of_levels(self.levels)

    @classmethod
    def from_pack(cls, pack: Pack) -> Self:
        """Found an alliance from a checked pack."""
        return cls(pack, {nation.code: nation for nation in pack.nations})

    def with_change(self, change: Change) -> Self:
        """Give the alliance in which a status or a participation has changed."""
        return self.with_changes([change])

    def with_changes(self, changes: Iterable[Change]) -> Self:
        """Give the alliance after some changes, in the order of their recording.

        Whoever asks for the same changes is given the same alliance, if it was asked
        for lately: to work one out takes some milliseconds.
        """
        recorded = (*self._recorded, *changes)
        if not recorded:
            return self
        return self.founded._after(recorded)  # noqa: SLF001 - one class

    def _changed(self, recorded: tuple[Change, ...]) -> Self:
        nations, frameworks = dict(self.nations), dict(self.frameworks)
        for change in recorded:
            nation, history = nations[change.nation], nations[change.nation].history
            if isinstance(change, StatusChanged):
                history = histories.changed(
                    history, self.words, status=change.status, since=change.since
                )
            else:
                framework = frameworks[change.framework]
                history = _taken_part(history, framework, change, self.words)
                frameworks[change.framework] = _seated(framework, change, self.words)
            nations[change.nation] = msgspec.structs.replace(nation, history=history)
        return type(self)(
            self.pack, nations, frameworks=frameworks, founded=self, changes=recorded
        )

    @property
    def default_clearance(self) -> int:
        """The highest level that is not classified."""
        return max(n for n, level in enumerate(self.levels) if not level.classified)

    def ceiling(self, nation: NationCode) -> int:
        """Give the highest level that people of a nation may be cleared to."""
        record = self.nations.get(nation)
        found = self.level(record.ceiling) if record and record.ceiling else None
        return len(self.levels) - 1 if found is None else found

    def status(self, nation: NationCode, on: date) -> Status:
        """Tell the one status of a nation on a day.

        Raises:
            NotFoundError: the pack has no such nation.
        """
        return self._timeline(nation).at(on).status

    def since(self, nation: NationCode, on: date) -> date | None:
        """Tell since when a nation has the status it has on a day.

        Returns:
            The first day of it; null where it never had another.

        Raises:
            NotFoundError: the pack has no such nation.
        """
        return self._timeline(nation).status_since(on)

    def status_history(self, nation: NationCode) -> tuple[Stretch, ...]:
        """List the statuses of a nation over all time, without gaps.

        Raises:
            NotFoundError: the pack has no such nation.
        """
        return self._timeline(nation).stretches

    def standing(self, nation: NationCode, on: date) -> bool:
        """Tell whether a nation has standing: it is known, and not suspended."""
        timeline = self._timelines.get(nation)
        return timeline is not None and timeline.at(on).status is not Status.SUSPENDED

    def members_of(
        self, community: CommunityCode, on: date, *, with_suspended: bool = False
    ) -> frozenset[NationCode]:
        """Resolve a community on a day; the alliance's own body is no nation.

        Args:
            community: its code, not an alias.
            on: the day.
            with_suspended: keep suspended nations (open terms), whose standing is
                asked when they read; closed terms leave them out for good.

        Raises:
            NotFoundError: the pack has no such community.
        """
        resolution = self._resolution(community)
        generations = resolution.open if with_suspended else resolution.closed
        return generations.nations(on)

    def generation(self, community: CommunityCode, on: date) -> date:
        """Tell the day on which the closed membership that holds on a day began.

        Returns:
            The first day of it; `date.min` where there never was another.

        Raises:
            NotFoundError: the pack has no such community.
        """
        return self._resolution(community).closed.since(on)

    def generations(
        self, community: CommunityCode
    ) -> tuple[tuple[date, frozenset[NationCode]], ...]:
        """List every closed membership of a community, each with its first day.

        Raises:
            NotFoundError: the pack has no such community.
        """
        closed = self._resolution(community).closed
        return tuple(zip(closed.starts, closed.sets, strict=True))

    def next_change(self, after: date) -> date | None:
        """Tell the next day on which a status or a community changes, if any."""
        return min((day for day in self._changes if day > after), default=None)

    def participations(self, framework: str) -> tuple[Participation, ...]:
        """List all participation in a framework, by date.

        Raises:
            NotFoundError: the pack has no such framework.
        """
        record = self.frameworks.get(framework)
        if record is None:
            raise NotFoundError(f"no framework {framework!r} in {self.name}")
        found = [*_by_seat(record), *_by_word(record, self.nations.values())]
        within = (_clipped(each, record) for each in found)
        return tuple(sorted(filter(_lasts, within), key=_by_date))

    def participants(self, framework: str, on: date) -> frozenset[NationCode]:
        """Tell which nations take part in a framework on a day.

        Raises:
            NotFoundError: the pack has no such framework.
        """
        return frozenset(
            each.nation for each in self.participations(framework) if _covers(each, on)
        )

    def frameworks_of(self, nation: NationCode, on: date) -> tuple[Participation, ...]:
        """List what a nation takes part in on a day, in the order of the pack."""
        return tuple(
            each
            for framework in self.frameworks
            for each in self.participations(framework)
            if each.nation == nation and _covers(each, on)
        )

    def nation(self, text: str) -> NationCode | None:
        """Find a nation by its code, name or alias, in any case."""
        return self._called_nation.get(fold_name(text))

    def community(self, text: str) -> CommunityCode | None:
        """Find a community by its code or alias, in any case."""
        return self._called_community.get(fold_name(text))

    def level(self, text: str) -> int | None:
        """Find a level by its name, in any language, or abbreviation, in any case."""
        return self._called_level.get(fold_name(text))

    def _timeline(self, nation: NationCode) -> Timeline:
        timeline = self._timelines.get(nation)
        if timeline is None:
            raise NotFoundError(
                f"no nation {nation!r} in {self.name}; list the nations"
            )
        return timeline

    def _resolution(self, community: CommunityCode) -> Resolution:
        resolution = self._resolutions.get(community)
        if resolution is None:
            raise NotFoundError(f"no community {community!r} in {self.name}; list them")
        return resolution


def carriers(framework: Framework, words: Words) -> tuple[str, ...]:
    """List the words by which a nation from outside takes part; none: it has a seat."""
    return tuple(word for word in framework.words if word in words.partnership)


def fold_name(text: str) -> str:
    """Bring a name to the form in which names are compared."""
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()


def nation_names(nation: Nation) -> tuple[str, ...]:
    """List everything a nation may be called by."""
    return (nation.code, nation.name, *nation.aliases)


def community_names(community: Community) -> tuple[str, ...]:
    """List everything a community may be called by."""
    return (community.code, *community.aliases)


def level_names(level: Level) -> tuple[str, ...]:
    """List everything a level may be called by."""
    return (level.name, level.abbreviation, *level.translations.values())


def _names_of_nations(nations: Iterable[Nation]) -> dict[str, NationCode]:
    return {
        fold_name(name): nation.code
        for nation in nations
        for name in nation_names(nation)
    }


def _names_of_communities(
    communities: Iterable[Community],
) -> dict[str, CommunityCode]:
    return {
        fold_name(name): community.code
        for community in communities
        for name in community_names(community)
    }


def _names_of_levels(levels: Iterable[Level]) -> dict[str, int]:
    return {
        fold_name(name): index
        for index, level in enumerate(levels)
        for name in level_names(level)
    }


def _days_of_change(
    timelines: Mapping[NationCode, Timeline],
    resolutions: Mapping[CommunityCode, Resolution],
) -> tuple[date, ...]:
    days = {day for timeline in timelines.values() for day in timeline.starts}
    for resolution in resolutions.values():
        days.update(resolution.closed.starts, resolution.open.starts)
    return tuple(sorted(days))


def _taken_part(
    history: tuple[Hold, ...],
    framework: Framework,
    change: ParticipationChanged,
    words: Words,
) -> tuple[Hold, ...]:
    carried = carriers(framework, words)
    if not carried:
        return history
    if change.joined:
        return histories.joined(history, carried[0], since=change.since)
    return histories.left(history, carried, since=change.since)


def _seated(
    framework: Framework, change: ParticipationChanged, words: Words
) -> Framework:
    """End the seat of who leaves; give one to who joins, where no word carries it."""
    seats = [
        left
        for seat in framework.seats
        for left in (_ended(seat, change) if seat.nation == change.nation else [seat])
    ]
    if change.joined and not carriers(framework, words):
        seat = Seat(
            nation=change.nation, since=change.since, note=histories.RECORDED_HERE
        )
        seats.append(seat)
    return msgspec.structs.replace(framework, seats=tuple(seats))


def _ended(seat: Seat, change: ParticipationChanged) -> Iterable[Seat]:
    """End a seat on a day; nothing is left of one that begins no earlier."""
    since, until = histories.span(seat.since, seat.until)
    if since >= change.since:
        return []
    if until <= change.since:
        return [seat]
    return [msgspec.structs.replace(seat, until=change.since)]


def _by_seat(framework: Framework) -> Iterable[Participation]:
    return (
        Participation(
            framework=framework.id,
            nation=seat.nation,
            since=seat.since,
            until=seat.until,
            precision=seat.precision,
            note=seat.note,
        )
        for seat in framework.seats
    )


def _by_word(
    framework: Framework, nations: Iterable[Nation]
) -> Iterable[Participation]:
    return (
        Participation(
            framework=framework.id,
            nation=nation.code,
            since=hold.since,
            until=hold.until,
            precision=hold.precision,
            note=hold.note,
        )
        for nation in nations
        for hold in nation.history
        if hold.word in framework.words
    )


def _clipped(each: Participation, framework: Framework) -> Participation:
    """Let participation begin and end no earlier or later than the framework."""
    low, high = histories.span(framework.established, framework.ended)
    since, until = histories.span(each.since, each.until)
    if low <= since and until <= high:
        return each
    return msgspec.structs.replace(
        each,
        since=None if max(low, since) == ALWAYS else max(low, since),
        until=None if min(high, until) == FOREVER else min(high, until),
        precision=framework.precision if low > since else each.precision,
    )


def _lasts(each: Participation) -> bool:
    low, high = histories.span(each.since, each.until)
    return low < high


def _by_date(each: Participation) -> tuple[date, NationCode]:
    return histories.span(each.since, each.until)[0], each.nation


def _covers(each: Participation, on: date) -> bool:
    low, high = histories.span(each.since, each.until)
    return low <= on and (on < high or high == FOREVER)
