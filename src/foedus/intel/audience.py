"""Whom an object reaches now: every nation, and the rule that lets it see or not.

- Told to those alone who hold the object: who may see a thing may know its audience.
- A release counts for everybody, but only those are told which one who may know of it.
- What is hidden changes nothing here: another nation's lane is named where the asker
  may see it, and nations that hold it are judged by the rules, not by what they hold.

Source: DESIGN §6, "Lanes", "Releases" and "Explain and preview".
"""

from collections.abc import Iterable, Sequence

import msgspec

from foedus.errors import NotFoundError
from foedus.ids import NationCode, ReleaseId, StixId
from foedus.intel.entitlements import load_releases
from foedus.intel.explain import Explanation, judge
from foedus.intel.reading import Snapshot, Stored
from foedus.intel.releases import Cover, Release, is_shown
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
        raise NotFoundError(f"no object {stix_id}")
    newest = max(held, key=lambda each: (each.modified_us, each.key))
    covers = _Covers(seen, viewer)
    alliance = seen.access.alliance
    return Audience(
        id=newest.id,
        label=print_label(newest.label.label, alliance),
        nation=newest.nation,
        nations=tuple(
            _sight(seen, held, covers, nation) for nation in sorted(alliance.nations)
        ),
        also_reported_by=_others(seen, viewer, stored, covers),
        releases=covers.shown(held),
    )


class _Covers:
    """The releases in force, asked for what they cover."""

    def __init__(self, seen: Snapshot, viewer: Viewer) -> None:
        self._access = seen.access
        self._viewer = viewer
        self._releases = [
            (each, Cover(each.event, each.arrival_ms, self._access.alliance))
            for each in load_releases(seen.db)
            if not each.withdrawn
        ]
        self._found: dict[int, list[Release]] = {}
        self._shown: dict[int, bool] = {}

    def of(self, version: Stored) -> list[Release]:
        """Give the releases that cover a version."""
        found = self._found.get(version.key)
        if found is None:
            found = self._found[version.key] = [
                release
                for release, cover in self._releases
                if (release.event.ongoing or version.position <= release.position)
                and cover.covers(
                    version.label,
                    version.nation,
                    release.consents,
                    information_ms=version.information_ms,
                    arrival_ms=version.arrival_ms,
                )
            ]
        return found

    def is_shown(self, release: Release) -> bool:
        """Tell whether the asker may know of a release."""
        shown = self._shown.get(release.key)
        if shown is None:
            shown = is_shown(release, self._viewer, self._access)
            self._shown[release.key] = shown
        return shown

    def shown(self, versions: Iterable[Stored]) -> tuple[ReleaseId, ...]:
        """Name those that cover some of the versions and that the asker may know of."""
        found = {
            release.event.release
            for version in versions
            for release in self.of(version)
            if self.is_shown(release)
        }
        return tuple(sorted(found))


def _sight(
    seen: Snapshot, held: list[Stored], covers: _Covers, nation: NationCode
) -> NationSight:
    by_label = judge(seen, held, nation)
    if not by_label.sees and seen.access.standing(nation):
        released = _released(seen, held, covers, nation)
        if released is not None:
            return released
    rule, detail = _decisive(by_label)
    return NationSight(nation=nation, sees=by_label.sees, rule=rule, detail=detail)


def _decisive(explanation: Explanation) -> tuple[str, str]:
    """Give the rule that lets a nation see, or the first that does not.

    The last rule that was asked is the one that refused; where none did, it is the
    collection's, and the one before says why the object is for the nation.
    """
    last = explanation.why[-2] if explanation.sees else explanation.why[-1]
    return last.rule, last.detail


def _released(
    seen: Snapshot, held: list[Stored], covers: _Covers, nation: NationCode
) -> NationSight | None:
    """Tell by which release a nation sees some of the versions, if by any."""
    found = [
        release
        for version in held
        if seen.can_read(version.collection, nation, version.label.level)
        for release in covers.of(version)
        if nation in release.event.to
    ]
    if not found:
        return None
    known = next((each for each in found if covers.is_shown(each)), None)
    what = f"{nation} sees it by a release" + (
        f", {known.event.release}" if known is not None else ""
    )
    return NationSight(nation=nation, sees=True, rule="release", detail=what)


def _others(
    seen: Snapshot, viewer: Viewer, stored: Sequence[Stored], covers: _Covers
) -> tuple[NationCode, ...]:
    """Name the nations of other lanes in which the asker may see something."""
    holding = {(each.collection, each.nation) for each in stored if each.held}
    access = seen.access
    found = {
        each.nation
        for each in stored
        if (each.collection, each.nation) not in holding
        and (
            access.may_see(viewer, each.label, each.nation)
            or _may_see_by_release(viewer, each, covers)
        )
    }
    return tuple(sorted(found - {nation for _, nation in holding}))


def _may_see_by_release(viewer: Viewer, version: Stored, covers: _Covers) -> bool:
    return viewer.clearance >= version.label.level and any(
        viewer.nation in release.event.to for release in covers.of(version)
    )
