"""Consultations on their pages."""

import httpx

from tests.web.conftest import form_token
from tests.web.deciding import Seats

NOBODY = f"/consultations/consultation--{'0' * 8}-0000-4000-8000-{'0' * 12}"
FORM = {
    "title": "Drones over the border",
    "concern": "Nineteen crossings in one night.",
    "of": "FIN, POL",
    "label": "NATO UNCLASSIFIED // REL TO NATO, MDA",
    "article": "Article 4",
}


async def send(
    browser: httpx.AsyncClient, page: str, path: str, **fields: str
) -> httpx.Response:
    token = form_token((await browser.get(page)).text)
    return await browser.post(path, data={"form-token": token, **fields})


async def asked(seats: Seats, **fields: str) -> str:
    async with seats.of("pol") as pol:
        new = "/consultations/new"
        answer = await send(pol, new, new, **{**FORM, **fields})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].partition("?")[0]


async def test_a_nation_asks_another_joins_and_the_chair_holds_and_closes(
    seats: Seats,
) -> None:
    path = await asked(seats)

    async with seats.of("fin") as fin, seats.of("chair") as chair:
        joined = await send(fin, path, f"{path}/join", text="CANARY-JOINED")
        held = await send(chair, path, f"{path}/hold", note="CANARY-HELD")
        inside = (await fin.get(path)).text
        closed = await send(chair, path, f"{path}/close")
        after = (await fin.get(path)).text
    async with seats.of("mda") as mda:
        outside = (await mda.get(path)).text

    assert [each.status_code for each in (joined, held, closed)] == [303] * 3
    assert inside.count("CANARY") == 2
    assert "Finland" in outside
    assert "CANARY" not in outside
    assert "<form" not in after.partition("<main")[2]


async def test_a_consultation_that_is_hidden_is_as_one_that_never_was(
    seats: Seats,
) -> None:
    among_two = "NATO UNCLASSIFIED // REL TO FIN, POL"
    path = await asked(seats, label=among_two, chair="FIN")

    async with seats.of("mda") as mda:
        hidden, never = await mda.get(path), await mda.get(NOBODY)
        listed = (await mda.get("/consultations")).text
        refused = await send(mda, "/account", f"{path}/join", text="x")

    assert (hidden.status_code, hidden.text) == (404, never.text)
    assert path not in listed
    assert refused.status_code == 404


async def test_what_was_typed_is_kept_when_it_is_refused(seats: Seats) -> None:
    async with seats.of("pol") as pol:
        new = "/consultations/new"
        fields = {**FORM, "of": "FIN, POL, EST, NOR, ATLANTIS"}
        answer = await send(pol, new, new, **fields)
        empty = await send(pol, new, new, **{**FORM, "concern": ""})

    assert answer.status_code == 400
    assert "Nineteen crossings in one night." in answer.text
    assert empty.status_code == 400


async def test_only_the_chair_holds(seats: Seats) -> None:
    path = await asked(seats)

    async with seats.of("fin") as fin:
        refused = await send(fin, path, f"{path}/hold")
        nothing = await send(fin, path, f"{path}/adopt")

    assert refused.status_code == 403
    assert "Only the chair, NATO, does this; ask it" in refused.text
    assert nothing.status_code == 404


async def test_who_speaks_for_nobody_asks_for_nothing(seats: Seats) -> None:
    async with seats.of("reader") as reader:
        assert (await reader.get("/consultations/new")).status_code == 403
        assert "Ask to consult" not in (await reader.get("/consultations")).text
