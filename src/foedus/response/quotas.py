"""How much of protocols one nation may keep at a time.

It is counted over all that the nation has, whoever of it may see that: the limits are
the nation's own, and tell its people of nothing but their own colleagues' work.
"""

from typing import Final

import apsw

from foedus.errors import RuleViolationError
from foedus.ids import NationCode

RUNS_OPEN_MAX: Final = 2_000
"""Runs of one nation that go on; each is looked at whenever something is due."""

PLAYBOOKS_MAX: Final = 1_000
"""Versions of playbooks that one nation keeps; a catalogue has a few dozen."""

_RUNS: Final = """
SELECT count(*) FROM run WHERE coordinator = :nation AND open = 1
"""

_PLAYBOOKS: Final = """
SELECT count(*) FROM playbook WHERE nation = :nation
"""


def check_runs(db: apsw.Connection, nation: NationCode) -> None:
    """Refuse a run beyond those that a nation may have open.

    Raises:
        RuleViolationError: it has as many as it may.
    """
    if db.execute(_RUNS, {"nation": nation}).get >= RUNS_OPEN_MAX:
        raise RuleViolationError(
            f"a nation has at most {RUNS_OPEN_MAX:,} runs that go on; cancel one"
        )


def check_playbooks(db: apsw.Connection, nation: NationCode) -> None:
    """Refuse a playbook beyond those that a nation may keep.

    Raises:
        RuleViolationError: it has as many as it may.
    """
    if db.execute(_PLAYBOOKS, {"nation": nation}).get >= PLAYBOOKS_MAX:
        raise RuleViolationError(
            f"a nation keeps at most {PLAYBOOKS_MAX:,} versions of playbooks; "
            "start those that are here"
        )
