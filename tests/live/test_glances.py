"""Glances: shared within a turn of the loop, and never older than their ticket."""

import asyncio

from foedus.hub import Hub
from foedus.live.glances import Glances


async def test_who_looks_in_the_same_turn_shares_a_glance(hub: Hub) -> None:
    glances = Glances(hub.reading)
    assert glances.look(1) is glances.look(1)
    glances.close()


async def test_a_glance_ends_with_its_turn(hub: Hub) -> None:
    glances = Glances(hub.reading)
    seen = glances.look(1)
    assert seen.db.in_transaction

    await asyncio.sleep(0)

    assert not seen.db.in_transaction
    assert glances.look(1) is not seen
    glances.close()


async def test_who_was_woken_since_looks_anew(hub: Hub) -> None:
    glances = Glances(hub.reading)
    before = glances.look(1)

    assert glances.look(2) is not before
    glances.close()


async def test_what_else_runs_reads_by_a_state_of_its_own(hub: Hub) -> None:
    glances = Glances(hub.reading)
    seen = glances.look(1)
    with hub.reading.snapshot() as own:
        assert own.db is not seen.db
    glances.close()
