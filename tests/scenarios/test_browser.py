"""The worlds of a demo hub in a real browser, while stories arrive."""

import asyncio
import re
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from granian.constants import Interfaces
from granian.server.embed import Server
from playwright.async_api import Browser, Page, async_playwright, expect

from foedus import app
from foedus.hub import Hub
from foedus.processes import demo
from tests.web.demo_hub import Mould, copy_hub, make_mould

pytestmark = pytest.mark.asyncio(loop_scope="module")

PACE = timedelta(milliseconds=300)
START_S = 20
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A demo hub that is served, and how to make stories arrive."""

    hub: Hub
    url: str
    mould: Mould
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def feed(self) -> None:
        """Let stories arrive until the test stops them."""
        await demo.feed(self.hub, self.stop, PACE)


@pytest.fixture(scope="session")
def mould(tmp_path_factory: pytest.TempPathFactory) -> Mould:
    return make_mould(tmp_path_factory.mktemp("mould") / "data")


@pytest_asyncio.fixture(loop_scope="module")
async def stage(mould: Mould, tmp_path: Path) -> AsyncIterator[Stage]:
    hub, port = copy_hub(mould, tmp_path / "data"), _free_port()
    stage = Stage(hub=hub, url=f"http://127.0.0.1:{port}", mould=mould)
    async with _served(hub, port):
        yield stage
        stage.stop.set()


@asynccontextmanager
async def _served(hub: Hub, port: int) -> AsyncIterator[None]:
    server = Server(
        app.asgi(hub), port=port, interface=Interfaces.ASGI, log_enabled=False
    )
    serving = asyncio.create_task(server.serve())
    await _listening(port)
    try:
        yield
    finally:
        server.stop()
        await serving
        app.close_hub(hub)


def _free_port() -> int:
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return int(chosen.getsockname()[1])


async def _listening(port: int) -> None:
    async with asyncio.timeout(START_S):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=list(FLAGS)
        )
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def browser(
    stage: Stage,  # noqa: ARG001 - it ends later: it waits for who still looks
    shared_browser: Browser,
) -> AsyncIterator[Browser]:
    """A browser in which nothing is open; what a test opens, no other sees."""
    yield shared_browser
    for context in shared_browser.contexts:
        await context.close()


async def _open(
    browser: Browser, url: str, *, width: int = 1440, script: bool = True
) -> tuple[Page, list[str]]:
    """Open a page and listen to what the browser complains of."""
    context = await browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=script
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(url)
    return page, complaints


async def _columns(page: Page, domain: str) -> list[bool]:
    columns = await page.locator(".world").all_inner_texts()
    return [domain in text for text in columns]


async def test_the_columns_fill_while_one_looks(stage: Stage, browser: Browser) -> None:
    page, complaints = await _open(browser, f"{stage.url}/")
    first = await page.locator("#world-0 .item").first.get_attribute("id")

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(stage.feed())
        await expect(page.locator("#live")).to_have_text("Live")
        await expect(page.locator("#world-0 .item").first).not_to_have_id(first or "")
        await expect(page.locator("#world-0 .arrived").first).to_be_visible()
        await expect(page.locator("#ledger .arrived").first).to_be_visible()
        stage.stop.set()

    assert page.url.endswith("/worlds")
    assert complaints == []


@pytest.mark.parametrize(
    ("seat", "choice", "expected"),
    [
        ("Norway", "Members", [True, True, False, False]),
        ("Norway", "The publisher only", [True, False, False, False]),
        ("Republic of Moldova", "Everyone", [True, True, True, True]),
    ],
)
async def test_what_is_published_appears_where_it_may_be_seen_and_nowhere_else(
    stage: Stage, browser: Browser, seat: str, choice: str, expected: list[bool]
) -> None:
    watching, _ = await _open(browser, f"{stage.url}/worlds")
    await expect(watching.locator("#live")).to_have_text("Live")
    page, complaints = await _open(browser, f"{stage.url}/worlds")

    await page.get_by_label("Publish as").select_option(label=seat)
    await page.get_by_label("domain").fill("lantern-test.example")
    await page.get_by_text(choice, exact=True).first.click()
    await page.get_by_role("button", name="Publish").click()

    await expect(page.locator("#published")).to_contain_text("lantern-test[.]example")
    assert await _columns(page, "lantern-test[.]example") == expected
    first = expected.index(True)
    await expect(watching.locator(".world").nth(first)).to_contain_text(
        "lantern-test[.]example"
    )
    assert await _columns(watching, "lantern-test[.]example") == expected
    assert complaints == []


async def test_what_is_withheld_leaves_no_trace_in_the_page(
    stage: Stage, browser: Browser
) -> None:
    page, _ = await _open(browser, f"{stage.url}/worlds")
    moldova = await page.locator(".world").nth(2).inner_html()

    assert not re.search("NORDIC|REL TO NOR|CONFIDENTIAL", moldova.upper())


async def test_nothing_moves_under_the_pointer(stage: Stage, browser: Browser) -> None:
    page, _ = await _open(browser, f"{stage.url}/worlds")
    await expect(page.locator("#live")).to_have_text("Live")
    top = page.locator("#world-0 .item").first
    held = await top.get_attribute("id")
    await top.hover()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(stage.feed())
        state = page.locator(".world").nth(0).locator("[data-column-state]")
        await expect(state).to_have_text("Held while you read")
        assert await top.get_attribute("id") == held
        await page.locator("h1").hover()
        await expect(top).not_to_have_id(held or "")
        stage.stop.set()


async def test_pointing_at_a_thing_marks_it_in_the_other_worlds(
    stage: Stage, browser: Browser
) -> None:
    page, _ = await _open(browser, f"{stage.url}/worlds")
    await expect(page.locator("#live")).to_have_text("Live")
    item = page.locator("#world-2 .item").first
    thing = await item.get_attribute("data-thing")

    await item.hover()

    marked = await page.locator(".same").evaluate_all(
        "all => all.map(each => each.dataset.thing)"
    )
    assert len(marked) >= 2
    assert set(marked) == {thing}


@pytest.mark.parametrize(
    "path",
    [
        "/worlds",
        "/home",
        "/collections",
        "/collections/open",
        "/releases",
        "/releases/new",
        "/account",
        "/objects",
    ],
)
async def test_no_page_scrolls_sideways_on_a_narrow_screen(
    stage: Stage, browser: Browser, path: str
) -> None:
    page, complaints = await _open(browser, f"{stage.url}/sign-in", width=390)
    await _sign_in(page, stage)
    if path == "/objects":
        await page.locator(".rows.list a.what").first.click()
    else:
        await page.goto(f"{stage.url}{path}")

    assert await page.evaluate(SIDEWAYS) is False
    assert complaints == []


async def test_everything_can_be_done_without_scripts(
    stage: Stage, browser: Browser
) -> None:
    page, _ = await _open(browser, f"{stage.url}/worlds", script=False)
    await page.get_by_label("domain").fill("no-script.example")
    await page.get_by_role("button", name="Publish").click()

    assert await _columns(page, "no-script[.]example") == [True, True, False, False]
    await expect(page.get_by_role("link", name="Refresh")).to_be_visible()

    await page.goto(f"{stage.url}/sign-in")
    await _sign_in(page, stage)
    await expect(page.locator("h1")).to_have_text("What changed")
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.locator("h1")).to_have_text("Sign in")


async def test_a_release_is_made_and_ended_without_scripts_on_a_narrow_screen(
    stage: Stage, browser: Browser
) -> None:
    page, _ = await _open(browser, f"{stage.url}/sign-in", width=390, script=False)
    await _sign_in(page, stage)
    await page.goto(f"{stage.url}/releases/new")
    await page.get_by_label("Who shall see it").fill("Moldova")
    selection = "NATO RESTRICTED // REL TO NATO 2024-03-07"
    await page.get_by_label("What this audience could see").fill(selection)
    await page.get_by_label("Information since").fill("2026-01-01")
    await page.get_by_role("button", name="See what it does").click()
    assert await page.evaluate(SIDEWAYS) is False

    await page.get_by_role("button", name="Release to Republic of Moldova").click()
    await expect(page.get_by_role("status")).to_contain_text("The release is made.")
    assert await page.evaluate(SIDEWAYS) is False

    await page.get_by_label("Reason").fill("that was a test")
    await page.get_by_role("button", name="Withdraw the release").click()
    await expect(page.get_by_role("status")).to_contain_text("is withdrawn")


async def test_signing_in_and_reading_is_done_by_keyboard_alone(
    stage: Stage, browser: Browser
) -> None:
    page, _ = await _open(browser, f"{stage.url}/sign-in")
    await page.locator("#name").focus()
    await page.keyboard.type("norway")
    await page.keyboard.press("Tab")
    await page.keyboard.type(stage.mould.passwords["norway"])
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("What changed")

    await page.keyboard.press("Tab")

    skip = page.locator(".skip")
    await expect(skip).to_be_focused()
    await page.keyboard.press("Enter")
    assert page.url.endswith("#main")


async def _sign_in(page: Page, stage: Stage) -> None:
    await page.fill("#name", "norway")
    await page.fill("#password", stage.mould.passwords["norway"])
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.wait_for_url("**/home")


async def test_a_device_signs_in_where_a_password_would_not_suffice(
    mould: Mould, tmp_path: Path, shared_browser: Browser
) -> None:
    port = _free_port()
    url = f"http://localhost:{port}"  # a passkey is for a name, never for an address
    shutil.copytree(mould.folder, tmp_path / "data")
    strict = {"FOEDUS_SIGN_IN_SECOND_FACTOR": "required", "FOEDUS_PUBLIC_URL": url}
    hub = app.open_hub(tmp_path / "data", environment=strict)
    async with _served(hub, port):
        page, complaints = await _open(shared_browser, f"{url}/sign-in")
        await _hold_passkeys(page)
        await page.get_by_label("Name").fill("duty")
        await page.get_by_label("Password").fill(mould.passwords["duty"])
        await page.get_by_role("button", name="Sign in", exact=True).click()
        await page.goto(f"{url}/account/factors")
        await expect(page.get_by_text("without the roles duty-officer")).to_be_visible()
        duty = hub.authenticator.named("duty").id
        code = hub.keyring.enrolments.give(duty, hub.clock()).reveal()
        await page.get_by_label("Enrolment code").fill(code)
        await page.locator("form[action$=enrol] button").click()
        await page.get_by_label("What you call the device").fill("Watch desk")
        await page.get_by_role("button", name="Add a passkey").click()
        device = page.get_by_role("cell", name="Watch desk", exact=True)
        await expect(device).to_be_visible()
        await page.get_by_role("button", name="Sign out").click()
        await page.get_by_role("button", name="Sign in with a passkey").click()
        await page.wait_for_url(f"{url}/home")
        await page.goto(f"{url}/account")

        await expect(page.get_by_text("duty-officer")).to_be_visible()
        await expect(page.get_by_text("with a second factor also")).to_have_count(0)
        assert complaints == []
        await page.context.close()


async def _hold_passkeys(page: Page) -> None:
    """Give the browser a device that holds passkeys and knows its owner."""
    tools = await page.context.new_cdp_session(page)
    await tools.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    await tools.send("WebAuthn.addVirtualAuthenticator", {"options": device})
