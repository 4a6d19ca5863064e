"""Plots: what they say, from where, and in whose world."""

import csv

import httpx


async def table(of: httpx.AsyncClient, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader((await of.get(path)).text.splitlines()))


async def test_every_plot_says_how_it_is_known_and_can_be_taken_away(
    guided: httpx.AsyncClient,
) -> None:
    page = (await guided.get("/plots")).text
    for name in ("members", "frameworks", "spending", "volume"):
        part = page[page.index(f'id="{name}"') :].partition("</section>")[0]
        assert "basis: " in part
        assert f"/plots/{name}.csv" in part
        assert "The same as a table" in part
    assert len(page) < 150_000


async def test_member_counts_are_the_known_series(guided: httpx.AsyncClient) -> None:
    rows = await table(guided, "/plots/members.csv?as-of=2026-11-22")
    known = [12, 14, 15, 16, 19, 26, 28, 29, 30, 31, 32]
    assert [int(each["members"]) for each in rows] == known
    earlier = await table(guided, "/plots/members.csv?as-of=2023-04-03")
    assert earlier[-1]["members"] == "30"


async def test_editions_of_spending_are_never_mixed(guided: httpx.AsyncClient) -> None:
    august = await table(guided, "/plots/spending.csv")
    july = await table(guided, "/plots/spending.csv?edition=2026-07")
    assert {each["edition"] for each in august} == {"August 2025"}
    assert {each["edition"] for each in july} == {"July 2026"}
    poland = {each["nation"]: each for each in august}["Poland"]
    anew = {each["nation"]: each for each in july}["Poland"]
    assert (poland["2025"], anew["2025"]) == ("4.48 e", "4.25 e")
    assert poland["2023"] == "3.27"


async def test_what_does_not_apply_is_neither_zero_nor_unknown(
    guided: httpx.AsyncClient,
) -> None:
    rows = {each["nation"]: each for each in await table(guided, "/plots/spending.csv")}
    assert rows["Iceland"]["2024"] == "does not apply"
    assert rows["Germany"]["2025"] == "not known"
    page = (await guided.get("/plots")).text
    assert "does not apply: no armed forces" in page


async def test_an_estimate_says_so_and_is_drawn_open(
    guided: httpx.AsyncClient,
) -> None:
    page = (await guided.get("/plots?edition=2025-08&year=2024")).text
    part = page[page.index('id="spending"') :].partition("</figure>")[0]
    assert "18 of 31 nations were at 2 % or more in 2024, estimated" in part
    assert 'class="open"' in part
    read = (await guided.get("/plots?edition=2025-08&year=2020")).text
    part = read[read.index('id="spending"') :].partition("</figure>")[0]
    assert 'class="open"' not in part


async def test_what_came_is_counted_in_the_visitor_s_world(
    guided: httpx.AsyncClient, guided_moldova: httpx.AsyncClient
) -> None:
    own = (await guided.get("/plots/volume.csv")).text
    other = (await guided_moldova.get("/plots/volume.csv")).text
    assert "NATO CONFIDENTIAL" in own
    assert "NATO CONFIDENTIAL" not in other


async def test_no_such_plot_is_not_found(guided: httpx.AsyncClient) -> None:
    assert (await guided.get("/plots/ranking.csv")).status_code == 404
