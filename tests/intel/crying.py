"""News of the tests' own: an event that tells, and the view that folds it."""

import apsw
import msgspec

from foedus.eventlog.envelope import Event, Recorded
from foedus.ids import NationCode
from foedus.releasability.join import decode_label
from foedus.releasability.labelled import intern_label
from foedus.releasability.news import NewsKind, tell


class Cried(Event, frozen=True, kw_only=True, tag="test.cried"):
    """Something was told to whoever may read a label."""

    about: NewsKind
    thing: str
    type: str
    nation: str
    label: msgspec.Raw


class Crier:
    """Tells what was cried."""

    folds = Cried
    schema = ""

    def load(self, db: apsw.Connection) -> None:
        pass

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        if isinstance(event, Cried):
            tell(
                db,
                recorded,
                kind=event.about,
                thing=event.thing,
                type=event.type,
                label=intern_label(
                    db, decode_label(bytes(event.label)), NationCode(event.nation)
                ),
                document={"text": f"of {event.thing}"},
            )

    def close_commit(self, db: apsw.Connection, arrival_ms: int) -> None:
        pass
