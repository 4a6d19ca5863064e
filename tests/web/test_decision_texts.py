"""Texts on their pages: drafted, amended, compared, previewed."""

import httpx

from tests.web.conftest import form_token
from tests.web.deciding import Seats, lay, post

EVERYBODY = "NATO UNCLASSIFIED // REL TO NATO, MDA"
FORM = {
    "title": "A joint watch",
    "label": EVERYBODY,
    "forum": "Two neighbours",
    "of": "FIN, POL",
    "paragraphs": "notes the report\ndecides to keep watch for 60 days",
    "effects": "status MDA invitee from 2027-01-01",
    "condition": "the harbour is closed",
    "profile": "nato",
    "kind": "decision",
}


async def send(browser: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    page = await browser.get(path)
    assert page.status_code == 200, page.text
    return await browser.post(
        path, data={"form-token": form_token(page.text), **FORM, **fields}
    )


async def drafted(seats: Seats) -> str:
    async with seats.of("fin") as fin:
        answer = await send(fin, "/decisions/new")
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].partition("?")[0]


async def amended(seats: Seats, path: str, **fields: str) -> httpx.Response:
    async with seats.of("fin") as fin:
        page = await fin.get(f"{path}/amend")
        assert page.status_code == 200, page.text
        return await post(fin, path, "amend", **{**FORM, **fields})


async def test_a_delegate_drafts_a_text_and_its_nation_and_the_chair_see_it(
    seats: Seats,
) -> None:
    path = await drafted(seats)

    async with seats.of("fin") as fin, seats.of("chair") as chair:
        own, chairs = await fin.get(path), await chair.get(path)
    async with seats.of("pol") as pol:
        others = await pol.get(path)

    assert '<b class="verb">decides</b>' in own.text
    assert "In force only when this is met:" in own.text
    assert "Republic of Moldova becomes invitee" in own.text
    assert (chairs.status_code, others.status_code) == (200, 404)


async def test_what_was_typed_is_kept_when_it_is_refused(seats: Seats) -> None:
    async with seats.of("fin") as fin:
        wrong = {"paragraphs": "we think & hope", "title": "Kept"}
        answer = await send(fin, "/decisions/new", **wrong)
        label = await send(fin, "/decisions/new", label="SECRET-ISH")

    assert answer.status_code == 400
    assert "Begin each paragraph with what the nations do" in answer.text
    assert "we think &amp; hope" in answer.text
    assert 'value="Kept"' in answer.text
    assert label.status_code == 422


async def test_a_reader_drafts_nothing(seats: Seats) -> None:
    async with seats.of("reader") as reader:
        assert (await reader.get("/decisions/new")).status_code == 403


async def test_a_new_version_shows_what_changed_word_by_word(seats: Seats) -> None:
    path = await drafted(seats)
    async with seats.of("fin") as fin:
        await post(fin, path, "table")

    paragraphs = "notes the report\ndecides to keep watch for 30 days"
    answer = await amended(seats, path, paragraphs=paragraphs, condition="")

    assert answer.status_code == 303, answer.text
    async with seats.of("pol") as pol:
        page = (await pol.get(path)).text
        diff = (await pol.get(f"{path}/diff")).text
        first = (await pol.get(f"{path}/versions/1")).text
        none = await pol.get(f"{path}/versions/3")
    assert "What changed since version 1" in page
    assert "<del>60</del><ins>30</ins>" in diff
    assert "<h2>Condition</h2>" in diff
    assert "60 days" in first
    assert none.status_code == 404


async def test_a_version_for_fewer_is_hidden_from_who_sees_the_next(
    seats: Seats,
) -> None:
    async with seats.of("fin") as fin:
        answer = await send(
            fin,
            "/decisions/new",
            label="NATO UNCLASSIFIED // REL TO FIN, POL",
            chair="POL",
            paragraphs="decides CANARY",
        )
        path = answer.headers["location"].partition("?")[0]
        await post(fin, path, "table")
        await post(fin, path, "comment", text="CANARY said openly", open="yes")
    answer = await amended(seats, path)
    assert answer.status_code == 303, answer.text

    async with seats.of("mda") as mda:
        page, diff = await mda.get(path), await mda.get(f"{path}/diff")
        shown = [await mda.get(f"{path}/versions/{number}") for number in (1, 2)]

    assert [each.status_code for each in shown] == [404, 200]
    assert "What changed since" not in page.text
    for each in (page, diff, shown[1]):
        assert "CANARY" not in each.text


async def test_only_the_proposer_amends(seats: Seats) -> None:
    path = await drafted(seats)
    async with seats.of("fin") as fin:
        await post(fin, path, "table")

    async with seats.of("pol") as pol:
        page = await pol.get(f"{path}/amend")
        sent = await post(pol, path, "amend", **FORM)

    assert (page.status_code, sent.status_code) == (403, 403)
    assert "Only the proposer, FIN, amends" in page.text


async def test_the_form_of_an_amendment_holds_the_text_that_stands(
    seats: Seats,
) -> None:
    path = await drafted(seats)

    async with seats.of("fin") as fin:
        page = (await fin.get(f"{path}/amend")).text

    assert "notes the report\ndecides to keep watch for 60 days" in page
    assert "status MDA invitee from 2027-01-01" in page


async def test_a_release_is_previewed_in_each_readers_world(seats: Seats) -> None:
    path = await lay(seats.hub, label=EVERYBODY, until=seats.in_hours(48))

    async with seats.of("fin") as fin, seats.of("mda") as mda:
        member = (await fin.get(f"{path}/preview")).text
        partner = (await mda.get(f"{path}/preview")).text

    assert "Release to Republic of Moldova" in member
    assert "Counted is what Finland sees" in member
    assert "Counted is what Republic of Moldova sees" in partner
