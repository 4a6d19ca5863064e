"""The page of working calendars: read by all, brought by a form."""

from tests.web.responding import Floor

FORM = {
    "nation": "LVA",
    "zone": "Europe/Riga",
    "day-1": "yes",
    "day-2": "yes",
    "hours": "08:30-12:00 13:00-17:00",
    "quiet": "",
    "holidays": "11-18, 2026-12-24",
    "basis": "the duty roster of the CERT",
}


async def test_a_nation_brings_its_calendar_and_everybody_reads_it(
    floor: Floor,
) -> None:
    form = await floor.page("lva", "/calendars")
    foreign = await floor.page("est", "/calendars?nation=LVA")
    done = await floor.send("lva", "/calendars", **FORM)
    page = await floor.page("est", "/calendars?nation=LVA")

    assert 'name="day-7"' in form
    assert 'name="day-7"' not in foreign
    assert done.headers["location"] == "/calendars?nation=LVA&done=1"
    assert "Mon, Tue" in page
    assert "08:30-12:00, 13:00-17:00" in page
    assert "the duty roster of the CERT" in page
    assert "18 November, 24 December 2026" in page


async def test_what_is_refused_comes_back_as_it_was_typed(floor: Floor) -> None:
    wrong = await floor.send("lva", "/calendars", **FORM | {"hours": "17:00-08:00"})
    foreign = await floor.send("lva", "/calendars", **FORM | {"nation": "EST"})
    bare = await floor.send("lva", "/calendars", **FORM | {"basis": " "})

    assert [each.status_code for each in (wrong, foreign, bare)] == [400, 403, 400]
    assert 'value="17:00-08:00"' in wrong.text
    assert "begin before they end" in wrong.text


async def test_a_nation_that_nobody_knows_is_not_there(floor: Floor) -> None:
    async with floor.browser("lva") as browser:
        assert (await browser.get("/calendars?nation=nowhere")).status_code == 404
