"""Acts with a page of their own: offered to whom they are open, and done."""

import re

import pytest

from foedus.decisions.texts import MeasureEffect, Paragraph, Verb
from foedus.errors import InvalidInputError
from foedus.web.decision_forms import parts_of
from tests.decisions.stories import text
from tests.web.deciding import Seats, lay, post

EVERYBODY = "NATO UNCLASSIFIED // REL TO NATO, MDA"


async def offered(seats: Seats, name: str, path: str) -> set[str]:
    async with seats.of(name) as browser:
        page = (await browser.get(path)).text
    found = re.findall(rf'<a (?:class="[^"]+" )?href="{path}/([a-z-]+)">', page)
    return set(found) - {"break", "verify", "record", "preview", "diff", "amend"}


async def done(seats: Seats, name: str, path: str, verb: str, **fields: str) -> str:
    """Send a form from the page that asks; give what the next page shows."""
    async with seats.of(name) as browser:
        asked = await browser.get(f"{path}/{verb}")
        assert asked.status_code == 200, asked.text
        answer = await post(browser, path, verb, **fields)
        assert answer.status_code == 303, answer.text
        return (await browser.get(answer.headers["location"])).text


async def test_a_chair_takes_a_text_from_draft_to_a_meeting_that_agrees(
    seats: Seats,
) -> None:
    path = await lay(seats.hub, label=EVERYBODY, until=None)
    assert {"table", "meet", "withdraw"} <= await offered(seats, "chair", path)

    await done(seats, "chair", path, "table")
    await done(seats, "chair", path, "meet")
    async with seats.of("fin") as fin:
        await post(fin, path, "position", stance="objects", text="Not yet.")
        await post(fin, path, "state", text="On the record.")
    async with seats.of("chair") as chair:
        refused = await post(chair, path, "conclude")
    async with seats.of("fin") as fin:
        await post(fin, path, "position", stance="agrees")
    page = await done(seats, "chair", path, "conclude")

    assert refused.status_code == 422
    assert "FIN objects; send the text back or close it" in refused.text
    assert "The meeting has agreed." in page
    assert "On the record." in page
    assert await offered(seats, "fin", path) == {"duty", "state"}
    page = await done(
        seats, "fin", path, "duty", duty="not-applying", text="Our law forbids it."
    )
    assert "does not apply it" in page
    assert "Our law forbids it." in page


async def test_at_a_meeting_all_who_decide_see_who_has_spoken(seats: Seats) -> None:
    path = await lay(seats.hub, label=EVERYBODY, until=None)
    await done(seats, "chair", path, "meet")
    async with seats.of("fin") as fin:
        await post(fin, path, "position", stance="reserves", text="CANARY")

    async with seats.of("pol") as pol, seats.of("mda") as mda:
        inside = (await pol.get(f"{path}/parts")).json()
        outside = (await mda.get(f"{path}/parts")).json()

    assert "spoken 1, silent 1" in inside["table"]
    assert "CANARY" in inside["table"]
    assert outside["table"].strip() == ""
    assert "CANARY" not in str(outside)


async def test_a_clock_is_stopped_and_runs_again(seats: Seats) -> None:
    path = await lay(seats.hub, label=EVERYBODY, until=seats.in_hours(48))

    stopped = await done(seats, "chair", path, "suspend", reason="A holiday.")
    async with seats.of("chair") as chair:
        early = await post(chair, path, "resume", until=seats.in_hours(47))
    running = await done(seats, "chair", path, "resume", until=seats.in_hours(49))

    assert "Clock stopped" in stopped
    assert early.status_code == 422
    assert 'value="' + seats.in_hours(47) in early.text, "what was typed is kept"
    assert "<b>2 d 1 h</b>" in running


async def test_what_is_not_open_to_a_visitor_is_not_offered_and_refused(
    seats: Seats,
) -> None:
    path = await lay(seats.hub, label=EVERYBODY, until=seats.in_hours(48))

    assert await offered(seats, "fin", path) == {"state"}
    assert await offered(seats, "mda", path) == set()
    assert await offered(seats, "reader", path) == set()
    async with seats.of("fin") as fin:
        page = await fin.get(f"{path}/suspend")
        sent = await post(fin, path, "suspend", reason="x")
        nothing = await fin.get(f"{path}/adopt")
    assert (page.status_code, sent.status_code) == (403, 403)
    assert nothing.status_code == 404


async def test_a_text_is_split_and_its_parts_are_found_from_it(seats: Seats) -> None:
    path = await lay(seats.hub, label=EVERYBODY, until=seats.in_hours(48))

    page = await done(seats, "chair", path, "split", parts="1\n2 e1")

    assert page.count("Continued in <a") == 2
    async with seats.of("fin") as fin:
        assert "Continued in <a" not in (await fin.get(path)).text, "they are drafts"


async def test_a_text_is_referred_to_another_body(seats: Seats) -> None:
    path = await lay(seats.hub, label=EVERYBODY, until=None)
    await done(seats, "chair", path, "table")

    page = await done(
        seats, "chair", path, "refer-up", forum="Council", of="FIN, POL", reason="Up."
    )

    assert "The text begins anew in the other body." in page


async def test_title_is_corrected_and_a_text_is_withdrawn_or_closed(
    seats: Seats,
) -> None:
    path = await lay(seats.hub, label=EVERYBODY, until=None)
    other = await lay(seats.hub, label=EVERYBODY, until=None)
    await done(seats, "chair", other, "table")

    corrected = await done(
        seats, "chair", path, "correct", title="A better title", summary="Short."
    )
    withdrawn = await done(seats, "chair", path, "withdraw", reason="No need.")
    closed = await done(seats, "chair", other, "close", reason="No agreement.")

    assert "<h1>A better title</h1>" in corrected
    assert "No need." in withdrawn
    assert "Not adopted" in closed


def test_parts_name_paragraphs_and_effects_by_number() -> None:
    whole = text(
        paragraphs=(
            Paragraph(verb=Verb.NOTES, text="one"),
            Paragraph(verb=Verb.DECIDES, text="two"),
        ),
        effects=(MeasureEffect(measure="M1"),),
    )

    first, second = parts_of("1, 2\n2 e1", whole)

    assert [each.text for each in first.paragraphs] == ["one", "two"]
    assert (first.effects, second.effects) == ((), whole.effects)
    for wrong in ("3", "e2", "one", "e1", "0"):
        with pytest.raises(InvalidInputError):
            parts_of(wrong, whole)
