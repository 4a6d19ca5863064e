"""Two worlds of runs, seen by their pages: what is hidden leaves no trace in them.

The histories are those of `test_run_worlds`; here the viewer's browser asks for every
page that it can be led to. Ids are drawn by lot and compared by order of appearance.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from foedus.response import catalogue
from foedus.stix.strict_json import read_object
from foedus.web.routes import routes
from foedus.web.visitors import session_cookie
from tests.leaks.test_run_worlds import DRAWN, alike, history, live, world
from tests.response.conftest import founded_theatre
from tests.response.theatre import Theatre

__all__ = ["founded_theatre"]

SITE = "http://127.0.0.1:8440"
TOKEN = re.compile(r'name="form-token" value="[^"]+"')
LISTS = (
    "/board",
    "/protocols",
    "/runs",
    "/tasks?part=all",
    "/tasks?part=all&open=no",
    "/inbox",
)
CATALOGUE = {str(read_object(catalogue.raw(name))["id"]) for name in catalogue.names()}
"""The same in every hub."""

SUFFIXES = {
    "playbook": ("/protocols/{}",),
    "run": ("/runs/{}", "/runs/{}/parts"),
    "task": ("/tasks/{}",),
}


def browser(stage: Theatre, name: str) -> httpx.AsyncClient:
    authenticator = stage.hub.authenticator
    secret = authenticator.start_session(authenticator.named(name))
    cookies = httpx.Cookies()
    cookies.set(session_cookie(stage.hub), secret.reveal(), domain="127.0.0.1")
    transport = httpx.ASGITransport(app=Starlette(routes=routes(stage.hub)))
    return httpx.AsyncClient(transport=transport, base_url=SITE, cookies=cookies)


def onward(text: str) -> Iterator[str]:
    """Give the pages of whatever a page names."""
    for found in dict.fromkeys(m.group() for m in DRAWN.finditer(text)):
        kind = found.partition("--")[0]
        if kind in SUFFIXES and found not in CATALOGUE:
            yield from (each.format(found) for each in SUFFIXES[kind])


async def pages(stage: Theatre, viewer: str) -> list[tuple[str, int, str]]:
    """Ask for every page that the viewer can be led to."""
    found: list[tuple[str, int, str]] = []
    asked = dict.fromkeys(LISTS)
    async with browser(stage, viewer) as client:
        for path in LISTS:
            first = (await client.get(path)).text
            asked |= dict.fromkeys(onward(first))
        for path in asked:
            answer = await client.get(path)
            text = TOKEN.sub("", answer.text)
            found.append((path, answer.status_code, text))
    return found


@pytest.mark.parametrize(
    ("viewer", "drawn"),
    [
        ("pol", 1),
        *(
            pytest.param(viewer, drawn, marks=pytest.mark.soak)
            for viewer in ("pol", "ukr")
            for drawn in range(3, 13)
        ),
    ],
)
async def test_what_a_nation_never_saw_leaves_no_trace_in_its_pages(
    founded_theatre: Path, tmp_path: Path, viewer: str, drawn: int
) -> None:
    deeds = history(drawn, viewer)
    said = []
    for whole in (True, False):
        with world(founded_theatre, tmp_path / str(whole)) as stage:
            await live(stage, deeds, viewer, whole=whole)
            said.append(alike(await pages(stage, viewer)))

    assert said[0] == said[1]
    assert "Playbook 0" in said[0]
    assert 'class="wf"' in said[0], "there is a run with a step for the viewer"
    assert said[0].count("('/tasks/task--") > 1
