"""What the oracle keeps: accounts, collections, versions; and the rules it goes by."""

from datetime import date

import msgspec

from tests.leaks.oracle_items import Item, version_of
from tests.leaks.oracle_labels import Label


class Class(msgspec.Struct, frozen=True):
    """A nation, or the body, and a clearance."""

    nation: str
    clearance: int


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """Rules that can be made wrong, to show that the comparison would notice.

    Attributes:
        knows_what_it_carried: a nation knows the hub's markings on its own versions,
            whether it reads them there or not.
        own_definitions: a marking of the hub's that an object brought along counts as
            carried, as what the hub stamps is.
    """

    joins: bool = True
    joins_hidden: bool = False
    copies_are_joined: bool = True
    closed_stays_closed: bool = True
    default_is_originator: bool = True
    one_lane: bool = True
    own_lane_as_cleared: bool = True
    suspended_is_closed_out: bool = True
    standing_is_a_gate: bool = True
    gains_come_last: bool = True
    dates_rank_visible: bool = True
    definitions_follow_carriers: bool = True
    own_definitions: bool = True
    knows_what_it_carried: bool = True
    older_version_comes_anew: bool = True
    any_narrowing_brings_the_older: bool = True
    amber_adds_whom_it_names: bool = True
    registered_identities_are_kept: bool = True
    hub_has_a_ceiling: bool = True
    revoked_reaches_earlier_readers: bool = True
    tear_line_goes_with_its_origin: bool = True
    tear_line_is_its_own: bool = True
    releases_widen: bool = True
    release_needs_the_originator: bool = True
    release_asks_controllers: bool = True
    release_judges_oldest_information: bool = True
    release_ends_with_its_moment: bool = True
    selection_is_part_of_the_audience: bool = True
    withdrawn_release_leaves_what_another_covers: bool = True
    recalled_stays_away: bool = True
    holders_alone_know_of_a_recall: bool = True


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """An account that asks and acts.

    Attributes:
        is_staff: whether it is of the body's secretariat.
        comes_later: whether it is opened in the course of a history, if at all.
    """

    name: str
    nation: str
    clearance: int
    publishes: bool = True
    is_staff: bool = False
    comes_later: bool = False

    @property
    def view(self) -> Class:
        return Class(self.nation, self.clearance)


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """A collection; a null default means the originator only."""

    id: str
    alias: str
    default: str | None
    read: str
    write: str


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """An act's day, and who belonged to closed communities then."""

    act: int
    day: date
    members: dict[str, frozenset[str]]


class Row(msgspec.Struct, kw_only=True, eq=False):
    """One version in one nation's lane of one collection.

    Attributes:
        arrived: when it arrived.
        info: when the oldest information arrived that is joined in it.
        needs: what its admission rested on.
        joined: those of them that its label was joined with.
        marks: the hub's own markings that it carries.
        stamp: the one of them that the hub put there, or "".
        text: of its label, as the hub prints it.
        earlier: only of what is left of a revoked version for those who could see an
            earlier one: the earlier versions of one label.
        revoked: the version of which this is left.
        origin: the version whose tear line this is, or ties to it.
        released_to: the nations that a release in force lets see it.
    """

    number: int
    collection: str
    nation: str
    item: Item
    label: Label
    act: int
    arrived: Moment
    info: Moment
    needs: list["Row"] = []
    joined: list["Row"] = []
    marks: list[str] = []
    stamp: str = ""
    text: str = ""
    earlier: list["Row"] = []
    revoked: "Row | None" = None
    origin: "Row | None" = None
    released_to: frozenset[str] = frozenset()
    is_taken_out: bool = False

    @property
    def is_withdrawn(self) -> bool:
        if self.revoked is not None and self.revoked.is_taken_out:
            return True
        return self.is_taken_out or (
            bool(self.earlier) and all(each.is_taken_out for each in self.earlier)
        )

    @property
    def id(self) -> str:
        return str(self.item["id"])

    @property
    def version(self) -> str:
        return version_of(self.item)


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one posted item: stored, duplicate or refused."""

    id: str
    version: str
    outcome: str
    row: Row | None = None
