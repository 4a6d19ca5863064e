"""A nation keeps so much of protocols at a time, and others none the less."""

import apsw
import pytest

from foedus import app
from foedus.errors import RuleViolationError
from foedus.response.quotas import PLAYBOOKS_MAX, RUNS_OPEN_MAX
from tests.response.theatre import Theatre, asking

_RUNS = """
WITH RECURSIVE copy (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < :more)
INSERT INTO run (run, label, coordinator, open, still, started_ms, started, now, state)
SELECT run || n, label, coordinator, open, still, started_ms, started, now, state
  FROM run, copy
"""

_PLAYBOOKS = """
WITH RECURSIVE copy (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < :more)
INSERT INTO playbook (playbook, nation, modified, position, arrival_ms, label, name,
                      lenient, source)
SELECT playbook || n, nation, modified, -n, arrival_ms, label, name, lenient, x'7b7d'
  FROM playbook, copy
"""


def copy(stage: Theatre, statement: str, more: int) -> None:
    """Let there be as many more of the only one that there is."""
    db = apsw.Connection(str(stage.folder / app.VIEWS))
    db.execute(statement, {"more": more})
    db.close()


async def test_a_nation_has_so_many_open_runs(stage: Theatre) -> None:
    playbook = await stage.bring(asking())
    run = await stage.start(playbook)
    copy(stage, _RUNS, RUNS_OPEN_MAX - 2)
    await stage.start(playbook)

    with pytest.raises(RuleViolationError, match="at most 2,000 runs"):
        await stage.start(playbook)
    await stage.start(playbook, "lva")
    await stage.cancel("est", run)
    await stage.start(playbook)


async def test_a_nation_keeps_so_many_playbooks(stage: Theatre) -> None:
    await stage.bring(asking(nations=["EST"]))
    copy(stage, _PLAYBOOKS, PLAYBOOKS_MAX - 2)
    await stage.bring(asking(nations=["LVA"]))

    with pytest.raises(RuleViolationError, match="at most 1,000 versions"):
        await stage.bring(asking(nations=["LTU"]))
    await stage.bring(asking(nations=["LVA"]))
    await stage.bring(asking(nations=["POL"]), "pol")
