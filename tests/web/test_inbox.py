"""The inbox of a delegation: what waits, until when, and what silence will mean."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import httpx

from foedus.intel.reading import Snapshot
from foedus.releasability.join import FixedLabel
from foedus.releasability.viewers import Viewer
from foedus.web.inbox import PROVIDERS, Waiting, in_order
from tests.web.deciding import Seats, lay, post
from tests.web.guiding import Told

EVERYBODY = "NATO UNCLASSIFIED // REL TO NATO, MDA"
AMONG_TWO = "NATO UNCLASSIFIED // REL TO FIN, POL"


def of(page: str, path: str) -> str:
    """Cut the row of a thing out of the page."""
    rows = [each for each in page.split("<li>") if f'href="{path}"' in each]
    return rows[0] if rows else ""


async def test_what_waits_says_until_when_and_what_silence_will_mean(
    seats: Seats,
) -> None:
    path = await lay(seats.hub, label=EVERYBODY, until=seats.in_hours(47))

    async with seats.of("fin") as fin:
        row = of((await fin.get("/inbox")).text, path)

    assert "If Finland stays silent, Finland agrees." in row
    assert "<b>1 d 23 h</b>" in row
    for place in ("Helsinki", "Brussels", "UTC"):
        assert place in row
    assert "Finland has said nothing." in row


async def test_what_is_answered_waits_no_more_and_stays_in_sight(seats: Seats) -> None:
    path = await lay(seats.hub, label=EVERYBODY, until=seats.in_hours(47))

    async with seats.of("fin") as fin:
        await post(fin, path, "position", stance="reserves", text="A footnote.")
        page = (await fin.get("/inbox")).text

    due, _, answered = page.partition("Answered, and still open")
    assert of(due, path) == ""
    assert "Finland has a reservation." in of(answered, path)


async def test_who_broke_silence_is_told_so(seats: Seats) -> None:
    path = await lay(seats.hub, label=EVERYBODY, until=seats.in_hours(47))

    async with seats.of("fin") as fin:
        await post(fin, path, "break", reason="The annex is wrong.")
        row = of((await fin.get("/inbox")).text, path)
        listed = of((await fin.get("/decisions")).text, path)

    assert "Your break stands" in row
    assert "Finland has broken silence." in row
    assert "Finland has broken silence" in listed


async def test_an_observer_and_who_may_not_see_it_have_nothing_waiting(
    seats: Seats,
) -> None:
    seen = await lay(seats.hub, label=EVERYBODY, until=seats.in_hours(47))
    hidden = await lay(seats.hub, label=AMONG_TWO, until=seats.in_hours(47))

    for name in ("mda", "est"):
        async with seats.of(name) as browser:
            page = (await browser.get("/inbox")).text
        assert of(page, seen) == of(page, hidden) == ""


async def test_a_reader_is_told_that_delegates_answer(seats: Seats) -> None:
    async with seats.of("reader") as reader:
        page = (await reader.get("/inbox")).text

    assert "Your account does not speak for Finland" in page


async def test_the_chair_is_told_what_waits_for_it(seats: Seats) -> None:
    path = await lay(seats.hub, label=EVERYBODY, until=None)

    async with seats.of("chair") as chair:
        await post(chair, path, "meet")
        row = of((await chair.get("/inbox")).text, path)

    assert "State that the meeting agrees, or send it back." in row
    assert "no deadline" in row


async def test_a_policy_update_waits_to_be_acknowledged_by_whoever_may_read_it(
    guided: httpx.AsyncClient, guided_moldova: httpx.AsyncClient, told: Told
) -> None:
    for_members = f"/updates/{told.updates['Reporting of incidents']}"
    for_everybody = f"/updates/{told.updates['Words we use']}"

    inbox = (await guided.get("/inbox")).text
    partner = (await guided_moldova.get("/inbox")).text

    assert "Read edition 2, and acknowledge it." in of(inbox, for_members)
    assert "no deadline" in of(inbox, for_members)
    assert of(partner, for_members) == ""
    assert of(partner, for_everybody)


async def test_a_further_provider_stands_in_the_one_order(seats: Seats) -> None:
    path = await lay(seats.hub, label=EVERYBODY, until=seats.in_hours(1))
    viewer = seats.hub.authenticator.named("fin").viewer()

    def tasks(_: Snapshot, __: Viewer, now: datetime) -> Iterable[Waiting]:
        for minutes in (90, 30):
            yield Waiting(
                href=f"/tasks/{minutes}",
                kind="Task",
                title=f"In {minutes} minutes",
                wanted="Report.",
                until=now + timedelta(minutes=minutes),
                label=FixedLabel(level=0),
            )

    with seats.hub.reading.snapshot() as seen:
        found = in_order((*PROVIDERS, tasks), seen, viewer, seats.clock())

    places = [each.href for each in found]
    assert places.index("/tasks/30") < places.index(path) < places.index("/tasks/90")
