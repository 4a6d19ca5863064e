"""How every page leaves the hub: templates, style, headers, and errors as pages.

- The content-security policy allows nothing but files of the hub itself: no inline
  script or style, no foreign host.
- Pages are never kept by a cache; files of style are, under a name of their content.
- Templates escape everything and compute nothing.
- What an error says is written as a sentence wherever a page shows it.
"""

import gzip
import hashlib
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from importlib import resources
from typing import Final

import jinja2
import msgspec
from starlette.responses import Response

from foedus.errors import FoedusError, NotFoundError
from foedus.web.days import as_read, of_every_year, read_aloud

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "font-src 'none'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""The content-security policy of every answer."""

SECURITY_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

NOT_FOUND_TEXT: Final = (
    "It is not here, or it is not for you: the answer is the same, so that nobody "
    "can tell what is hidden from them."
)

SAID: Final = ("error", "refused")
"""What a page is given of an error: its detail."""

_MEDIA_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}

_FILES = (
    "tokens.css",
    "base.css",
    "foedus.css",
    "foedus.js",
    "keys.js",
    "passkeys.js",
    "icon.svg",
)


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """A file of style or script, held in memory.

    Attributes:
        digest: names the content, so that browsers may keep it for ever.
        packed: the content by gzip. Pages are never packed: their size would tell of
            the secrets in them (BREACH); these files are the same for everybody.
    """

    name: str
    media_type: str
    digest: str
    content: bytes
    packed: bytes

    @property
    def url(self) -> str:
        """Where the file is served."""
        return f"/static/{self.name}?v={self.digest}"


def load_assets() -> dict[str, Asset]:
    """Read the files that come with the package."""
    folder = resources.files("foedus.web").joinpath("static")
    assets = {}
    for name in _FILES:
        content = folder.joinpath(name).read_bytes()
        assets[name] = Asset(
            name=name,
            media_type=_MEDIA_TYPES[name.rpartition(".")[2]],
            digest=hashlib.sha256(content).hexdigest()[:16],
            content=content,
            packed=gzip.compress(content, mtime=0),
        )
    return assets


@cache
def _assets() -> dict[str, Asset]:
    return load_assets()


@cache
def _templates() -> jinja2.Environment:
    """Give the templates, which are compiled once in a process: it takes a moment."""
    templates = jinja2.Environment(
        loader=jinja2.PackageLoader("foedus.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["day"] = as_read
    templates.filters["aloud"] = read_aloud
    templates.filters["holiday"] = of_every_year
    templates.filters["sentence"] = sentence
    templates.globals["asset"] = {name: asset.url for name, asset in _assets().items()}
    return templates


class Renderer:
    """Fills templates; one for a hub."""

    def __init__(self) -> None:
        self.assets = _assets()
        self._templates = _templates()

    def fragment(self, template: str, context: Mapping[str, object]) -> str:
        """Fill a template that is a part of a page."""
        return self._templates.get_template(template).render(context)

    def page(
        self,
        template: str,
        context: Mapping[str, object],
        *,
        status: int = HTTPStatus.OK,
    ) -> Response:
        """Fill a template that is a whole page."""
        said = {
            name: sentence(text)
            for name in SAID
            if isinstance(text := context.get(name), str)
        }
        response = Response(
            self.fragment(template, {**context, **said}),
            status_code=status,
            media_type="text/html",
        )
        response.headers.update(page_headers())
        return response

    def error(self, error: FoedusError, context: Mapping[str, object]) -> Response:
        """Show an error as a page: what happened and what to do."""
        missing = isinstance(error, NotFoundError)
        response = self.page(
            "error.html",
            {
                **context,
                "heading": error.title,
                "detail": NOT_FOUND_TEXT if missing else sentence(error.detail),
            },
            status=error.status,
        )
        retry_after_s = getattr(error, "retry_after_s", None)
        if retry_after_s is not None:
            response.headers["Retry-After"] = str(retry_after_s)
        return response

    def failure(self, error_id: str) -> Response:
        """Show that the hub failed, on a page that needs nothing of the hub."""
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        return self.page("failed.html", {"error_id": error_id}, status=status)


def page_headers() -> dict[str, str]:
    """Give the headers of every page: nothing is kept, nothing is embedded."""
    return {**SECURITY_HEADERS, "Cache-Control": "no-store"}


def see_other(path: str) -> Response:
    """Send the browser on, after a write or to where the page is."""
    headers = {**page_headers(), "Location": path}
    return Response(status_code=HTTPStatus.SEE_OTHER, headers=headers)


def sentence(text: str) -> str:
    """Write what an error says as a sentence; ids and names of fields stay as they are.

    Errors begin in lower case, since most readers of them set them behind a colon.
    """
    first = text.partition(" ")[0].rstrip(",:;.")
    whole = text[:1].upper() + text[1:] if first.isalpha() else text
    if not whole:
        return ""
    return whole if whole.endswith((".", "!", "?")) else f"{whole}."
