import pytest

from foedus.alliance.events import StatusChanged
from foedus.alliance.nations import Alliance
from foedus.alliance.pack import load_pack
from foedus.alliance.statuses import Status
from foedus.ids import NationCode
from foedus.intel.rights import may_read, may_write
from foedus.intel.rules import parse_rights
from foedus.releasability.access import Access
from foedus.releasability.viewers import Role
from tests.intel.world import NOON, viewer

NATO = Alliance.from_pack(load_pack("nato"))
ACCESS = Access(NATO, NOON.date())


@pytest.mark.parametrize(
    ("spec", "readers"),
    [
        ("", ""),
        ("PUBLIC", "POL FIN MDA NATO"),
        ("MEMBERS", "POL FIN NATO"),
        ("PFP", "MDA"),
        ("FIN,MDA", "FIN MDA"),
        ("reader", "POL FIN MDA NATO"),
        ("planner", ""),
    ],
)
def test_a_right_is_held_by_nation_community_or_role(spec: str, readers: str) -> None:
    rights = parse_rights(spec, NATO)
    names = ("POL", "FIN", "MDA", "RUS", "NATO")
    found = [
        name
        for name in names
        if may_read(rights, viewer(name + "0", Role.READER), ACCESS)
    ]
    assert " ".join(found) == readers


def test_a_nation_without_standing_holds_no_right() -> None:
    suspended = NATO.with_change(
        StatusChanged(
            nation=NationCode("FIN"), status=Status.SUSPENDED, since=NOON.date()
        )
    )
    access = Access(suspended, NOON.date())
    rights = parse_rights("FIN,PUBLIC,publisher", NATO)
    assert may_write(rights, viewer("FIN0"), ACCESS)
    assert not may_read(rights, viewer("FIN0"), access)
    assert not may_write(rights, viewer("FIN0"), access)


def test_writing_takes_a_role_that_publishes_or_one_that_is_named() -> None:
    by_nation, by_role = parse_rights("FIN", NATO), parse_rights("planner", NATO)
    assert may_write(by_nation, viewer("FIN0", Role.PUBLISHER), ACCESS)
    assert not may_write(by_nation, viewer("FIN0", Role.READER), ACCESS)
    assert not may_write(by_nation, viewer("POL0", Role.PUBLISHER), ACCESS)
    assert may_write(by_role, viewer("POL0", Role.PLANNER), ACCESS)


def test_a_community_that_the_pack_no_longer_has_gives_no_right() -> None:
    rights = parse_rights("PFP", NATO)
    gone = type(rights)(communities=("GONE",))
    assert may_read(rights, viewer("MDA0"), ACCESS)
    assert not may_read(gone, viewer("MDA0"), ACCESS)
