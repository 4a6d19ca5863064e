"""Search: what is found, in which order, and by whom."""

from datetime import date

from foedus.intel.searching import CANDIDATES_MAX, IDS_AT_ONCE, search_objects
from foedus.stix.wording import query_of
from tests.intel.world import World, report, thing, viewer

TWO = "NATO UNCLASSIFIED // REL TO NOR, POL"


def found(world: World, name: str, text: str) -> list[str]:
    with world.reading.snapshot() as seen:
        hits = search_objects(seen, viewer(name), query_of(text))
        return [each.record.id for each in hits]


async def test_the_kind_of_match_ranks_first_then_the_date_added(world: World) -> None:
    await world.put("POL0", thing(1, name="Lantern"))
    for number, name in ((2, "quiet lantern"), (3, "Lantern relay"), (4, "a lantern")):
        world.later(seconds=1)
        await world.put("POL0", thing(number, name=name))

    assert found(world, "FIN0", "lantern") == [report(n) for n in (1, 3, 4, 2)]


async def test_more_are_found_than_are_read_at_once(world: World) -> None:
    numbers = range(1, IDS_AT_ONCE + 6)
    await world.put("POL0", *(thing(n, name=f"lantern {n}") for n in numbers))

    assert set(found(world, "FIN0", "lantern")) == {report(n) for n in numbers}


async def test_no_more_bytes_are_compared_than_the_bound(world: World) -> None:
    numbers = range(1, IDS_AT_ONCE * 2 + 1)
    await world.put("POL0", *(thing(n, name=f"lantern {n}") for n in numbers))
    with world.reading.snapshot() as seen:
        query = query_of("lantern")
        hits = search_objects(seen, viewer("FIN0"), query, bytes_max=1)

    assert len(hits) == IDS_AT_ONCE


async def test_all_words_have_to_be_there(world: World) -> None:
    await world.put("POL0", thing(1, name="quiet lantern"), thing(2, name="quiet kite"))

    assert found(world, "FIN0", "kite quiet") == [report(2)]
    assert found(world, "FIN0", "kite lantern") == []


async def test_what_is_hidden_is_not_found_by_anything(world: World) -> None:
    await world.put("POL0", thing(1, TWO, name="Secret lantern"))

    for text in ("Secret lantern", "secret", "lant", report(1)):
        assert found(world, "NOR0", text) == [report(1)]
        assert found(world, "FIN0", text) == []


async def test_a_version_that_one_may_not_see_gives_nothing_away(world: World) -> None:
    await world.put("POL0", thing(1, name="Open name"))
    await world.put("POL0", thing(1, TWO, name="Hidden name", version=1))

    assert found(world, "FIN0", "Hidden name") == []
    assert found(world, "FIN0", "hidden") == []
    assert found(world, "FIN0", "open name") == [report(1)]
    assert found(world, "NOR0", "hidden") == [report(1)]


async def test_an_older_version_is_not_found_by_what_it_said(world: World) -> None:
    await world.put("POL0", thing(1, name="Old name"))
    await world.put("POL0", thing(1, name="New name", version=1))

    assert found(world, "FIN0", "old name") == []
    assert found(world, "FIN0", "new") == [report(1)]


async def test_what_is_hidden_takes_no_place_of_what_is_not(world: World) -> None:
    await world.put("POL0", thing(1, name="lantern one"))
    hidden = [thing(n, TWO, name=f"lantern {n}") for n in range(2, CANDIDATES_MAX + 9)]
    await world.put("POL0", *hidden)

    assert found(world, "FIN0", "lantern") == [report(1)]
    assert found(world, "FIN0", "lantern one") == [report(1)]


async def test_what_is_withdrawn_or_recalled_is_found_no_more(world: World) -> None:
    await world.put("POL0", thing(1, name="lantern"), thing(2, name="lantern"))
    await world.withdraw("POL0", report(1), "all")
    await world.recall("POL0", report(2))

    assert found(world, "FIN0", "lantern") == []


async def test_what_is_released_is_found_from_then_on(world: World) -> None:
    await world.put("POL0", thing(1, TWO, name="lantern"))
    assert found(world, "FIN0", "lantern") == []

    await world.release("POL0", "FIN", label=TWO, since=date(2026, 1, 1))
    await world.deliver()

    assert found(world, "FIN0", "lantern") == [report(1)]


async def test_who_has_lost_standing_finds_nothing(world: World) -> None:
    await world.put("POL0", thing(1, name="lantern"))
    await world.change("FIN", "suspended")

    assert found(world, "FIN0", "lantern") == []


async def test_what_is_redacted_leaves_no_word_behind(world: World) -> None:
    await world.put("POL0", thing(2, name="kite"))
    [outcome] = await world.post("POL0", thing(1, name="lantern"))
    assert world.query("SELECT count(*) FROM search_key WHERE key = '~lantern'") == [
        (1,)
    ]

    assert outcome.position is not None
    await world.redact(outcome.position)

    assert world.query("SELECT 1 FROM search_key WHERE key LIKE '%lantern%'") == []
    assert found(world, "FIN0", "lantern") == []
    assert found(world, "FIN0", "kite") == [report(2)]


async def test_folding_anew_finds_the_same(world: World) -> None:
    await world.put("POL0", thing(1, name="lantern"), thing(2, name="lantern kite"))
    before = world.dump()["search_key"]
    world.projector.rebuild()
    await world.put("POL0", thing(3, name="kite"))

    assert set(before) < set(world.dump()["search_key"])
    assert found(world, "FIN0", "kite") == [report(3), report(2)]


async def test_nothing_is_found_where_nothing_is_asked(world: World) -> None:
    await world.put("POL0", thing(1, name="lantern"))

    assert found(world, "FIN0", "  ") == []
    assert found(world, "FIN0", "%") == []
