"""Stopping letters: by whoever has one, without signing in.

A letter's address says whose it is and can do nothing but stop letters. Mail programs
post to it by one click, so the form needs no token beside the one in the address.

Source: RFC 8058.
"""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from foedus.processes.digests import find_by_token
from foedus.web.frame import Page, Site, frame
from foedus.web.rendering import see_other


async def ask(site: Site, request: Request) -> Response:
    """Ask whether letters shall be stopped."""
    token = request.path_params["token"]
    digest = await asyncio.to_thread(find_by_token, site.hub.digest_desk, token)
    context = frame(site, request, Page(title="Letters"))
    return site.renderer.page(
        "digest_stop.html", {**context, "token": token, "stopped": bool(digest.paused)}
    )


async def stop(site: Site, request: Request) -> Response:
    """Stop letters."""
    token = request.path_params["token"]
    digest = await asyncio.to_thread(find_by_token, site.hub.digest_desk, token)
    site.hub.keyring.digests.pause(digest.account_id, paused=True)
    return see_other(f"/digests/{token}")
