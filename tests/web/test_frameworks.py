import httpx

from foedus.hub import Hub


async def test_every_framework_is_listed(
    norway: httpx.AsyncClient, still_hub: Hub
) -> None:
    page = (await norway.get("/frameworks")).text
    for framework in still_hub.alliance.frameworks:
        assert f'href="/frameworks/{framework}?' in page


async def test_a_framework_says_what_it_does_not_promise(
    norway: httpx.AsyncClient,
) -> None:
    page = (await norway.get("/frameworks/pfp?as-of=2026-11-22")).text
    assert "It does not promise collective defence" in page
    assert "basis: " in page


async def test_each_participant_stands_beside_its_status(
    norway: httpx.AsyncClient,
) -> None:
    page = (await norway.get("/frameworks/pfp?as-of=2026-11-22")).text
    row = page[page.index('href="/nations/RUS') :].partition("</tr>")[0]
    assert "Suspended" in row
    assert "Member<" not in page


async def test_participants_are_those_of_the_day(norway: httpx.AsyncClient) -> None:
    before = (await norway.get("/frameworks/pfp?as-of=2023-04-03")).text
    after = (await norway.get("/frameworks/pfp?as-of=2023-04-04")).text
    assert 'href="/nations/FIN' in before
    assert 'href="/nations/FIN' not in after


async def test_no_such_framework_is_not_found(norway: httpx.AsyncClient) -> None:
    assert (await norway.get("/frameworks/warsaw")).status_code == 404


async def test_who_is_not_signed_in_signs_in_first(browser: httpx.AsyncClient) -> None:
    for path in ("/frameworks", "/frameworks/pfp"):
        assert (await browser.get(path)).status_code == 303
