"""Nations side by side."""

import csv

import httpx


async def test_each_nation_is_a_column_with_how_it_is_known(
    guided: httpx.AsyncClient,
) -> None:
    page = (await guided.get("/nations/compare?codes=FIN,MDA&as-of=2026-11-22")).text
    assert "Member since 4 April 2023" in page
    assert "Partner since 16 March 1994" in page
    assert page.count("basis: ") >= 2
    assert "Partnership is not membership" in page.replace("\n", " ")


async def test_a_comparison_is_of_the_day(guided: httpx.AsyncClient) -> None:
    page = (await guided.get("/nations/compare?codes=FIN,SWE&as-of=2023-06-01")).text
    assert "Member since 4 April 2023" in page
    assert "Invitee since" in page


async def test_nations_may_come_in_one_field_or_in_many(
    guided: httpx.AsyncClient,
) -> None:
    path = "/nations/compare.csv"
    one = (await guided.get(f"{path}?codes=finland,SWE&as-of=2026-11-22")).text
    many = await guided.get(f"{path}?codes=FIN&codes=SWE&codes=&as-of=2026-11-22")
    assert one == many.text
    rows = list(csv.reader(one.splitlines()))
    assert rows[0] == ["what", "Finland", "Sweden"]


async def test_what_two_of_them_do_together_is_there_as_one_may_see_it(
    guided: httpx.AsyncClient, guided_moldova: httpx.AsyncClient
) -> None:
    path = "/nations/compare?codes=FIN,SWE"
    assert "Lessons of our own" in (await guided.get(path)).text
    other = (await guided_moldova.get(path)).text
    assert "Lessons of our own" not in other
    assert "Cyber range in the High North" in other


async def test_too_many_and_unknown_nations_are_refused(
    guided: httpx.AsyncClient,
) -> None:
    path = "/nations/compare?codes="
    assert (await guided.get(f"{path}FIN,SWE,NOR,DNK,ISL")).status_code == 400
    assert (await guided.get(f"{path}FIN,QQQ")).status_code == 404
    assert "Choose two to four nations." in (await guided.get(path)).text
    assert "at least one more" in (await guided.get(f"{path}FIN")).text
