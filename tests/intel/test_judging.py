import msgspec
import pytest

from foedus.errors import ForbiddenError, NotFoundError
from foedus.intel.admission import Admitted, Refused
from foedus.intel.judging import Judged, Manner, Request, judge, judge_all, parse_all
from foedus.intel.writing import Marking
from foedus.stix.objects import StixObject
from tests.intel.world import World, dump, report, thing, viewer

CLOSED = "NU // REL TO POL, FIN"


def asked(
    world: World, name: str, *, to: str = "c", ceiling: int | None = None
) -> Request:
    who = viewer(name)
    return Request(
        viewer=who, act=world.act(who.nation), collection=to, ceiling=ceiling
    )


def read(*numbers: int) -> list[StixObject]:
    parsed = parse_all([dump(thing(number)) for number in numbers])
    return [each for each in parsed if isinstance(each, StixObject)]


def test_what_cannot_be_read_has_its_outcome_and_its_name() -> None:
    broken = {**thing(1), "modified": "yesterday"}

    good, named, nameless = parse_all([dump(thing(2)), dump(broken), b"{"])

    assert isinstance(good, StixObject)
    assert (named.id, nameless.id) == (report(1), "")
    assert {each.outcome for each in (named, nameless)} == {"refused"}  # type: ignore[union-attr]


async def test_requests_that_are_judged_together_are_written_apart(
    world: World,
) -> None:
    given = [(asked(world, "POL0"), read(number, number + 1)) for number in (1, 3, 5)]

    judged = judge_all(world.reading, given)

    assert [[each.id for each in one.objects] for one in judged] == [
        [report(1), report(2)],
        [report(3), report(4)],
        [report(5), report(6)],
    ]
    ids = [each.event_id for one in judged for each in one.appends.values()]
    assert len(set(ids)) == 6


async def test_a_definition_is_written_unless_it_is_known_to_be_there(
    world: World,
) -> None:
    await world.open("stamped", default_label=CLOSED)

    first = stamped(world, set())
    again = stamped(world, set(first.definitions))

    assert len(first.definitions) == 1
    assert not again.definitions
    assert again.appends.keys() == first.appends.keys() == {0}


def stamped(world: World, defined: set[Marking]) -> Judged:
    request = asked(world, "POL0", to="stamped")
    (judged,) = judge_all(world.reading, [(request, read(1))], defined)
    return judged


@pytest.mark.parametrize(("ceiling", "verdict"), [(0, Refused), (1, Admitted)])
async def test_the_ceiling_of_the_request_counts(
    world: World, ceiling: int, verdict: type
) -> None:
    await world.open("secret", default_label="NATO RESTRICTED // REL TO NATO")
    request = asked(world, "POL1", to="secret", ceiling=ceiling)

    with world.reading.snapshot() as seen:
        _, verdicts = judge(seen, request, read(1))

    assert [type(each) for each in verdicts] == [verdict]


async def test_nothing_is_judged_for_who_may_not_write(world: World) -> None:
    await world.open("ours", read="PUBLIC", write="POL")
    await world.open("theirs", read="POL", write="POL")

    with pytest.raises(ForbiddenError):
        judge_all(world.reading, [(asked(world, "FIN0", to="ours"), read(1))])
    with pytest.raises(NotFoundError):
        judge_all(world.reading, [(asked(world, "FIN0", to="theirs"), read(1))])


async def test_of_two_requests_each_has_its_own_hour(world: World) -> None:
    """What was made tomorrow is refused today."""
    tomorrow = {**thing(1), "modified": "2026-11-24T12:00:00.000Z"}
    (made,) = parse_all([dump(tomorrow)])
    assert isinstance(made, StixObject)
    today = asked(world, "POL0")
    world.later(days=1)

    first, second = judge_all(
        world.reading, [(today, [made]), (asked(world, "POL0"), [made])]
    )

    assert [type(each) for each in first.verdicts] == [Refused]
    assert [type(each) for each in second.verdicts] == [Admitted]


async def test_what_is_not_alike_is_not_judged_together(world: World) -> None:
    mine, theirs = asked(world, "POL0"), asked(world, "POL1")
    plain, replacing = mine, msgspec.structs.replace(mine, manner=Manner(replaces=True))

    for requests in ((mine, theirs), (plain, replacing)):
        with pytest.raises(AssertionError):
            judge_all(world.reading, [(each, read(1)) for each in requests])


async def test_each_object_has_the_remark_that_is_its_own(world: World) -> None:
    """Many refer to the one, a single one to the other."""
    await world.open("closed", default_label="NU // REL TO POL")
    await world.put(
        "POL0", *(thing(n, "NU // PUBLIC", refs=[report(90)]) for n in range(20))
    )
    await world.put("POL0", thing(50, "NU // PUBLIC", refs=[report(91)]))

    given = [(asked(world, "POL0", to="closed"), read(each)) for each in (90, 91)]
    first, second = judge_all(world.reading, given)

    assert "goes to fewer" in first.remarks[0]
    assert report(50) in second.remarks[0]
