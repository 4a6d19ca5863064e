"""Exercises over HTTP."""

from tests.api.test_measures import new
from tests.api.world import Clients

PATH = "/api/v1/exercises"
EXERCISE = {
    "name": "Lights",
    "since": "2026-10-01",
    "until": "2026-10-05",
    "objectives": [{"id": "o1", "text": "One picture"}],
}


async def test_an_exercise_is_shown_with_all_that_came_of_it(clients: Clients) -> None:
    made = await clients.pol.post(PATH, new(EXERCISE))
    name, place = made.json()["record"], made.headers["location"]
    for path, content in (
        ("participations", {"exercise": name, "nation": "POL"}),
        (
            "evaluations",
            {
                "exercise": name,
                "objective": "o1",
                "grade": "partly",
                "on": "2026-10-05",
            },
        ),
        ("lessons", {"exercise": name, "text": "Agree on words"}),
    ):
        assert (await clients.pol.post(f"/api/v1/{path}", new(content))).is_success

    shown = (await clients.fin.get(place)).json()

    assert shown["exercise"]["content"]["name"] == "Lights"
    assert [each["content"]["nation"] for each in shown["participations"]] == ["POL"]
    (grade,) = shown["objectives"][0]["evaluations"]
    assert grade["content"]["grade"] == "partly"
    assert shown["lessons"][0]["content"]["text"] == "Agree on words"
    assert (await clients.mda.get(place)).status_code == 404
    assert (await clients.mda.get("/api/v1/lessons")).json() == []
