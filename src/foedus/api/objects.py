"""Objects: why a nation sees one, or does not."""

from typing import Annotated, Final

import msgspec

from foedus.api.operations import Answer, Asked, Closed, Keep, Operation, Part
from foedus.errors import InvalidInputError
from foedus.ids import NationCode
from foedus.intel.explain import Explanation, explain

ID = (
    "^[a-z0-9][a-z0-9-]{0,248}[a-z0-9]--"
    "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
)
"""How an object's id is written. Source: STIX 2.1, section 2.9."""


class ExplainQuery(Closed, frozen=True, kw_only=True):
    """About whom is asked.

    Attributes:
        nation: a nation by code, name or alias, or the alliance's body by its code;
            one's own by default.
    """

    nation: Annotated[str, msgspec.Meta(max_length=100)] | None = None


async def show_explanation(asked: Asked) -> Answer:
    """Say whether a nation sees an object that one sees oneself, and why.

    Raises:
        InvalidInputError: there is no such nation.
        NotFoundError: there is no such object, or not for the one who asks.
    """
    named = asked.asks(ExplainQuery).nation
    with asked.hub.reading.snapshot() as seen:
        alliance = seen.access.alliance
        nation: NationCode | None = asked.account.nation
        if named is not None:
            is_body = named.upper() == alliance.code
            nation = NationCode(alliance.code) if is_body else alliance.nation(named)
        if nation is None:
            raise InvalidInputError("the nation is unknown; see /api/v1/nations")
        return Answer(value=explain(seen, asked.viewer, asked.parts["id"], nation))


OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/objects/{id}/explain",
        name="explainObject",
        summary="Whether a nation sees an object, and why.",
        handler=show_explanation,
        gives=Explanation,
        parts={"id": Part(description="The object's STIX id.", pattern=ID)},
        query=ExplainQuery,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
)
