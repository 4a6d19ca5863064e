"""What an examination found last: kept, so that a page can show it at once.

A finding never holds what has a label, so neither does what is kept.
"""

from datetime import datetime
from typing import Final

import msgspec

from foedus.clock import to_ms
from foedus.folder.doctor import examine
from foedus.folder.findings import Case, Finding, Level
from foedus.identity.store import StateStore

SETTING: Final = "doctor.examined"
"""The setting in `state.db` that holds the last examination."""


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """An examination of the data folder.

    Attributes:
        at_ms: when it began, in milliseconds since 1970.
    """

    at_ms: int
    findings: tuple[Finding, ...]

    @property
    def worst(self) -> Level:
        """How bad the worst finding is."""
        found = {each.level for each in self.findings}
        return next(
            (each for each in (Level.ERROR, Level.WARN) if each in found), Level.OK
        )


def last_examined(store: StateStore) -> Examined | None:
    """Give the last examination; None if there was none from a page."""
    raw = store.setting(SETTING)
    return None if raw is None else msgspec.json.decode(raw, type=Examined)


def examine_and_keep(case: Case, store: StateStore, at: datetime) -> Examined:
    """Look at everything, as `foedus doctor` does, and keep what was found."""
    found = Examined(at_ms=to_ms(at), findings=tuple(examine(case)))
    store.set_setting(SETTING, msgspec.json.encode(found).decode())
    return found
