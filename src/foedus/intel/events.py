"""What can happen to intelligence."""

import msgspec

from foedus.eventlog.envelope import Event
from foedus.ids import (
    CollectionId,
    DecisionId,
    NationCode,
    Position,
    RecallId,
    ReleaseId,
    StixId,
)


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
        tear_lines: whether an object with marked properties is published together
            with its tear line.
        hold_minutes: how long a version that refers to what its publisher cannot see
            waits for it; 0 means that it does not wait.
    """

    collection: CollectionId
    alias: str
    title: str
    description: str = ""
    default_label: str | None = None
    read: Rights
    write: Rights
    tear_lines: bool = False
    hold_minutes: int = 0


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


class StandIn(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What those get of a revoked version who could see an earlier one, but not it.

    Attributes:
        origin_us: the earlier version; what a release covers of it, it covers of this.
        label: that version's label, a `FixedLabel` in JSON.
        stamp: the id of the marking that it carries.
        object: id, type, version and `revoked`, and nothing else.
    """

    origin_us: int
    label: msgspec.Raw
    stamp: StixId | None = None
    object: msgspec.Raw


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
        carries: further settled markings of the hub's that came with the object.
        unresolved: what the object refers to and its publisher could not see.
        origin: the object whose releasable part this is, of the same version and
            lane; its withdrawal takes this along. None for any other object.
        waits_until_ms: it waits for what it refers to, for its own nation's eyes only.
        clearance: of the account that published what waits.
        ends_wait: whether this takes the place of the same version that waited.
        replaces: older versions of the lane that are withdrawn by this.
        stand_ins: where `revoked`, for whoever saw an earlier version only.
        added_us: when it was added where it was taken over from, which dates its
            deliveries here, in microseconds since 1970; None for what arrived here.
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
    carries: tuple[StixId, ...] = ()
    unresolved: tuple[str, ...] = ()
    origin: StixId | None = None
    waits_until_ms: int | None = None
    clearance: int | None = None
    ends_wait: bool = False
    replaces: tuple[int, ...] = ()
    stand_ins: tuple[StandIn, ...] = ()
    added_us: int | None = None
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


class RecalledPart(msgspec.Struct, frozen=True, kw_only=True):
    """What was made from a recalled object and goes with it: a tear line.

    Attributes:
        id: its own, by which its readers know it.
        recall: the recall that they are told of; not that of the original.
    """

    id: StixId
    recall: RecallId


class Recalled(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="intel.recalled"
):
    """Versions of an object were withdrawn, and whoever had them has to confirm it.

    One event a collection; those of one recall share its id. Who writes it may be of
    another nation than the object: the alliance's duty officer.

    Attributes:
        nation: whose versions they are.
        versions: instants in microseconds since 1970; never empty.
        clearance: the level up to which whoever recalls sees them; what lies above
            stays.
        reason: why; everybody reads it who had one of the versions.
        parts: what was made from them, and goes with them.
    """

    recall: RecallId
    collection: CollectionId
    id: StixId
    type: str
    nation: NationCode
    versions: tuple[int, ...]
    clearance: int
    reason: str
    parts: tuple[RecalledPart, ...] = ()


class RecallAcknowledged(
    Event, frozen=True, kw_only=True, tag="intel.recall-acknowledged"
):
    """A nation that had received what was recalled has removed it everywhere."""

    recall: RecallId
    nation: NationCode


class Released(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="intel.released"
):
    """A nation let further nations see what an audience can see.

    It covers what the author's nation originated, and what those nations originated
    that consent.

    Attributes:
        nation: the author's nation, or the alliance's own body.
        to: who may see it from now on.
        selection: a label's canonical text: what its audience could see when the
            information arrived, up to its level.
        since_ms: only information that arrived then or later, in ms since 1970.
        ongoing: whether it covers what arrives later, too.
        controlled: whether it covers what is under originator control, where every
            nation that controls is its author or consents.
        asks: nations that are asked for consent.
        decision: the adopted decision whose effect it is; None for a nation's own.
        decided: the nations that decided it; it covers what they originated.
    """

    release: ReleaseId
    nation: NationCode
    to: tuple[NationCode, ...]
    selection: str
    since_ms: int
    ongoing: bool = False
    controlled: bool = False
    asks: tuple[NationCode, ...] = ()
    reason: str = ""
    decision: DecisionId | None = None
    decided: tuple[NationCode, ...] = ()


class ReleaseConsented(Event, frozen=True, kw_only=True, tag="intel.release-consented"):
    """A nation that was asked let a release cover what it originated."""

    release: ReleaseId
    nation: NationCode


class ReleaseWithdrawn(
    Event,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    tag="intel.release-withdrawn",
):
    """A release ended.

    Attributes:
        consent_of: only for what this nation had consented to; None for all of it.
    """

    release: ReleaseId
    consent_of: NationCode | None = None
    reason: str = ""


class Widened(Event, frozen=True, kw_only=True, tag="intel.widened"):
    """One step of delivering what an act made visible to further readers.

    Attributes:
        cause: the position of that act.
        until: it has now been delivered of all versions up to this position.
    """

    cause: Position
    until: Position


class IdentityRegistered(
    Event, frozen=True, kw_only=True, tag="intel.identity-registered"
):
    """A STIX identity belongs to a nation: only it publishes under that identity."""

    identity: StixId
    nation: NationCode


class ApiRoot(msgspec.Struct, frozen=True, kw_only=True):
    """A further API root, of which some collections are reached besides.

    Attributes:
        path: one segment, directly below the server's root.
    """

    path: str
    title: str
    description: str = ""


class Placed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A collection that is reached below a further API root, too.

    Attributes:
        alias: what it is called there; None for its own alias.
    """

    collection: CollectionId
    root: str
    alias: str | None = None


class ImportTerms(msgspec.Struct, frozen=True, kw_only=True):
    """On which terms another server's collections are taken over.

    Attributes:
        account: on whose behalf the objects are published.
        default_label: of the collections that are opened for it; in any form.
        read: who may read what could be read; as in `Opening`.
        write: who may write what could be written.
    """

    account: str
    default_label: str | None = None
    read: str = ""
    write: str = ""


class ImportBegun(Event, frozen=True, kw_only=True, tag="intel.import-begun"):
    """Another server's collections began to be taken over, with their dates.

    Until it has ended, nobody reads or writes them.

    Attributes:
        source: the SHA-256 of what is taken over, in hexadecimal.
    """

    source: str
    terms: ImportTerms
    roots: tuple[ApiRoot, ...]
    collections: tuple[Placed, ...]


class ImportEnded(Event, frozen=True, kw_only=True, tag="intel.import-ended"):
    """Everything was taken over; who may can read and write it from now on."""

    source: str


IntelEvent = (
    CollectionOpened
    | Published
    | MarkingDefined
    | Withdrawn
    | Recalled
    | RecallAcknowledged
    | Released
    | ReleaseConsented
    | ReleaseWithdrawn
    | Widened
    | IdentityRegistered
    | ImportBegun
    | ImportEnded
)


def collection_stream(alias: str) -> str:
    """Name the history of a collection; by alias, so that each is taken once."""
    return f"intel/collections/{alias}"


def lane_stream(collection: str, stix_id: str, nation: str) -> str:
    """Name the history of a lane: one nation's versions of one id."""
    return f"intel/objects/{collection}/{stix_id}/{nation}"


def marking_stream(collection: str, marking: str) -> str:
    """Name the history of a hub marking in a collection."""
    return f"intel/markings/{collection}/{marking}"


def acknowledgement_stream(recall: str, nation: str) -> str:
    """Name the history of what a nation says of a recall."""
    return f"intel/recalls/{recall}/{nation}"


def release_stream(release: str) -> str:
    """Name the history of a release."""
    return f"intel/releases/{release}"


def widening_stream(cause: int) -> str:
    """Name the history of the deliveries that an act brought about."""
    return f"intel/widenings/{cause}"


def import_stream(source: str) -> str:
    """Name the history of taking one source over."""
    return f"intel/imports/{source}"


def identity_stream(identity: str) -> str:
    """Name the history of an identity's registration."""
    return f"intel/identities/{identity}"
