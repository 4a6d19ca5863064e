"""What nations do together, as those who may see it see it."""

import csv

import httpx

from tests.web.guiding import Told


async def test_the_list_shows_each_with_how_it_stands_and_its_label(
    guided: httpx.AsyncClient,
) -> None:
    page = (await guided.get("/engagements")).text
    for title in (
        "Cyber range in the High North",
        "Exchange of watch officers",
        "Lessons of our own",
    ):
        assert title in page
    assert "Under way" in page
    assert page.count('class="label') >= 3
    assert 'id="marking-top"' in page


async def test_what_is_hidden_is_in_no_list_and_has_no_page(
    guided_sweden: httpx.AsyncClient, told: Told
) -> None:
    hidden = told.engagements["Lessons of our own"]
    listed = (await guided_sweden.get("/engagements")).text
    table = (await guided_sweden.get("/engagements.csv")).text
    page = await guided_sweden.get(f"/engagements/{hidden}")
    never = await guided_sweden.get(
        "/engagements/engagement--00000000-0000-4000-8000-000000000009"
    )
    assert "Lessons" not in listed + table
    assert "Exchange of watch officers" in listed
    assert (page.status_code, page.text) == (404, never.text)


async def test_a_list_can_be_of_one_nation_region_or_kind(
    guided: httpx.AsyncClient,
) -> None:
    async def count(query: str) -> int:
        page = (await guided.get(f"/engagements?{query}")).text
        return page.count('href="/engagements/engagement--')

    # Three were told, and the demo has some of its own.
    assert await count("nation=FIN") == 3 + 1
    assert await count("nation=LTU") == 0
    assert await count("region=high_north") == 3 + 1
    assert await count("region=balkans") == 0
    assert await count("kind=exercise") == 3 + 1
    assert await count("kind=mission") == 0
    assert (await guided.get("/engagements?region=moon")).status_code == 400


async def test_one_says_what_it_is_for_and_what_came_of_it(
    guided: httpx.AsyncClient, told: Told
) -> None:
    name = told.engagements["Lessons of our own"]
    page = (await guided.get(f"/engagements/{name}")).text
    for words in ("To practise what is agreed.", "We learned much.", "basis: recorded"):
        assert words in page
    assert 'href="/regions/baltic_sea"' in page


async def test_the_same_is_given_as_csv(guided: httpx.AsyncClient) -> None:
    answer = await guided.get("/engagements.csv?nation=NOR")
    rows = list(csv.DictReader(answer.text.splitlines()))
    assert len(rows) == 3 + 2
    assert all(each["label"] for each in rows)
