"""Taking playbooks in, and giving them back as they were.

- What is refused by the rules of CACAO is not taken.
- A version of a playbook never changes: the same id and instant are the same bytes.
- Only the nation that brought a playbook brings newer versions of it. What a nation
  may not see of others' does not stand in its way: it has a lane of its own.
- The bytes are kept, so that an export is what was imported, to the last space in it.

Source: CACAO 2.0, section 3.1 (versioning); DESIGN §6, "Lanes".
"""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

import msgspec

from foedus.clock import from_ms, to_ms
from foedus.errors import ForbiddenError, NotFoundError, RuleViolationError
from foedus.eventlog.envelope import Act, Append
from foedus.ids import Position, new_event_id
from foedus.intel.commands import Desk
from foedus.intel.reading import Snapshot
from foedus.releasability.join import FixedLabel, encode_label, fix, join_all
from foedus.releasability.labelled import LabelBudget
from foedus.releasability.labelling import label_for
from foedus.releasability.labels import print_label
from foedus.releasability.sources import label_of_tlp
from foedus.releasability.viewers import Viewer
from foedus.response.cacao import Playbook
from foedus.response.commands import decided
from foedus.response.events import Edition, PlaybookImported, playbook_stream
from foedus.response.queries import last_of
from foedus.response.quotas import check_playbooks
from foedus.response.seeing import directs
from foedus.response.shelf import (
    Title,
    editions,
    find_edition,
    is_taken,
    open_edition,
)
from foedus.response.validation import Judgement, validate
from foedus.stix.strict_json import read_object

FINDINGS_SHOWN: Final = 5
"""Findings that a refusal tells; `protocol validate` tells all."""

BLANKS: Final = b" \t\r\n"
"""What may stand around a JSON object without being of it."""


class Importing(msgspec.Struct, frozen=True, kw_only=True):
    """The playbook that is to be taken in.

    Attributes:
        raw: the bytes of one JSON object.
        label: who may see it; its own traffic lights are joined in. Without either
            it is seen by the importing nation alone.
        lenient: take what other engines are known to write.
    """

    raw: bytes
    label: str = ""
    lenient: bool = False


async def import_playbook(
    desk: Desk, viewer: Viewer, act: Act, sent: Importing
) -> tuple[Edition, Position]:
    """Take a playbook in; one that is here already is left as it is.

    Raises:
        ForbiddenError: the account may not, or it is another nation's.
        LabelError: its label is none.
        RuleViolationError: the rules of CACAO refuse it, a newer version is here, or
            this one with other contents; the label is above the clearance, or the
            nation has as many as it may.
        ConflictError: others of the nation were faster, again and again.
    """
    sent = msgspec.structs.replace(sent, raw=sent.raw.strip(BLANKS))
    judgement = await asyncio.to_thread(validate, sent.raw, lenient=sent.lenient)
    playbook = _taken(judgement)
    edition = Edition(
        playbook=playbook.id, modified=playbook.modified, nation=viewer.nation
    )

    def prepared() -> Append | None:
        with desk.reading.snapshot() as seen:
            if not directs(viewer, seen.access):
                raise ForbiddenError("only a duty officer imports a playbook")
            if _is_here(seen, viewer, playbook):
                return None
            check_playbooks(seen.db, viewer.nation)
            stream = playbook_stream(playbook.id, viewer.nation)
            last = last_of(seen.db, stream)
            label = _label(desk, seen, viewer, sent, _day(act))
            LabelBudget(seen.db, viewer.nation).spend(label)
            text = print_label(label.label, seen.access.alliance)
        return Append(
            event_id=new_event_id(to_ms(act.at)),
            stream=stream,
            event=PlaybookImported(
                playbook=playbook.id,
                modified=playbook.modified,
                nation=viewer.nation,
                lenient=sent.lenient,
                label=msgspec.Raw(encode_label(label)),
                source=msgspec.Raw(sent.raw),
            ),
            who=act.who,
            label=text,
            after=last,
        )

    position = await decided(desk, prepared)
    return edition, desk.log.head() if position is None else position


def export(
    seen: Snapshot, viewer: Viewer, playbook: str, modified: str | None
) -> bytes:
    """Give the bytes of a playbook as they were imported.

    Raises:
        NotFoundError: there is none, or none for this viewer.
    """
    found = find_edition(seen.db, seen.access, viewer, playbook, modified)
    if found is None:
        raise NotFoundError(f"no playbook {playbook}; list the playbooks")
    return found.playbook.source


def _taken(judgement: Judgement) -> Playbook:
    if judgement.playbook is not None:
        return judgement.playbook
    told = [
        f"{each.rule} {each.path}: {each.text}"
        for each in judgement.findings
        if each.rule in judgement.rules
    ]
    raise RuleViolationError(
        f"the playbook is refused by {', '.join(judgement.rules)}: "
        + "; ".join(told[:FINDINGS_SHOWN])
    )


def _is_here(seen: Snapshot, viewer: Viewer, playbook: Playbook) -> bool:
    """Tell whether this very version is here already.

    Raises:
        ForbiddenError: another nation's playbook of this id is here to be seen.
        RuleViolationError: a newer version is, or one of that name with other
            contents, seen or not.
    """
    found = editions(seen.db, seen.access, viewer, playbook.id)
    own = [each for each in found if each.edition.nation == viewer.nation]
    if found and not own:
        raise ForbiddenError(
            f"{playbook.id} is {found[0].edition.nation}'s, who alone brings versions "
            "of it; start that one, or give yours an id of its own"
        )
    same = [each for each in own if each.edition.modified == playbook.modified]
    if _is_another(seen, viewer, playbook, same):
        raise RuleViolationError(
            "this version cannot be taken in; give yours a later modified, or an id "
            "of its own"
        )
    if not same and own and own[0].edition.modified > playbook.modified:
        raise RuleViolationError(
            f"a newer version of it is here, of {own[0].edition.modified}"
        )
    return bool(same)


def _is_another(
    seen: Snapshot, viewer: Viewer, playbook: Playbook, same: list[Title]
) -> bool:
    """Tell whether a version of that name is the nation's already, and another one.

    One that the account may not see, for want of clearance, is answered like one with
    other contents: neither is taken in, and which of them it is nobody is told.
    """
    if same:
        return open_edition(seen.db, same[0]).playbook.source != playbook.source
    edition = Edition(
        playbook=playbook.id, modified=playbook.modified, nation=viewer.nation
    )
    return is_taken(seen.db, edition)


def _label(
    desk: Desk, seen: Snapshot, viewer: Viewer, sent: Importing, on: date
) -> FixedLabel:
    alliance = seen.access.alliance
    labels = [
        fix(label_of_tlp(word, alliance), alliance, on=on, originator=viewer.nation)
        for word in _traffic_lights(read_object(sent.raw))
    ]
    if sent.label or not labels:
        labels.append(
            label_for(sent.label, viewer, seen.access, on=on, ceiling=desk.ceiling)
        )
    return join_all(labels, originator=viewer.nation)


def _traffic_lights(document: Mapping[str, object]) -> Iterator[str]:
    """Give the words of the traffic lights that a playbook is marked with."""
    markings, definitions = (
        document.get("markings"),
        document.get("data_marking_definitions"),
    )
    if not isinstance(markings, list) or not isinstance(definitions, dict):
        return
    for name in markings:
        definition = definitions.get(name) if isinstance(name, str) else None
        if isinstance(definition, dict):
            word = definition.get("tlpv2_level")
            if isinstance(word, str):
                yield word.removeprefix("TLP:")


def _day(act: Act) -> date:
    return from_ms(to_ms(act.at)).date()
