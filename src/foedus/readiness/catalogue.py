"""The training catalogue, with what nations have done of it, as a viewer may see it."""

from datetime import date

import apsw
import msgspec

from foedus.errors import NotFoundError
from foedus.readiness.measures import ModuleLine, list_modules
from foedus.readiness.reading import Held, Wanted, list_held
from foedus.readiness.records import Completion, Enrolment
from foedus.releasability.access import Access
from foedus.releasability.viewers import Viewer


class ModuleSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A module, and who was sent to it and completed it, the last recorded first.

    Attributes:
        valid: how many people hold certificates that are valid on the day.
    """

    module: ModuleLine
    as_of: date
    enrolments: tuple[Held[Enrolment], ...]
    completions: tuple[Held[Completion], ...]
    valid: int


def module_sheet(
    db: apsw.Connection, access: Access, viewer: Viewer, key: str, on: date
) -> ModuleSheet:
    """Show a viewer one module of the catalogue as of a day.

    Args:
        db: the views.
        access: who may see what.
        viewer: who asks.
        key: its key in the pack, or its id.
        on: as of when.

    Raises:
        NotFoundError: there is none, or not for this viewer.
    """
    for module in list_modules(db, access, viewer):
        if module.module == key:
            break
    else:
        raise NotFoundError("no such module; list those that are there for you")
    wanted = Wanted(on=on, module=key)
    enrolments = list_held(db, access, viewer, Enrolment, wanted)
    completions = list_held(db, access, viewer, Completion, wanted)
    return ModuleSheet(
        module=module,
        as_of=on,
        enrolments=tuple(enrolments),
        completions=tuple(completions),
        valid=sum(
            each.content.people
            for each in completions
            if each.content.valid_until is None or each.content.valid_until > on
        ),
    )
