"""What releases let somebody see, told on behalf of an asker.

- Where a label says no, a release in force may say yes.
- It counts for everybody, but only those are told which one who may know of it.
- What an act gave and no step has delivered is not seen yet, by whatever rule.

Source: DESIGN §6, "Releases", "Deliveries" and "Explain and preview"; ADR 8.
"""

from collections.abc import Iterable
from functools import cached_property

from foedus.alliance.past import load_past
from foedus.ids import NationCode, ReleaseId
from foedus.intel.entitlements import load_releases
from foedus.intel.reading import Snapshot, Stored
from foedus.intel.releases import Cover, Release, When, is_shown
from foedus.intel.widenings import Widenings
from foedus.releasability.viewers import Viewer

_AUDIENCE = "SELECT audience FROM version WHERE version = :version"


class Covers:
    """The releases in force, asked for what they cover.

    Args:
        seen: one state of the views.
        viewer: who asks; only such releases are named that the asker may know of.
    """

    def __init__(self, seen: Snapshot, viewer: Viewer) -> None:
        self.seen = seen
        self._viewer = viewer
        self._found: dict[int, list[Release]] = {}
        self._shown: dict[int, bool] = {}

    def of(self, version: Stored) -> list[Release]:
        """Give the releases that cover a version, delivered or not."""
        found = self._found.get(version.key)
        if found is None:
            found = self._found[version.key] = [
                release
                for release, cover in self._releases
                if not version.waits
                and (release.event.ongoing or version.position <= release.position)
                and cover.covers(
                    version.label,
                    version.nation,
                    release.consents,
                    When(version.information_ms, version.arrival_ms, version.position),
                )
            ]
        return found

    def to(self, version: Stored, nation: NationCode) -> list[Release]:
        """Give the releases that let a nation see a version, delivered or not."""
        return [each for each in self.of(version) if nation in each.event.to]

    def waits(self, version: Stored, release: Release) -> bool:
        """Tell whether no step has delivered a version by a release yet."""
        return self._pending.waits(release.key, version.nation, version.position)

    def waits_by_label(self, version: Stored, nation: NationCode) -> bool:
        """Tell whether no step has delivered what the alliance's change gave."""
        audience = int(self.seen.db.execute(_AUDIENCE, {"version": version.key}).get)
        classes = self.seen.access.mask([nation], version.label.level)
        left = self._pending.without_waiting(classes, audience, version.position)
        return left != classes

    def is_shown(self, release: Release) -> bool:
        """Tell whether the asker may know of a release."""
        shown = self._shown.get(release.key)
        if shown is None:
            shown = is_shown(release, self._viewer, self.seen.access)
            self._shown[release.key] = shown
        return shown

    def shown(self, versions: Iterable[Stored]) -> tuple[ReleaseId, ...]:
        """Name those that cover some of the versions and that the asker may know of.

        In the order in which they were made: ids are drawn by lot.
        """
        found = {
            release.key: release.event.release
            for version in versions
            for release in self.of(version)
            if self.is_shown(release)
        }
        return tuple(found[key] for key in sorted(found))

    @cached_property
    def _releases(self) -> list[tuple[Release, Cover]]:
        past = load_past(self.seen.db, self.seen.access.alliance)
        return [
            (each, Cover(each.event, each.arrival_ms, each.position, past))
            for each in load_releases(self.seen.db)
            if not each.withdrawn
        ]

    @cached_property
    def _pending(self) -> Widenings:
        pending = Widenings()
        pending.load(self.seen.db)
        return pending
