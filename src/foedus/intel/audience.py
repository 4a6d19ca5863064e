"""Whom an object reaches now: every nation, and the rule that lets it see or not.

- Told to those alone who hold the object: who may see a thing may know its audience.
- A release counts for everybody, but only those are told which one who may know of it.
- What is hidden changes nothing here: another nation's lane is named where the asker
  may see it, and nations that hold it are judged by the rules, not by what they hold.

Source: DESIGN §6, "Lanes", "Releases" and "Explain and preview".
"""

from collections.abc import Sequence

import msgspec

from foedus.errors import NotFoundError
from foedus.ids import NationCode, ReleaseId, StixId
from foedus.intel.covers import Covers
from foedus.intel.explain import Explanation, is_for, judge
from foedus.intel.reading import Snapshot, Stored
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Viewer


class NationSight(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a nation sees an object.

    Attributes:
        sees: whether some person of the nation, cleared for the level, sees it.
        rule: the one that decided.
        detail: what it said, in words.
    """

    nation: NationCode
    sees: bool
    rule: str
    detail: str


class Audience(msgspec.Struct, frozen=True, kw_only=True):
    """Whom an object reaches.

    Attributes:
        label: that of the newest version that the asker holds.
        nation: whose version it is.
        nations: every nation, by code.
        also_reported_by: other nations that have published the same id, as far as
            the asker may see what they published.
        releases: releases that cover it, as far as the asker may know of them.
    """

    id: StixId
    label: str
    nation: NationCode
    nations: tuple[NationSight, ...]
    also_reported_by: tuple[NationCode, ...]
    releases: tuple[ReleaseId, ...]


def audience(seen: Snapshot, viewer: Viewer, stix_id: str) -> Audience:
    """Tell whom an object reaches that the asker holds.

    Raises:
        NotFoundError: there is no such object for the asker.
    """
    readable = {each.key for each in seen.collections(viewer) if each.can_read}
    stored = [
        each
        for each in seen.stored(viewer, [stix_id])
        if each.nation and each.collection in readable
    ]
    held = [each for each in stored if each.held]
    if not held:
        raise NotFoundError(f"no object {stix_id}; check the id")
    newest = max(held, key=lambda each: (each.modified_us, each.key))
    covers = Covers(seen, viewer)
    alliance = seen.access.alliance
    return Audience(
        id=newest.id,
        label=print_label(newest.label.label, alliance),
        nation=newest.nation,
        nations=tuple(
            _sight(covers, held, nation) for nation in sorted(alliance.nations)
        ),
        also_reported_by=_others(viewer, stored, covers),
        releases=covers.shown(held),
    )


def _sight(covers: Covers, held: list[Stored], nation: NationCode) -> NationSight:
    found = judge(covers, held, nation)
    rule, detail = _decisive(found)
    return NationSight(nation=nation, sees=found.sees, rule=rule, detail=detail)


def _decisive(explanation: Explanation) -> tuple[str, str]:
    """Give the rule that lets a nation see, or the first that does not.

    The last rule that was asked is the one that refused; where none did, it is the
    collection's, and the one before says why the object is for the nation.
    """
    last = explanation.why[-2] if explanation.sees else explanation.why[-1]
    return last.rule, last.detail


def _others(
    viewer: Viewer, stored: Sequence[Stored], covers: Covers
) -> tuple[NationCode, ...]:
    """Name the nations of other lanes in which the asker may see something."""
    holding = {(each.collection, each.nation) for each in stored if each.held}
    found = {
        each.nation
        for each in stored
        if (each.collection, each.nation) not in holding
        and viewer.clearance >= each.label.level
        and is_for(covers, each, viewer.nation)
    }
    return tuple(sorted(found - {nation for _, nation in holding}))
