"""Discovery, the API root and statuses (TAXII 2.1, section 4)."""

from foedus.errors import NotFoundError
from foedus.identity.accounts import Account
from foedus.taxii.answers import Answer, resource
from foedus.taxii.exchange import Exchange
from foedus.taxii.media_types import TAXII
from foedus.taxii.surface import Surface


async def discovery(surface: Surface, _exchange: Exchange, _account: Account) -> Answer:
    """Tell which API roots there are.

    Source: TAXII 2.1, section 4.1.
    """
    return resource(
        {
            "title": f"Foedus of {surface.hub.alliance.name}",
            "description": "Threat intelligence, as far as it is releasable to you.",
            "default": surface.root_url,
            "api_roots": [surface.root_url],
        }
    )


async def api_root(surface: Surface, _exchange: Exchange, _account: Account) -> Answer:
    """Describe the only API root.

    Source: TAXII 2.1, section 4.2.
    """
    return resource(
        {
            "title": surface.hub.alliance.name,
            "description": "What the nations of the alliance share, each its own view.",
            "versions": [TAXII],
            "max_content_length": surface.hub.settings.taxii.max_content_length,
        }
    )


async def status(surface: Surface, exchange: Exchange, account: Account) -> Answer:
    """Tell what became of an earlier POST of the same account.

    Source: TAXII 2.1, section 4.3.

    Raises:
        NotFoundError: there is none, or the nation has no standing.
    """
    if not surface.hub.access.standing(account.nation):
        raise NotFoundError("no such status; one answers for two days, to who posted")
    return Answer(
        body=surface.statuses.find(
            account, exchange.name("status"), at=surface.hub.clock()
        )
    )
