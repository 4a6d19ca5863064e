"""Publishing from the browser: paste, say who may see it, look, publish.

- Nothing is published before the visitor has seen under which label, and to whom it
  goes and to whom not. The forecast is the hub's own, by the rules of publishing.
- A form that is sent twice publishes once: ids and times come from its first showing.
"""

import hashlib
import uuid
from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Final

import msgspec
import orjson
from starlette.requests import Request
from starlette.responses import Response

from foedus.clock import Clock, to_ms
from foedus.errors import (
    FoedusError,
    ForbiddenError,
    InvalidInputError,
    LabelError,
    NotFoundError,
    RuleViolationError,
)
from foedus.identity.authenticator import Session
from foedus.ids import NationCode
from foedus.intel.collections import Collection
from foedus.intel.forecasts import Forecast, forecast
from foedus.intel.reading import Snapshot
from foedus.releasability.labels import Label, parse_label, print_label
from foedus.releasability.viewers import Viewer
from foedus.stix.markings import TLP_2, hub_marking_id, make_hub_definition
from foedus.stix.timestamps import format_us, parse_us
from foedus.stix.values import Value, defang, recognise_all
from foedus.web.chips import Chip, Token, chip_of_label, tokens
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.publish_form import (
    MEANINGS,
    Fields,
    choices,
    label_of,
    read_fields,
)
from foedus.web.rendering import see_other

FORM_LASTS: Final = timedelta(hours=24)
"""How long a form may lie open; what is published later is dated anew."""

_REFUSED: Final = (
    ForbiddenError,
    InvalidInputError,
    LabelError,
    NotFoundError,
    RuleViolationError,
)


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Nations of which the same is said."""

    why: str
    nations: tuple[Token, ...]


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """What would become of what was filled in.

    Attributes:
        shown: each value, made harmless for showing.
        button: what publishing it is called.
        refused: why nothing of it would be stored; empty where it would.
    """

    shown: tuple[str, ...]
    chip: Chip | None
    sees: tuple[Token, ...]
    others: tuple[Group, ...]
    remarks: tuple[str, ...]
    button: str
    refused: str


async def show_publish(site: Site, request: Request) -> Response:
    """Show the form, empty."""
    session = require_session(site, request)
    return _form(site, request, session.account.viewer(), _fresh(site.hub.clock))


async def publish(site: Site, request: Request) -> Response:
    """Show what would be published, publish it, or show the form again."""
    session, form = await signed_form(site, request)
    viewer = session.account.viewer()
    fields = _current(read_fields(form, _fresh(site.hub.clock)), site.hub.clock)
    if "change" in form:
        return _form(site, request, viewer, fields)
    try:
        collection = _collection(site, viewer, fields)
        label = label_of(fields, site.hub.alliance)
        values = recognise_all(fields.what)
        seed = f"{site.hub.authenticator.csrf_token(session)}\n{fields.at}"
        objects = _objects(fields, label, values, (site, seed))
        if "publish" in form:
            return await _publish(site, session, collection, objects)
        looked = await _look(site, session, collection, objects, values)
    except _REFUSED as error:
        return _form(site, request, viewer, fields, error=error)
    return site.renderer.page(
        "publish_preview.html",
        {
            **frame(site, request, Page(title="Before you publish")),
            "fields": fields,
            "looked": looked,
            "collection": collection,
            "meaning": MEANINGS.get(fields.meaning, fields.meaning),
        },
    )


async def _publish(
    site: Site, session: Session, collection: Collection, objects: Sequence[bytes]
) -> Response:
    act = site.hub.act(session.account, door="web", at=site.hub.clock())
    outcomes = await site.hub.publish(session.account, act, collection.id, objects)
    refused = [each.reason for each in outcomes if each.outcome == "refused"]
    if refused:
        raise RuleViolationError(refused[0])
    made = [each.id for each in outcomes if each.id.startswith("indicator--")]
    if len(made) == 1:
        return see_other(f"/objects/{made[0]}?done=published")
    return see_other(f"/collections/{collection.alias}?done=published")


async def _look(
    site: Site,
    session: Session,
    collection: Collection,
    objects: Sequence[bytes],
    values: Sequence[Value],
) -> Looked:
    viewer = session.account.viewer()
    act = site.hub.act(session.account, door="web", at=site.hub.clock())
    told = await forecast(site.hub.desk, viewer, act, collection.id, objects)
    mine = [each for each in told if each.id.startswith("indicator--")]
    with site.hub.reading.snapshot() as seen:
        return _looked(seen, viewer, mine, values)


def _looked(
    seen: Snapshot,
    viewer: Viewer,
    told: Sequence[Forecast],
    values: Sequence[Value],
) -> Looked:
    refused = next((each.reason for each in told if each.outcome == "refused"), "")
    first = told[0]
    alliance = seen.access.alliance
    others: dict[str, list[NationCode]] = {}
    for nation, why in first.others.items():
        others.setdefault(why.removeprefix(f"{nation} "), []).append(nation)
    label = parse_label(first.label, alliance) if first.label else None
    return Looked(
        shown=tuple(map(defang, values)),
        chip=chip_of_label(label, alliance) if label else None,
        sees=tokens(first.sees, seen.access, viewer.nation),
        others=tuple(
            Group(why=why, nations=tokens(codes, seen.access, viewer.nation))
            for why, codes in sorted(
                others.items(), key=lambda each: (len(each[1]), each[0])
            )
        ),
        remarks=tuple(
            dict.fromkeys(each.reason for each in told if each.reason and not refused)
        ),
        button=_button(first, viewer),
        refused=refused,
    )


def _button(told: Forecast, viewer: Viewer) -> str:
    """Name what publishing does: to how many nations it goes."""
    others = [each for each in told.sees if each != viewer.nation]
    if not others:
        return "Publish to your nation only"
    if len(told.sees) == 1:
        return f"Publish to {others[0]}"
    return f"Publish to {len(told.sees)} nations"


def _objects(
    fields: Fields, label: Label, values: Sequence[Value], of: tuple[Site, str]
) -> list[bytes]:
    """Make the objects: an indicator for each value, and what marks them.

    Args:
        fields: what was filled in.
        label: what they are published under.
        values: what they find.
        of: the site, and what ids are made from: the session and the form's instant.
    """
    site, seed = of
    if fields.meaning not in MEANINGS:
        raise InvalidInputError("choose what it means")
    text = print_label(label, site.hub.alliance)
    is_public = label == Label(level=0)
    marking = TLP_2["CLEAR"] if is_public else hub_marking_id(text)
    definitions = [] if is_public else [make_hub_definition(text)]
    made = []
    for value in values:
        body: dict[str, object] = {
            "type": "indicator",
            "spec_version": "2.1",
            "id": f"indicator--{_uuid(seed, value)}",
            "created": fields.at,
            "modified": fields.at,
            "name": value.text,
            "indicator_types": [fields.meaning],
            "pattern": value.pattern,
            "pattern_type": "stix",
            "valid_from": fields.at,
            "object_marking_refs": [marking],
        }
        if fields.note:
            body["description"] = fields.note
        made.append(orjson.dumps(body))
    return [*definitions, *made]


def _uuid(seed: str, value: Value) -> uuid.UUID:
    """Give the same random-looking id to the same value of the same form."""
    digest = hashlib.sha256(f"{seed}\n{value.path}\n{value.text}".encode()).digest()
    return uuid.UUID(bytes=digest[:16], version=4)


def _collection(site: Site, viewer: Viewer, fields: Fields) -> Collection:
    writable = _writable(site, viewer)
    if not writable:
        raise ForbiddenError(
            "no collection is open for you to publish into; ask your operator"
        )
    for each in writable:
        if each.alias == fields.collection or not fields.collection:
            return each
    raise InvalidInputError("choose a collection that you may publish into")


def _writable(site: Site, viewer: Viewer) -> list[Collection]:
    return [each for each in site.hub.reading.collections(viewer) if each.can_write]


def _fresh(clock: Clock) -> Fields:
    at = format_us(to_ms(clock()) * 1_000)
    return Fields(at=at)


def _current(fields: Fields, clock: Clock) -> Fields:
    """Date a form anew that has lain open too long, or is none of ours."""
    now_us = to_ms(clock()) * 1_000
    try:
        age_us = now_us - parse_us(fields.at)
    except InvalidInputError:
        age_us = -1
    if 0 <= age_us <= FORM_LASTS // timedelta(microseconds=1):
        return fields
    return msgspec.structs.replace(fields, at=format_us(now_us))


def _form(
    site: Site,
    request: Request,
    viewer: Viewer,
    fields: Fields,
    *,
    error: FoedusError | None = None,
) -> Response:
    alliance = site.hub.alliance
    return site.renderer.page(
        "publish.html",
        {
            **frame(site, request, Page(title="Publish intelligence")),
            "fields": fields,
            "meanings": MEANINGS.items(),
            **choices(alliance, viewer, ceiling=site.hub.ceiling),
            "collections": _writable(site, viewer),
            "error": error.detail if error else "",
        },
        status=error.status if error else HTTPStatus.OK,
    )
