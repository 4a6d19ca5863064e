"""The demo's evidence gives the founding article's table, and hides what it should."""

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from foedus import app
from foedus.hub import Hub
from foedus.planning.covering import cover
from foedus.planning.horizons import Horizon
from foedus.planning.results import Coverage, Reason
from foedus.planning.situations import Prepared, situation_of
from foedus.processes.demo import prepare
from foedus.processes.demo_pack import load_demo_pack
from foedus.processes.demo_readiness import illustrate
from foedus.readiness.comparing import Comparison, compare, measure_sheet
from foedus.readiness.ratings import NO_EVIDENCE, WITHHELD
from foedus.readiness.reading import list_held
from foedus.readiness.records import Report, Unit

TABLE = {
    "Joint Air Patrols": ("High", "Continuous", "Excellent"),
    "Cyber-Defence Coordination Center": ("Medium", "On-Demand", "Good"),
    "Rapid Reaction Force": ("High", "Within 48 hours", "Very Good"),
    "Border Surveillance Units": ("Variable", "Periodic", "Good"),
}
"""As the founding article prints it."""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    folder = tmp_path_factory.mktemp("demo") / "data"
    found = asyncio.run(app.create(folder, load_demo_pack(), environment={}))
    asyncio.run(prepare(found))
    yield found
    app.close_hub(found)


def compared(hub: Hub, name: str, on: date | None = None) -> Comparison:
    viewer = hub.authenticator.named(name).viewer()
    with hub.reading.snapshot() as seen:
        return compare(seen.db, seen.access, viewer, on or hub.clock().date())


def words(found: Comparison) -> dict[str, tuple[str, str, str]]:
    return {
        each.name: (each.capability, each.readiness, each.interoperability)
        for each in found.measures
    }


def test_members_are_shown_the_founding_articles_table(hub: Hub) -> None:
    for name in ("norway", "sweden", "duty"):
        found = compared(hub, name)
        shown = words(found)
        assert {each: shown[each] for each in TABLE} == TABLE
        assert found.label == (
            "NATO RESTRICTED // REL TO PARTNERSHIP+ // REL TO NATO 2024-03-07"
        )


def test_every_row_says_that_its_evidence_is_illustrative(hub: Hub) -> None:
    found = compared(hub, "norway")

    assert {each.name for each in found.measures if each.illustrative} == {
        *TABLE, "Forward Presence",
    }  # fmt: skip


def test_a_partner_sees_the_row_that_is_shared_and_no_trace_of_the_others(
    hub: Hub,
) -> None:
    found = compared(hub, "moldova")
    shown = words(found)

    assert shown["Border Surveillance Units"] == TABLE["Border Surveillance Units"]
    for name in set(TABLE) - {"Border Surveillance Units"}:
        assert shown[name] == (NO_EVIDENCE,) * 3
    assert found.label == "NATO UNCLASSIFIED // REL TO PARTNERSHIP+"


def test_an_aggregate_over_a_nation_that_shows_nothing_is_withheld(hub: Hub) -> None:
    forward = {
        name: words(compared(hub, name))["Forward Presence"]
        for name in ("moldova", "norway")
    }

    assert forward["moldova"][:2] == (WITHHELD, WITHHELD)
    assert forward["norway"][:2] == ("Medium", "Within 10 days")


def test_the_table_is_one_of_any_day(hub: Hub) -> None:
    today = hub.clock().date()
    before = words(compared(hub, "norway", today - timedelta(days=1_000)))
    later = words(compared(hub, "norway", today + timedelta(days=1_000)))

    assert set(before.values()) == {(NO_EVIDENCE,) * 3}
    assert {each[:2] for each in later.values()} == {(NO_EVIDENCE,) * 2}


def test_a_word_has_its_derivation_and_what_was_left_out(hub: Hub) -> None:
    viewer = hub.authenticator.named("norway").viewer()
    with hub.reading.snapshot() as seen:
        found = measure_sheet(
            seen.db, seen.access, viewer, "Rapid Reaction Force", hub.clock().date()
        )

    assert found.readiness.basis == "to move, from the order"
    assert len(found.readiness.rests_on) == 2
    assert [each.why[:25] for each in found.capability.not_counted] == [
        "its report expired on 202"
    ]


async def test_it_is_told_once(hub: Hub) -> None:
    viewer = hub.authenticator.named("duty").viewer()

    def told() -> int:
        with hub.reading.snapshot() as seen:
            units = list_held(seen.db, seen.access, viewer, Unit)
            return len(units) + len(list_held(seen.db, seen.access, viewer, Report))

    before = told()
    await illustrate(hub)

    assert told() == before == 32


def prepared(hub: Hub, name: str) -> Prepared:
    viewer = hub.authenticator.named(name).viewer()
    horizon = Horizon(as_of=hub.clock().date())
    with hub.reading.snapshot() as seen:
        return situation_of(seen.db, seen.access, viewer, horizon)


def gaps(found: Coverage, hub: Hub) -> dict[str, set[Reason]]:
    titles = {
        name: held.content.title
        for name, held in prepared(hub, "duty").commitments.items()
    }
    told: dict[str, set[Reason]] = {}
    for each in found.gaps:
        told.setdefault(titles[each.commitment], set()).add(each.reason)
    return told


def test_a_plan_of_the_demo_shows_each_kind_of_gap(hub: Hub) -> None:
    found = cover(prepared(hub, "duty").situation)

    told = gaps(found, hub)
    assert Reason.NO_SUCH_CAPABILITY in told["Fuel in the air"]
    assert Reason.TOO_LATE in told["48 hours on station"]
    assert Reason.OTHERS_FIRST in told["Winter cover"]
    assert "Desk around the clock" not in told
    assert {each.nation for each in found.tours} == {"MDA", "NOR", "SWE", "XIL"}


def test_the_demo_says_that_its_plans_rest_on_what_is_made_up(hub: Hub) -> None:
    found = prepared(hub, "norway")

    assert found.illustrative
    assert found.withheld == ()
    shared = prepared(hub, "moldova").commitments.values()
    assert [each.content.title for each in shared] == ["Roads after the flood"]


def test_partners_have_units_that_can_be_planned_with(hub: Hub) -> None:
    for name in ("moldova", "illustria"):
        found = prepared(hub, name).situation
        assert {each.nation for each in found.units} == {"MDA", "NOR", "XIL"}
        assert {each.location for each in found.commitments} == {"eastern flank"}


def test_what_is_periodic_is_planned_in_the_periods_of_its_pattern(hub: Hub) -> None:
    plan = prepared(hub, "duty")
    there = {
        plan.units[each.id].content.name: set(range(1, 14)) - set(each.away)
        for each in plan.situation.units
        if each.type == "post"
    }

    assert there == {
        "Posts Heron": {1, 2, 5, 8, 11, 12},
        "Posts Ibis": {2, 3, 7, 11, 12},
        "Posts Jay": {2, 3, 4, 9, 10},
    }
