"""The page of search."""

import re

import httpx


async def test_what_is_found_leads_to_its_page(guided: httpx.AsyncClient) -> None:
    page = (await guided.get("/search?q=finland")).text
    first = re.search(r'class="what" href="([^"]+)"', page)
    assert first is not None
    assert first[1] == "/nations/FIN"


async def test_every_hit_is_one_click_away(guided: httpx.AsyncClient) -> None:
    for sought in ("partnership", "malware", "incidents", "lessons", "open"):
        page = (await guided.get(f"/search?q={sought}")).text
        links = re.findall(r'class="what[^"]*" href="([^"]+)"', page)
        assert links
        codes = {(await guided.get(each)).status_code for each in links[:5]}
        assert codes == {200}


async def test_hits_bear_their_labels_and_the_page_their_join(
    guided: httpx.AsyncClient,
) -> None:
    page = (await guided.get("/search?q=lessons+of+our+own")).text
    row = page[page.index("Lessons of our own") :].partition("</li>")[0]
    assert "REL TO NOR" in row
    assert 'id="marking-top"' in page


async def test_the_words_are_the_same_for_what_is_not_and_what_is_hidden(
    guided_sweden: httpx.AsyncClient,
) -> None:
    hidden = (await guided_sweden.get("/search?q=lessons+of+our+own")).text
    never = (await guided_sweden.get("/search?q=lessons+of+our+q9z")).text
    clock = re.compile(r"\d\d:\d\d(:\d\d)?")
    assert "Nothing you may see matches." in hidden
    said = never.replace("lessons of our q9z", "lessons of our own")
    assert clock.sub("", hidden) == clock.sub("", said)


async def test_the_bar_of_every_page_searches(guided: httpx.AsyncClient) -> None:
    page = (await guided.get("/nations")).text
    assert '<form class="search" method="get" action="/search"' in page
