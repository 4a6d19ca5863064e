"""Taking over another server's collections: begin, take in, end."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from foedus.errors import (
    ConflictError,
    FoedusError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
)
from foedus.ids import CollectionId
from foedus.intel import importing
from foedus.intel.dating import ALIKE_MAX
from foedus.intel.events import ApiRoot, ImportTerms
from foedus.intel.importing import Dated, Plan, Planned
from foedus.intel.judging import Outcome
from foedus.intel.pages import Filters
from foedus.releasability.viewers import Role
from foedus.stix.markings import hub_marking_id, make_hub_definition
from tests.intel.world import ALL, NOON, World, dump, thing, viewer

MOVED = CollectionId("91a7b528-80eb-42ed-a74d-c6fbd5a26116")
FIRST_US = int(datetime(2025, 3, 1, 10, tzinfo=UTC).timestamp()) * 1_000_000 + 123_456
BODY = viewer("NATO0", Role.OPERATOR)

HIDDEN = "NU // REL TO POL"

PLANNED = Planned(
    id=MOVED, root="trustgroup1", title="Moved", can_read=True, can_write=True
)
PLAN = Plan(
    source="ab" * 32,
    terms=ImportTerms(account="account--POL1", read="PUBLIC", write="POL"),
    roots=(ApiRoot(path="trustgroup1", title="Trust group"),),
    collections=(PLANNED,),
)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = await World.found(tmp_path)
    yield world
    world.close()


def dated(number: int, added_us: int, *, following: int = 0, **more: Any) -> Dated:  # noqa: ANN401 - of an object
    text = more.pop("label", "NU // PUBLIC")
    given = thing(number, text, **more)
    return Dated(
        id=given["id"], raw=dump(given), added_us=added_us, following=following
    )


async def begin(world: World, plan: Plan = PLAN) -> None:
    act = world.act(BODY.nation)
    position = await importing.begin(world.desk, BODY, act, plan)
    if position is not None:
        world.fold(position)
    for opened in await importing.open_collections(world.desk, BODY, act, plan):
        world.fold(opened)


async def take_in(
    world: World, *objects: Dated, name: str = "POL1", to: CollectionId = MOVED
) -> list[Outcome]:
    who = viewer(name)
    act = world.act(who.nation)
    # Settled markings of the hub's are kept by the hub itself; they only go along.
    carried = [
        Dated(id="", raw=make_hub_definition(text), added_us=objects[0].added_us)
        for text in ("NU // PUBLIC", HIDDEN)
        if any(hub_marking_id(text).encode() in each.raw for each in objects)
    ]
    given = [*carried, *objects]
    outcomes = await importing.take_in(world.desk, who, act, to, given)
    world.projector.catch_up()
    return outcomes[len(carried) :]


async def end(world: World, plan: Plan = PLAN) -> None:
    world.fold(await importing.end(world.desk, world.act(BODY.nation), plan))


def dates(world: World, name: str = "SWE1") -> list[int]:
    found = world.reading.collection(viewer(name), MOVED)
    page = world.reading.page(viewer(name), found, ALL, limit=10_000)
    return [each.added_us for each in page.records if each.nation]


async def test_objects_keep_their_dates(world: World) -> None:
    await begin(world)
    given = [dated(n, FIRST_US + n * 1_000_003) for n in range(5)]
    await take_in(world, *given)
    await end(world)
    assert dates(world) == [each.added_us for each in given]


async def test_of_what_was_dated_alike_the_last_keeps_the_date(world: World) -> None:
    await begin(world)
    await take_in(world, *(dated(n, FIRST_US, following=2 - n) for n in range(3)))
    await end(world)
    assert dates(world) == [FIRST_US - 2, FIRST_US - 1, FIRST_US]


async def test_what_a_reader_cannot_see_moves_no_date(world: World) -> None:
    hidden = {"label": HIDDEN}
    await begin(world)
    await take_in(
        world,
        dated(0, FIRST_US, following=3),
        dated(1, FIRST_US, following=2, **hidden),
        dated(2, FIRST_US, following=1, **hidden),
        dated(3, FIRST_US),
    )
    await end(world)
    assert dates(world) == [FIRST_US - 1, FIRST_US]


async def test_dates_without_room_between_them_still_grow(world: World) -> None:
    await begin(world)
    alike = [dated(n, FIRST_US + 1, following=8 - n) for n in range(1, 9)]
    await take_in(world, dated(0, FIRST_US), *alike)
    await end(world)
    found = dates(world)
    assert found[0] == FIRST_US
    assert all(a < b for a, b in pairwise(found))


async def test_more_than_a_commit_of_one_date_ends_on_that_date(world: World) -> None:
    many = 2 * ALIKE_MAX + 5
    await begin(world)
    await take_in(
        world, *(dated(n, FIRST_US, following=many - n - 1) for n in range(many))
    )
    await end(world)
    found = dates(world)
    assert len(found) == many
    assert found[-1] == FIRST_US
    assert all(a < b for a, b in pairwise(found))


async def test_what_arrives_later_stands_behind_it(world: World) -> None:
    await begin(world)
    await take_in(world, dated(1, FIRST_US))
    await end(world)
    await world.put("POL1", thing(2, "NU // PUBLIC"), to=MOVED)
    first, last = dates(world)
    assert first == FIRST_US
    assert last % 1_000 == 0
    assert last > first


async def test_reading_on_from_an_old_date_gives_what_came_after(world: World) -> None:
    await begin(world)
    given = [dated(n, FIRST_US + n * 7) for n in range(5)]
    await take_in(world, *given)
    await end(world)
    reader = viewer("SWE1")
    found = world.reading.collection(reader, MOVED)
    for place, each in enumerate(given):
        after = Filters(added_after_us=each.added_us)
        page = world.reading.page(reader, found, after, limit=10)
        assert len(page.records) == len(given) - place - 1


async def test_nobody_sees_anything_before_the_end(world: World) -> None:
    await begin(world)
    await take_in(world, dated(1, FIRST_US))
    for name in ("POL1", "SWE1"):
        with pytest.raises(NotFoundError):
            world.reading.collection(viewer(name), MOVED)
    await end(world)
    assert dates(world, "POL1") == [FIRST_US]


async def test_nothing_is_published_into_it_before_the_end(world: World) -> None:
    await begin(world)
    with pytest.raises(NotFoundError):
        await world.post("POL1", thing(1), to=MOVED)


async def test_closed_labels_mean_who_was_in_them_on_that_day(world: World) -> None:
    before_sweden = int(datetime(2023, 6, 1, tzinfo=UTC).timestamp()) * 1_000_000
    terms = msgspec.structs.replace(PLAN.terms, default_label="NU // REL TO NATO")
    plan = msgspec.structs.replace(PLAN, terms=terms)
    await begin(world, plan)
    await take_in(
        world, dated(1, before_sweden, label=""), dated(2, FIRST_US, label="")
    )
    await end(world)
    assert len(_shown(world, "FIN1")) == 2
    assert _shown(world, "SWE1") == [thing(2, "NU")["id"]]


def _shown(world: World, name: str) -> list[str]:
    found = world.reading.collection(viewer(name), MOVED)
    page = world.reading.page(viewer(name), found, ALL, limit=100)
    return [each.id for each in page.records if each.nation]


async def test_a_release_goes_by_the_older_date(world: World) -> None:
    secret = {"label": HIDDEN}
    await begin(world)
    await take_in(world, dated(1, FIRST_US, **secret))
    await end(world)
    since = datetime(2025, 3, 2, tzinfo=UTC).date()
    await world.release("POL1", "UKR", label=HIDDEN, since=since)
    assert _shown(world, "UKR1") == []
    await world.release("POL1", "UKR", label=HIDDEN, since=since - DAY)
    assert _shown(world, "UKR1") == [thing(1, "NU")["id"]]


DAY = timedelta(days=1)


async def test_what_is_refused_is_refused_alone(world: World) -> None:
    await begin(world)
    bad = Dated(id="x", raw=b'{"type": "note"}', added_us=FIRST_US, following=1)
    outcomes = await take_in(world, bad, dated(1, FIRST_US))
    assert [each.outcome for each in outcomes] == ["refused", "stored"]
    assert [each.outcome for each in await take_in(world, bad)] == ["refused"]


async def test_running_it_again_finishes_and_doubles_nothing(world: World) -> None:
    given = [dated(n, FIRST_US, following=9 - n) for n in range(10)]
    given += [dated(n, FIRST_US + 5_000_000) for n in range(10, 15)]
    await begin(world)
    await take_in(world, *given[:12])

    await begin(world)
    outcomes = await take_in(world, *given)
    await end(world)

    assert [each.outcome for each in outcomes] == ["duplicate"] * 12 + ["stored"] * 3
    assert dates(world)[:10] == list(range(FIRST_US - 9, FIRST_US + 1))
    assert len(dates(world)) == 15


async def test_a_restart_folds_the_same(world: World) -> None:
    await begin(world)
    await take_in(world, *(dated(n, FIRST_US, following=2 - n) for n in range(3)))
    await end(world)
    shown = dates(world)
    world.projector.rebuild()
    assert dates(world) == shown


async def test_only_empty_collections_are_filled(world: World) -> None:
    await world.open("there", id=MOVED, default_label="TLP:CLEAR")
    await world.put("POL0", thing(1), to="there")
    with pytest.raises(ConflictError, match="is not empty"):
        await begin(world)
    assert _shown(world, "SWE1")


async def test_what_was_withdrawn_was_there_too(world: World) -> None:
    await world.open("there", id=MOVED, default_label="TLP:CLEAR")
    await world.put("POL0", thing(1), to="there")
    await world.withdraw("POL0", thing(1)["id"], "all", to="there")
    with pytest.raises(ConflictError, match="is not empty"):
        await begin(world)


async def test_a_collection_that_is_empty_keeps_its_own_terms(world: World) -> None:
    await world.open("there", id=MOVED, default_label="TLP:CLEAR")
    await begin(world)
    await take_in(world, dated(1, FIRST_US))
    await end(world)
    found = world.reading.collection(viewer("SWE1"), MOVED)
    assert (found.alias, found.root) == ("there", "trustgroup1")
    assert dates(world) == [FIRST_US]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"collections": ()}, InvalidInputError),
        ({"roots": (ApiRoot(path="taxii2", title="T"),)}, InvalidInputError),
        ({"roots": (ApiRoot(path="API", title="T"),)}, InvalidInputError),
        ({"roots": (ApiRoot(path="a/b", title="T"),)}, InvalidInputError),
        ({"roots": (ApiRoot(path="", title="T"),)}, InvalidInputError),
        ({"collections": (PLANNED, PLANNED)}, InvalidInputError),
        ({"terms": ImportTerms(account="a", read="nobody")}, InvalidInputError),
        ({"terms": ImportTerms(account="a", default_label="X")}, FoedusError),
        (
            {"collections": (msgspec.structs.replace(PLANNED, title=""),)},
            InvalidInputError,
        ),
        (
            {"collections": (msgspec.structs.replace(PLANNED, id="no-uuid"),)},
            InvalidInputError,
        ),
        (
            {"collections": (msgspec.structs.replace(PLANNED, alias="a/b"),)},
            InvalidInputError,
        ),
    ],
)
async def test_what_cannot_be_taken_over_begins_nothing(
    world: World, changed: dict[str, Any], error: type[FoedusError]
) -> None:
    head = world.log.head()
    with pytest.raises(error):
        await begin(world, msgspec.structs.replace(PLAN, **changed))
    assert world.log.head() == head


async def test_a_path_is_taken_once(world: World) -> None:
    await begin(world)
    other = msgspec.structs.replace(PLANNED, id=str(MOVED).replace("9", "8"))
    plan = msgspec.structs.replace(PLAN, source="cd" * 32, collections=(other,))
    with pytest.raises(ConflictError, match="/trustgroup1/"):
        await begin(world, plan)


async def test_another_import_does_not_take_its_collections(world: World) -> None:
    await begin(world)
    root = ApiRoot(path="other", title="T")
    plan = msgspec.structs.replace(PLAN, source="cd" * 32, roots=(root,))
    with pytest.raises(ConflictError, match="another import"):
        await begin(world, plan)


async def test_it_goes_on_only_on_the_same_terms(world: World) -> None:
    await begin(world)
    terms = ImportTerms(account="account--POL1", read="FIN")
    with pytest.raises(ConflictError, match="--read PUBLIC"):
        await begin(world, msgspec.structs.replace(PLAN, terms=terms))


async def test_what_has_ended_does_not_begin_again(world: World) -> None:
    await begin(world)
    await end(world)
    with pytest.raises(ConflictError, match="already"):
        await begin(world)


async def test_only_the_body_begins_one(world: World) -> None:
    who = viewer("POL1", Role.OPERATOR)
    with pytest.raises(ForbiddenError):
        await importing.begin(world.desk, who, world.act(who.nation), PLAN)


async def test_nothing_is_taken_in_without_an_import(world: World) -> None:
    there = await world.open("there", default_label="TLP:CLEAR")
    with pytest.raises(ForbiddenError, match="nothing is being taken over"):
        await take_in(world, dated(1, FIRST_US), to=there)
    await begin(world)
    with pytest.raises(ForbiddenError, match="another account"):
        await take_in(world, dated(1, FIRST_US), name="FIN1")
    await end(world)
    with pytest.raises(ForbiddenError, match="nothing is being taken over"):
        await take_in(world, dated(1, FIRST_US))


async def test_who_publishes_nothing_takes_nothing_in(world: World) -> None:
    await begin(world)
    reader = viewer("POL1", Role.READER)
    with pytest.raises(ForbiddenError, match="role publisher"):
        await importing.take_in(
            world.desk, reader, world.act(reader.nation), MOVED, [dated(1, FIRST_US)]
        )


async def test_what_slips_in_while_it_begins_is_noticed(world: World) -> None:
    await begin(world)
    importing.check_untouched(world.desk, PLAN)
    await take_in(world, dated(1, FIRST_US))
    with pytest.raises(ConflictError):
        importing.check_untouched(world.desk, PLAN)


def test_aliases_stay_where_they_can_be() -> None:
    plan = msgspec.structs.replace(
        PLAN,
        collections=tuple(
            msgspec.structs.replace(
                PLANNED, id=CollectionId(f"{n}1111111-1"), alias=alias
            )
            for n, alias in enumerate(["mine", "taken", "High Value", None, "mine"])
        ),
    )
    found = importing.hub_aliases(plan, ["taken"])
    assert list(found.values()) == [
        "mine",
        "trustgroup1-11111111",
        "trustgroup1-21111111",
        "trustgroup1-31111111",
        "trustgroup1-41111111",
    ]


def test_what_shares_a_date_stays_in_one_set() -> None:
    given = [dated(n, FIRST_US, following=4 - n) for n in range(5)]
    given += [dated(n, FIRST_US + n) for n in range(5, 9)]
    sets = importing.sets_of(given, objects_max=3)
    assert [len(each) for each in sets] == [5, 3, 1]


def test_a_set_has_no_more_versions_of_one_id_than_one_request_may() -> None:
    given = [dated(1, FIRST_US + n) for n in range(250)]
    assert [len(each) for each in importing.sets_of(given)] == [100, 100, 50]


async def test_the_future_is_not_reached(world: World) -> None:
    late_us = int((NOON - timedelta(seconds=1)).timestamp()) * 1_000_000
    await begin(world)
    await take_in(world, dated(1, late_us))
    await end(world)
    assert dates(world) == [late_us]
