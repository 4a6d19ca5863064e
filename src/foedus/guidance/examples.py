"""What the hub's own data shows a mistake by, on the day it is read."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from foedus.alliance.frameworks import not_promised
from foedus.alliance.guidebook import Example
from foedus.alliance.nations import Alliance
from foedus.alliance.statuses import PARTNERSHIP_STATUSES, Status
from foedus.ids import NationCode

Show = Callable[[Alliance, tuple[str, ...], date], str]


def shown_by(alliance: Alliance, example: Example, on: date) -> str:
    """Say what the data shows on a day, in a sentence."""
    return _SHOW[example.show](alliance, example.of, on)


def _members(alliance: Alliance, _: tuple[str, ...], on: date) -> str:
    count = sum(
        alliance.status(nation, on) is Status.MEMBER for nation in alliance.nations
    )
    return f"On {on} there are {count} members."


def _partners(alliance: Alliance, _: tuple[str, ...], on: date) -> str:
    outside = [
        nation
        for nation in sorted(alliance.nations)
        if alliance.status(nation, on) in PARTNERSHIP_STATUSES
    ]
    return (
        f"On {on} {len(outside)} nations are invitees, aspirants or partners, and none "
        f"of them is a member: {_named(alliance, outside)}."
    )


def _invitees(alliance: Alliance, _: tuple[str, ...], on: date) -> str:
    return f"On {on} {_of_status(alliance, Status.INVITEE, on)}."


def _suspended(alliance: Alliance, _: tuple[str, ...], on: date) -> str:
    return f"On {on} {_of_status(alliance, Status.SUSPENDED, on)}."


def _of_status(alliance: Alliance, status: Status, on: date) -> str:
    found = [
        nation
        for nation in sorted(alliance.nations)
        if alliance.status(nation, on) is status
    ]
    if not found:
        return f"nobody is {status}"
    verb = "stands" if len(found) == 1 else "stand"
    return f"{_named(alliance, found)} {verb} as {status}"


def _statuses(alliance: Alliance, of: tuple[str, ...], on: date) -> str:
    return "; ".join(_standing(alliance, NationCode(code), on) for code in of) + "."


def _standing(alliance: Alliance, nation: NationCode, on: date) -> str:
    since = alliance.since(nation, on)
    dated = f" since {since}" if since else ""
    name = alliance.nations[nation].name
    return f"on {on} {name} has the status {alliance.status(nation, on)}{dated}"


def _assurances(alliance: Alliance, _: tuple[str, ...], on: date) -> str:
    records = [
        each
        for each in alliance.frameworks.values()
        if each.established is None or each.established <= on
    ]
    promising = [each.name for each in records if each.assurance.collective_defence]
    consulting = [
        each.name
        for each in records
        if "consultation when threatened" not in not_promised(each.assurance)
    ]
    return (
        f"Of {len(records)} frameworks here these promise collective defence: "
        f"{_listed(promising)}; these promise consultation: {_listed(consulting)}."
    )


def _participants(alliance: Alliance, of: tuple[str, ...], on: date) -> str:
    return " ".join(_in_framework(alliance, each, on) for each in of)


def _in_framework(alliance: Alliance, framework: str, on: date) -> str:
    name = alliance.frameworks[framework].name
    now = sorted(alliance.participants(framework, on))
    left = [
        f"{alliance.nations[each.nation].name} ({each.until})"
        for each in alliance.participations(framework)
        if each.until is not None and each.until <= on
    ]
    gone = f" Left: {_listed(left)}." if left else ""
    verb = "takes" if len(now) == 1 else "take"
    return f"On {on} {_named(alliance, now)} {verb} part in {name}.{gone}"


def _accessions(alliance: Alliance, of: tuple[str, ...], on: date) -> str:
    return " ".join(_accession(alliance, of, on)) or f"Nobody had joined so by {on}."


def _accession(alliance: Alliance, of: tuple[str, ...], on: date) -> Iterator[str]:
    for joiner in alliance.pack.joiners:
        stages = [
            f"{stage.name} {stage.day}"
            for stage in joiner.stages
            if stage.day and stage.day <= on and stage.precision == "day"
        ]
        if stages and (not of or joiner.nation in of):
            yield f"{alliance.nations[joiner.nation].name}: {', '.join(stages)}."


def _named(alliance: Alliance, nations: list[NationCode]) -> str:
    return _listed([alliance.nations[each].name for each in nations])


def _listed(words: list[str]) -> str:
    return ", ".join(words) or "nobody"


_SHOW: Final[dict[str, Show]] = {
    "members": _members,
    "partners": _partners,
    "invitees": _invitees,
    "suspended": _suspended,
    "statuses": _statuses,
    "assurances": _assurances,
    "participants": _participants,
    "accessions": _accessions,
}
