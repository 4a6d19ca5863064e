"""Every page in a real browser: nobody is shut out, and nothing is complained of.

axe-core (WCAG 2.2 A and AA, best practice) finds nothing; no page scrolls sideways; the
console stays silent; nothing is asked of another host. A run looks at the pages that
differ most, wide and light or narrow and dark in turn; `make soak` looks at every page
in all four ways, and `make screenshots` takes a picture of each as well.
"""

import itertools
import json
import os
import re
from collections.abc import AsyncIterator
from typing import get_args
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, Response

from foedus.planning.plans import Kind
from tests.scenarios.keyboard import Keyboard
from tests.scenarios.stage import CAREFUL, Stage, first_of, letters, staged
from tests.scenarios.test_browser import SIDEWAYS
from tests.web.planning import plan
from tests.web.sighting import sight

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

MISSING = "/objects/nothing"
"""What is not there, or not for whoever asks."""

SECOND_STEP = "/sign-in#second"
"""The page that follows the password of who has a second factor."""

REFUSED = "/plans#refused"
"""A form that comes back with what was wrong."""

BEHIND: dict[str, tuple[dict[str, str], str]] = {
    "/publish#look": ({"what": "look.example"}, "See who will receive it"),
    "/updates/new#look": (
        {"title": "A look", "text": "Nobody publishes it."},
        "See who will see it",
    ),
    "/releases/new#look": (
        {
            "to": "Moldova",
            "label": "NATO RESTRICTED // REL TO NATO 2024-03-07",
            "since": "2026-01-01",
        },
        "See what it does",
    ),
    REFUSED: ({"periods": "0"}, "Make the plan"),
}
"""Pages behind a form: what is written into its fields, and what is pressed then."""

KINDS = (
    *("malware", "sighting", "relationship", "domain-name", "course-of-action"),
    *("identity", "indicator"),
)
"""Types of objects that the demo has, each read out in its way."""

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
    MISSING,
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
    "{coverage}",
    "{drop}",
    "{surge}",
    "{closure}",
    "/cost-shares",
    "/cost-shares?example=tva",
    "/exercises",
    "/training",
    "/nations/NOR/readiness",
    "/nations/FIN/assess",
    "/account/factors",
    "/calendars",
    "/calendars?nation=NOR",
    "/exercises/advice",
    "{exercise}",
    "/training/labels_and_binding",
    "/units/new",
    "/nations/MDA/assess?to=member",
    "/decisions/new",
    *("{silent}", "{silent}/break", "{silent}/state", "{silent}/preview"),
    *("{silent}/diff", "{silent}/versions/1", "{silent}/verify"),
    "/consultations/new",
    "{protocol}/start",
    "{task}",
    "{own}/withdraw",
    "{own}/recall",
    "{recall}",
    "{recalled}",
    "{release}",
    "{proposal}",
    *(f"{{{kind}}}" for kind in KINDS),
    *("{adopted}", "{adopted}/diff", "{adopted}/verify"),
    "{update}/edition",
    *BEHIND,
    "/sign-in",
    "{letters}",
    SECOND_STEP,
    "/audit",
    "/hub/health",
)
"""A page of every template, by its address or what stands for it."""

SEATS = {
    "/audit": "norway-auditor",
    "/hub/health": "operator",
    "/sign-in": "",
    "{letters}": "",
    SECOND_STEP: "",
    "/updates/new": "duty",
    "/updates/new#look": "duty",
    "{update}/edition": "duty",
    "{protocol}/start": "duty",
    "{recalled}": "finland",
    **dict.fromkeys(("{proposal}", REFUSED), "duty"),
    **dict.fromkeys(("{silent}", "{silent}/break", "{silent}/state"), "finland"),
    **dict.fromkeys(("/plans", "{coverage}", "{drop}", "{surge}", "{closure}"), "duty"),
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
    *("{coverage}", SECOND_STEP),
)
"""Pages that differ most from each other; each run looks at them."""

SHIFTS = """
window.shifted = 0;
window.moved = [];
new PerformanceObserver((list) => {
  for (const each of list.getEntries().filter((entry) => !entry.hadRecentInput)) {
    window.shifted += each.value;
    window.moved.push(...each.sources.map((source) => source.node?.textContent));
  }
}).observe({ type: "layout-shift", buffered: true });
"""
"""Adds up how far what is shown moves by itself, and keeps what moved.

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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(
    chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    async with staged(chromium, tmp_path_factory.mktemp("pages")) as stage:
        yield stage


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def whole_stage(stage: Stage) -> Stage:
    """The same with more of what there is a page for, which takes its time."""
    for kind in get_args(Kind):
        stage.places[kind] = await plan(stage.hub, kind)
    context = await stage.look("light", 1440)
    page = await context.new_page()
    for name, listing, kind in (
        ("task", "/tasks", "/tasks/task--"),
        ("exercise", "/exercises", "/exercises/exercise--"),
    ):
        await page.goto(stage.address(listing))
        link = page.locator(f"main a[href^='{kind}']").first
        stage.places[name] = await link.get_attribute("href") or ""

    await open_page(page, stage, "/releases/new#look")
    await send(page, {}, "Release to Republic of Moldova")
    stage.places["release"] = urlsplit(page.url).path
    await open_page(page, stage, "/publish#look")
    await send(page, {}, "Publish to your nation only")
    await page.goto(f"{page.url.partition('?')[0]}/recall")
    reason = {"reason": "It was a test.", "confirm": "recall"}
    await send(page, reason, "Recall from everybody")
    stage.places["recall"] = urlsplit(page.url).path
    await open_page(page, stage, "/publish#look")
    await send(page, {}, "Publish to your nation only")
    stage.places["own"] = urlsplit(page.url).path
    await context.close()
    stage.places |= await sight(stage.hub) | letters(stage.hub)
    for kind in KINDS:
        stage.places[kind] = first_of(stage.hub, kind)
    return stage


async def send(page: Page, fields: dict[str, str], button: str) -> None:
    """Write into the fields of a form, and send it."""
    for name, words in fields.items():
        await page.fill(f"#{name}", words)
    async with page.expect_navigation():
        await page.get_by_role("button", name=button, exact=True).click()


async def open_page(page: Page, stage: Stage, path: str) -> Response:
    """Open a page, if need be through the ones before it."""
    answer = await page.goto(stage.address(path))
    assert answer is not None, "a page answers"
    if path == SECOND_STEP:
        fields = {"name": CAREFUL, "password": stage.passwords[CAREFUL]}
        await send(page, fields, "Sign in")
    elif path in BEHIND:
        await send(page, *BEHIND[path])
    return answer


async def faults_of(page: Page, stage: Stage, path: str) -> list[str]:
    """Open a page, and tell what is wrong with it."""
    complaints: list[str] = []
    hosts: set[str] = set()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    await page.add_init_script(SHIFTS)
    answer = await open_page(page, stage, path)
    is_missing = path == MISSING
    assert (answer.status == 404) is is_missing, path
    refused = "404" if is_missing else "400" if path == REFUSED else " "
    said = [each for each in complaints if f"status of {refused}" not in each]
    found = [f"console: {each}" for each in said]
    found += [f"asks {host}" for host in hosts - {urlsplit(stage.url).netloc}]
    if await page.evaluate(SIDEWAYS):
        found.append("scrolls sideways")
    if (shifted := float(await page.evaluate("shifted"))) > SHIFT_MAX:
        moved = " ".join(str(await page.evaluate("moved")).split())[:200]
        found.append(f"shifts by {shifted}: {moved}")
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
            found = await faults_of(page, stage, path)
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
    stage.places["coverage"] = await plan(stage.hub, "coverage")
    turns = itertools.cycle([("light", 1440), ("dark", 390)])
    assert await _look(stage, dict(zip(FEW, turns, strict=False))) == {}


@pytest.mark.soak
@pytest.mark.parametrize(("theme", "width"), LOOKS)
async def test_nobody_is_shut_out_in_any_theme_at_any_width(
    whole_stage: Stage, theme: str, width: int
) -> None:
    assert await _look(whole_stage, dict.fromkeys(PAGES, (theme, width))) == {}


@pytest.mark.soak
@pytest.mark.parametrize("width", [1440, 390])
async def test_the_keyboard_is_always_in_sight_with_a_line_around_it(
    whole_stage: Stage, width: int
) -> None:
    unseen: dict[str, list[str]] = {}
    for path in PAGES:
        context = await whole_stage.look("light", width, _who(path))
        page = await context.new_page()
        await open_page(page, whole_stage, path)
        stops = Keyboard(page).stops()
        if faults := [each.fault async for each in stops if each.fault]:
            unseen[path] = faults
        await context.close()
    assert unseen == {}
