import pytest

from foedus.errors import ForbiddenError, NotFoundError
from foedus.intel.admission import Admitted, Refused
from foedus.intel.judging import Judged, Request, judge, judge_all, parse_all
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
