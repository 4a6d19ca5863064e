"""The state of the alliance: figures, and their records one click away."""

import re

import httpx


def figure(page: str, said: str) -> tuple[str, str]:
    found = page[page.index(said) :].partition("</details>")[0]
    value = re.search(r"<b>([^<]+)</b>", found)
    assert value is not None, "every figure has a number"
    return value[1], found


async def test_there_is_a_panel_a_pillar(guided: httpx.AsyncClient) -> None:
    page = (await guided.get("/state")).text
    for title in (
        "Political consensus",
        "Capability development",
        "Regional engagement",
    ):
        assert title in page
    assert page.count('class="figure"') == page.count('<p class="src">basis: ') > 10


async def test_a_figure_counts_what_the_visitor_may_see_and_unfolds_it(
    guided: httpx.AsyncClient, guided_sweden: httpx.AsyncClient
) -> None:
    own = (await guided.get("/state")).text
    other = (await guided_sweden.get("/state")).text
    assert figure(own, "Engagements brought to an end")[0] == "2"
    assert figure(other, "Engagements brought to an end")[0] == "1"
    assert "Lessons of our own" not in other
    assert figure(own, "Members, who decide together")[0] == "32"
    value, records = figure(own, "Policy updates that apply today")
    assert value == str(records.count('href="/updates/update--'))


async def test_a_nation_s_own_obligations_are_counted_from_its_reports(
    guided: httpx.AsyncClient, guided_sweden: httpx.AsyncClient
) -> None:
    own, _ = figure((await guided.get("/state")).text, "Obligations of Norway")
    other, _ = figure((await guided_sweden.get("/state")).text, "Obligations of Sweden")
    assert own.startswith("1 of ")
    assert other.startswith("0 of ")


async def test_partners_are_counted_apart_from_members(
    guided: httpx.AsyncClient,
) -> None:
    page = (await guided.get("/state")).text
    _, records = figure(page, "Members, who decide together")
    assert 'href="/nations?status=member"' in records
    assert "A partner is no member." in page


async def test_measures_are_told_as_evidence_shows_them_in_ones_own_world(
    guided: httpx.AsyncClient, guided_moldova: httpx.AsyncClient
) -> None:
    own, records = figure((await guided.get("/state")).text, "measures rated from")
    other, _ = figure((await guided_moldova.get("/state")).text, "measures rated from")
    assert own.split(" of ")[0] > other.split(" of ")[0]
    assert 'href="/measures/' in records
    assert "made up for the demonstration" in records
    assert "readiness within 48 hours" in records
