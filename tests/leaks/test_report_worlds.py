"""Two worlds of reports: what other nations did leaves no trace in one's own.

In world A Lithuania and Estonia acknowledge, accept, note, delegate and decline; in
world B they do nothing. Neither sways when the step ends. Latvia's report, a
bystander's, and the digest's count of entries are the same, but for ids and digests,
which are drawn by lot.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from foedus.processes.escalating import settle
from foedus.response.moves import Accept, Acknowledge, Decline, Delegate, Note
from foedus.response.report import as_json, make
from foedus.response.report_html import as_html
from tests.response.conftest import founded_theatre
from tests.response.theatre import Theatre, asking

__all__ = ["founded_theatre"]

DRAWN = re.compile(r"(?:run|task)--[0-9a-f-]{36}|\b[0-9a-f]{64}\b")

CLOCKS = {"acknowledge": {"within": "PT1H"}, "complete": {"within": "PT3H"}}


@pytest.fixture
def worlds(founded_theatre: Path, tmp_path: Path) -> Iterator[list[Theatre]]:
    opened = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        opened.append(Theatre(founded_theatre, tmp_path / name))
    yield opened
    for each in opened:
        each.close()


async def wait(stage: Theatre, minutes: int) -> None:
    await stage.pass_time(timedelta(minutes=minutes))
    await settle(stage.hub.escalator)


async def reports(stage: Theatre, *, whole: bool) -> list[str]:
    """Play a run; give the reports of Latvia and of a bystander."""
    run = await stage.play(asking(clocks=CLOCKS))
    await stage.do("lva", stage.task("lva"), Acknowledge())
    if whole:
        await stage.do("ltu", stage.task("ltu"), Acknowledge())
        await stage.do("ltu", stage.task("ltu"), Delegate(team="the night shift"))
    await wait(stage, 61)
    if whole:
        [own] = [each for each in stage.inbox("est") if each.asked.nation == "EST"]
        await stage.do("est", own.asked.task, Accept(note="slowly"))
        await stage.do("ltu", stage.task("ltu"), Note(text="we saw something"))
        await stage.do("ltu", stage.task("ltu"), Decline(caveat="not our law"))
    await wait(stage, 120)
    return [written(stage, run, name) for name in ("lva", "fin")]


def written(stage: Theatre, run: str, name: str) -> str:
    with stage.hub.reading.snapshot() as seen:
        report = make(seen, stage.account(name).viewer(), run)
    named: dict[str, str] = {}
    text = as_json(report).decode() + as_html(report).decode()
    return DRAWN.sub(lambda found: named.setdefault(found[0], f"#{len(named)}"), text)


async def test_what_other_nations_did_leaves_no_trace(worlds: list[Theatre]) -> None:
    a, b = worlds

    trace = await reports(a, whole=True)

    assert trace == await reports(b, whole=False)
    assert '"nation": "LVA"' in trace[0]
    assert not any(word in text for text in trace for word in ("LTU", "our law"))
