"""A walk over all pages: every link leads somewhere, every fact has its basis."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from html.parser import HTMLParser
from typing import get_args

import httpx
import pytest
import pytest_asyncio

from foedus import app
from foedus.hub import Hub
from foedus.planning.plans import Kind
from foedus.web.rendering import load_assets
from tests.web.conftest import looking, signed_in
from tests.web.demo_hub import Mould, copy_hub
from tests.web.planning import PLANNER, plan

FIRST_MAX = 150_000
"""Bytes of a first page, with style and script as they travel."""

OF_A_FAMILY_MAX = 2
"""Pages of one template that are walked: links to others are made by the same."""

STATES = re.compile(r"[a-z-]+--[0-9a-f-]{36}|\d{4}-\d{2}-\d{2}|\b[A-Z]{3}\b|\d+")
ELSEWHERE = ("http://", "https://", "mailto:")
FACTS = re.compile(
    r"/(nations/[A-Z]{3}(/guide|/obligations)?(\?|$)|nations/compare\?codes=\w+,"
    r"|frameworks/|regions|state|plots$|guide$|(engagements|updates)/[a-z]+--[^/]+$"
    r"|plans/plan--[^/]+$|cost-shares\?)"
)
"""Pages that state facts: each has to say how they are known."""


class Links(HTMLParser):
    """The links of a page, and what it holds that it may not."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: Counter[str] = Counter()
        self.foreign: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if (name := held.get("id")) is not None:
            self.ids[name] += 1
        for attribute in ("href", "src", "action"):
            address = held.get(attribute)
            if address is None:
                continue
            if address.startswith(ELSEWHERE):
                self.foreign += [address] if tag != "a" else []
            elif tag == "a" and address.startswith("/"):
                self.found.append(address)


def family(path: str) -> str:
    return STATES.sub("*", re.sub(r"=[^&]*", "=*", path.partition("#")[0]))


class Walk:
    """Every page that can be reached, a few of each template.

    Args:
        client: who walks.
        within: how the addresses begin to which it goes.
        of_each: pages of one template that are walked.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        within: tuple[str, ...] = ("/",),
        of_each: int = OF_A_FAMILY_MAX,
    ) -> None:
        self._client = client
        self._within = within
        self._of_each = of_each
        self._seen: Counter[str] = Counter()
        self.pages: dict[str, str] = {}
        self.dead: dict[str, int] = {}
        self.links: dict[str, Links] = {}

    async def go(self, start: str) -> None:
        waiting = [start]
        known = {start}
        while waiting:
            path = waiting.pop(0)
            answer = await self._client.get(path)
            if answer.status_code not in {200, 303}:
                self.dead[path] = answer.status_code
            if not answer.headers.get("content-type", "").startswith("text/html"):
                continue
            links = Links()
            links.feed(answer.text)
            self.pages[path], self.links[path] = answer.text, links
            for each in self._new(links.found):
                if each not in known:
                    known.add(each)
                    waiting.append(each)

    def _new(self, found: list[str]) -> Iterator[str]:
        for each in found:
            path = each.partition("#")[0]
            if path.startswith(("/live", "/stream", "/taxii2")):
                continue
            if not path.startswith(self._within):
                continue
            if self._seen[family(path)] < self._of_each:
                self._seen[family(path)] += 1
                yield path


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def walk(
    guided_hub: Hub, guided_cookies: dict[str, httpx.Cookies]
) -> AsyncIterator[Walk]:
    async with looking(guided_hub, guided_cookies["norway"]) as client:
        walk = Walk(client)
        await walk.go("/home")
        yield walk


@pytest.fixture(scope="module")
def planned(
    guided_mould: Mould, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Hub, httpx.Cookies]]:
    """A hub with a plan of each kind, and who may see them all."""
    hub = copy_hub(guided_mould, tmp_path_factory.mktemp("planned") / "data")

    async def make() -> httpx.Cookies:
        for kind in get_args(Kind):
            await plan(hub, kind)
        return await signed_in(hub, guided_mould, PLANNER)

    yield hub, asyncio.run(make())
    app.close_hub(hub)


async def test_plans_of_every_kind_and_cost_shares_are_as_good_as_other_pages(
    planned: tuple[Hub, httpx.Cookies],
) -> None:
    async with looking(*planned) as client:
        within = ("/plans", "/cost-shares")
        walk = Walk(client, within, of_each=len(get_args(Kind)))
        await walk.go("/plans")

    plans = [path for path in walk.pages if re.fullmatch("/plans/plan--[^/]+", path)]
    assert len(plans) == len(get_args(Kind))
    assert sum(path.startswith("/cost-shares?") for path in walk.pages) > 1
    assert walk.dead == {}
    for path, links in walk.links.items():
        assert links.foreign == [], path
        assert max(links.ids.values()) == 1, path
        assert not FACTS.match(path) or "basis: " in walk.pages[path], path


async def test_no_link_is_dead(walk: Walk) -> None:
    api = {path for path in walk.dead if path.startswith("/api/")}  # is not served here
    assert {path: code for path, code in walk.dead.items() if path not in api} == {}
    assert len(walk.pages) > 60


async def test_every_page_of_facts_says_how_they_are_known(walk: Walk) -> None:
    bare = [
        path
        for path, text in walk.pages.items()
        if FACTS.match(path) and "basis: " not in text
    ]
    assert bare == []
    assert sum(bool(FACTS.match(path)) for path in walk.pages) > 15


async def test_nothing_is_fetched_from_elsewhere(walk: Walk) -> None:
    assert {p: each.foreign for p, each in walk.links.items() if each.foreign} == {}


async def test_no_id_stands_twice_on_a_page(walk: Walk) -> None:
    twice = {
        path: [name for name, count in links.ids.items() if count > 1]
        for path, links in walk.links.items()
    }
    assert {path: names for path, names in twice.items() if names} == {}


async def test_no_page_is_larger_than_it_may_be(walk: Walk) -> None:
    style = sum(len(each.packed) for each in load_assets().values())
    large = {
        path: size
        for path, text in walk.pages.items()
        if (size := len(text.encode()) + style) > FIRST_MAX
    }
    assert large == {}
    assert any("view=world" in path for path in walk.pages)


async def test_a_link_inside_a_page_has_its_place(walk: Walk) -> None:
    missing = [
        (path, each)
        for path, links in walk.links.items()
        for each in links.found
        if "#" in each
        and (target := walk.links.get(each.partition("#")[0])) is not None
        and each.partition("#")[2] not in target.ids
    ]
    assert missing == []
