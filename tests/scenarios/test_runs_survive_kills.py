"""Runs over fifty nations, through `kill -9` at any moment: nothing lost or doubled.

No act that was acknowledged is lost; no task, no transition and no notice of one stands
twice; and folding the log anew gives the same runs.
"""

import asyncio
import sys
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from foedus import app
from foedus.alliance.pack import load_pack
from foedus.clock import system_clock
from foedus.eventlog.envelope import Act
from foedus.hub import Hub
from foedus.identity.commands import open_account
from foedus.identity.rules import Opening
from foedus.identity.tokens import TokenTerms
from foedus.ids import START
from foedus.releasability.viewers import Role
from foedus.response.events import RunStarted, StepAnswered
from foedus.response.importing import Importing, import_playbook
from tests.response.books import Json, book
from tests.response.theatre import FOUNDER, Theatre, assign

PLAYERS = Path(__file__).with_name("dying_players.py")
NATIONS = 50
STEPS = 6
LABEL = "NATO UNCLASSIFIED // PUBLIC"


def playbook(nations: list[str]) -> Json:
    """Write six steps behind each other, each asked of every nation."""
    names = [f"A{n}" for n in range(1, STEPS + 1)]
    steps = {
        name: {"on_completion": following}
        for name, following in zip(names, [*names[1:], "E"], strict=True)
    }
    document = book({**steps, "E": {}})
    for name in names:
        assign(document, name, nations=nations)
    return document


async def found(folder: Path) -> str:
    """Found a hub with an officer of each of fifty nations; give the playbook."""
    hub = await app.create(folder, load_pack("nato"), environment={})
    act = Act(who=FOUNDER, at=system_clock())
    nations = sorted(
        code
        for code in hub.alliance.nations
        if hub.alliance.standing(code, hub.access.on)
    )[:NATIONS]
    for nation in nations:
        opening = Opening(
            name=nation.lower(), nation=nation, roles=frozenset({Role.DUTY_OFFICER})
        )
        await open_account(
            hub.registry, opening, TokenTerms(), alliance=hub.alliance, act=act
        )
    opening = Opening(name="nato", nation="NATO", roles=frozenset({Role.SECRETARIAT}))
    await open_account(
        hub.registry, opening, TokenTerms(), alliance=hub.alliance, act=act
    )
    hub.projector.catch_up()
    lead = hub.authenticator.named("nato")
    raw = msgspec.json.encode(playbook(list(nations)))
    edition, _ = await import_playbook(
        hub.desk,
        lead.viewer(),
        hub.act(lead, door="test", at=system_clock()),
        Importing(raw=raw, label=LABEL),
    )
    app.close_hub(hub)
    return edition.playbook


def check(hub: Hub, acks: Path) -> None:
    """Hold the log and the views against each other, and against what was told."""
    entries = {each.position: each for each in hub.log.read_after(START, 10**7)}
    for line in acks.read_text().splitlines():
        position, name = line.split()
        assert entries[int(position)].stream.endswith(name), "acknowledged, and lost"
    kinds = Counter(
        (each.stream, each.kind)
        for each in entries.values()
        if each.stream.startswith("tasks/")
    )
    doubled = {key: n for key, n in kinds.items() if n > 1}
    assert not doubled
    answered: Counter[tuple[str, int]] = Counter()
    started = 0
    for each in entries.values():
        event = hub.codec.decode(each) if each.stream.startswith("runs/") else None
        started += isinstance(event, RunStarted)
        if isinstance(event, StepAnswered):
            answered[each.stream, event.number] += 1
    assert set(answered.values()) <= {1}
    with hub.reading.snapshot() as seen:
        per_step = seen.db.execute(
            "SELECT count(*), count(DISTINCT nation) FROM task GROUP BY run, number"
        ).fetchall()
        assert set(per_step) == {(NATIONS, NATIONS)}
        begun = seen.db.execute("SELECT count(*) FROM activation").get
        ended = seen.db.execute(
            "SELECT count(*) FROM activation WHERE ended_ms IS NOT NULL"
        ).get
        assert (len(per_step), sum(answered.values())) == (begun, ended)
        told = seen.db.execute(
            "SELECT thing, json_extract(CAST(document AS TEXT), '$.happened'), "
            "count(*) FROM news WHERE type = 'task' GROUP BY 1, 2"
        ).fetchall()
        assert {n for _, happened, n in told if happened == "asked"} == {1}
        assert sum(1 for each in told if each[1] == "asked") == begun * NATIONS
        assert {n for *_, n in told} == {1}
        assert seen.db.execute("SELECT count(*) FROM run").get == started


@pytest.mark.parametrize("kills", [pytest.param(200, marks=pytest.mark.soak)])
async def test_nothing_is_lost_or_doubled_by_kills(tmp_path: Path, kills: int) -> None:
    folder, acks = tmp_path / "data", tmp_path / "acks"
    name = await found(folder)

    process = await asyncio.create_subprocess_exec(
        sys.executable, str(PLAYERS), str(folder), name, str(acks), str(kills)
    )
    assert await process.wait() == 0

    hub = app.open_hub(folder, environment={})
    hub.projector.start()
    await hub.responded()
    check(hub, acks)
    before = Theatre.dump_of(folder)
    hub.projector.rebuild()
    assert Theatre.dump_of(folder) == before
    app.close_hub(hub)
