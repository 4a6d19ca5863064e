"""The report after a run, in the browser: a page of its own, and paper.

The report is whole by itself and carries its own style, so it is given under a policy
that lets that style stand and nothing be fetched.
"""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from foedus.releasability.viewers import Viewer
from foedus.response.report import Report, make
from foedus.web.frame import Site, require_session
from foedus.web.rendering import page_headers


async def show_report(site: Site, request: Request) -> Response:
    """Show the report as a page, as the visitor may know it.

    Raises:
        NotFoundError: there is no such run for the visitor.
    """
    viewer = require_session(site, request).account.viewer()
    name = str(request.path_params["id"])

    def written() -> bytes:
        from foedus.response.report_html import as_html  # noqa: PLC0415 - rarely asked

        return as_html(_made(site, viewer, name), on_hub=True)

    answer = Response(await asyncio.to_thread(written), media_type="text/html")
    answer.headers.update(page_headers() | {"Content-Security-Policy": POLICY})
    return answer


async def give_paper(site: Site, request: Request) -> Response:
    """Give the report on paper.

    Raises:
        NotFoundError: there is no such run for the visitor.
    """
    viewer = require_session(site, request).account.viewer()
    name = str(request.path_params["id"])

    def written() -> bytes:
        from foedus.response.report_pdf import as_pdf  # noqa: PLC0415 - takes its time

        return as_pdf(_made(site, viewer, name))

    answer = Response(await asyncio.to_thread(written), media_type="application/pdf")
    answer.headers.update(page_headers())
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer


POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; sandbox"
)
"""Of the report alone: its style is its own, and nothing else is loaded or run."""


def _made(site: Site, viewer: Viewer, name: str) -> Report:
    with site.hub.reading.snapshot() as seen:
        return make(seen, viewer, name)
