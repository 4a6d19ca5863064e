"""Frameworks: what nations take part in, what it asks, and what it does not promise."""

from starlette.requests import Request
from starlette.responses import Response

from foedus.alliance.frameworks import framework_lines, framework_sheet
from foedus.web.days import asked_day, in_words
from foedus.web.frame import Page, Site, frame, require_session
from foedus.web.nations import NAMES, today, token_on


async def show_frameworks(site: Site, request: Request) -> Response:
    """List the frameworks, each with what it does not promise."""
    require_session(site, request)
    day = asked_day(request, today(site.hub.clock))
    return site.renderer.page(
        "frameworks.html",
        {
            **frame(site, request, Page(title="Frameworks")),
            "frameworks": framework_lines(site.hub.alliance, day),
            "day": day.isoformat(),
            "words": in_words(day),
        },
    )


async def show_framework(site: Site, request: Request) -> Response:
    """Show one framework: who is in it as what, and everything that is known of it."""
    require_session(site, request)
    alliance = site.hub.alliance
    day = asked_day(request, today(site.hub.clock))
    sheet = framework_sheet(alliance, request.path_params["id"], day)
    return site.renderer.page(
        "framework.html",
        {
            **frame(site, request, Page(title=sheet.name)),
            "framework": sheet,
            "day": day.isoformat(),
            "words": in_words(day),
            "known": in_words(sheet.as_of),
            "taking_part": [
                (token_on(alliance, each.nation, day), NAMES[each.status], each)
                for each in sheet.history
                if each.now
            ],
            "past": [each for each in sheet.history if not each.now],
        },
    )
