"""Withdrawing an object wherever one's nation has published it."""

import pytest

from foedus.alliance.statuses import Status
from foedus.errors import (
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.intel import commands
from foedus.intel.withdrawing import (
    REASON_LENGTH_MAX,
    Withdrawal,
    Withdrew,
    withdraw_object,
)
from foedus.releasability.viewers import Role
from tests.intel.world import World, dump, moment, report, thing, viewer

OPEN = "NATO UNCLASSIFIED // PUBLIC"


async def withdrew(
    world: World, name: str, *roles: Role, number: int = 1, **terms: str
) -> list[Withdrew]:
    """Withdraw, and wait until it can be read."""
    who = viewer(name, *roles)
    wanted = Withdrawal(id=report(number), **terms)
    act = world.act(who.nation)
    done, position = await withdraw_object(world.desk, who, act, wanted)
    world.fold(position)
    return done


@pytest.fixture
async def twice(world: World) -> World:
    """Poland has published three versions here, and one in another collection."""
    await world.open("d", default_label=OPEN)
    for version in range(3):
        await world.put("POL0", thing(1, version=version))
    await world.put("POL0", thing(1, version=1), to="d")
    return world


async def test_all_of_the_nations_own_goes_from_everywhere(twice: World) -> None:
    done = await withdrew(twice, "POL0")

    here, there = sorted(done, key=lambda each: each.collection)
    assert here == Withdrew(collection="c", versions=(moment(0), moment(1), moment(2)))
    assert there == Withdrew(collection="d", versions=(moment(1),))
    assert twice.ids("FIN0", "all") == twice.ids("FIN0", "all", alias="d") == []


async def test_a_collection_may_be_named_by_alias_or_id(twice: World) -> None:
    named = twice.collection("POL0", "d").id

    assert await withdrew(twice, "POL0", collection=named) == [
        Withdrew(collection="d", versions=(moment(1),))
    ]
    assert len(twice.ids("FIN0", "all")) == 3


@pytest.mark.parametrize(
    ("version", "gone", "left"),
    [
        ("first", (moment(0),), 2),
        ("last", (moment(2),), 2),
        ("all", (moment(0), moment(1), moment(2)), 0),
        (moment(1), (moment(1),), 2),
        (moment(1).replace(".000Z", "Z"), (moment(1),), 2),
    ],
)
async def test_one_version_may_be_meant(
    twice: World, version: str, gone: tuple[str, ...], left: int
) -> None:
    done = await withdrew(twice, "POL0", collection="c", version=version)

    assert done == [Withdrew(collection="c", versions=gone)]
    assert len(twice.ids("FIN0", "all")) == left


async def test_a_collection_without_that_version_is_passed_over(twice: World) -> None:
    done = await withdrew(twice, "POL0", version=moment(2))

    assert [each.collection for each in done] == ["c"]


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        ("POL0", {"version": moment(7)}),
        ("POL0", {"collection": "nowhere"}),
        ("FIN0", {}),
        ("FIN0", {"collection": "c"}),
    ],
)
async def test_what_is_not_there_or_not_ones_own_is_not_found(
    twice: World, name: str, terms: dict[str, str]
) -> None:
    with pytest.raises(NotFoundError):
        await withdrew(twice, name, **terms)

    assert len(twice.ids("SWE0", "all")) == 3


async def test_what_is_above_ones_clearance_is_as_what_is_not_there(
    world: World,
) -> None:
    await world.put("POL1", thing(1, "NATO RESTRICTED // REL TO NATO+"))

    with pytest.raises(NotFoundError) as hidden:
        await withdrew(world, "POL0")
    with pytest.raises(NotFoundError) as absent:
        await withdrew(world, "POL0", number=2)

    assert hidden.value.detail == absent.value.detail
    assert world.sees("FIN1", report(1))


async def test_where_one_may_not_write_nothing_is_withdrawn_anywhere(
    world: World,
) -> None:
    await world.open("staff", read="PUBLIC", write="duty-officer")
    await world.put("POL0", thing(1))
    duty = viewer("POL0", Role.DUTY_OFFICER)
    raw = [dump(thing(1))]
    await commands.publish(world.desk, duty, world.act(duty.nation), "staff", raw)
    world.projector.catch_up()

    with pytest.raises(ForbiddenError):
        await withdrew(world, "POL0")

    assert world.sees("FIN0", report(1))


async def test_the_reason_is_kept_in_the_log(twice: World) -> None:
    await withdrew(twice, "POL0", collection="d", reason="a mistake")

    last = twice.log.read_after(twice.log.head() - 1, 1)[0]
    assert b'"reason":"a mistake"' in last.body


@pytest.mark.parametrize(
    "terms", [{"version": "newest"}, {"reason": "x" * (REASON_LENGTH_MAX + 1)}]
)
async def test_what_is_no_version_or_too_long_is_refused(
    twice: World, terms: dict[str, str]
) -> None:
    with pytest.raises(InvalidInputError):
        await withdrew(twice, "POL0", **terms)


# On behalf of a nation that cannot


@pytest.fixture
async def suspended(twice: World) -> World:
    """Poland has lost its standing; what it published has stayed."""
    await twice.change("POL", Status.SUSPENDED)
    assert twice.sees("FIN0", report(1))
    return twice


@pytest.mark.parametrize("role", [Role.SECRETARIAT, Role.OPERATOR])
@pytest.mark.parametrize("nation", ["POL", "pol", "Poland"])
async def test_the_body_withdraws_on_behalf_of_a_nation_without_standing(
    suspended: World, role: Role, nation: str
) -> None:
    done = await withdrew(suspended, "NATO0", role, nation=nation, reason="asked to")

    here, there = sorted(done, key=lambda each: each.collection)
    assert here.versions == (moment(0), moment(1), moment(2))
    assert there == Withdrew(collection="d", versions=(moment(1),))
    assert not suspended.sees("FIN0", report(1))
    last = suspended.log.read_after(suspended.log.head() - 1, 1)[0]
    assert (last.who.nation, last.who.account) == ("NATO", "account--NATO")


async def test_versions_and_collections_may_be_named_on_behalf_too(
    suspended: World,
) -> None:
    terms = {"nation": "POL", "collection": "c", "version": moment(2)}

    done = await withdrew(suspended, "NATO0", Role.SECRETARIAT, **terms)

    assert done == [Withdrew(collection="c", versions=(moment(2),))]
    assert len(suspended.ids("FIN0", "all")) == 2


async def test_it_needs_no_right_in_the_collection(world: World) -> None:
    await world.open("theirs", default_label=OPEN, read="POL,FIN", write="POL")
    await world.put("POL0", thing(1), to="theirs")
    await world.change("POL", Status.SUSPENDED)

    done = await withdrew(world, "NATO0", Role.SECRETARIAT, nation="POL")

    assert [each.collection for each in done] == ["theirs"]


async def test_a_nation_with_standing_withdraws_its_own_itself(twice: World) -> None:
    with pytest.raises(RuleViolationError, match="POL has standing"):
        await withdrew(twice, "NATO0", Role.SECRETARIAT, nation="POL")

    assert twice.sees("FIN0", report(1))


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("FIN0", Role.SECRETARIAT),
        ("FIN0", Role.OPERATOR),
        ("NATO0", Role.PUBLISHER),
        ("NATO0", Role.AUDITOR),
    ],
)
async def test_to_everybody_else_it_is_as_what_is_not_there(
    suspended: World, name: str, role: Role
) -> None:
    found = []
    for number, nation in ((1, "POL"), (2, "POL"), (1, "ATLANTIS"), (1, "HUN")):
        with pytest.raises(NotFoundError) as raised:
            await withdrew(suspended, name, role, number=number, nation=nation)
        found.append(raised.value.detail)

    with pytest.raises(NotFoundError) as absent:
        await withdrew(suspended, name, role, number=2)
    assert {*found} == {absent.value.detail}
    assert suspended.sees("SWE0", report(1))


@pytest.mark.parametrize(("number", "nation"), [(2, "POL"), (1, "ATLANTIS")])
async def test_what_is_not_there_is_not_withdrawn_on_behalf(
    suspended: World, number: int, nation: str
) -> None:
    with pytest.raises(NotFoundError):
        await withdrew(
            suspended, "NATO0", Role.SECRETARIAT, number=number, nation=nation
        )


async def test_it_reaches_up_to_the_clearance_of_who_does_it(world: World) -> None:
    await world.put("POL1", thing(1, "NATO RESTRICTED // REL TO NATO+"))
    await world.change("POL", Status.SUSPENDED)

    with pytest.raises(NotFoundError):
        await withdrew(world, "NATO0", Role.SECRETARIAT, nation="POL")

    assert await withdrew(world, "NATO1", Role.SECRETARIAT, nation="POL")
    assert not world.sees("FIN1", report(1))


async def test_naming_ones_own_nation_is_naming_none(twice: World) -> None:
    assert await withdrew(twice, "POL0", nation="Poland", collection="d")
