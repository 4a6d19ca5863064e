"""What a viewer may do with a collection; a read right never widens a label."""

from foedus.ids import NationCode
from foedus.intel.events import Rights
from foedus.releasability.access import Access
from foedus.releasability.viewers import Role, Viewer

READERS = frozenset(Role) - {Role.OPERATOR}
"""Roles that read where their nation may; who only operates the hub does not."""

PUBLISHERS = frozenset({Role.PUBLISHER, Role.DUTY_OFFICER, Role.SECRETARIAT})
"""Roles that publish where their nation may write."""


def may_read(rights: Rights, viewer: Viewer, access: Access) -> bool:
    """Tell whether a viewer may read.

    Either the collection names a role of the viewer's, or it names the nation, or a
    community as it stands on the day of `access`, and the viewer holds a role that
    reads. A nation without standing holds no right, whatever it was given.
    """
    return access.standing(viewer.nation) and (
        _names_role(rights, viewer)
        or (bool(viewer.roles & READERS) and _names_nation(rights, viewer, access))
    )


def may_write(rights: Rights, viewer: Viewer, access: Access) -> bool:
    """Tell whether a viewer may write.

    Either the collection names a role of the viewer's, or it names the nation and the
    viewer holds a role that publishes.
    """
    return access.standing(viewer.nation) and (
        _names_role(rights, viewer)
        or (bool(viewer.roles & PUBLISHERS) and _names_nation(rights, viewer, access))
    )


def _names_role(rights: Rights, viewer: Viewer) -> bool:
    return bool(viewer.roles & set(rights.roles))


def _names_nation(rights: Rights, viewer: Viewer, access: Access) -> bool:
    return viewer.nation in rights.nations or any(
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
