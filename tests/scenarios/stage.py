"""A demo hub that is served to a real browser, and the people who look at it.

The hub has what the demo tells, and what nations reported, engaged in and laid down;
its sign-in page offers a provider, and one account has a second factor.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from granian.constants import Interfaces
from granian.server.embed import Server
from playwright.async_api import Browser, BrowserContext, async_playwright, expect

from foedus import app
from foedus.clock import to_ms
from foedus.hub import Hub
from foedus.identity import totp
from foedus.identity.digests import Every, Order
from foedus.processes.digests import stop_token
from tests.scenarios.test_browser import FLAGS, _free_port, _listening
from tests.web.conftest import signed_in
from tests.web.demo_hub import Mould, copy_hub, make_mould
from tests.web.guiding import Told, tell

PROVIDER = {
    "FOEDUS_OIDC_ISSUER": "https://accounts.example",
    "FOEDUS_OIDC_CLIENT_ID": "foedus",
    "FOEDUS_OIDC_CLIENT_SECRET_FILE": "secret",
    "FOEDUS_OIDC_LABEL": "the ministry",
}
"""A provider that the sign-in page offers; nobody asks it anything."""

CAREFUL = "poland"
"""Who has a second factor."""


PATIENCE_MS = 20_000
"""How long a page may take to show what it will show, on a machine that is busy."""


class Stage:
    """A hub that is served, a browser, and somebody who is signed in.

    Attributes:
        passwords: by the name of the account.
        places: addresses, by what stands for them.
        codes: with which `CAREFUL` signs in after the password, each once.
    """

    def __init__(
        self, url: str, browser: Browser, hub: Hub, passwords: dict[str, str]
    ) -> None:
        self.url = url
        self._browser = browser
        self.hub = hub
        self.passwords = passwords
        self._cookies: dict[str, tuple[str, str]] = {}
        self.places: dict[str, str] = {}
        self.codes: list[str] = []

    async def _cookie(self, who: str) -> tuple[str, str]:
        if who not in self._cookies:
            mould = Mould(folder=self.hub.folder, passwords=self.passwords)
            cookies = await signed_in(self.hub, mould, who)
            ((name, value),) = [
                (each.name, each.value or "")
                for each in cookies.jar
                if "session" in each.name
            ]
            self._cookies[who] = name, value
        return self._cookies[who]

    async def look(self, theme: str, width: int, who: str = "norway") -> BrowserContext:
        """Open the eyes of somebody; of nobody who is signed in where it is empty."""
        context = await self._browser.new_context(
            color_scheme="dark" if theme == "dark" else "light",
            viewport={"width": width, "height": 900},
        )
        if who:
            name, value = await self._cookie(who)
            held = {"name": name, "value": value, "url": self.url}
            await context.add_cookies([held])  # type: ignore[list-item]  # as it says
        return context

    def address(self, path: str) -> str:
        """Give the address of a page, by its path or what stands for it."""
        for name, place in self.places.items():
            path = path.replace(f"{{{name}}}", place)
        return f"{self.url}{path}"


@asynccontextmanager
async def staged(chromium: str, folder: Path) -> AsyncIterator[Stage]:
    """Serve a hub of that folder and start a browser, for as long as it is needed."""
    mould, told = await asyncio.to_thread(_founded, folder)
    (mould.folder / "secret").write_text("of the provider\n")
    hub = app.open_hub(mould.folder, environment=PROVIDER)
    codes = _hold_an_app(hub)
    port = _free_port()
    server = Server(
        app.asgi(hub), port=port, interface=Interfaces.ASGI, log_enabled=False
    )
    serving = asyncio.create_task(server.serve())
    await _listening(port)
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=list(FLAGS)
        )
        passwords = dict(mould.passwords)
        stage = Stage(f"http://127.0.0.1:{port}", browser, hub, passwords)
        stage.codes = codes
        stage.places = {
            "update": f"/updates/{told.updates['Reporting of incidents']}",
            "engagement": f"/engagements/{told.engagements['Lessons of our own']}",
            "object": first_of(hub, "report"),
            **_things(hub),
        }
        yield stage
        await browser.close()
    server.stop()
    await serving
    app.close_hub(hub)


def _founded(folder: Path) -> tuple[Mould, Told]:
    mould = make_mould(folder / "mould")
    hub = copy_hub(mould, folder / "data")
    told = asyncio.run(tell(hub))
    app.close_hub(hub)
    return Mould(folder=folder / "data", passwords=mould.passwords), told


def _hold_an_app(hub: Hub) -> list[str]:
    """Give an account an app, and the codes for the day on which that is lost."""
    account, now = hub.authenticator.named(CAREFUL).id, hub.clock()
    factors = hub.keyring.factors
    secret = factors.propose_app(account, now)
    assert factors.confirm_app(account, totp.code_at(secret, now), now)
    return [each.reveal() for each in factors.give_recovery_codes(account)]


_ADOPTED = """
SELECT min(id)
  FROM decision
 WHERE phase = 'adopted'
"""

_SILENT = """
SELECT id
  FROM decision
 WHERE phase = 'silent'
 ORDER BY due_ms DESC
 LIMIT 1
"""
"""The decision whose silence lasts longest."""


def _things(hub: Hub) -> dict[str, str]:
    """Give an address of each thing that the demo has."""
    tables = {
        "decision": ("decision", "id", "decisions"),
        "consultation": ("consultation", "id", "consultations"),
        "protocol": ("playbook", "playbook", "protocols"),
        "run": ("run", "run", "runs"),
    }
    with hub.reading.snapshot() as seen:
        places = {
            "silent": f"/decisions/{seen.db.execute(_SILENT).get}",
            "adopted": f"/decisions/{seen.db.execute(_ADOPTED).get}",
        }
        return places | {
            name: f"/{place}/{seen.db.execute(f'SELECT min({key}) FROM {table}').get}"  # noqa: S608 - our own
            for name, (table, key, place) in tables.items()
        }


def first_of(hub: Hub, kind: str) -> str:
    """Give the address of the first object of a type that Norway sees."""
    viewer = hub.authenticator.named("norway").viewer()
    with hub.reading.snapshot() as seen:
        found = seen.db.execute(
            "SELECT object FROM version WHERE type = ? ORDER BY version", (kind,)
        ).fetchall()
        held = [str(each) for (each,) in found if seen.stored(viewer, [str(each)])]
    return f"/objects/{held[0]}"


def letters(hub: Hub) -> dict[str, str]:
    """Let letters be sent to somebody, and give where they are stopped."""
    account = hub.authenticator.named("norway").id
    order = Order(address="norway@example.org", minute=420, zone="UTC", every=Every.DAY)
    hub.keyring.digests.set(account, order, at_ms=to_ms(hub.clock()))
    return {"letters": f"/digests/{stop_token(hub.digest_desk, account)}"}
