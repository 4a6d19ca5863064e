"""All operations of the API, and the routes that lead to them."""

from functools import cache
from typing import Final

import msgspec
from starlette.routing import BaseRoute, Route

from foedus.api import (
    accounts,
    advice,
    assessments,
    calendars,
    clocks,
    collections,
    comparisons,
    consultations,
    decisions,
    engagements,
    exercises,
    guidance,
    health,
    identities,
    labels,
    me,
    measures,
    modules,
    nations,
    objects,
    obligations,
    openapi,
    plans,
    proposals,
    protocols,
    recalls,
    receipts,
    releases,
    reports,
    search,
    shares,
    tasks,
    units,
    updates,
    webhooks,
)
from foedus.api.edge import Elsewhere, Endpoint, session_cookie
from foedus.api.operations import Answer, Asked, Door, Keep, Operation
from foedus.hub import Hub

_ASKED: Final = (
    *health.OPERATIONS,
    *me.OPERATIONS,
    *search.OPERATIONS,
    *nations.OPERATIONS,
    *guidance.OPERATIONS,
    *obligations.OPERATIONS,
    *engagements.OPERATIONS,
    *measures.OPERATIONS,
    *units.OPERATIONS,
    *plans.OPERATIONS,
    *exercises.OPERATIONS,
    *advice.OPERATIONS,
    *modules.OPERATIONS,
    *updates.OPERATIONS,
    *collections.OPERATIONS,
    *accounts.OPERATIONS,
    *labels.OPERATIONS,
    *objects.OPERATIONS,
    *recalls.OPERATIONS,
    *receipts.OPERATIONS,
    *identities.OPERATIONS,
    *releases.OPERATIONS,
    *decisions.OPERATIONS,
    *consultations.OPERATIONS,
    *protocols.OPERATIONS,
    *clocks.OPERATIONS,
    *calendars.OPERATIONS,
    *proposals.OPERATIONS,
    *reports.OPERATIONS,
    *assessments.OPERATIONS,
    *tasks.OPERATIONS,
    *webhooks.OPERATIONS,
    *shares.OPERATIONS,
    *comparisons.OPERATIONS,
)


async def describe(asked: Asked) -> Answer:
    """Give the OpenAPI description."""
    hub = asked.hub
    return Answer(value=_document(hub.public_url, session_cookie(hub)))


@cache
def _document(url: str, cookie: str) -> msgspec.Raw:
    """Make the description once, since anybody may ask for it."""
    found = openapi.document(OPERATIONS, url=url, cookie=cookie)
    return msgspec.Raw(msgspec.json.encode(found))


OPERATIONS: Final = (
    *_ASKED,
    Operation(
        method="GET",
        path=openapi.PATH,
        name="describe",
        summary="This description.",
        handler=describe,
        gives=dict,
        door=Door.OPEN,
        keep=Keep.ANYBODY,
    ),
)
"""Everything that the API does."""


def routes(hub: Hub) -> list[BaseRoute]:
    """Give the routes of a hub's API.

    The last ones take every other path, and every other method, so that these too are
    answered by a problem.
    """
    paths: dict[str, dict[str, Operation]] = {}
    for each in OPERATIONS:
        paths.setdefault(each.path, {})[each.method] = each
    endpoints = [
        Route(path, Endpoint(hub, operations), methods=list(operations), name=path)
        for path, operations in paths.items()
    ]
    elsewhere = Elsewhere(endpoints)
    return [
        *endpoints,
        Route("/api/{elsewhere:path}", elsewhere, name="api-elsewhere"),
        Route("/api", elsewhere, name="api-elsewhere-2"),
        Route("/health/{elsewhere:path}", elsewhere, name="health-elsewhere"),
    ]
