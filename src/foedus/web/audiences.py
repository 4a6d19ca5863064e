"""Whom an object reaches, as its page shows it: who receives it, who not, and why."""

from collections.abc import Sequence

import msgspec

from foedus.ids import NationCode
from foedus.intel import releasing
from foedus.intel.audience import Audience, NationSight, audience
from foedus.intel.reading import Snapshot
from foedus.releasability.viewers import Viewer
from foedus.web.chips import Token, tokens
from foedus.web.releases import ReleaseRow, make_row


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Nations for which the same rule says the same."""

    why: str
    nations: tuple[Token, ...]


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """Whom an object reaches.

    Attributes:
        reach: how many nations, in words.
        receive: by rule, the nations that receive it.
        others: by rule, those that do not.
        by_release: what says that the viewer's own nation has it by a release alone;
            empty where its label allows it.
        also: other nations that have published the same id.
        releases: that cover it.
    """

    reach: str
    receive: tuple[Group, ...]
    others: tuple[Group, ...]
    by_release: str
    also: tuple[Token, ...]
    releases: tuple[ReleaseRow, ...]


def make_panel(seen: Snapshot, viewer: Viewer, stix_id: str) -> Panel:
    """Show whom an object reaches that the viewer holds.

    Raises:
        NotFoundError: there is no such object for the viewer.
    """
    found = audience(seen, viewer, stix_id)
    own = next((each for each in found.nations if each.nation == viewer.nation), None)
    return Panel(
        reach=_reach(seen, found),
        receive=_groups(seen, viewer, [each for each in found.nations if each.sees]),
        others=_groups(seen, viewer, [each for each in found.nations if not each.sees]),
        by_release=_said(own) if own is not None and own.rule == "release" else "",
        also=tokens(found.also_reported_by, seen.access, viewer.nation),
        releases=tuple(
            make_row(each, viewer, seen.access)
            for each in releasing.shown(seen, viewer)
            if each.event.release in found.releases
        ),
    )


def _reach(seen: Snapshot, found: Audience) -> str:
    standing = [each for each in found.nations if seen.access.standing(each.nation)]
    number = sum(each.sees for each in found.nations)
    if number == len(standing):
        return "every nation that has standing"
    return "1 nation" if number == 1 else f"{number} nations"


def _said(sight: NationSight) -> str:
    """Leave out the id of the release; the page links to it."""
    return sight.detail.partition(", ")[0] if sight.rule == "release" else sight.detail


def _groups(
    seen: Snapshot, viewer: Viewer, sights: Sequence[NationSight]
) -> tuple[Group, ...]:
    """Put nations together of which the same is said; the largest group first."""
    by_reason: dict[str, list[NationCode]] = {}
    for each in sights:
        reason = _said(each).removeprefix(f"{each.nation} ")
        by_reason.setdefault(reason, []).append(each.nation)
    ordered = sorted(by_reason.items(), key=lambda each: (-len(each[1]), each[0]))
    return tuple(
        Group(why=reason, nations=tokens(codes, seen.access, viewer.nation))
        for reason, codes in ordered
    )
