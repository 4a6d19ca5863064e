"""Working calendars by the API: known to all, brought by whoever may."""

from tests.api.playing import players
from tests.response.conftest import founded_theatre, stage
from tests.response.theatre import Theatre

__all__ = ["founded_theatre", "stage"]

CALENDARS = "/api/v1/calendars"
OWN = {"nation": "LVA", "holidays": ["11-24"], "basis": "our law on holidays"}


async def test_a_nation_brings_its_own_and_everybody_reads_it(stage: Theatre) -> None:
    async with players(stage, "est", "lva") as found:
        before = (await found["est"].get(f"{CALENDARS}/LVA")).json()
        foreign = await found["est"].post(CALENDARS, [OWN])
        wrong = await found["lva"].post(CALENDARS, [{**OWN, "hours": ["17:00-08:00"]}])
        brought = await found["lva"].post(CALENDARS, [OWN])
        after = (await found["est"].get(f"{CALENDARS}/lva")).json()
        listed = (await found["est"].get(CALENDARS)).json()["calendars"]
        nobody = await found["est"].get(f"{CALENDARS}/nowhere")

    answers = (foreign, wrong, brought, nobody)
    assert [each.status_code for each in answers] == [403, 400, 200, 404]
    assert (before["days"], after["days"]) == ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5])
    assert (after["holidays"], after["basis"]) == (["11-24"], OWN["basis"])
    assert not after["assumed"]
    assert after in listed
    assert brought.json()["calendars"] == listed
