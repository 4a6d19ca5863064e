"""A hub in which something is on record of Moldova, for dossiers about it.

Founded once for all tests of dossiers, which only read. Poland publishes three objects:
one for everybody, one for members whoever they are, one for the members of its day.
The staff say what a measure asks for and what Moldova pledges to it; of one duty they
report how Moldova meets it.
"""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import msgspec
import orjson
from starlette.applications import Starlette

from foedus import app
from foedus.api.routes import routes
from foedus.clock import StoppedClock
from foedus.hub import Hub
from foedus.planning.assessing import assess
from foedus.planning.cases import Asked, Case, open_case
from foedus.planning.dossier import Dossier
from foedus.releasability.viewers import Role, Viewer
from foedus.stix.markings import TLP_2
from tests.api.world import HOST, NOON, OPEN, Client, World, bearer, indicator
from tests.planning.solving import InThread

TODAY = NOON.date()

BEFORE_FINLAND = date(2023, 4, 3)
"""The last day with thirty members."""

PACKED = (
    (1, "open", None),
    (2, "open", "AMBER"),
    (3, "members", None),
)
"""Objects by number, with their collection and what they are marked with."""


class Stage:
    """The hub, and dossiers as its accounts are shown them."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._made: dict[tuple[object, ...], Dossier] = {}

    def viewer(self, name: str) -> Viewer:
        """Look as an account; `pol` plans, too."""
        found = self.hub.authenticator.named(name).viewer()
        if name != "pol":
            return found
        roles = found.roles | {Role.PLANNER}
        return msgspec.structs.replace(found, roles=roles)

    @contextmanager
    def case(
        self, nation: str, to: str, *, name: str = "pol", **more: object
    ) -> Iterator[Case]:
        asked = msgspec.convert(
            {"nation": nation, "to": to, "on": TODAY, **more}, Asked
        )
        with self.hub.reading.snapshot() as seen:
            yield open_case(seen, self.viewer(name), asked)

    def dossier(
        self, nation: str, to: str, *, name: str = "pol", **more: object
    ) -> Dossier:
        """Give a dossier; of one that was made before, the same."""
        key = (nation, to, name, *more.items())
        if key not in self._made:
            self._made[key] = self.anew(nation, to, name=name, **more)
        return self._made[key]

    def anew(
        self, nation: str, to: str, *, name: str = "pol", **more: object
    ) -> Dossier:
        """Make a dossier, whether or not it was made before."""
        said = {"nation": nation, "to": to, "on": TODAY, **more}
        asked = msgspec.convert(said, Asked)
        return asyncio.run(assess(self.hub, self.viewer(name), asked)).dossier


@contextmanager
def staged(world: World, folder: Path) -> Iterator[Stage]:
    """Open a copy of the founded hub in which all of it is on record."""
    shutil.copytree(world.folder, folder)
    environment = {"FOEDUS_PUBLIC_URL": HOST}
    opened = app.open_hub(folder, environment=environment, clock=StoppedClock(NOON))
    hub = msgspec.structs.replace(opened, workers=InThread())
    hub.projector.start()
    try:
        asyncio.run(_fill(hub, world))
        yield Stage(hub)
    finally:
        app.close_hub(hub)


async def _fill(hub: Hub, world: World) -> None:
    pol = hub.authenticator.named("pol")
    for number, alias, light in PACKED:
        found: dict[str, Any] = dict(indicator(number))
        if light is not None:
            found["object_marking_refs"] = [TLP_2[light]]
        act = hub.act(pol, door="taxii", at=NOON)
        [outcome] = await hub.publish(pol, act, alias, [orjson.dumps(found)])
        assert outcome.outcome == "stored", outcome
    transport = httpx.ASGITransport(app=Starlette(routes=routes(hub)))
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as http:
        desk = Client(http, bearer(world.tokens["desk"]))
        await fill_readiness(desk)
        answer = await desk.post(
            "/api/v1/nations/MDA/obligations",
            {
                "obligation": "pfp/3",
                "status": "met",
                "evidence": "budget of 2026",
                "label": "TLP:GREEN",
            },
        )
        assert answer.is_success, answer.text


async def fill_readiness(desk: Client, label: str = "TLP:GREEN") -> None:
    """Record what a measure asks for, and what Moldova and Poland pledge to it."""
    asks = {
        "measure": "rapid_reaction",
        "needs": [{"type": "company", "amount": 10}],
        "standards": ["stanag_2019"],
        "since": "2026-01-01",
    }
    await _recorded(desk, "requirements", asks, label)
    for nation, size in (("POL", 6), ("MDA", 4)):
        unit = {
            "nation": nation,
            "name": f"{nation} battalion",
            "type": "company",
            "size": size,
            "measures": ["rapid_reaction"],
            "location": "Harbour",
            "since": "2026-01-01",
        }
        report = {
            "unit": await _recorded(desk, "units", unit, label),
            "posture": "at-notice",
            "notice_h": 48,
            "as_of": "2026-11-01",
            "valid_until": "2027-05-01",
            "available": 0.5,
            "available_to": 1.0,
            "evidence": "inspection",
        }
        await _recorded(desk, "unit-reports", report, label)
    watch = {
        "title": "Watch",
        "location": "Harbour",
        "needs": [{"type": "company", "amount": 2}],
        "since": "2026-11-01",
    }
    await _recorded(desk, "commitments", watch, label)
    test = {
        "first": "MDA",
        "second": "POL",
        "subject": "radio",
        "result": "issue",
        "on": "2026-10-01",
        "evidence": "test 7",
    }
    await _recorded(desk, "pair-tests", test, label)


async def _recorded(desk: Client, path: str, content: object, label: str) -> str:
    answer = await desk.post(f"/api/v1/{path}", {"content": content, "label": label})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["record"])


__all__ = ["OPEN", "Stage", "fill_readiness", "staged"]
