"""Delegates of a demo hub, a text before them, and a clock that they move."""

import asyncio
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from foedus import app
from foedus.clock import StoppedClock, system_clock
from foedus.decisions import commands
from foedus.decisions.moves import Circulate
from foedus.decisions.texts import (
    Draft,
    Forum,
    Paragraph,
    ReleaseEffect,
    Text,
    Verb,
)
from foedus.eventlog.envelope import Act, Who
from foedus.hub import Hub
from foedus.identity.commands import open_account
from foedus.identity.rules import Opening
from foedus.identity.secret import Secret
from foedus.ids import WHOEVER_RUNS_THE_HUB, NationCode
from foedus.releasability.viewers import Role
from tests.web.conftest import form_token, looking
from tests.web.demo_hub import Mould

PASSWORD = "correct horse battery"  # noqa: S105 - of test accounts
TITLE = "Release of the Quiet Lantern indicators to Moldova"
UNKNOWN = f"/decisions/decision--{'0' * 8}-0000-4000-8000-{'0' * 12}"
SEATS = {
    "fin": ("FIN", Role.DELEGATE),
    "pol": ("POL", Role.DELEGATE),
    "mda": ("MDA", Role.DELEGATE),
    "est": ("EST", Role.DELEGATE),
    "reader": ("FIN", Role.READER),
    "chair": ("NATO", Role.SECRETARIAT),
}


async def seat(hub: Hub) -> None:
    """Open an account for everybody who takes part."""
    who = Who(account=WHOEVER_RUNS_THE_HUB, nation=NationCode("NATO"), door="cli")
    for name, (nation, role) in SEATS.items():
        opening = Opening(
            name=name,
            nation=nation,
            roles=frozenset({Role.READER, role}),
            clearance=1,
        )
        await open_account(
            hub.registry,
            opening,
            Secret(PASSWORD),
            alliance=hub.alliance,
            act=Act(who=who, at=hub.clock()),
        )
    await hub.seen([hub.log.head()])


async def lay(hub: Hub, *, label: str, until: str | None) -> str:
    """Draft a text as the chair, circulate it if wanted, and give its address."""
    account = hub.authenticator.named("chair")
    act = hub.act(account, door="cli", at=hub.clock())
    text = Text(
        title=TITLE,
        label=label,
        forum=Forum(name="Cyber Defence Committee", of=("FIN", "POL")),
        paragraphs=(
            Paragraph(verb=Verb.NOTES, text="the report of 17 November;"),
            Paragraph(verb=Verb.DECIDES, text="to release the indicators;"),
        ),
        effects=(
            ReleaseEffect(
                to=("MDA",),
                label="NATO UNCLASSIFIED // REL TO NATO",
                since=datetime(2026, 10, 1, tzinfo=UTC).date(),
            ),
        ),
    )
    viewer = account.viewer()
    name, position = await commands.draft(hub.floor(), viewer, act, Draft(text=text))
    if until is not None:
        move = Circulate(until=until)
        position = await commands.act(hub.floor(), viewer, act, name, move)
    await hub.seen([position])
    return f"/decisions/{name}"


async def enter(browser: httpx.AsyncClient, name: str) -> None:
    """Sign the browser in as somebody else."""
    browser.cookies.clear()
    page = await browser.get("/sign-in")
    form = {
        "form-token": form_token(page.text),
        "name": name,
        "password": PASSWORD,
    }
    answer = await browser.post("/sign-in", data=form)
    assert answer.status_code == 303, answer.text


class Seats:
    """A hub with delegates who have signed in, and a clock that tests move.

    One for all tests that make decisions of their own and look at no lists.
    """

    def __init__(self, hub: Hub, clock: StoppedClock) -> None:
        self.hub = hub
        self.clock = clock
        self._cookies: dict[str, httpx.Cookies] = {}

    async def sign_in(self) -> None:
        for name in SEATS:
            async with looking(self.hub, httpx.Cookies()) as browser:
                await enter(browser, name)
                self._cookies[name] = browser.cookies

    def of(self, name: str) -> httpx.AsyncClient:
        """Give a browser in which somebody is signed in."""
        return looking(self.hub, self._cookies[name])

    def in_hours(self, hours: float) -> str:
        return f"{self.clock() + timedelta(hours=hours):%Y-%m-%d %H:%M} UTC"


def open_seats(mould: Mould, folder: Path) -> Seats:
    """Open a copy of the demo hub with delegates who have signed in."""
    shutil.copytree(mould.folder, folder)
    now = system_clock().replace(second=0, microsecond=0)
    clock = StoppedClock(now + timedelta(minutes=5))
    hub = app.open_hub(folder, environment={}, clock=clock)
    seats = Seats(hub, clock)

    async def take() -> None:
        await seat(hub)
        await seats.sign_in()

    asyncio.run(take())
    return seats


async def post(
    browser: httpx.AsyncClient, path: str, verb: str, **fields: str
) -> httpx.Response:
    """Send a form of a page, as it was seen there."""
    page = await browser.get(path)
    seen = re.search(r'[?&]seen=([^"]+)"', page.text)
    form = {"form-token": form_token(page.text), "seen": seen[1] if seen else ""}
    return await browser.post(f"{path}/{verb}", data=form | fields)
