"""The page of a proposal: why, who decides, and the two acts."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from foedus.response.proposals_views import Wanted, list_proposals
from foedus.web.routes import routes
from foedus.web.visitors import session_cookie
from tests.processes import activating_world
from tests.processes.activating_world import Lookout, indicator
from tests.web.conftest import form_token
from tests.web.responding import SITE, UNKNOWN


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return activating_world.founded_in(tmp_path_factory.getbasetemp())


@pytest.fixture
def lookout(founded: Path, tmp_path: Path) -> Iterator[Lookout]:
    opened = Lookout(founded, tmp_path)
    yield opened
    opened.close()


def browser(lookout: Lookout, name: str) -> httpx.AsyncClient:
    authenticator = lookout.hub.authenticator
    secret = authenticator.start_session(authenticator.named(name))
    cookies = httpx.Cookies()
    cookies.set(session_cookie(lookout.hub), secret.reveal(), domain="127.0.0.1")
    transport = httpx.ASGITransport(app=Starlette(routes=routes(lookout.hub)))
    return httpx.AsyncClient(transport=transport, base_url=SITE, cookies=cookies)


async def proposed(lookout: Lookout) -> str:
    """Let a rule propose something, and give the address of its page."""
    await lookout.rule(await lookout.protocol())
    await lookout.post("pol", indicator(confidence=80))
    with lookout.hub.reading.snapshot() as seen:
        viewer = lookout.account("est").viewer()
        [found] = list_proposals(seen.db, seen.access, viewer, Wanted())
    return f"/proposals/{found.proposal}"


async def test_a_proposal_says_why_and_is_approved_by_a_person(
    lookout: Lookout,
) -> None:
    path = await proposed(lookout)
    async with browser(lookout, "est") as est, browser(lookout, "pol") as pol:
        board = (await est.get("/board")).text
        page = (await est.get(path)).text
        hidden = await pol.get(path)
        form = {"form-token": form_token(page)}
        approved = await est.post(f"{path}/approve", data=form)
        after = (await est.get(approved.headers["location"])).text
        others = (await pol.get("/board")).text

    assert path in board
    assert path not in others
    assert "<b>Score 80.</b>" in page
    assert f'href="/objects/{indicator()["id"]}"' in page
    assert f">{indicator()['id']}<" not in page, "it is told by its name"
    assert hidden.status_code == 404
    assert "Your approval is recorded." in after
    assert "/runs/run--" in after
    assert ">Approve</button>" not in after


async def test_a_false_trigger_is_dismissed_with_a_reason(lookout: Lookout) -> None:
    path = await proposed(lookout)
    async with browser(lookout, "est") as est:
        form = {"form-token": form_token((await est.get(path)).text)}
        empty = await est.post(f"{path}/dismiss", data={**form, "reason": " "})
        done = await est.post(f"{path}/dismiss", data={**form, "reason": "A test."})
        after = (await est.get(path)).text
        other = await est.post(f"{path}/delete", data=form)
        board = (await est.get("/board")).text

    assert empty.status_code == 422
    assert done.status_code == 303
    assert "A test." in after
    assert other.status_code == 404
    assert "Nothing is proposed." in board


async def test_a_proposal_that_is_not_is_not_found(lookout: Lookout) -> None:
    async with browser(lookout, "est") as est:
        answer = await est.get(f"/proposals/proposal--{UNKNOWN}")

    assert answer.status_code == 404
