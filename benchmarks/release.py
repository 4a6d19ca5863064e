"""What a release costs: until everybody sees it, and for those who read meanwhile.

- A release of 100,000 objects by HTTP, until the receiver can read the last of them;
  once alone, once while another nation reads pages without a pause and a third one
  publishes object after object.
- A page of 100 with 20 releases begun and hardly delivered, against one with none: two
  server processes over the same objects, in which nobody delivers. And a step of these
  releases, which is what everybody else may have to wait for.
- Reaches of 10,000 labels that mean a few hundred audiences.
- A change of status, and the next request.
"""

import asyncio
import itertools
import os
import shutil
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import _hub
import _objects
import _sharing
import orjson
from _figures import Figure, Work, cpu_here, in_turns, median_us, say, size
from granian import Granian
from starlette.applications import Starlette

from foedus import app
from foedus.clock import to_ms
from foedus.eventlog.envelope import Act, Append, Who
from foedus.hub import Hub
from foedus.ids import START, WHOEVER_RUNS_THE_HUB, new_event_id, new_release_id
from foedus.intel import releasing
from foedus.intel.events import Released, release_stream
from foedus.releasability.viewers import Role, Viewer
from foedus.releasability.views import count
from foedus.stix.markings import hub_marking_id, make_hub_definition

SECONDS_MAX = 5.0
"""The bar of the issue: until a release is visible."""

WAIT_MS_MAX = 50.0
"""The bar of the issue: what a release adds to the longest wait of others."""

RATIO_MAX = 1.6
"""The bar of the issue: a page with 20 releases pending, against none."""

REACHES_MAX = 1_000
"""What a few hundred audiences are at most, all of one type."""

OBJECTS = size("RELEASE_OBJECTS", 100_000)
PAGE_OBJECTS = size("RELEASE_PAGE_OBJECTS", 10_000)
REQUESTS = size("PAGE_REQUESTS", 1_000)
ROUNDS = size("ROUNDS", 5)
LABELS = size("RELEASE_LABELS", 10_000)
PENDING = 20
STEPS = 5
"""Of the first release; each delivers a thousand objects at most."""

POSTS = 2_000
"""Objects that may be posted meanwhile, about."""

QUIET_S = 5.0
"""Seconds in which others read and write and nothing is released."""

FOLDER = "FOEDUS_BENCH_FOLDER"
"""Where a server in which nobody delivers finds its hub."""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        visible(Path(scratch) / "visible")
        pending(Path(scratch) / "none", Path(scratch) / "pending")
        labels(Path(scratch) / "labels")


# A release, until it is visible


def visible(folder: Path) -> None:
    """Release everything, alone and beside others."""
    asyncio.run(_sharing.found(folder))
    objects = _objects.many(OBJECTS)
    _sharing.fill(folder, _objects.batches(objects))
    last = f"{_sharing.OBJECTS}{orjson.loads(objects[-1])['id']}/"
    port = _hub.free_port()
    with _hub.serve(folder, port) as server:
        server.wait(_sharing.OBJECTS, login=_hub.READER)
        release = alone(server, last)
        withdrawn(port, release, last)
        beside_others(server, last)
        status_change(port, last)


def alone(server: _hub.Server, last: str) -> str:
    """Release with nobody else there; gives the release."""
    author = _sharing.Api(server.port, _hub.PUBLISHER)
    with _hub.Client(server.port, _sharing.RECEIVER) as receiver:
        assert receiver.get(last)[0] == 404, "nothing is released yet"  # noqa: PLR2004 - HTTP's own number
        before, begun = server.cpu(), time.perf_counter()
        release = author.release()
        _sharing.until(lambda: receiver.get(last)[0] == 200)  # noqa: PLR2004 - as above
        seconds = time.perf_counter() - begun
        cpu = server.cpu() - before
        pages = _sharing.walk(receiver, limit=1_000)
        seen = sum(len(page["objects"]) for page in pages)
    author.close()
    assert seen >= OBJECTS * 0.99, f"{seen} of {OBJECTS} were released"
    say(_seconds(f"release of {OBJECTS:,} objects, until visible, alone", seconds))
    say(Figure(figure=f"release of {OBJECTS:,} objects, CPU", value=cpu, unit="s"))
    return release


def _seconds(figure: str, seconds: float) -> Figure:
    return Figure(
        figure=figure,
        value=seconds,
        unit="s",
        bar=f"value <= {SECONDS_MAX:g}",
        met=seconds <= SECONDS_MAX,
    )


def withdrawn(port: int, release: str, last: str) -> None:
    """Withdraw a release; nothing of it may be seen when the answer comes."""
    author = _sharing.Api(port, _hub.PUBLISHER)
    with _hub.Client(port, _sharing.RECEIVER) as receiver:
        begun = time.perf_counter()
        author.act(f"releases/{release}/withdraw", reason="")
        seconds = time.perf_counter() - begun
        gone = receiver.get(last)[0] == 404  # noqa: PLR2004 - HTTP's own number
    author.close()
    say(
        Figure(
            figure=f"withdrawal of a release of {OBJECTS:,} objects, until it is gone",
            value=seconds * 1e3,
            unit="ms",
            bar="on the next request",
            met=gone,
        )
    )


def beside_others(server: _hub.Server, last: str) -> None:
    """Release while one nation reads and another writes."""
    port = server.port
    author = _sharing.Api(port, _hub.PUBLISHER)
    bodies = _sharing.single_objects(POSTS)
    with (
        _hub.Client(port, _hub.READER) as reader,
        _hub.Client(port, _sharing.WRITER) as writer,
        _hub.Client(port, _sharing.RECEIVER) as receiver,
        _sharing.Busy(_sharing.reading(reader)) as reads,
        _sharing.Busy(_sharing.writing(writer, bodies), pause_s=0.01) as writes,
    ):
        time.sleep(1.0)
        quiet = time.perf_counter()
        time.sleep(QUIET_S)
        begun = time.perf_counter()
        author.release()
        _sharing.until(lambda: receiver.get(last)[0] == 200)  # noqa: PLR2004 - HTTP's own number
        ended = time.perf_counter()
        for name, busy in (("a page of 100", reads), ("a POST of one", writes)):
            _waits(name, busy.waits(quiet, begun), busy.waits(begun, ended))
    author.close()
    say(
        _seconds(
            f"release of {OBJECTS:,} objects, until visible, beside others",
            ended - begun,
        )
    )


def _waits(name: str, quiet: list[float], busy: list[float]) -> None:
    for which, of in (("longest", max), ("p99", _p99)):
        base, value = of(quiet) * 1e3, of(busy) * 1e3
        say(
            Figure(
                figure=f"{name} during a release, {which} wait of {len(busy)}",
                value=value,
                unit="ms",
                baseline=base,
                bar=f"value - baseline <= {WAIT_MS_MAX:g}",
                met=value - base <= WAIT_MS_MAX,
            )
        )


def _p99(seconds: list[float]) -> float:
    return sorted(seconds)[-1 - len(seconds) // 100]


def status_change(port: int, last: str) -> None:
    """Suspend the receiver and take it back; the next request has to obey."""
    desk = _sharing.Api(port, _sharing.DESK)
    took, obeyed = [], True
    today = time.strftime("%Y-%m-%d", time.gmtime())
    with _hub.Client(port, _sharing.RECEIVER) as receiver:
        for status, expected in (("suspended", 404), ("partner", 200)) * 2:
            begun = time.perf_counter()
            desk.act("nations/MDA/status", status=status, **{"from": today})
            took.append(time.perf_counter() - begun)
            obeyed &= receiver.get(last)[0] == expected
    desk.close()
    say(
        Figure(
            figure=f"a change of status, {OBJECTS:,} objects",
            value=max(took) * 1e3,
            unit="ms",
            bar="on the next request",
            met=obeyed,
        )
    )


# A page, while releases are pending


def pending(none: Path, some: Path) -> None:
    """Page with and without releases that are begun and not delivered."""
    asyncio.run(_sharing.found(none))
    _sharing.fill(none, _objects.batches(_named_half(PAGE_OBJECTS)))
    shutil.copytree(none, some)
    steps = asyncio.run(_begin_releases(some))
    say(
        Figure(
            figure=f"a step of 1,000 with {PENDING} releases pending, CPU",
            value=statistics.median(steps) * 1e3,
            unit="ms",
            bar=f"value <= {WAIT_MS_MAX:g}",
            met=statistics.median(steps) * 1e3 <= WAIT_MS_MAX,
        )
    )
    ports = _hub.free_port(), _hub.free_port()
    with (
        serve_held(none, ports[0]) as without,
        serve_held(some, ports[1]) as with_releases,
    ):
        servers = {"none": without, "pending": with_releases}
        works = {}
        for name, server in servers.items():
            server.wait(_sharing.OBJECTS, login=_sharing.RECEIVER)
            works[name] = _paging(server)
        cost = in_turns(works, rounds=ROUNDS)
    base, value = median_us(cost["none"]), median_us(cost["pending"])
    say(
        Figure(
            figure=f"page of 100 with {PENDING} releases pending, CPU a page",
            value=value,
            unit="us",
            baseline=base,
            ratio=value / base,
            bar=f"ratio <= {RATIO_MAX:g}",
            met=value / base <= RATIO_MAX,
        )
    )


def _named_half(objects: int) -> list[bytes]:
    """Give objects, every other one of which names the receiver."""
    text = f"{_hub.LABEL}, MDA"
    found = [make_hub_definition(text)]
    for number, raw in enumerate(_objects.many(objects)):
        made = orjson.loads(raw)
        if number % 2 and made["type"] != "marking-definition":
            made["object_marking_refs"] = [hub_marking_id(text)]
        found.append(orjson.dumps(made))
    return found


async def _begin_releases(folder: Path) -> list[float]:
    """Append releases that nobody delivers, but for some steps of the first.

    Returns:
        The seconds of CPU of each of these steps.
    """
    hub = app.open_hub(folder, environment={})
    for number in range(PENDING):
        event = Released(
            release=new_release_id(),
            nation=hub.alliance.nation("POL") or "",  # type: ignore[arg-type]
            to=(hub.alliance.nation("MDA") or "",),  # type: ignore[arg-type]
            selection=_hub.LABEL,
            since_ms=number,
        )
        request = Append(
            event_id=new_event_id(to_ms(hub.clock())),
            stream=release_stream(event.release),
            event=event,
            who=_act(hub).who,
            after=START,
        )
        await hub.log.append(request)
    hub.projector.catch_up()
    taken = []
    for _ in range(STEPS):
        before = cpu_here()
        assert await releasing.step(_hub.desk(hub), _act(hub)), "there is much to do"
        hub.projector.catch_up()
        taken.append(cpu_here() - before)
    app.close_hub(hub)
    return taken


def _act(hub: Hub) -> Act:
    who = Who(account=WHOEVER_RUNS_THE_HUB, nation=hub.alliance.code, door="cli")
    return Act(who=who, at=hub.clock())


def _paging(server: _hub.Server) -> Work:
    """Make a round of reading pages."""
    client = _hub.Client(server.port, _sharing.RECEIVER)
    start = path = f"{_sharing.OBJECTS}?limit=100"
    paths = []
    for page in _sharing.walk(client):
        if len(page["objects"]) == 100:  # noqa: PLR2004 - whole pages alone
            paths.append(path)
        path = f"{start}&next={page.get('next')}"

    fresh = itertools.count()

    def work() -> float:
        before = server.cpu()
        for number in range(REQUESTS):
            # A filter that nobody knows is ignored, and keeps the page from being kept.
            path = f"{paths[number % len(paths)]}&match[x]={next(fresh)}"
            status, _ = client.get(path)
            assert status == 200  # noqa: PLR2004 - HTTP's own number
        return (server.cpu() - before) / REQUESTS

    return work


def serve_held(folder: Path, port: int) -> _hub.Server:
    """Start to serve a hub in which nothing runs but the answers to requests."""
    command = [sys.executable, __file__, str(port)]
    return _hub.Server(command, port, {FOLDER: str(folder)})


def application() -> Starlette:
    """Make the application of such a server."""
    return app.asgi(app.open_hub(Path(os.environ[FOLDER]), environment={}))


def held(port: int) -> None:
    """Serve without the protocol by which background tasks are started."""
    Granian(
        f"{Path(__file__).stem}:application",
        port=port,
        interface="asginl",  # type: ignore[arg-type]  # as on the command line
        factory=True,
        working_dir=Path(__file__).parent,
        log_enabled=False,
    ).serve()


# Labels


def labels(folder: Path) -> None:
    """Publish under many texts that mean few audiences."""
    asyncio.run(_sharing.found(folder))
    reaches = asyncio.run(_publish_labels(folder))
    say(
        Figure(
            figure=f"reaches of {LABELS:,} labels that mean {_AUDIENCES} audiences",
            value=reaches,
            unit="reaches",
            bar=f"value <= {REACHES_MAX}",
            met=reaches <= REACHES_MAX,
        )
    )


_MEMBERS = (
    "BEL",
    "CAN",
    "CZE",
    "DEU",
    "DNK",
    "ESP",
    "EST",
    "FIN",
    "FRA",
    "GRC",
    "ITA",
    "POL",
)
"""Each publishes a twelfth of the labels; its quota is a thousand."""

_PARTNERS = ("AUT", "CHE", "GEO", "IRL", "MDA", "UKR")

_ADDED = [
    added for number in range(3) for added in itertools.combinations(_PARTNERS, number)
]
"""What is added to NATO: 22 sets of partners."""

_AUDIENCES = len(_MEMBERS) * len(_ADDED)
"""An audience is one of a nation: what it holds also depends on who originated it."""


async def _publish_labels(folder: Path) -> int:
    hub = app.open_hub(folder, environment={})
    before = _reaches(hub)
    for place, nation in enumerate(_MEMBERS):
        viewer = Viewer(
            nation=hub.alliance.nation(nation) or "",  # type: ignore[arg-type]
            clearance=hub.alliance.level("NATO RESTRICTED") or 0,
            roles=frozenset({Role.PUBLISHER}),
            account=WHOEVER_RUNS_THE_HUB,
        )
        texts = list(itertools.islice(_texts(), LABELS // len(_MEMBERS)))
        objects = [
            raw
            for number, text in enumerate(texts)
            for raw in _labelled(text, place * LABELS + number)
        ]
        for part in _objects.batches(objects):
            await _sharing.publish(hub, viewer, part)
    found = _reaches(hub) - before
    app.close_hub(hub)
    return found


def _texts() -> Iterator[str]:
    """Spell every audience in one way after the other: members need no naming."""
    for number in range(len(_MEMBERS)):
        for named in itertools.combinations(_MEMBERS, number):
            for added in _ADDED:
                yield ", ".join((_hub.LABEL, *named, *added))


def _labelled(text: str, number: int) -> tuple[bytes, bytes]:
    """Give an object under a label, and the definition that says so."""
    malware = {
        "type": "malware",
        "spec_version": "2.1",
        "id": f"malware--{uuid.UUID(int=number, version=4)}",
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "is_family": False,
        "object_marking_refs": [hub_marking_id(text)],
    }
    return make_hub_definition(text), orjson.dumps(malware)


def _reaches(hub: Hub) -> int:
    with hub.reading.snapshot() as seen:
        return count(seen.db)


if __name__ == "__main__":
    if sys.argv[1:]:
        held(int(sys.argv[1]))
    else:
        main()
