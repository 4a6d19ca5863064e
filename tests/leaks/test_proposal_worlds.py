"""Two worlds of proposals: what a rule's nation never saw leaves no trace in them.

Nations publish and sight indicators under labels, by lot, while two rules of Estonia
are judged: one up to what is unclassified, one above. World B is world A without what
an officer who is cleared for the former may not see: hidden posts, and the other rule.
After every act that officer is shown the same proposals and told the same news, but for
ids, which are drawn by lot and compared by order of appearance; others know of none.
"""

import random
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from foedus.errors import FoedusError
from foedus.releasability.labelled import readable_labels
from foedus.releasability.news import Spot, Wanted, items_after
from foedus.response.proposals_sheets import proposal_sheet
from tests.processes import activating_world
from tests.processes.activating_world import (
    ABOVE,
    HIDDEN,
    RESTRICTED,
    Lookout,
    indicator,
    sighting,
)

DEEDS = 24

ID = re.compile(r"(?:proposal|trigger|run|playbook)--[0-9a-f-]{36}")

TOLD = Wanted(kinds=("task",), types=("proposal",))

Trace = list[str]


class Deed(msgspec.Struct, frozen=True):
    """One act by lot.

    Attributes:
        about: the number of the indicator.
        label: under which; empty for what all members see.
    """

    verb: str
    name: str
    number: int
    about: int
    label: str

    @property
    def is_an_officer_s(self) -> bool:
        """Whether it is done to a proposal, by the officer who is shown it."""
        return self.verb in ("approve", "dismiss")


def history(seed: int) -> list[Deed]:
    """Draw deeds."""
    lot = random.Random(seed)  # noqa: S311 - a test's own
    return [
        Deed(
            verb=lot.choice(["post", "sight", "sight", "approve", "dismiss"]),
            name=lot.choice(["pol-two", "lva", "fin"]),
            number=number,
            about=lot.randrange(4),
            label=lot.choice(["", "", HIDDEN, ABOVE]),
        )
        for number in range(1, DEEDS + 1)
    ]


def has(deed: Deed) -> bool:
    """Tell whether the nation that acts may use the label."""
    return not deed.label or deed.name == "pol-two"


async def world(lookout: Lookout, deeds: list[Deed], *, whole: bool) -> Trace:
    """Play deeds; give what the officer is shown after each."""
    playbook = await lookout.protocol()
    await lookout.rule(playbook, quiet="PT5S", sighted_by=1)
    if whole:
        await lookout.rule(playbook, "est-two", ceiling=RESTRICTED)
    else:
        lookout.clock.advance(activating_world.A_SECOND)
    await lookout.post("pol", *(indicator(100 + number) for number in range(4)))
    trace: Trace = []
    for deed in deeds:
        before = lookout.clock()
        if deed.is_an_officer_s or ((whole or not deed.label) and has(deed)):
            await play(lookout, deed)
        lookout.clock.set(before + activating_world.A_SECOND)
        trace.append(shown(lookout))
    return trace


async def play(lookout: Lookout, deed: Deed) -> None:
    """Do one deed; approvals and dismissals are the officer's, of what he sees."""
    if deed.verb == "post":
        thing = indicator(200 + deed.number)
        await lookout.post(deed.name, thing, label=deed.label)
    elif deed.verb == "sight":
        thing = sighting(300 + deed.number, indicator(100 + deed.about))
        await lookout.post(deed.name, thing, label=deed.label)
    elif lookout.proposals():
        act = lookout.approve if deed.verb == "approve" else lookout.dismiss
        try:
            await act("est")
        except FoedusError as error:
            lookout.said.append(error.detail)


def shown(lookout: Lookout) -> str:
    """Write what the officer is shown and told, with ids by order of appearance."""
    with lookout.hub.reading.snapshot() as seen:
        viewer = lookout.account("est").viewer()
        sheets = [proposal_sheet(seen, viewer, each) for each in lookout.proposals()]
        readable = readable_labels(seen.db, seen.access, viewer)
        told = items_after(seen.db, readable, TOLD, Spot(0, 0, 0), limit=500)
    written = msgspec.json.encode(
        [sheets, [each.document.decode() for each in told], lookout.said]
    ).decode()
    named: dict[str, str] = {}
    return ID.sub(lambda found: named.setdefault(found[0], f"#{len(named)}"), written)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return activating_world.founded_in(tmp_path_factory.getbasetemp())


@pytest.fixture
def worlds(founded: Path, tmp_path: Path) -> Iterator[list[Lookout]]:
    opened = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        opened.append(Lookout(founded, tmp_path / name))
    yield opened
    for each in opened:
        each.close()


@pytest.mark.parametrize("drawn", range(2))
async def test_what_was_hidden_leaves_no_trace_in_what_is_proposed(
    worlds: list[Lookout], drawn: int
) -> None:
    a, b = worlds
    deeds = history(drawn)

    trace = await world(a, deeds, whole=True)
    without = await world(b, deeds, whole=False)

    assert trace == without
    assert len(a.proposals("est-two")) > len(a.proposals()) > 0
    assert [a.proposals(name) for name in ("pol-two", "lva", "nato")] == [[], [], []]
