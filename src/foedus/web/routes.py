"""The addresses of the web pages."""

from collections.abc import Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from foedus.errors import NotFoundError
from foedus.hub import Hub
from foedus.web import (
    atlas,
    audit,
    deciding,
    digests,
    factors,
    frameworks,
    guide,
    health,
    home,
    intel,
    knowing,
    nations,
    objects,
    oidc,
    preparing,
    publish,
    recalls,
    release_form,
    releases,
    responding,
    second_step,
    sign_in,
    watch,
    words,
)
from foedus.web.frame import Endpoint, Site, guarded
from foedus.web.rendering import SECURITY_HEADERS, Renderer
from foedus.web.worlds_live import Worlds

Way = Callable[[str, Endpoint], Route]
"""Makes the route of an address."""

ASSET_AGE_S = 31_536_000
"""How long browsers may keep a file whose address names its content: a year."""


def routes(hub: Hub) -> list[BaseRoute]:
    """Give the routes of all web pages."""
    site = Site(hub=hub, renderer=Renderer())
    worlds = Worlds(site)

    def get(path: str, endpoint: Endpoint) -> Route:
        return Route(path, guarded(site, endpoint), methods=["GET"])

    def post(path: str, endpoint: Endpoint) -> Route:
        return Route(path, guarded(site, endpoint), methods=["POST"])

    return [
        get("/", worlds.start),
        get("/worlds", worlds.show),
        post("/worlds", worlds.publish),
        get("/worlds/events", worlds.events),
        get("/sign-in", sign_in.show_sign_in),
        post("/sign-in", sign_in.sign_in),
        *second_step.routes(post),
        *oidc.routes(get, hub),
        post("/sign-out", sign_in.sign_out),
        get("/home", home.show_home),
        get("/watch", watch.show_watch),
        get("/watch/parts", watch.show_parts),
        post("/watch", watch.mark),
        get("/publish", publish.show_publish),
        post("/publish", publish.publish),
        get("/collections", intel.show_collections),
        get("/collections/{name}", intel.show_collection),
        get("/objects/{id}", objects.show_object),
        get("/objects/{id}/withdraw", objects.show_withdrawal),
        post("/objects/{id}/withdraw", objects.withdraw),
        post("/objects/{id}/tear-line", objects.tear),
        get("/objects/{id}/recall", recalls.ask),
        post("/objects/{id}/recall", recalls.recall),
        get("/recalls", recalls.show_recalls),
        get("/recalls/{id}", recalls.show_recall),
        post("/recalls/{id}/acknowledge", recalls.acknowledge),
        *deciding.routes(get, post),
        *responding.routes(get, post),
        *_releasing(get, post),
        *preparing.routes(get, post),
        *knowing.routes(get, post),
        get("/nations", nations.show_nations),
        get("/nations.csv", nations.give_nations),
        get("/nations/{code}", nations.show_nation),
        get("/nations/{code}/guide", guide.show_guide),
        get("/frameworks", frameworks.show_frameworks),
        get("/frameworks/{id}", frameworks.show_framework),
        get("/map", atlas.show_map),
        get("/guide", words.show_words),
        get("/guide/quiz", words.show_quiz),
        get("/digests/{token}", digests.ask),
        post("/digests/{token}", digests.stop),
        get("/account", sign_in.show_account),
        *_overseeing(get, post),
        *factors.routes(get, post),
        get("/static/{name}", _asset),
    ]


def _overseeing(get: Way, post: Way) -> list[BaseRoute]:
    return [
        get("/audit", audit.show_audit),
        post("/audit/verify", audit.verify),
        get("/audit/deeds.csv", audit.give_deeds),
        get("/audit/receipts.csv", audit.give_receipts),
        get("/hub/health", health.show_health),
        post("/hub/health", health.examine),
    ]


def _releasing(get: Way, post: Way) -> list[BaseRoute]:
    return [
        get("/releases", releases.show_releases),
        post("/releases", release_form.make),
        get("/releases/new", release_form.show_new),
        post("/releases/new", release_form.preview),
        get("/releases/{id}", releases.show_release),
        post("/releases/{id}/consent", releases.consent),
        post("/releases/{id}/withdraw", releases.withdraw),
    ]


async def _asset(site: Site, request: Request) -> Response:
    asset = site.renderer.assets.get(request.path_params["name"])
    if asset is None:
        raise NotFoundError("no such file")
    is_named = request.query_params.get("v") == asset.digest
    age = f"public, max-age={ASSET_AGE_S}, immutable" if is_named else "no-cache"
    headers = {**SECURITY_HEADERS, "Cache-Control": age, "ETag": f'"{asset.digest}"'}
    headers["Vary"] = "Accept-Encoding"
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    content = asset.content
    if "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["Content-Encoding"] = asset.packed, "gzip"
    return Response(content, media_type=asset.media_type, headers=headers)
