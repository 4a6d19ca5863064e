"""The register of identities: who registers, who moves, and what is read."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from foedus import app
from foedus.alliance.commands import change_status
from foedus.alliance.pack import load_pack
from foedus.alliance.statuses import Status
from foedus.clock import StoppedClock
from foedus.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    RuleViolationError,
)
from foedus.eventlog.envelope import Act, Who
from foedus.eventlog.projector import tables_dump
from foedus.hub import Hub
from foedus.ids import NationCode, StixId
from foedus.intel.commands import Desk
from foedus.intel.identities import (
    IDENTITIES_MAX,
    KEEPERS,
    PAGE_SIZE_MAX,
    REGISTRARS,
    Known,
    Registered,
    all_registered,
    decide,
    read_registration,
    register,
    registered,
)
from foedus.releasability.viewers import Role
from tests.intel.world import NOON, viewer

POL, FIN, NATO = NationCode("POL"), NationCode("FIN"), NationCode("NATO")


def identity(number: int) -> StixId:
    return StixId(f"identity--00000000-0000-4000-8000-{number:012x}")


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    clock = StoppedClock(NOON)
    found = await app.create(
        tmp_path / "data", load_pack("nato"), environment={}, clock=clock
    )
    yield found
    app.close_hub(found)


def act(nation: str) -> Act:
    return Act(who=Who(account="account--x", nation=nation, door="test"), at=NOON)


async def put(hub: Hub, name: str, *roles: Role, number: int = 1, nation: str) -> None:
    """Register an identity as a viewer, and wait until it can be read."""
    position = await register(
        Desk(log=hub.log, reading=hub.reading),
        viewer(name, *roles),
        act(name[:-1]),
        identity(number),
        nation,
    )
    await hub.seen([position])


def known(hub: Hub, *numbers: int) -> dict[str, NationCode]:
    with hub.reading.snapshot() as seen:
        return registered(seen.db, [identity(each) for each in numbers])


@pytest.mark.parametrize("role", sorted(REGISTRARS))
async def test_a_nation_registers_for_itself(hub: Hub, role: Role) -> None:
    await put(hub, "POL0", role, nation="POL")

    assert known(hub, 1, 2) == {identity(1): POL}


@pytest.mark.parametrize("role", sorted(set(Role) - REGISTRARS))
async def test_other_roles_of_a_nation_register_nothing(hub: Hub, role: Role) -> None:
    with pytest.raises(ForbiddenError, match="one of the roles"):
        await put(hub, "POL0", role, nation="POL")


async def test_a_nation_registers_for_no_other(hub: Hub) -> None:
    with pytest.raises(ForbiddenError, match="for itself"):
        await put(hub, "POL0", nation="FIN")


async def test_a_nation_without_standing_registers_nothing(hub: Hub) -> None:
    position = await change_status(
        hub.log, POL, status=Status.SUSPENDED, since=NOON.date(), act=act("NATO")
    )
    await hub.seen([position])

    with pytest.raises(ForbiddenError, match="standing"):
        await put(hub, "POL0", nation="POL")


@pytest.mark.parametrize("role", sorted(KEEPERS))
async def test_the_body_registers_for_any_nation_and_for_itself(
    hub: Hub, role: Role
) -> None:
    await put(hub, "NATO0", role, number=1, nation="Finland")
    await put(hub, "NATO0", role, number=2, nation="nato")

    assert known(hub, 1, 2) == {identity(1): FIN, identity(2): NATO}


@pytest.mark.parametrize("role", sorted(set(Role) - KEEPERS))
async def test_other_roles_of_the_body_register_for_no_nation(
    hub: Hub, role: Role
) -> None:
    with pytest.raises(ForbiddenError):
        await put(hub, "NATO0", role, nation="POL")


async def test_an_identity_of_another_nation_is_not_taken(hub: Hub) -> None:
    await put(hub, "POL0", nation="POL")

    with pytest.raises(ConflictError, match="to POL; only"):
        await put(hub, "FIN0", nation="FIN")

    assert known(hub, 1) == {identity(1): POL}


@pytest.mark.parametrize("role", sorted(KEEPERS))
async def test_the_body_moves_an_identity(hub: Hub, role: Role) -> None:
    await put(hub, "POL0", nation="POL")
    await put(hub, "NATO0", role, nation="FIN")
    await put(hub, "NATO0", role, nation="POL")

    assert known(hub, 1) == {identity(1): POL}


@pytest.mark.parametrize("name", ["POL0", "NATO0"])
async def test_what_is_registered_already_is_said_to_be(hub: Hub, name: str) -> None:
    await put(hub, "POL0", nation="POL")

    roles = [Role.SECRETARIAT] if name == "NATO0" else []
    with pytest.raises(ConflictError, match="to POL already"):
        await put(hub, name, *roles, nation="POL")


@pytest.mark.parametrize(
    "text",
    ["", "identity--1", identity(1)[:-1], identity(1).replace("identity", "tool")],
)
async def test_what_is_no_identity_is_refused(hub: Hub, text: str) -> None:
    with pytest.raises(InvalidInputError, match="identity--UUID"):
        read_registration(text, "POL", hub.alliance)


async def test_an_unknown_nation_is_refused(hub: Hub) -> None:
    with pytest.raises(InvalidInputError, match="none of"):
        read_registration(identity(1), "ATLANTIS", hub.alliance)


async def test_an_id_in_upper_case_is_the_same_identity(hub: Hub) -> None:
    upper = "identity--" + identity(0xAB)[10:].upper()

    found = read_registration(upper, "POL", hub.alliance)

    assert found == Registered(identity=identity(0xAB), nation=POL)


async def test_a_nation_has_only_so_many_identities(hub: Hub) -> None:
    wanted = Registered(identity=identity(1), nation=POL)
    full = Known(held=IDENTITIES_MAX)

    with pytest.raises(RuleViolationError, match=str(IDENTITIES_MAX)):
        decide(wanted, full, viewer("POL0"), hub.access)
    decide(wanted, Known(held=IDENTITIES_MAX - 1), viewer("POL0"), hub.access)


async def test_who_was_faster_wins(hub: Hub) -> None:
    desk = Desk(log=hub.log, reading=hub.reading)
    await register(desk, viewer("POL0"), act("POL"), identity(1), "POL")

    with pytest.raises(ConflictError):
        await register(desk, viewer("FIN0"), act("FIN"), identity(1), "FIN")


async def test_the_register_is_listed_by_identity_in_pages(hub: Hub) -> None:
    for number, name in ((3, "POL0"), (1, "FIN0"), (2, "POL0")):
        await put(hub, name, number=number, nation=name[:-1])

    with hub.reading.snapshot() as seen:
        everything = all_registered(seen.db)
        first = all_registered(seen.db, limit=2)
        second = all_registered(seen.db, after=first[-1].identity)

    assert [each.identity for each in everything] == [*map(identity, (1, 2, 3))]
    assert [each.nation for each in everything] == [FIN, POL, POL]
    assert first + second == everything


async def test_no_page_is_longer_than_the_longest(hub: Hub) -> None:
    desk = Desk(log=hub.log, reading=hub.reading)
    body = viewer("NATO0", Role.OPERATOR)
    for number in range(PAGE_SIZE_MAX + 1):
        last = await register(desk, body, act("NATO"), identity(number), "POL")
    await hub.seen([last])

    with hub.reading.snapshot() as seen:
        found = all_registered(seen.db, limit=PAGE_SIZE_MAX + 1)

    assert len(found) == PAGE_SIZE_MAX


async def test_a_rebuild_reproduces_the_register(hub: Hub) -> None:
    await put(hub, "POL0", nation="POL")
    await put(hub, "NATO0", Role.OPERATOR, nation="FIN")
    with hub.reading.snapshot() as seen:
        before = tables_dump(seen.db)

    hub.projector.rebuild()

    with hub.reading.snapshot() as seen:
        assert tables_dump(seen.db) == before
    assert known(hub, 1) == {identity(1): FIN}
