"""What each page of the web costs, in a hub that holds much.

The demo alliance, with its decisions, runs, measures and nations, and beside them many
objects. Delegate, duty officer, planner, auditor and operator each follow the links
from home, a few of each family of pages, and ask for each page again and again. What
is counted is the CPU of the whole process, all threads, the asking client among them;
the first time, when a template is read, is not.
"""

import asyncio
import re
import statistics
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import _hub
import _objects
import httpx
from _figures import Figure, cpu_here, say, size

from foedus import app
from foedus.hub import Hub
from foedus.processes import demo
from foedus.processes.demo_pack import load_demo_pack

OBJECTS = size("PAGES_OBJECTS", 100_000)
TIMES = size("PAGES_TIMES", 6)
"""How often each page is asked for; the first does not count."""

OF_A_FAMILY = size("PAGES_OF_A_FAMILY", 5)
"""Pages of one family that each walks."""

P95_MS_MAX = 50.0
"""The bar of the issue."""

TOLD = 12
"""Families that are printed, the dearest first."""

WALKERS = ("finland", "duty", "poland-planner", "norway-auditor", "operator")

SEARCHES = ("/search?q=mail", "/search?q=Russia", "/search?q=T0800&type=attack-pattern")
"""Words that many of the objects hold; no link leads there."""

_LINK = re.compile(r'<a [^>]*?href="(/[^"#]*)')
_TOKEN = re.compile(r'name="form-token" value="([^"]+)"')
_PARTS = re.compile(r"[a-z-]+--[0-9a-f-]{36}|\d{4}-\d{2}-\d{2}|\b[A-Z]{3}\b|\d+")
_ELSEWHERE = ("/live", "/stream", "/taxii2", "/static", "/api")

Milliseconds = dict[str, list[float]]
"""For each family of pages, what each answer cost."""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "data"
        passwords = asyncio.run(found(folder))
        _hub.fill(folder, batches())
        hub = app.open_hub(folder, environment={})
        try:
            costs = asyncio.run(walk_all(hub, passwords))
        finally:
            app.close_hub(hub)
    tell(costs)


async def found(folder: Path) -> dict[str, str]:
    """Found the demo alliance with a collection more; give who signs in with what."""
    hub = await app.create(folder, load_demo_pack(), environment={})
    prepared = await demo.prepare(hub)
    await _hub.open_bench(hub)
    app.close_hub(hub)
    return {
        each.name: each.password.reveal() for each in prepared.accounts if each.password
    }


def batches() -> Iterator[list[bytes]]:
    """Give objects until there are enough."""
    source, given, seed = _objects.source(), 0, 0
    while given < OBJECTS:
        objects = _objects.clone(source, seed)[: OBJECTS - given]
        seed, given = seed + 1, given + len(objects)
        for start in range(0, len(objects), _objects.BATCH):
            yield objects[start : start + _objects.BATCH]


async def walk_all(hub: Hub, passwords: Mapping[str, str]) -> Milliseconds:
    """Let everybody walk."""
    costs: Milliseconds = defaultdict(list)
    transport = httpx.ASGITransport(app=app.asgi(hub))
    for name in WALKERS:
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1:8440"
        ) as client:
            token = _TOKEN.search((await client.get("/sign-in")).text)
            assert token is not None, "every form carries a token"
            form = {"form-token": token[1], "name": name, "password": passwords[name]}
            answer = await client.post("/sign-in", data=form)
            assert answer.is_redirect, f"{name} is not let in"
            await walk(client, costs)
    return costs


async def walk(client: httpx.AsyncClient, costs: Milliseconds) -> None:
    """Follow the links from home, and measure each page."""
    waiting = ["/home", *SEARCHES]
    known = set(waiting)
    of_family: Counter[str] = Counter()
    while waiting:
        path = waiting.pop(0)
        answer = await client.get(path)
        if answer.status_code != httpx.codes.OK:
            continue
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        costs[family(path)] += [await one(client, path) for _ in range(TIMES - 1)]
        for link in _LINK.findall(answer.text):
            each = link.replace("&amp;", "&")
            if each in known or each.startswith(_ELSEWHERE):
                continue
            known.add(each)
            of_family[family(each)] += 1
            if of_family[family(each)] <= OF_A_FAMILY:
                waiting.append(each)


async def one(client: httpx.AsyncClient, path: str) -> float:
    """Ask for a page; give the milliseconds of CPU that it took."""
    before = cpu_here()
    await client.get(path)
    return (cpu_here() - before) * 1e3


def family(path: str) -> str:
    """Name the pages that are made alike."""
    return _PARTS.sub("*", re.sub(r"=[^&]*", "=*", path))


def p95(costs: list[float]) -> float:
    """Give what 95 of 100 answers stay below."""
    return statistics.quantiles(costs, n=20, method="inclusive")[-1]


def tell(costs: Milliseconds) -> None:
    """Print the dearest families, and how many there are."""
    dearest = sorted(costs, key=lambda each: p95(costs[each]), reverse=True)
    for name in dearest[:TOLD]:
        value = p95(costs[name])
        say(
            Figure(
                figure=f"p95 of {name} at {OBJECTS:,} objects",
                value=value,
                unit="ms of CPU",
                bar=f"<= {P95_MS_MAX:.0f}",
                met=value <= P95_MS_MAX,
            )
        )
    above = sum(p95(each) > P95_MS_MAX for each in costs.values())
    say(
        Figure(
            figure=f"families of pages above the bar, of {len(costs)}",
            value=above,
            unit="families",
            bar="0",
            met=above == 0,
        )
    )


if __name__ == "__main__":
    main()
