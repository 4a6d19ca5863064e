"""Policy updates: editions, what changed, and acknowledging."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from foedus import app
from foedus.hub import Hub
from tests.web.conftest import form_token, looking, signed_in
from tests.web.demo_hub import Mould, copy_hub
from tests.web.guiding import Told

TITLE = "Reporting of incidents"


@pytest.fixture
async def acting(guided_mould: Mould, tmp_path: Path) -> AsyncIterator[Hub]:
    """A hub of which a test may change something."""
    hub = copy_hub(guided_mould, tmp_path / "acting")
    yield hub
    app.close_hub(hub)


async def test_the_list_says_what_applies_from_when_and_what_waits(
    guided: httpx.AsyncClient,
) -> None:
    page = (await guided.get("/updates")).text
    row = page[page.index(TITLE) :].partition("</li>")[0]
    assert "Edition 2" in row
    assert "To acknowledge" in row
    assert "REL TO NATO" in row
    assert 'href="/api/v1/updates/feed.atom"' in page


async def test_one_shows_its_editions_and_what_changed_by_word(
    guided: httpx.AsyncClient, told: Told
) -> None:
    path = f"/updates/{told.updates[TITLE]}"
    page = (await guided.get(path)).text
    changed = (await guided.get(f"{path}?edition=2&from=1")).text
    older = (await guided.get(f"{path}?edition=1")).text
    assert "within 24 hours" in page
    assert "within 72 hours" in older
    assert "This is an older edition." in older
    assert "<del>72 </del><ins>24 </ins>" in changed
    assert (await guided.get(f"{path}?edition=9")).status_code == 400
    assert (await guided.get(f"{path}?edition=x")).status_code == 400


async def test_what_is_hidden_is_as_one_that_never_was(
    guided_moldova: httpx.AsyncClient, told: Told
) -> None:
    listed = (await guided_moldova.get("/updates")).text
    hidden = await guided_moldova.get(f"/updates/{told.updates[TITLE]}")
    never = await guided_moldova.get(
        "/updates/update--00000000-0000-4000-8000-000000000009"
    )
    assert TITLE not in listed
    assert "Words we use" in listed
    assert (hidden.status_code, hidden.text) == (404, never.text)


async def test_an_edition_is_acknowledged_once_for_the_nation(
    acting: Hub, guided_mould: Mould, told: Told
) -> None:
    path = f"/updates/{told.updates[TITLE]}"
    cookies = await signed_in(acting, guided_mould, "norway")
    async with looking(acting, cookies) as browser:
        page = (await browser.get(path)).text
        form = {"form-token": form_token(page), "edition": "2"}
        done = await browser.post(f"{path}/acknowledge", data=form)
        again = await browser.post(f"{path}/acknowledge", data=form)
        after = (await browser.get(f"{path}?done=acknowledged")).text
        listed = (await browser.get("/updates")).text
        inbox = (await browser.get("/inbox")).text
    assert f'href="{path}"' not in inbox
    assert "Acknowledge for Norway" in page
    assert done.status_code == 303
    assert again.status_code == 409
    assert "Acknowledge for Norway" not in after
    assert "Acknowledged for your nation." in after
    row = listed[listed.index(TITLE) :].partition("</li>")[0]
    assert "To acknowledge" not in row
