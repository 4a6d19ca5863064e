"""The measures and modules there are: those of the pack, and those that were added.

- What is of the pack is known to everybody; what was added has a label.
- A measure goes by its key in the pack, or by its id; people may write its name.
"""

from datetime import date

import apsw
import msgspec

from foedus.errors import NotFoundError
from foedus.ids import NationCode
from foedus.readiness.reading import Held, Wanted, list_held
from foedus.readiness.records import Measure, Module
from foedus.releasability.access import Access
from foedus.releasability.viewers import Viewer


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """That a measure was declared.

    Attributes:
        level: the rung of a ladder that it belongs to, if any.
        decision: by which decision; empty where by none.
    """

    on: date
    author: NationCode
    level: str
    reason: str
    decision: str
    label: str


class MeasureLine(msgspec.Struct, frozen=True, kw_only=True):
    """A measure.

    Attributes:
        measure: its key in the pack, or the id under which it was declared.
        note: what is often misread about it.
        declared: how often it was declared that the viewer may see, the last first.
        label: who may see that there is such a measure; empty for everybody.
    """

    measure: str
    name: str
    purpose: str
    note: str
    declared: tuple[Declared, ...]
    illustrative: bool
    label: str


class ModuleLine(msgspec.Struct, frozen=True, kw_only=True):
    """A module of the training catalogue.

    Attributes:
        module: its key in the pack, or the id under which it was added.
        teaches: the standards that it trains people in, by id.
        label: who may see that there is such a module; empty for everybody.
    """

    module: str
    name: str
    purpose: str
    teaches: tuple[str, ...]
    illustrative: bool
    label: str


def list_measures(
    db: apsw.Connection, access: Access, viewer: Viewer
) -> list[MeasureLine]:
    """List the measures there are for a viewer: first those of the pack."""
    added = list_held(db, access, viewer, Measure)
    of_pack = [
        MeasureLine(
            measure=each.id,
            name=each.name,
            purpose=each.purpose,
            note=each.note,
            declared=tuple(
                _declared(one) for one in added if one.content.of == each.id
            ),
            illustrative=False,
            label="",
        )
        for each in access.alliance.pack.measures
    ]
    return of_pack + [
        MeasureLine(
            measure=each.record,
            name=each.content.name,
            purpose=each.content.purpose,
            note="",
            declared=(_declared(each),),
            illustrative=each.illustrative,
            label=each.label,
        )
        for each in reversed(added)
        if not each.content.of
    ]


def list_modules(
    db: apsw.Connection, access: Access, viewer: Viewer
) -> list[ModuleLine]:
    """List the modules there are for a viewer: first those of the pack."""
    of_pack = [
        ModuleLine(
            module=each.id,
            name=each.name,
            purpose=each.purpose,
            teaches=each.teaches,
            illustrative=False,
            label="",
        )
        for each in access.alliance.pack.modules
    ]
    return of_pack + [
        ModuleLine(
            module=each.record,
            name=each.content.name,
            purpose=each.content.purpose,
            teaches=each.content.teaches,
            illustrative=each.illustrative,
            label=each.label,
        )
        for each in reversed(list_held(db, access, viewer, Module))
    ]


def named_measure(
    db: apsw.Connection, access: Access, viewer: Viewer, text: str
) -> MeasureLine:
    """Find a measure by its key, its id or its name.

    Raises:
        NotFoundError: there is none, or not for this viewer.
    """
    wanted = text.strip().casefold()
    found = list_measures(db, access, viewer)
    for each in found:
        if each.measure == text.strip():
            return each
    for each in found:
        if wanted in {each.measure.casefold(), each.name.casefold()}:
            return each
    raise NotFoundError("no such measure; list those that are there for you")


def known_measure(
    db: apsw.Connection, access: Access, viewer: Viewer, key: str
) -> None:
    """Refuse a key of no measure.

    Raises:
        NotFoundError: it is none of the pack, and none that the viewer may see.
    """
    if any(each.id == key for each in access.alliance.pack.measures):
        return
    if not list_held(db, access, viewer, Measure, Wanted(record=key, limit=1)):
        raise NotFoundError("no such measure; list those that are there for you")


def known_module(db: apsw.Connection, access: Access, viewer: Viewer, key: str) -> None:
    """Refuse a key of no module.

    Raises:
        NotFoundError: it is none of the pack, and none that the viewer may see.
    """
    if any(each.id == key for each in access.alliance.pack.modules):
        return
    if not list_held(db, access, viewer, Module, Wanted(record=key, limit=1)):
        raise NotFoundError("no such module; list those that are there for you")


def _declared(held: Held[Measure]) -> Declared:
    return Declared(
        on=held.recorded,
        author=held.author,
        level=held.content.level,
        reason=held.content.purpose,
        decision=held.content.decision,
        label=held.label,
    )
