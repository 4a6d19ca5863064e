"""Telling of changes as OpenCTI does: an object is one thing that comes, changes, goes.

- A newer version is an update, with the patch between the two versions as *this reader*
  sees them; where the older one is not there for it now, the object is created.
- What no longer makes a difference is not told: an older version that comes after a
  newer one, the same one out of a second collection, an older one that goes.
- Where the last version goes, the object is deleted; what is left of it for the reader,
  an older version, is created anew, so that nothing of the last one stays behind.
- A deletion says which object, and of which type. Nothing else is read of what went.
- What an object refers to goes before it, as far as the reader sees it, unless it
  has been told on this connection.

Source: `cti-platforms` reference, 0.3 and 3a; ADR 17.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
import orjson

from foedus.compat import envelopes, extension
from foedus.intel.histories import Histories, Seen
from foedus.intel.ordinals import STEP_BITS
from foedus.intel.places import Change
from foedus.stix.extending import extend
from foedus.stix.references import Findings, walk
from foedus.stix.timestamps import parse_us

LAST_STEP: Final = (1 << STEP_BITS) - 1
"""The step in which an older version comes in the place of one that went."""

MAIN_STEP: Final = LAST_STEP - 1
"""The step in which a change itself is told."""

FIRST_STEP: Final = 16
"""The step of the first dependency."""

DEPENDENCIES_MAX: Final = MAIN_STEP - FIRST_STEP
"""Dependencies of one object, theirs included."""

REMEMBERED_MAX: Final = 50_000
"""Objects that a connection remembers to have told; some 10 MB."""

_GONE: Final = -1
_OWN_REFERENCES: Final = ("object_marking_refs", "created_by_ref")


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a change.

    Attributes:
        step: which step of telling the change it is.
        name: `create`, `update` or `delete`.
        data: its envelope.
    """

    step: int
    name: str
    data: bytes


class Memory:
    """What has been told on one connection: of each object the version, or its end."""

    def __init__(self) -> None:
        self._told: OrderedDict[str, int] = OrderedDict()

    def note(self, stix_id: str, modified_us: int) -> None:
        """Remember what was told of an object."""
        self._told[stix_id] = modified_us
        self._told.move_to_end(stix_id)
        if len(self._told) > REMEMBERED_MAX:
            self._told.popitem(last=False)

    def note_gone(self, stix_id: str) -> None:
        """Remember that an object was deleted."""
        self.note(stix_id, _GONE)

    def version(self, stix_id: str) -> int | None:
        """Give which version was told last; None if none is remembered."""
        found = self._told.get(stix_id)
        return None if found == _GONE else found

    def is_gone(self, stix_id: str) -> bool:
        """Tell whether an object was deleted, and not created since."""
        return self._told.get(stix_id) == _GONE


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """How changes are told.

    Attributes:
        deletes: whether deletions are.
        dependencies: whether what objects refer to goes before them.
    """

    deletes: bool = True
    dependencies: bool = True


class Teller:
    """Tells of changes to one reader, inside one snapshot.

    Args:
        here: looks up objects in the stream.
        everywhere: looks up what they refer to, wherever the reader may read.
        memory: of the connection.
        wish: how to tell.
    """

    def __init__(
        self, here: Histories, everywhere: Histories, memory: Memory, wish: Wish
    ) -> None:
        self._here = here
        self._everywhere = everywhere
        self._memory = memory
        self._wish = wish

    def tell(self, change: Change, *, recover_ms: int = 0) -> Iterator[Event]:
        """Give the events of a change; none where it makes no difference.

        Args:
            change: what came or was lost.
            recover_ms: until when what there was then is told, not what happened.
        """
        history = self._here.of(change.id)
        before = [each for each in history if each.place < change.place]
        if change.is_lost:
            yield from self._lost(change, before)
            return
        came = next((each for each in history if each.place == change.place), None)
        if came is None or any(e.modified_us >= came.modified_us for e in before):
            return
        recovering = change.place.commit_ms <= recover_ms
        if recovering and _is_superseded(came, history, recover_ms):
            return
        about = orjson.loads(change.raw)
        yield from self._dependencies(about)
        since_us = min((each.added_us for each in before), default=came.added_us)
        content = extension.described(
            about, created_us=since_us, updated_us=came.added_us
        )
        raw = extend(change.raw, about, extension.DEFINITION, content)
        older = self._older(before) if before and not recovering else None
        self._memory.note(change.id, came.modified_us)
        yield Event(
            step=MAIN_STEP,
            name="create" if older is None else "update",
            data=envelopes.told(
                "create" if older is None else "update",
                about,
                raw,
                origin=envelopes.INIT if recovering else {},
                context={} if older is None else envelopes.changed(older, about),
            ),
        )

    def _older(self, before: list[Seen]) -> dict[str, Any] | None:
        """Give the last version before; None if it was erased a moment ago."""
        raw = self._here.raw(before[0].version)
        found: dict[str, Any] | None = orjson.loads(raw) if raw else None
        return found

    # What went

    def _lost(self, change: Change, left: list[Seen]) -> Iterator[Event]:
        stix_id = change.id
        if left and left[0].modified_us >= parse_us(change.version):
            return
        if left and self._memory.version(stix_id) == left[0].modified_us:
            return
        if not self._memory.is_gone(stix_id):
            self._memory.note_gone(stix_id)
            if self._wish.deletes:
                yield Event(
                    step=MAIN_STEP,
                    name="delete",
                    data=envelopes.gone(stix_id, change.type),
                )
        if left and (found := self._as_it_is(left, {})) is not None:
            self._memory.note(stix_id, left[0].modified_us)
            yield Event(step=LAST_STEP, name="create", data=found[1])

    # What is referred to

    def _dependencies(self, about: Mapping[str, Any]) -> Iterator[Event]:
        if not self._wish.dependencies:
            return
        met: dict[str, bytes] = {}
        self._gather(about, met, {str(about["id"])})
        for count, data in enumerate(met.values()):
            yield Event(step=FIRST_STEP + count, name="create", data=data)

    def _gather(
        self, about: Mapping[str, Any], met: dict[str, bytes], seen: set[str]
    ) -> None:
        """Gather what is referred to, what that refers to before it."""
        todo = [(about, iter(_references(about)))]
        waiting: list[tuple[str, bytes]] = []
        while todo:
            stix_id = next(todo[-1][1], None)
            if stix_id is None:
                todo.pop()
                if waiting:
                    name, data = waiting.pop()
                    met[name] = data
                continue
            if stix_id in seen or self._memory.version(stix_id) is not None:
                continue
            seen.add(stix_id)
            if len(seen) > DEPENDENCIES_MAX:
                continue
            history = self._everywhere.of(stix_id)
            found = self._as_it_is(history, envelopes.DEPENDENCY) if history else None
            if found is not None:
                tree, data = found
                self._memory.note(stix_id, history[0].modified_us)
                waiting.append((stix_id, data))
                todo.append((tree, iter(_references(tree))))

    def _as_it_is(
        self, history: list[Seen], origin: Mapping[str, str]
    ) -> tuple[dict[str, Any], bytes] | None:
        """Tell of an object as it is; None if it was erased a moment ago."""
        newest = history[0]
        raw = self._everywhere.raw(newest.version)
        if not raw:
            return None
        tree: dict[str, Any] = orjson.loads(raw)
        content = extension.described(
            tree,
            created_us=min(each.added_us for each in history),
            updated_us=newest.added_us,
        )
        extended = extend(raw, tree, extension.DEFINITION, content)
        return tree, envelopes.told("create", tree, extended, origin=origin, context={})


def _is_superseded(came: Seen, history: list[Seen], until_ms: int) -> bool:
    """Tell whether a newer version had come by an instant."""
    return any(
        each.modified_us > came.modified_us and each.place.commit_ms <= until_ms
        for each in history
    )


def _references(about: Mapping[str, Any]) -> list[str]:
    """List what an object refers to: its markings and its author first."""
    found: dict[str, None] = {}
    for name in _OWN_REFERENCES:
        value = about.get(name)
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str):
                found[each] = None
    findings = Findings()
    walk(dict(about), findings, strict=False)
    found |= findings.references
    return list(found)
