"""What is told of a nation or a community: the same on every surface, in one form.

- What is told is the same for everybody: who is what is no secret among them.
- A nation that is suspended is left out of a community's closed membership and stays
  in the open one, where its standing is asked when it reads; both are told.
"""

import itertools
from collections.abc import Iterable, Iterator
from datetime import date
from difflib import get_close_matches

import msgspec

from foedus.alliance.histories import ALWAYS, Stretch
from foedus.alliance.nations import (
    Alliance,
    Participation,
    fold_name,
    nation_names,
)
from foedus.alliance.statuses import Status
from foedus.errors import NotFoundError
from foedus.ids import CommunityCode, NationCode

NOW = "now"
"""When a change acts that has its day today or before."""


MEANT_MAX = 3
"""Nations that are named to somebody who wrote another."""

NAME_MAX = 60
"""Characters of a name that are compared; comparing costs their square."""


class NationLine(msgspec.Struct, frozen=True, kw_only=True):
    """A nation in a list.

    Attributes:
        since: the first day of the status; null where it never had another.
    """

    code: NationCode
    name: str
    status: Status
    since: date | None


class NationSheet(NationLine, frozen=True, kw_only=True):
    """Everything about one nation on a day.

    Attributes:
        as_of: the day.
        aliases: other names by which labels and people call it.
        communities: codes of the communities that it belongs to.
        frameworks: what it takes part in.
    """

    as_of: date
    aliases: tuple[str, ...]
    communities: tuple[CommunityCode, ...]
    frameworks: tuple[Participation, ...]


class StatusSpan(msgspec.Struct, frozen=True, kw_only=True):
    """A nation has one status over [since, until).

    Attributes:
        since: null where it never had another.
        until: null where no end is known.
    """

    status: Status
    since: date | None
    until: date | None


class StatusSheet(NationLine, frozen=True, kw_only=True):
    """The status of a nation over all time.

    Attributes:
        history: what it was and is, the oldest first.
        coming: what is recorded and has not begun.
    """

    history: tuple[StatusSpan, ...]
    coming: tuple[StatusSpan, ...]


class Generation(msgspec.Struct, frozen=True, kw_only=True):
    """A community's closed membership over some time, and how it came about.

    Attributes:
        since: the first day of it; null where there never was another.
        joined: who is in it and was not in the one before.
        left: who was in the one before.
        count: how many are in it.
    """

    since: date | None
    joined: tuple[NationCode, ...]
    left: tuple[NationCode, ...]
    count: int


class CommunitySheet(msgspec.Struct, frozen=True, kw_only=True):
    """A community on a day.

    Attributes:
        as_of: the day.
        known: whether its nations are known; a label cannot use it if not.
        generation: the first day of the membership; null where there never was
            another.
        nations: who belongs to it, without those that are suspended.
        suspended: who belongs to it and is suspended; in open terms alone.
        includes_body: whether the alliance's own body belongs to it.
        open: how a label names its nations of whenever it is read.
        closed: how a label names its nations of that day.
        generations: every membership up to that day, the oldest first.
    """

    code: CommunityCode
    name: str
    as_of: date
    known: bool
    generation: date | None
    nations: tuple[NationCode, ...]
    suspended: tuple[NationCode, ...]
    includes_body: bool
    open: str | None
    closed: str | None
    generations: tuple[Generation, ...]


def nation_line(alliance: Alliance, code: NationCode, on: date) -> NationLine:
    """Tell of a nation in a list."""
    return NationLine(
        code=code,
        name=alliance.nations[code].name,
        status=alliance.status(code, on),
        since=alliance.since(code, on),
    )


def nation_lines(
    alliance: Alliance, on: date, status: Status | None = None
) -> list[NationLine]:
    """List the nations by code; only those of one status, if given."""
    lines = (nation_line(alliance, code, on) for code in sorted(alliance.nations))
    return [each for each in lines if status in (None, each.status)]


def nation_sheet(alliance: Alliance, text: str, on: date) -> NationSheet:
    """Tell of one nation, by its code, name or alias.

    Raises:
        NotFoundError: the alliance knows no such nation.
    """
    code = named_nation(alliance, text)
    return NationSheet(
        **msgspec.structs.asdict(nation_line(alliance, code, on)),
        as_of=on,
        aliases=tuple(alliance.nations[code].aliases),
        communities=tuple(
            community
            for community in sorted(alliance.communities)
            if code in alliance.members_of(community, on)
        ),
        frameworks=alliance.frameworks_of(code, on),
    )


def status_sheet(alliance: Alliance, text: str, on: date) -> StatusSheet:
    """Tell of the status of one nation, by its code, name or alias.

    Raises:
        NotFoundError: the alliance knows no such nation.
    """
    code = named_nation(alliance, text)
    spans = tuple(_spans(alliance.status_history(code)))
    begun = [(each.since or ALWAYS) <= on for each in spans]
    return StatusSheet(
        **msgspec.structs.asdict(nation_line(alliance, code, on)),
        history=tuple(itertools.compress(spans, begun)),
        coming=tuple(itertools.compress(spans, (not each for each in begun))),
    )


def community_sheet(alliance: Alliance, text: str, on: date) -> CommunitySheet:
    """Tell of one community, by its code or alias.

    Raises:
        NotFoundError: the alliance knows no such community.
    """
    code = alliance.community(text)
    if code is None:
        raise NotFoundError(
            f"no community {text!r} in {alliance.name}; there are "
            + ", ".join(sorted(alliance.communities))
        )
    record = alliance.communities[code]
    closed = alliance.members_of(code, on)
    whole = alliance.members_of(code, on, with_suspended=True)
    began = alliance.generation(code, on)
    return CommunitySheet(
        code=code,
        name=record.name,
        as_of=on,
        known=record.known,
        generation=_day(began),
        nations=tuple(sorted(closed)),
        suspended=tuple(sorted(whole - closed)),
        includes_body=record.includes_body,
        open=f"{code}+" if record.known else None,
        closed=f"{code} {began.isoformat()}" if record.known else None,
        generations=tuple(_generations(alliance, code, on)),
    )


def named_nation(alliance: Alliance, text: str) -> NationCode:
    """Find a nation by its code, name or alias.

    Raises:
        NotFoundError: the alliance knows no such nation.
    """
    code = alliance.nation(text)
    if code is None:
        raise NotFoundError(
            f"no nation {text!r} in {alliance.name}; {_meant(alliance, text)}"
            "list the nations"
        )
    return code


def acts(since: date, *, recorded: date) -> str:
    """Tell from when a change of status acts on who may see what.

    Args:
        since: the day that it is dated.
        recorded: the day on which it is recorded.

    Returns:
        `now`, or the day that has yet to come.

    Source:
        DESIGN §6: a change has two dates and acts from the later of them.
    """
    return NOW if since <= recorded else since.isoformat()


def _meant(alliance: Alliance, text: str) -> str:
    """Say which nations may have been meant; nothing where none is near."""
    called = {
        fold_name(name): code
        for code, nation in alliance.nations.items()
        for name in nation_names(nation)
    }
    near = get_close_matches(fold_name(text)[:NAME_MAX], called, n=MEANT_MAX)
    codes = dict.fromkeys(called[name] for name in near)
    if not codes:
        return ""
    shown = " or ".join(f"{code} ({alliance.nations[code].name})" for code in codes)
    return f"did you mean {shown}? Otherwise "


def _spans(stretches: Iterable[Stretch]) -> Iterator[StatusSpan]:
    """Join what differs only in what lies under a suspension."""
    for status, group in itertools.groupby(stretches, key=lambda each: each.status):
        together = list(group)
        yield StatusSpan(
            status=status, since=together[0].since, until=together[-1].until
        )


def _generations(
    alliance: Alliance, code: CommunityCode, on: date
) -> Iterator[Generation]:
    before: frozenset[NationCode] = frozenset()
    for since, nations in alliance.generations(code):
        if since > on:
            return
        if nations or before:  # that nobody belonged to it before is no news
            yield Generation(
                since=_day(since),
                joined=tuple(sorted(nations - before)),
                left=tuple(sorted(before - nations)),
                count=len(nations),
            )
        before = nations


def _day(day: date) -> date | None:
    return None if day == ALWAYS else day
