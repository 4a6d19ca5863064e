"""What can happen to intelligence."""

import msgspec

from foedus.eventlog.envelope import Event
from foedus.ids import CollectionId, NationCode, StixId


class Rights(msgspec.Struct, frozen=True, kw_only=True):
    """Who may do one thing with a collection: in any of these ways.

    Attributes:
        nations: nations, and the code of the alliance's own body.
        communities: open communities; their nations now.
        roles: holders of a role, of whatever nation.
    """

    nations: tuple[str, ...] = ()
    communities: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


class CollectionOpened(Event, frozen=True, kw_only=True, tag="intel.collection-opened"):
    """A place to publish into.

    Attributes:
        default_label: the canonical text of what unmarked input gets; None means
            the originator only.
    """

    collection: CollectionId
    alias: str
    title: str
    description: str = ""
    default_label: str | None = None
    read: Rights
    write: Rights


class JoinedWith(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False
):
    """A version that a label was joined with at admission.

    Attributes:
        collection: where it stands; None where the joined object does.
        nation: whose lane it is in; None for the joined object's own nation.
    """

    id: StixId
    version: str
    collection: CollectionId | None = None
    nation: NationCode | None = None


class Published(
    Event,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    gc=False,
    tag="intel.published",
):
    """A nation published one version of an object.

    Attributes:
        label: the label as admitted, a `FixedLabel` in JSON; it never changes for
            this version.
        joined: what the label was joined with beside the object's own markings.
        information_ms: arrival of the oldest information in it, in milliseconds.
        splice: place and length of the hub's marking inside `object`; None where
            it was not stamped. Cutting it out gives the bytes that were sent.
        stamp: the id of the marking that was stamped.
        object: the STIX object as it is served, byte for byte. Always last.
    """

    collection: CollectionId
    id: StixId
    type: str
    version: str
    version_us: int
    nation: NationCode
    label: msgspec.Raw
    joined: tuple[JoinedWith, ...] = ()
    information_ms: int | None = None
    spec_version: str = "2.1"
    created_by: str | None = None
    revoked: bool = False
    splice: tuple[int, int] | None = None
    stamp: StixId | None = None
    object: msgspec.Raw


class MarkingDefined(Event, frozen=True, kw_only=True, tag="intel.marking-defined"):
    """A marking of the hub was first stamped in a collection.

    Its definition is visible exactly where a visible object carries it.
    """

    collection: CollectionId
    id: StixId
    text: str
    object: msgspec.Raw


class Withdrawn(Event, frozen=True, kw_only=True, tag="intel.withdrawn"):
    """A nation took versions of its own out of a collection.

    Attributes:
        versions: instants in microseconds since 1970; empty means all of the lane.
        clearance: the level up to which the withdrawing account sees its nation's
            lane; what lies above stays. None means all of it.
    """

    collection: CollectionId
    id: StixId
    nation: NationCode
    versions: tuple[int, ...] = ()
    reason: str = ""
    clearance: int | None = None


IntelEvent = CollectionOpened | Published | MarkingDefined | Withdrawn


def collection_stream(alias: str) -> str:
    """Name the history of a collection; by alias, so that each is taken once."""
    return f"intel/collections/{alias}"


def lane_stream(collection: str, stix_id: str, nation: str) -> str:
    """Name the history of a lane: one nation's versions of one id."""
    return f"intel/objects/{collection}/{stix_id}/{nation}"


def marking_stream(collection: str, marking: str) -> str:
    """Name the history of a hub marking in a collection."""
    return f"intel/markings/{collection}/{marking}"
