"""What a reader may follow: the guide's third step, from intelligence and accounts."""

from foedus.guidance.following import Followable, Ways
from foedus.guidance.updates import list_updates
from foedus.identity.accounts import Account
from foedus.intel.collections import Collection, load_collections
from foedus.intel.reading import Snapshot

EVERYBODY = "PUBLIC"
"""The read right of every account; see `intel.rights.members`."""


UPDATES_MAX = 10
"""Policy updates that are told of; the feed has more."""


def ways_of(seen: Snapshot, account: Account | None, *, url: str) -> Ways:
    """Tell what an account may follow, or what every account may.

    Args:
        seen: what is there now.
        account: whose world it is; None for what everybody may follow.
        url: what the hub is reached under.
    """
    if account is None:
        found = [
            each
            for each, read, _ in load_collections(seen.db)
            if EVERYBODY in read.communities
        ]
        return Ways(url=url, collections=tuple(map(_followable, found)))
    viewer = account.viewer()
    mine = [each for each in seen.collections(viewer) if each.can_read]
    level = seen.access.alliance.levels[viewer.clearance].name
    return Ways(
        url=url,
        reader=account.name,
        reads_as=f"{viewer.nation}, cleared to {level}",
        collections=tuple(map(_followable, mine)),
        updates=tuple(
            f"{each.title}, edition {each.edition}, effective {each.effective}"
            for each in list_updates(seen.db, seen.access, viewer, limit=UPDATES_MAX)
        ),
    )


def _followable(each: Collection) -> Followable:
    return Followable(id=each.id, alias=each.alias, title=each.title)
