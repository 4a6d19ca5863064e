"""A nation keeps so much of protocols at a time, and others none the less."""

import pytest

from foedus.errors import RuleViolationError
from foedus.response import quotas
from tests.response.theatre import Theatre, asking


async def test_a_nation_has_so_many_open_runs(
    stage: Theatre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotas, "RUNS_OPEN_MAX", 2)
    playbook = await stage.bring(asking())
    first = await stage.start(playbook)
    await stage.start(playbook)

    with pytest.raises(RuleViolationError, match="at most 2 runs"):
        await stage.start(playbook)
    await stage.start(playbook, "lva")
    await stage.cancel("est", first)
    await stage.start(playbook)


async def test_a_nation_keeps_so_many_playbooks(
    stage: Theatre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotas, "PLAYBOOKS_MAX", 2)
    await stage.bring(asking(nations=["EST"]))
    await stage.bring(asking(nations=["LVA"]))

    with pytest.raises(RuleViolationError, match="at most 2 versions"):
        await stage.bring(asking(nations=["LTU"]))
    await stage.bring(asking(nations=["LVA"]))
    await stage.bring(asking(nations=["POL"]), "pol")
