"""A hub on which protocols run, and browsers of those who take part."""

from datetime import timedelta
from pathlib import Path

import httpx
from starlette.applications import Starlette

from foedus.processes.escalating import settle
from foedus.response import catalogue
from foedus.stix.strict_json import read_object
from foedus.web.routes import routes
from foedus.web.visitors import session_cookie
from tests.response.theatre import Theatre, asking
from tests.web.conftest import form_token

SITE = "http://127.0.0.1:8440"
UNKNOWN = "00000000-0000-4000-8000-000000000009"
CLOCKS = {
    "acknowledge": {"within": "PT30M"},
    "complete": {"within": "PT48H", "name": "48 h from the order to ready"},
}
BALTIC = "NATO UNCLASSIFIED // REL TO EST, LVA, LTU"
LADDER = [{"clock": "acknowledge", "after": "PT15M", "tell": "coordinator"}]


class Floor(Theatre):
    """A hub with a run of Estonia's, asked of the three Baltic nations.

    Attributes:
        playbook: of that run.
        run_id: the run.
    """

    playbook = ""
    run_id = ""

    def __init__(self, founded: Path, folder: Path) -> None:
        super().__init__(founded, folder)
        self.app = Starlette(routes=routes(self.hub))

    async def open(self) -> None:
        """Start the run, and let half an hour and more pass."""
        self.playbook = await self.bring(
            asking(clocks=CLOCKS, ladder=LADDER, reply="How many hosts?")
        )
        self.run_id = await self.start(self.playbook, reason="Seen in two nations.")
        await self.pass_time(timedelta(minutes=40))
        await settle(self.hub.escalator)
        await self.hub.seen([self.hub.log.head()])

    def browser(self, name: str) -> httpx.AsyncClient:
        """Give a browser in which somebody is signed in."""
        authenticator = self.hub.authenticator
        secret = authenticator.start_session(authenticator.named(name))
        cookies = httpx.Cookies()
        cookies.set(session_cookie(self.hub), secret.reveal(), domain="127.0.0.1")
        transport = httpx.ASGITransport(app=self.app)
        return httpx.AsyncClient(transport=transport, base_url=SITE, cookies=cookies)

    async def page(self, name: str, path: str) -> str:
        """Read a page as somebody."""
        async with self.browser(name) as browser:
            answer = await browser.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def status(self, name: str, path: str) -> int:
        """Ask for a page as somebody, and give the status alone."""
        async with self.browser(name) as browser:
            return (await browser.get(path)).status_code

    async def send(self, name: str, path: str, **fields: str) -> httpx.Response:
        """Send a form as somebody."""
        async with self.browser(name) as browser:
            token = form_token((await browser.get("/account")).text)
            return await browser.post(path, data={"form-token": token, **fields})

    async def asked(self, name: str, **given: object) -> str:
        """Start a run of its own, and give the task of somebody in it."""
        run = await self.play(asking(**given))
        [task] = [each for each in self.inbox(name) if each.asked.run == run]
        return task.asked.task

    async def play_asking(self, question: str, **more: object) -> str:
        """Start a run of its own, asked of the three Baltic nations."""
        return await self.play(asking(reply=question), **more)

    async def bring_hidden(self, question: str) -> str:
        """Import a playbook that the three Baltic nations alone may see."""
        return await self.bring(asking(reply=question), label=BALTIC)

    async def play_catalogue(self, name: str, **launch: str) -> str:
        """Import a protocol of the catalogue, and start it."""
        for raw in catalogue.with_children(name):
            book = await self.bring(read_object(raw))
        return await self.start(book, launch=launch)
