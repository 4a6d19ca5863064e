"""Examining a data folder: everything that can go wrong, looked at once.

- It mends nothing, and works where the hub does not.
- A check that fails itself is a finding; the others go on.
- It remembers in `state.db` how far the chain was good, and nothing else.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import apsw

from foedus.errors import FoedusError
from foedus.folder.checks import clocks, files, history, people, surroundings
from foedus.folder.findings import Case, Check, Finding, Level, error
from foedus.folder.formats import is_founded

ALWAYS: Final[Sequence[Check]] = (
    surroundings.sqlite,
    surroundings.descriptors,
    surroundings.port,
    files.founded,
)
"""What is looked at also where there is no hub."""

OF_A_HUB: Final[Sequence[Check]] = (
    files.permissions,
    files.space,
    files.formats,
    files.journals,
    files.locks,
    files.leftovers,
    surroundings.settings,
    surroundings.public_url,
    surroundings.tls,
    surroundings.certificates,
    surroundings.metrics,
    history.integrity,
    history.clock,
    history.views,
    history.chain,
    history.backups,
    clocks.clocks,
    people.passwords,
    people.tokens,
    people.second_factors,
    people.demo,
)
"""What is looked at where there is one."""


def examine(case: Case) -> Iterator[Finding]:
    """Look at everything, and give what is found as it is found."""
    for check in ALWAYS:
        yield from _looked(check, case)
    if is_founded(case.folder):
        for check in OF_A_HUB:
            yield from _looked(check, case)


def is_well(findings: Sequence[Finding]) -> bool:
    """Tell whether nothing is worse than a warning."""
    return all(finding.level is not Level.ERROR for finding in findings)


def _looked(check: Check, case: Case) -> Iterator[Finding]:
    try:
        yield from check(case)
    except (FoedusError, apsw.Error, OSError) as failure:
        yield error(
            check.__name__,
            f"this could not be looked at ({type(failure).__name__})",
            "see to what else is found first, then run this again",
        )
