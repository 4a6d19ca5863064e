"""Every page in a real browser: nobody is shut out, and nothing is complained of.

axe-core (WCAG 2.2 A and AA, best practice) finds nothing; no page scrolls sideways; the
console stays silent; nothing is asked of another host. A run looks at the pages that
differ most, wide and light or narrow and dark in turn; `make soak` looks at every page
in all four ways, and `make screenshots` takes a picture of each as well.
"""

import asyncio
import itertools
import json
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from granian.constants import Interfaces
from granian.server.embed import Server
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from foedus import app
from foedus.hub import Hub
from tests.scenarios.test_browser import FLAGS, SIDEWAYS, _free_port, _listening
from tests.web.conftest import signed_in
from tests.web.demo_hub import Mould, copy_hub, make_mould
from tests.web.guiding import Told, tell

pytestmark = pytest.mark.asyncio(loop_scope="module")

RULES = {
    "resultTypes": ["violations"],
    "runOnly": {
        "type": "tag",
        "values": [
            *("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"),
            "best-practice",
        ],
    },
}

PAGES = (
    "/home",
    "/worlds",
    "/watch",
    "/search?q=harbour",
    "/collections",
    "/collections/open",
    "{object}",
    "/publish",
    "/releases",
    "/releases/new",
    "/recalls",
    "/decisions",
    "/updates",
    "{update}",
    "{update}?edition=2&from=1",
    "/state",
    "/nations",
    "/nations/MDA",
    "/nations/MDA/guide",
    "/nations/NOR/obligations?report=article/3",
    "/nations/compare?codes=FIN,MDA",
    "/regions",
    "/regions/baltic_sea",
    "/frameworks",
    "/frameworks/pfp",
    "/engagements",
    "{engagement}",
    "/map",
    "/plots",
    "/guide",
    "/guide/quiz",
    "/account",
    "/objects/nothing",
    "{object}/graph",
    "/updates/new",
    "/engagements/new",
    "{engagement}/report",
    "/inbox",
    "/board",
    "{decision}",
    "/consultations",
    "{consultation}",
    "/protocols",
    "{protocol}",
    "/runs",
    "{run}",
    "/tasks",
    "/measures",
    "/measures/rapid_reaction",
    "/units",
    "/plans",
    "/cost-shares?example=tva",
    "/exercises",
    "/training",
    "/nations/NOR/readiness",
    "/nations/FIN/assess",
    "/account/factors",
    "/sign-in",
    "/audit",
    "/hub/health",
)
"""A page of every template, by its address or what stands for it."""

SEATS = {
    "/audit": "norway-auditor",
    "/hub/health": "operator",
    "/sign-in": "",
    "/updates/new": "duty",
    "/plans": "duty",
}
"""Who looks at a page that is not for Norway's analyst; empty for nobody."""

FEW = (
    *(
        "/home",
        "/search?q=harbour",
        "{object}",
        "/publish",
        "{update}?edition=2&from=1",
    ),
    *("/state", "/nations/MDA/guide", "/nations/NOR/obligations?report=article/3"),
    *("/nations/compare?codes=FIN,MDA", "/map", "/plots", "/worlds"),
)
"""Pages that differ most from each other; each run looks at them."""

SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const each of list.getEntries())
    if (!each.hadRecentInput) window.shifted += each.value;
}).observe({ type: "layout-shift", buffered: true });
"""
"""Adds up how far what is shown moves by itself.

Source: W3C, Layout Instability API.
"""

SHIFT_MAX = 0.001
"""A hundredth of what is thought good: fractions of a pixel."""

TRANSFERRED = """
["navigation", "resource"]
  .flatMap((kind) => performance.getEntriesByType(kind))
  .filter((each) => !["fetch", "other"].includes(each.initiatorType))
  .reduce((sum, each) => sum + each.encodedBodySize, 0)
"""
"""Bytes of the page with its style and script, as they travel."""

TRANSFERRED_MAX = 150_000
"""Bytes of a first page."""

PICTURES = os.environ.get("FOEDUS_SCREENSHOTS", "")
"""A folder where pictures are put; empty for none."""

LOOKS = tuple(itertools.product(("light", "dark"), (1440, 390)))


class Stage:
    """A hub that is served, a browser, and somebody who is signed in."""

    def __init__(
        self, url: str, browser: Browser, hub: Hub, passwords: dict[str, str]
    ) -> None:
        self.url = url
        self._browser = browser
        self._hub = hub
        self.passwords = passwords
        self._cookies: dict[str, tuple[str, str]] = {}
        self.places: dict[str, str] = {}

    async def _cookie(self, who: str) -> tuple[str, str]:
        if who not in self._cookies:
            mould = Mould(folder=self._hub.folder, passwords=self.passwords)
            cookies = await signed_in(self._hub, mould, who)
            ((name, value),) = [
                (each.name, each.value or "")
                for each in cookies.jar
                if "session" in each.name
            ]
            self._cookies[who] = name, value
        return self._cookies[who]

    async def look(self, theme: str, width: int, who: str = "norway") -> BrowserContext:
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
        for name, place in self.places.items():
            path = path.replace(f"{{{name}}}", place)
        return f"{self.url}{path}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(
    chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp("pages")
    mould, told = await asyncio.to_thread(_founded, folder)
    hub = app.open_hub(mould.folder, environment={})
    port = _free_port()
    server = Server(
        app.asgi(hub), port=port, interface=Interfaces.ASGI, log_enabled=False
    )
    serving = asyncio.create_task(server.serve())
    await _listening(port)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=list(FLAGS)
        )
        passwords = dict(mould.passwords)
        stage = Stage(f"http://127.0.0.1:{port}", browser, hub, passwords)
        stage.places = {
            "update": f"/updates/{told.updates['Reporting of incidents']}",
            "engagement": f"/engagements/{told.engagements['Lessons of our own']}",
            "object": _object(hub),
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


def _things(hub: Hub) -> dict[str, str]:
    """Give an address of each thing that the demo has."""
    tables = {
        "decision": ("decision", "id", "decisions"),
        "consultation": ("consultation", "id", "consultations"),
        "protocol": ("playbook", "playbook", "protocols"),
        "run": ("run", "run", "runs"),
    }
    with hub.reading.snapshot() as seen:
        return {
            name: f"/{place}/{seen.db.execute(f'SELECT min({key}) FROM {table}').get}"  # noqa: S608 - our own
            for name, (table, key, place) in tables.items()
        }


def _object(hub: Hub) -> str:
    viewer = hub.authenticator.named("norway").viewer()
    with hub.reading.snapshot() as seen:
        (found,) = seen.db.execute(
            "SELECT object FROM version WHERE type = 'report' ORDER BY version LIMIT 1"
        ).fetchall()
        assert seen.stored(viewer, [str(found[0])])
    return f"/objects/{found[0]}"


async def faults_of(page: Page, address: str) -> list[str]:
    """Open a page, and tell what is wrong with it."""
    complaints: list[str] = []
    hosts: set[str] = set()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    await page.add_init_script(SHIFTS)
    answer = await page.goto(address)
    assert answer is not None, "a page answers"
    is_missing = answer.status == 404
    said = [each for each in complaints if not (is_missing and "404" in each)]
    found = [f"console: {each}" for each in said]
    found += [f"asks {host}" for host in hosts - {urlsplit(address).netloc}]
    if await page.evaluate(SIDEWAYS):
        found.append("scrolls sideways")
    if (shifted := float(await page.evaluate("shifted"))) > SHIFT_MAX:
        found.append(f"shifts by {shifted}")
    if (size := int(await page.evaluate(TRANSFERRED))) > TRANSFERRED_MAX:
        found.append(f"takes {size} bytes")
    results = await Axe().run(page, options=RULES)
    for each in results.response["violations"]:
        nodes = "; ".join(json.dumps(node["html"])[:160] for node in each["nodes"][:3])
        found.append(f"{each['id']}: {each['help']}: {nodes}")
    return found


def _who(path: str) -> str:
    return SEATS.get(path, "norway")


async def _look(
    stage: Stage, looks: dict[str, tuple[str, int]]
) -> dict[str, list[str]]:
    """Look at pages, each in its way; gives those that something is wrong with."""
    wrong: dict[str, list[str]] = {}
    for look, who in sorted({(own, _who(path)) for path, own in looks.items()}):
        context = await stage.look(*look, who)
        for path in [p for p, own in looks.items() if (own, _who(p)) == (look, who)]:
            page = await context.new_page()
            found = await faults_of(page, stage.address(path))
            if PICTURES:
                name = f"{re.sub('[^a-z0-9]+', '-', path.lower()).strip('-')}"
                file = f"{PICTURES}/{name}-{look[0]}-{look[1]}.png"
                await page.screenshot(path=file, full_page=True)
            if found:
                wrong[f"{path} {look[0]} {look[1]}"] = found
            await page.close()
        await context.close()
    return wrong


async def test_nobody_is_shut_out_of_any_page_and_nothing_is_complained_of(
    stage: Stage,
) -> None:
    turns = itertools.cycle([("light", 1440), ("dark", 390)])
    assert await _look(stage, dict(zip(FEW, turns, strict=False))) == {}


ACTIVE = "document.activeElement.textContent.trim() + '#' + document.activeElement.id"
TABS_MAX = 120


class Keyboard:
    """Somebody without a mouse: goes from stop to stop, and counts what is chosen."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.chosen = 0

    async def to(self, words: str) -> None:
        """Tab to the first stop whose words, or id after a hash, match."""
        for _ in range(TABS_MAX):
            await self._page.keyboard.press("Tab")
            if re.search(words, str(await self._page.evaluate(ACTIVE))):
                return
        raise AssertionError(f"the keyboard never reaches {words}")

    async def choose(self, words: str) -> None:
        """Tab to something, press it, and wait for the page that it leads to."""
        await self.to(words)
        self.chosen += 1
        async with self._page.expect_navigation():
            await self._page.keyboard.press("Enter")

    async def text(self) -> str:
        """Read what the page says."""
        return str(await self._page.inner_text("main"))

    async def close(self) -> None:
        """Go."""
        await self._page.context.close()


async def test_an_analyst_publishes_by_keyboard_in_six_steps_from_home(
    stage: Stage,
) -> None:
    context = await stage.look("light", 1440)
    page = await context.new_page()
    await page.goto(stage.address("/home"))
    keyboard = Keyboard(page)

    await keyboard.choose("^Publish intelligence")
    await keyboard.to("#what$")
    await page.keyboard.type("keyboard-only.example")
    await keyboard.choose("^See who will receive it")
    await keyboard.choose("^Publish to")

    assert "keyboard-only[.]example" in await page.inner_text("main")
    assert "Published" in await page.inner_text("main")
    assert keyboard.chosen + 1 <= 6  # and one value typed
    await context.close()


async def test_a_newcomer_and_a_delegate_reach_what_they_came_for_by_keyboard(
    stage: Stage,
) -> None:
    context = await stage.look("dark", 1440)
    page = await context.new_page()
    await page.goto(stage.address("/home"))
    keyboard = Keyboard(page)

    await keyboard.choose("obligations#")
    assert await page.inner_text("h1") == "What Norway owes"
    assert keyboard.chosen <= 2

    await page.goto(stage.address("/home"))
    await keyboard.choose("^Open ILLUSTRATIVE: How incidents are told")
    await keyboard.choose("^Acknowledge for Norway")
    assert "Acknowledged for your nation." in await page.inner_text("[role=status]")
    await context.close()


async def sign_in_by_keyboard(stage: Stage, who: str) -> Keyboard:
    """Sign in from the first page, without a mouse."""
    context = await stage.look("light", 1440, "")
    page = await context.new_page()
    await page.goto(stage.address("/sign-in"))
    keyboard = Keyboard(page)
    await keyboard.to("#name$")
    await page.keyboard.type(who)
    await keyboard.to("#password$")
    await page.keyboard.type(stage.passwords[who])
    await keyboard.choose("^Sign in")
    return keyboard


async def test_an_auditor_verifies_the_log_by_keyboard_from_the_sign_in(
    stage: Stage,
) -> None:
    keyboard = await sign_in_by_keyboard(stage, "norway-auditor")
    await keyboard.choose("^Open the audit")
    await keyboard.choose("^Verify the log")
    assert "Every entry of the log is what was written." in await keyboard.text()
    await keyboard.close()


@pytest.mark.soak
async def test_an_operator_looks_at_everything_by_keyboard(stage: Stage) -> None:
    keyboard = await sign_in_by_keyboard(stage, "operator")
    await keyboard.choose("^Open the health")
    await keyboard.choose("^Look at everything")
    assert "The files are for their owner alone." in await keyboard.text()
    await keyboard.close()


@pytest.mark.soak
async def test_a_planner_follows_a_word_to_its_evidence_by_keyboard(
    stage: Stage,
) -> None:
    keyboard = await sign_in_by_keyboard(stage, "poland-planner")
    await keyboard.choose("^Open the measures")
    await keyboard.choose("^Rapid Reaction")
    assert "Within 48 hours" in await keyboard.text()
    await keyboard.close()


@pytest.mark.soak
async def test_a_duty_officer_comes_to_start_a_protocol_by_keyboard(
    stage: Stage,
) -> None:
    keyboard = await sign_in_by_keyboard(stage, "duty")
    await keyboard.choose("^Protocols#")
    await keyboard.choose("^EXERCISE: Malware")
    await keyboard.choose("^Start")
    assert "Whoever is asked is told at once." in await keyboard.text()
    await keyboard.close()


@pytest.mark.soak
async def test_a_delegate_reads_what_silence_will_mean_by_keyboard(
    stage: Stage,
) -> None:
    keyboard = await sign_in_by_keyboard(stage, "finland")
    await keyboard.choose("^Open the inbox")
    await keyboard.choose("^ILLUSTRATIVE")
    assert "silence" in (await keyboard.text()).lower()
    await keyboard.close()


@pytest.mark.soak
@pytest.mark.parametrize(("theme", "width"), LOOKS)
async def test_nobody_is_shut_out_in_any_theme_at_any_width(
    stage: Stage, theme: str, width: int
) -> None:
    assert await _look(stage, dict.fromkeys(PAGES, (theme, width))) == {}
