"""Discovery, the API root and statuses (TAXII 2.1, section 4)."""

from foedus.errors import NotFoundError
from foedus.identity.accounts import Account
from foedus.taxii.answers import Answer, resource
from foedus.taxii.exchange import Exchange
from foedus.taxii.media_types import TAXII
from foedus.taxii.surface import Surface


async def discovery(surface: Surface, _exchange: Exchange, account: Account) -> Answer:
    """Tell which API roots there are for an account.

    Source: TAXII 2.1, section 4.1.
    """
    hub = surface.hub
    seen = hub.reading.collections(account.viewer())
    further = sorted({each.root for each in seen if each.root})
    return resource(
        {
            "title": f"Foedus of {hub.alliance.name}",
            "description": "Threat intelligence, as far as it is releasable to you.",
            "default": surface.root_url,
            "api_roots": [
                surface.root_url,
                *(f"{hub.public_url}/{path}/" for path in further),
            ],
        }
    )


async def api_root(surface: Surface, _exchange: Exchange, _account: Account) -> Answer:
    """Describe the alliance's own API root, which leads to every collection.

    Source: TAXII 2.1, section 4.2.
    """
    return resource(
        described(
            surface,
            surface.hub.alliance.name,
            "What the nations of the alliance share, each its own view.",
        )
    )


def described(surface: Surface, title: str, description: str) -> dict[str, object]:
    """Describe an API root; what it takes is the same below each."""
    return {
        "title": title,
        **({"description": description} if description else {}),
        "versions": [TAXII],
        "max_content_length": surface.hub.settings.taxii.max_content_length,
    }


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
