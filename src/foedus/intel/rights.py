"""What a viewer may do with a collection; a read right never widens a label."""

from foedus.ids import NationCode
from foedus.intel.events import Rights
from foedus.releasability.access import Access
from foedus.releasability.viewers import Viewer


def allows(rights: Rights, viewer: Viewer, access: Access) -> bool:
    """Tell whether a viewer holds a right, by nation, community or role.

    A community is taken as it stands on the day of `access`; a nation without
    standing holds no right, whatever it was given.
    """
    if not access.standing(viewer.nation):
        return False
    if viewer.nation in rights.nations or viewer.roles & set(rights.roles):
        return True
    return any(
        viewer.nation in members(access, community) for community in rights.communities
    )


def members(access: Access, community: str) -> frozenset[NationCode]:
    """Tell who holds the right of a community today; `PUBLIC` is everybody."""
    if community == "PUBLIC":
        return access.everybody
    code = access.alliance.community(community)
    if code is None:
        return frozenset()
    found = access.alliance.members_of(code, access.on, with_suspended=False)
    if access.alliance.communities[code].includes_body:
        found |= {NationCode(access.alliance.code)}
    return found
