"""Writing the events of what was admitted: labels printed, objects stamped."""

from collections.abc import Collection, Mapping
from datetime import timedelta

import msgspec
import orjson

from foedus.alliance.nations import Alliance
from foedus.clock import to_ms
from foedus.eventlog.envelope import Act, Append, Event
from foedus.ids import START, CollectionId, Position, StixId, event_ids
from foedus.intel import events
from foedus.intel.admission import Admitted
from foedus.intel.boards import Board, settled_text
from foedus.intel.events import MarkingDefined, Published, StandIn
from foedus.intel.reading import Stored
from foedus.releasability.join import FixedLabel, encode_label
from foedus.releasability.labels import print_label
from foedus.stix.markings import hub_marking_id, make_hub_definition
from foedus.stix.objects import StixObject
from foedus.stix.stamp import stamp_object

Marking = tuple[CollectionId, StixId]
"""A marking of the hub's in a collection, where it is defined."""


class _Printed(msgspec.Struct, frozen=True, kw_only=True):
    """A label as the events of one batch need it."""

    text: str
    encoded: msgspec.Raw
    marking: StixId


class Printer:
    """Prints labels, each once.

    Args:
        alliance: whose labels they are.
        defined: markings whose definitions are in the log for certain.
    """

    def __init__(
        self, alliance: Alliance, defined: Collection[Marking] = frozenset()
    ) -> None:
        self.defined = defined
        self._alliance = alliance
        self._printed: dict[FixedLabel, _Printed] = {}

    def print(self, label: FixedLabel) -> _Printed:
        """Print a label."""
        found = self._printed.get(label)
        if found is None:
            text = print_label(label.label, self._alliance)
            found = self._printed[label] = _Printed(
                text=text,
                encoded=msgspec.Raw(encode_label(label)),
                marking=hub_marking_id(text),
            )
        return found


class Writer:
    """Writes the events of one request.

    Args:
        act: who acts, and when.
        board: what its objects were judged by.
        printer: prints their labels.
        origins: what an object was made from, by its id.
        replaces: whether a new version withdraws the older ones of its lane.

    Attributes:
        met: the ids of the objects that were written.
        definitions: what defines the markings that they carry, and is not in the log.
    """

    def __init__(
        self,
        act: Act,
        board: Board,
        printer: Printer,
        *,
        origins: Mapping[str, StixId],
        replaces: bool,
    ) -> None:
        self.board = board
        self._who = act.who
        self._event_ids = event_ids(to_ms(act.at))
        self._printer = printer
        self._nation = board.viewer.nation
        self._collection = board.collection.id
        self._alliance = board.access.alliance
        self._origins = origins
        self._replaces = replaces
        held_for = timedelta(minutes=board.collection.hold_minutes)
        self._hold_until_ms = to_ms(act.at + held_for)
        self._settled: dict[str, str | None] = {}
        self.met: set[str] = set()
        self.definitions: dict[Marking, Append] = {}

    def published(
        self, each: StixObject, verdict: Admitted, after: Position | None
    ) -> Append:
        """Write one object's event, stamped where it has to be."""
        self.met.add(each.id)
        raw, splice, marking = each.raw, None, None
        printed = self._printer.print(verdict.label)
        if verdict.stamped:
            marking = self._stamp(printed)
            raw, cut = stamp_object(each, marking)
            splice = (cut.offset, cut.length) if cut is not None else None
        event = Published(
            collection=self._collection,
            id=StixId(each.id),
            type=each.type,
            version=each.version,
            version_us=each.version_us,
            nation=self._nation,
            label=printed.encoded,
            joined=verdict.joined,
            information_ms=verdict.information_ms,
            spec_version=each.spec_version,
            created_by=each.created_by_ref,
            revoked=each.revoked,
            splice=splice,
            stamp=marking,
            carries=self._carried(each, marking),
            unresolved=verdict.unresolved,
            origin=self._origins.get(each.id),
            waits_until_ms=self._hold_until_ms if verdict.waits else None,
            clearance=self.board.viewer.clearance if verdict.waits else None,
            ends_wait=verdict.ends_wait,
            replaces=self._older(each) if self._replaces else (),
            stand_ins=tuple(self._stand_in(each, old) for old in verdict.earlier),
            added_us=self.board.dated_us(each),
            object=msgspec.Raw(raw),
        )
        stream = events.lane_stream(self._collection, each.id, self._nation)
        return self._append(event, stream, after, printed.text)

    def _carried(self, each: StixObject, stamped: StixId | None) -> tuple[StixId, ...]:
        """Name the other settled markings of the hub's, and have them defined."""
        named = (*each.marking_refs, *each.granular_marking_refs)
        if not named:
            return ()
        found = []
        for marking in dict.fromkeys(named):
            text = None if marking == stamped else self._settled_text(marking)
            if text is not None:
                found.append(StixId(marking))
                self._define(found[-1], text)
        return tuple(found)

    def _settled_text(self, marking: str) -> str | None:
        """Read the text of a settled marking of the hub's; None for any other."""
        if marking not in self._settled:
            definition = self.board.definition(marking)
            self._settled[marking] = (
                settled_text(definition, self._alliance) if definition else None
            )
        return self._settled[marking]

    def _older(self, each: StixObject) -> tuple[int, ...]:
        """Name the older versions of the lane that a new one replaces."""
        return tuple(
            sorted(
                stored.modified_us
                for stored in self.board.own(each.id)
                if stored.collection == self.board.collection.key
                and stored.modified_us < each.version_us
            )
        )

    def _stand_in(self, each: StixObject, earlier: Stored) -> StandIn:
        """Write what who saw an earlier version only gets of a revoked one."""
        printed = self._printer.print(earlier.label)
        marking = None if earlier.label.is_public else self._stamp(printed)
        fields: dict[str, object] = {
            "type": each.type,
            "spec_version": each.spec_version,
            "id": each.id,
            "created": each.created,
            "modified": each.modified,
            "revoked": True,
            "object_marking_refs": [marking] if marking else None,
        }
        present = {name: value for name, value in fields.items() if value is not None}
        return StandIn(
            origin_us=earlier.modified_us,
            label=printed.encoded,
            stamp=marking,
            object=msgspec.Raw(orjson.dumps(present)),
        )

    def _stamp(self, printed: _Printed) -> StixId:
        """Give the marking of a label, and have it defined."""
        self._define(printed.marking, printed.text)
        return printed.marking

    def _define(self, marking: StixId, text: str) -> None:
        """Have a marking defined in the collection, unless it is."""
        key = (self._collection, marking)
        if key in self._printer.defined or key in self.definitions:
            return
        event = MarkingDefined(
            collection=self._collection,
            id=marking,
            text=text,
            object=msgspec.Raw(make_hub_definition(text)),
        )
        stream = events.marking_stream(self._collection, marking)
        self.definitions[key] = self._append(event, stream, START, text)

    def _append(
        self, event: Event, stream: str, after: Position | None, label: str
    ) -> Append:
        return Append(
            event_id=next(self._event_ids),
            stream=stream,
            event=event,
            who=self._who,
            label=label,
            after=after,
        )
