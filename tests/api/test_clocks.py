"""Clocks by the API: shown to whom they concern, paused by the coordinator alone."""

from datetime import timedelta

from foedus.processes.escalating import may_tell, settle
from tests.api.playing import players
from tests.response.conftest import founded_theatre, stage
from tests.response.theatre import Theatre, asking, assign

__all__ = ["founded_theatre", "stage"]

CLOCKS = {
    "clocks": {"acknowledge": {"within": "PT1H", "name": "an hour to say so"}},
    "ladder": [{"clock": "acknowledge", "after": "PT15M", "tell": "coordinator"}],
    "warnings": ["50%"],
}


async def test_a_nation_sees_what_was_told_of_its_clock_and_why_not(
    stage: Theatre,
) -> None:
    await stage.play(asking(nations=["POL"], **CLOCKS))
    path = f"/api/v1/tasks/{stage.task('pol')}"
    stage.clock.advance(timedelta(minutes=16))
    await settle(stage.hub.escalator)
    async with players(stage, "pol") as found:
        await found["pol"].post(f"{path}/acts", {"move": {"act": "acknowledge"}})
        shown = (await found["pol"].get(f"{path}/clocks")).json()
    (clock,) = shown["clocks"]
    assert (clock["state"], clock["called"]) == ("met", "an hour to say so")
    assert clock["local"] == "Mon 23 Nov, 14:00 CET"
    void = "acknowledged before, at 2026-11-23 12:16:00 UTC"
    points = [(each["point"], each["told"], each["reason"]) for each in clock["points"]]
    assert points == [
        ("0", "2026-11-23T12:16:00Z", ""),
        ("50%", None, void),
        ("deadline", None, void),
    ]
    assert shown["calendar"]["zone"] == "Europe/Warsaw"


async def test_the_list_tells_what_comes_next_to_those_concerned(
    stage: Theatre,
) -> None:
    await stage.play(asking(nations=["POL", "LVA"], **CLOCKS))
    async with players(stage, "pol", "est", "fin", "nato") as found:
        listed = {
            name: (await client.get("/api/v1/clocks")).json()
            for name, client in found.items()
        }
    assert [each["nation"] for each in listed["pol"]["clocks"]] == ["POL"]
    assert len(listed["est"]["clocks"]) == 2
    assert listed["fin"]["clocks"] == []
    assert listed["pol"]["hub"] is None
    assert listed["nato"]["clocks"] == []
    assert listed["nato"]["hub"]["running"] == 2
    (line,) = listed["pol"]["clocks"]
    assert (line["kind"], line["next"]) == ("escalated", "2026-11-23T12:15:00Z")


async def test_only_the_coordinator_pauses_and_the_nation_sees_why(
    stage: Theatre,
) -> None:
    await stage.play(asking(nations=["POL"], **CLOCKS))
    path = f"/api/v1/tasks/{stage.task('pol')}"
    paused = {"reason": "Latvia is asked first", "awaits": "LVA"}
    async with players(stage, "pol", "est", "lva") as found:
        refused = await found["pol"].post(f"{path}/pause", paused)
        hidden = await found["lva"].post(f"{path}/pause", paused)
        wordless = await found["est"].post(f"{path}/pause", {"reason": " "})
        unknown = await found["est"].post(
            f"{path}/pause", {"reason": "x", "awaits": "Atlantis"}
        )
        early = await found["est"].post(f"{path}/resume", {})
        done = await found["est"].post(f"{path}/pause", paused)
        again = await found["est"].post(f"{path}/pause", paused)
        seen = (await found["pol"].get(f"{path}/clocks")).json()
        stage.clock.advance(timedelta(hours=2))
        await settle(stage.hub.escalator)
        resumed = (await found["est"].post(f"{path}/resume", {"reason": "ok"})).json()
    assert [each.status_code for each in (refused, hidden)] == [403, 404]
    assert [each.status_code for each in (wordless, unknown)] == [400, 400]
    assert [each.status_code for each in (early, done, again)] == [422, 200, 422]
    (pause,) = seen["pauses"]
    assert (pause["authority"], pause["awaits"]) == ("EST", "LVA")
    assert pause["reason"] == "Latvia is asked first"
    (clock,) = seen["clocks"]
    assert (clock["state"], clock["owner"]) == ("paused", "other-nation")
    (clock,) = resumed["clocks"]
    assert (clock["state"], clock["deadline"]) == ("running", "2026-11-23T15:00:00Z")


async def test_what_has_ended_is_not_paused(stage: Theatre) -> None:
    run = await stage.play(asking(nations=["POL"], **CLOCKS))
    path = f"/api/v1/tasks/{stage.task('pol')}"
    await stage.cancel("est", run)
    async with players(stage, "est") as found:
        answer = await found["est"].post(f"{path}/pause", {"reason": "late"})
    assert answer.status_code == 422


async def test_who_is_only_offered_a_task_does_not_see_its_clocks(
    stage: Theatre,
) -> None:
    await stage.play(asking(nations=["POL", "LVA"], **CLOCKS))
    path = f"/api/v1/tasks/{stage.task('pol')}"
    async with players(stage, "pol", "lva") as found:
        before = await found["lva"].get(f"{path}/clocks")
        offer = {"move": {"act": "delegate", "nation": "LVA"}}
        await found["pol"].post(f"{path}/acts", offer)
        offered = await found["lva"].get(f"{path}/clocks")
        listed = (await found["lva"].get("/api/v1/clocks")).json()["clocks"]
        await found["lva"].post(f"{path}/acts", {"move": {"act": "accept"}})
        taken = await found["lva"].get(f"{path}/clocks")
    assert [each.status_code for each in (before, offered, taken)] == [404, 403, 200]
    assert [each["nation"] for each in listed] == ["LVA"]


async def test_a_clock_with_a_name_is_shown_with_its_run(stage: Theatre) -> None:
    document = asking(nations=["POL"])
    (extension,) = set(document["extension_definitions"]) - {  # type: ignore[call-overload] - a mapping
        "extension-definition--4f6e5f0c-6f0e-5a0b-9a55-2d8a1c0f0a01"
    }
    document["playbook_extensions"] = {
        extension: {
            "type": "foedus-run",
            "named_clocks": [{"name": "The 48 hours", "within": "PT48H"}],
        }
    }
    run = await stage.play(assign(document, "A1", nations=["POL"]))
    async with players(stage, "pol", "nato") as found:
        shown = await found["pol"].get(f"/api/v1/runs/{run}/clocks")
        missing = await found["pol"].get(
            "/api/v1/runs/run--00000000-0000-4000-8000-000000000009/clocks"
        )
    (clock,) = shown.json()["clocks"]
    assert (clock["clock"], clock["called"]) == ("named", "The 48 hours")
    assert clock["deadline"] == "2026-11-25T12:00:00Z"
    assert missing.status_code == 404


async def test_the_time_is_confirmed_by_the_alliances_own_body(stage: Theatre) -> None:
    escalator = stage.hub.escalator
    stage.clock.advance(timedelta(minutes=10))
    assert not await may_tell(escalator)
    path = "/api/v1/clocks/confirmation"
    async with players(stage, "nato", "est") as found:
        held = (await found["nato"].get("/api/v1/clocks")).json()["hub"]
        refused = await found["est"].post(path, {})
        done = await found["nato"].post(path, {})
        again = await found["nato"].post(path, {})
    assert (held["held"], held["showed"]) == ("forward", "2026-11-23T12:10:00Z")
    assert [each.status_code for each in (refused, done, again)] == [403, 200, 422]
    assert done.json()["held"] is None
    assert await may_tell(escalator)
