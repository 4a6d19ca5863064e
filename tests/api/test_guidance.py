"""The living guide over HTTP."""

import pytest

from foedus.clock import StoppedClock
from tests.api.world import FINLAND, Clients

API = "/api/v1"


async def test_a_guide_has_three_steps_each_fact_with_its_source(
    clients: Clients,
) -> None:
    found = (await clients.mda.get(f"{API}/nations/MDA/guide")).json()

    assert set(found) == {"nation", "as_of", "steps"}
    assert len(found["steps"]) == 3
    for step in found["steps"]:
        for item in step["items"]:
            assert item["source"]
            assert item["basis"]
            assert item["as_of"]


async def test_the_third_step_is_the_readers_own(clients: Clients) -> None:
    path = f"{API}/nations/POL/guide"

    assert FINLAND in (await clients.fin.get(path)).text
    assert FINLAND not in (await clients.pol.get(path)).text


async def test_a_guide_is_of_any_day(clients: Clients, clock: StoppedClock) -> None:
    path = f"{API}/nations/SWE/guide?as_of=2024-03-06"

    found = (await clients.pol.get(path)).json()

    assert found["as_of"] == "2024-03-06"
    assert "it is not a member" in found["steps"][0]["items"][0]["text"]
    assert found["steps"][2]["items"][0]["as_of"] == clock().date().isoformat()


async def test_an_unknown_nation_has_no_guide(clients: Clients) -> None:
    answer = await clients.pol.get(f"{API}/nations/Swedn/guide")

    assert answer.status_code == 404
    assert "did you mean SWE" in answer.json()["detail"]


async def test_frameworks_are_listed_and_shown(clients: Clients) -> None:
    listed = (await clients.pol.get(f"{API}/frameworks")).json()
    shown = (await clients.pol.get(f"{API}/frameworks/PfP?as_of=2000-01-01")).json()

    assert {each["id"] for each in listed} > {"pfp", "membership"}
    assert (shown["id"], shown["day"]) == ("pfp", "2000-01-01")
    assert shown["not_promised"] == ["collective defence", "mutual defence"]
    assert (await clients.pol.get(f"{API}/frameworks/none")).status_code == 404


@pytest.mark.parametrize(
    ("path", "count"),
    [("glossary", 78), ("mistakes", 29), ("questions", 20), ("frameworks", 29)],
)
async def test_lists_are_whole_and_sourced(
    clients: Clients, path: str, count: int
) -> None:
    assert len((await clients.mda.get(f"{API}/{path}")).json()) == count


async def test_a_word_is_looked_up(clients: Clients) -> None:
    found = (await clients.mda.get(f"{API}/glossary/search?q=eapc")).json()
    nothing = await clients.mda.get(f"{API}/glossary/search?q=qqqqqqq")

    assert found["terms"][0]["term"] == "EAPC"
    assert nothing.status_code == 404


async def test_a_quiz_has_as_many_questions_as_asked_for(clients: Clients) -> None:
    found = (await clients.mda.get(f"{API}/quiz?count=4")).json()

    assert len(found["questions"]) == 4
    assert (await clients.mda.get(f"{API}/quiz?count=101")).status_code == 400


async def test_nobody_is_guided_without_an_account(clients: Clients) -> None:
    assert (await clients.nobody.get(f"{API}/nations/SWE/guide")).status_code == 401


async def test_the_secretariat_records_who_takes_part(clients: Clients) -> None:
    path = f"{API}/frameworks/pfp/participants"
    sent = {"nation": "Cyprus", "from": "2026-11-23"}

    answer = await clients.desk.post(path, sent)

    assert answer.json() == {
        "nation": "CYP",
        "framework": "pfp",
        "joined": True,
        "from": "2026-11-23",
        "acts": "now",
    }
    shown = (await clients.mda.get(f"{API}/nations/CYP")).json()
    assert shown["status"] == "partner"
    assert "PFP" in shown["communities"]
    assert (await clients.desk.post(path, sent)).status_code == 422
    assert (await clients.pol.post(path, sent)).status_code == 403
    none = f"{API}/frameworks/none/participants"
    assert (await clients.desk.post(none, sent)).status_code == 404
