"""Every endpoint of the hub, and how the leak tests cover it.

An endpoint that is not listed here fails `test_every_endpoint_has_a_case`. Whoever
adds one says here how it is held against the rule that what a viewer may not know
does not exist, and gives `questions` an address of it.
"""

from collections.abc import Iterator
from enum import StrEnum

from tests.leaks import (
    surfaces_assessments,
    surfaces_overseeing,
    surfaces_planning,
    surfaces_readiness,
    surfaces_response,
)
from tests.leaks.world import COLLECTIONS, DANGLING, IDS


class Case(StrEnum):
    """How an endpoint is covered."""

    JUDGED = "compared with the oracle record by record, and traced in two worlds"
    TRACED = "its whole answer is compared in two worlds and searched for secrets"
    ACTED = "is how the histories act; what it answers is judged and traced"
    SAME = "a form that acts by the verb of an endpoint that is acted by; see tests/web"
    PRIVATE = "changes nothing but the asker's own credentials or session"
    HIDDEN = "test_decisions.py of tests/api and tests/web hides decisions from it"
    FORETOLD = "changes nothing; tests/intel/test_forecasts.py hides things from it"
    PURE = "answers as its GET, from the text that is sent and the alliance alone"
    CHECKED = "reads files and tells whether they are whole; nothing of what they say"
    OPEN = "changes only what every account may read, and reads nothing else"
    STAFF = "the alliance's own body acts on what is known to all; holds no labels"
    RATED = "acts on readiness; test_readiness_worlds.py compares what follows"
    GUIDED = "acts on guidance; test_guidance_worlds.py compares what follows"
    PLAYED = "acts on runs; test_run_worlds.py compares what follows"
    ACTIVATED = "test_proposal_worlds.py compares what rules propose in two worlds"
    PLANNED = "makes plans; test_plan_worlds.py compares what follows"
    ASSESSED = "test_assessment_worlds.py compares the dossiers of two worlds"
    DEMO = "exists in the demo only; elsewhere it is traced to be absent"


CASES = {
    **dict.fromkeys(surfaces_response.PLAYED, Case.PLAYED),
    **dict.fromkeys(surfaces_response.TRACED, Case.TRACED),
    **dict.fromkeys(surfaces_response.OPEN, Case.OPEN),
    **dict.fromkeys(surfaces_readiness.TRACED, Case.TRACED),
    **dict.fromkeys(surfaces_readiness.RATED, Case.RATED),
    **dict.fromkeys(surfaces_overseeing.TRACED, Case.TRACED),
    **dict.fromkeys(surfaces_overseeing.SAME, Case.SAME),
    **dict.fromkeys(surfaces_overseeing.CHECKED, Case.CHECKED),
    **dict.fromkeys(surfaces_assessments.ASSESSED, Case.ASSESSED),
    **dict.fromkeys(surfaces_planning.PURE, Case.PURE),
    "POST /units/new": Case.SAME,
    "GET /plans": Case.TRACED,
    "POST /plans": Case.SAME,
    "GET /plans/{id}": Case.TRACED,
    "POST /plans/{id}/again": Case.PLANNED,
    "GET /plans/{id}/plan.html": Case.TRACED,
    "GET /plans/{id}/plan.pdf": Case.TRACED,
    "GET /plans/{id}/plan.json": Case.TRACED,
    "GET /plans/{id}/{table}.csv": Case.TRACED,
    "GET /api/v1/plans": Case.TRACED,
    "POST /api/v1/plans": Case.PLANNED,
    "GET /api/v1/plans/{id}": Case.TRACED,
    "POST /api/v1/plans/{id}/again": Case.PLANNED,
    "GET /taxii2/": Case.TRACED,
    "GET /taxii2/nato/": Case.TRACED,
    "GET /taxii2/nato/status/{status}/": Case.TRACED,
    "GET /taxii2/nato/collections/": Case.JUDGED,
    "GET /taxii2/nato/collections/{collection}/": Case.TRACED,
    "GET /taxii2/nato/collections/{collection}/manifest/": Case.JUDGED,
    "GET /taxii2/nato/collections/{collection}/objects/": Case.JUDGED,
    "POST /taxii2/nato/collections/{collection}/objects/": Case.ACTED,
    "GET /taxii2/nato/collections/{collection}/objects/{object}/": Case.JUDGED,
    "DELETE /taxii2/nato/collections/{collection}/objects/{object}/": Case.ACTED,
    "GET /taxii2/nato/collections/{collection}/objects/{object}/versions/": (
        Case.JUDGED
    ),
    "ANY /taxii2/{elsewhere:path}": Case.TRACED,
    "ANY /taxii2": Case.TRACED,
    "ANY /{root}/{rest:path}": Case.TRACED,
    "GET /live": Case.TRACED,
    "GET /stream": Case.TRACED,
    "GET /stream/{name}": Case.TRACED,
    "POST /stream/connection/{name}": Case.PRIVATE,
    "POST /graphql": Case.PRIVATE,
    "GET /health/live": Case.TRACED,
    "GET /health/ready": Case.TRACED,
    "ANY /health/{elsewhere:path}": Case.TRACED,
    "GET /api/openapi.json": Case.TRACED,
    "GET /api/v1/me": Case.TRACED,
    "GET /api/v1/me/tokens": Case.TRACED,
    "POST /api/v1/me/tokens": Case.PRIVATE,
    "DELETE /api/v1/me/tokens/{id}": Case.PRIVATE,
    "GET /api/v1/nations": Case.TRACED,
    "GET /api/v1/nations/{code}": Case.TRACED,
    "GET /api/v1/nations/{code}/status": Case.TRACED,
    "POST /api/v1/nations/{code}/status": Case.STAFF,
    "GET /api/v1/nations/{code}/guide": Case.TRACED,
    "GET /api/v1/nations/{code}/obligations": Case.TRACED,
    "POST /api/v1/nations/{code}/obligations": Case.GUIDED,
    "GET /api/v1/engagements": Case.TRACED,
    "POST /api/v1/engagements": Case.GUIDED,
    "GET /api/v1/engagements/{id}": Case.TRACED,
    "POST /api/v1/engagements/{id}/report": Case.GUIDED,
    "GET /api/v1/updates": Case.TRACED,
    "POST /api/v1/updates": Case.GUIDED,
    "GET /api/v1/updates/feed.atom": Case.TRACED,
    "GET /api/v1/updates/feed.json": Case.TRACED,
    "GET /api/v1/updates/{id}": Case.TRACED,
    "POST /api/v1/updates/{id}/editions": Case.GUIDED,
    "GET /api/v1/updates/{id}/diff": Case.TRACED,
    "POST /api/v1/updates/{id}/acknowledge": Case.GUIDED,
    "GET /api/v1/frameworks": Case.TRACED,
    "GET /api/v1/frameworks/{id}": Case.TRACED,
    "POST /api/v1/frameworks/{id}/participants": Case.STAFF,
    "GET /api/v1/glossary": Case.TRACED,
    "GET /api/v1/glossary/search": Case.TRACED,
    "GET /api/v1/mistakes": Case.TRACED,
    "GET /api/v1/questions": Case.TRACED,
    "GET /api/v1/quiz": Case.TRACED,
    "GET /api/v1/collections": Case.TRACED,
    "POST /api/v1/collections": Case.STAFF,
    "GET /api/v1/collections/{id}": Case.TRACED,
    "POST /api/v1/collections/{id}/preview": Case.FORETOLD,
    "GET /api/v1/accounts": Case.TRACED,
    "POST /api/v1/accounts": Case.STAFF,
    "GET /api/v1/accounts/{id}": Case.TRACED,
    "DELETE /api/v1/accounts/{id}": Case.STAFF,
    "GET /api/v1/labels/parse": Case.TRACED,
    "POST /api/v1/labels/parse": Case.PURE,
    "GET /api/v1/labels/preview": Case.TRACED,
    "POST /api/v1/labels/preview": Case.PURE,
    "GET /api/v1/objects/{id}/explain": Case.TRACED,
    "GET /api/v1/objects/{id}/audience": Case.TRACED,
    "POST /api/v1/objects/{id}/withdraw": Case.ACTED,
    "POST /api/v1/objects/{id}/tear-line": Case.ACTED,
    "POST /api/v1/objects/{id}/recall": Case.ACTED,
    "GET /api/v1/objects/{id}/seen": Case.TRACED,
    "GET /api/v1/recalls": Case.TRACED,
    "GET /api/v1/recalls/{id}": Case.TRACED,
    "POST /api/v1/recalls/{id}/acknowledge": Case.ACTED,
    "GET /api/v1/receipts": Case.TRACED,
    "GET /api/v1/decisions": Case.TRACED,
    "POST /api/v1/decisions": Case.HIDDEN,
    "GET /api/v1/decisions/{id}": Case.TRACED,
    "POST /api/v1/decisions/{id}/acts": Case.HIDDEN,
    "GET /api/v1/decisions/{id}/diff": Case.TRACED,
    "GET /api/v1/decisions/{id}/preview": Case.TRACED,
    "GET /api/v1/decisions/{id}/record": Case.TRACED,
    "GET /api/v1/consultations": Case.TRACED,
    "POST /api/v1/consultations": Case.HIDDEN,
    "GET /api/v1/consultations/{id}": Case.TRACED,
    "POST /api/v1/consultations/{id}/acts": Case.HIDDEN,
    "GET /api/v1/playbooks": Case.TRACED,
    "GET /api/v1/playbooks/{id}": Case.TRACED,
    "GET /api/v1/playbooks/{id}/document": Case.TRACED,
    "GET /api/v1/runs": Case.TRACED,
    "GET /api/v1/runs/{id}": Case.TRACED,
    "GET /api/v1/runs/{id}/execution-status": Case.TRACED,
    "GET /api/v1/tasks": Case.TRACED,
    "GET /api/v1/tasks/{id}": Case.TRACED,
    "GET /api/v1/clocks": Case.TRACED,
    "POST /api/v1/clocks/confirmation": Case.STAFF,
    "GET /api/v1/tasks/{id}/clocks": Case.TRACED,
    "GET /api/v1/runs/{id}/clocks": Case.TRACED,
    "GET /api/v1/runs/{id}/report": Case.TRACED,
    "GET /api/v1/runs/{id}/report.html": Case.TRACED,
    "GET /api/v1/runs/{id}/report.pdf": Case.TRACED,
    "GET /api/v1/activation-rules": Case.TRACED,
    "POST /api/v1/activation-rules": Case.ACTIVATED,
    "DELETE /api/v1/activation-rules/{id}": Case.ACTIVATED,
    "GET /api/v1/proposals": Case.TRACED,
    "GET /api/v1/proposals/{id}": Case.TRACED,
    "POST /api/v1/proposals/{id}/approve": Case.ACTIVATED,
    "POST /api/v1/proposals/{id}/dismiss": Case.ACTIVATED,
    "GET /api/v1/releases": Case.TRACED,
    "POST /api/v1/releases": Case.ACTED,
    "GET /api/v1/releases/{id}": Case.TRACED,
    "POST /api/v1/releases/{id}/consent": Case.ACTED,
    "POST /api/v1/releases/{id}/withdraw": Case.ACTED,
    "GET /api/v1/webhooks": Case.TRACED,
    "POST /api/v1/webhooks": Case.PRIVATE,
    "GET /api/v1/webhooks/{id}": Case.TRACED,
    "DELETE /api/v1/webhooks/{id}": Case.PRIVATE,
    "POST /api/v1/webhooks/{id}/pause": Case.PRIVATE,
    "POST /api/v1/webhooks/{id}/resume": Case.PRIVATE,
    "POST /api/v1/webhooks/{id}/test": Case.PRIVATE,
    "GET /api/v1/identities": Case.TRACED,
    "POST /api/v1/identities": Case.OPEN,
    "ANY /api/{elsewhere:path}": Case.TRACED,
    "ANY /api": Case.TRACED,
    "GET /": Case.TRACED,
    "GET /home": Case.TRACED,
    "GET /watch": Case.TRACED,
    "GET /watch/parts": Case.TRACED,
    "POST /watch": Case.PRIVATE,
    "GET /collections": Case.TRACED,
    "GET /collections/{name}": Case.TRACED,
    "GET /objects/{id}": Case.TRACED,
    "GET /objects/{id}/graph": Case.TRACED,
    "GET /objects/{id}/withdraw": Case.TRACED,
    "POST /objects/{id}/withdraw": Case.SAME,
    "POST /objects/{id}/tear-line": Case.SAME,
    "GET /objects/{id}/recall": Case.TRACED,
    "POST /objects/{id}/recall": Case.SAME,
    "GET /recalls": Case.TRACED,
    "GET /recalls/{id}": Case.TRACED,
    "POST /recalls/{id}/acknowledge": Case.SAME,
    "GET /decisions": Case.TRACED,
    "GET /decisions/{id}": Case.TRACED,
    "GET /inbox": Case.TRACED,
    "GET /board": Case.TRACED,
    "GET /proposals/{id}": Case.TRACED,
    "POST /proposals/{id}/{act}": Case.ACTIVATED,
    "GET /protocols": Case.TRACED,
    "GET /protocols/{id}": Case.TRACED,
    "GET /protocols/{id}/document": Case.TRACED,
    "GET /protocols/{id}/start": Case.TRACED,
    "GET /decisions/new": Case.TRACED,
    "POST /decisions/new": Case.HIDDEN,
    "GET /decisions/{id}/parts": Case.TRACED,
    "GET /decisions/{id}/record": Case.TRACED,
    "GET /decisions/{id}/verify": Case.TRACED,
    "POST /decisions/{id}/verify": Case.HIDDEN,
    "GET /decisions/{id}/amend": Case.TRACED,
    "POST /decisions/{id}/amend": Case.HIDDEN,
    "GET /decisions/{id}/versions/{number}": Case.TRACED,
    "GET /decisions/{id}/diff": Case.TRACED,
    "GET /decisions/{id}/preview": Case.TRACED,
    "GET /decisions/{id}/{act}": Case.TRACED,
    "POST /decisions/{id}/{act}": Case.HIDDEN,
    "GET /consultations": Case.TRACED,
    "GET /consultations/new": Case.TRACED,
    "POST /consultations/new": Case.HIDDEN,
    "GET /consultations/{id}": Case.TRACED,
    "POST /consultations/{id}/{act}": Case.HIDDEN,
    "GET /publish": Case.TRACED,
    "POST /publish": Case.SAME,
    "GET /nations": Case.TRACED,
    "GET /nations.csv": Case.TRACED,
    "GET /nations/{code}": Case.TRACED,
    "GET /nations/{code}/guide": Case.TRACED,
    "GET /nations/{code}/obligations": Case.TRACED,
    "POST /nations/{code}/obligations": Case.SAME,
    "GET /nations/{code}/obligations.csv": Case.TRACED,
    "GET /nations/compare": Case.TRACED,
    "GET /nations/compare.csv": Case.TRACED,
    "GET /plots": Case.TRACED,
    "GET /plots/{name}.csv": Case.TRACED,
    "GET /search": Case.TRACED,
    "GET /api/v1/search": Case.TRACED,
    "GET /frameworks": Case.TRACED,
    "GET /frameworks/{id}": Case.TRACED,
    "GET /map": Case.TRACED,
    "GET /guide": Case.TRACED,
    "GET /guide/quiz": Case.TRACED,
    "GET /releases": Case.TRACED,
    "POST /releases": Case.SAME,
    "GET /releases/new": Case.TRACED,
    "POST /releases/new": Case.SAME,
    "GET /releases/{id}": Case.TRACED,
    "POST /releases/{id}/consent": Case.SAME,
    "POST /releases/{id}/withdraw": Case.SAME,
    "GET /digests/{token}": Case.TRACED,
    "POST /digests/{token}": Case.PRIVATE,
    "GET /account": Case.TRACED,
    "GET /sign-in": Case.TRACED,
    "POST /sign-in": Case.PRIVATE,
    "POST /sign-in/second": Case.PRIVATE,
    "POST /sign-in/passkey": Case.PRIVATE,
    "POST /sign-in/certificate": Case.PRIVATE,
    "GET /account/factors": Case.PRIVATE,
    "POST /account/factors/enrol": Case.PRIVATE,
    "POST /account/factors/app": Case.PRIVATE,
    "POST /account/factors/app/confirm": Case.PRIVATE,
    "POST /account/factors/app/remove": Case.PRIVATE,
    "POST /account/factors/codes": Case.PRIVATE,
    "POST /account/factors/passkey": Case.PRIVATE,
    "POST /account/factors/passkey/remove": Case.PRIVATE,
    "POST /sign-out": Case.PRIVATE,
    "GET /static/{name}": Case.TRACED,
    "GET /worlds": Case.DEMO,
    "POST /worlds": Case.DEMO,
    "GET /worlds/events": Case.DEMO,
}
"""How each endpoint is covered, by method and path; HEAD answers as GET."""

TAXII = "/taxii2/nato"


def questions(statuses: list[str]) -> Iterator[str]:
    """Give addresses that a viewer may ask, by GET, at least one an endpoint.

    Args:
        statuses: the ids of the statuses of the viewer's own POSTs.
    """
    yield from _glances()
    yield from (f"{TAXII}/status/{status}/" for status in statuses)
    for collection in COLLECTIONS:
        yield from _of_collection(collection.id, collection.alias)
    for stix_id in (*IDS, DANGLING):
        yield f"/objects/{stix_id}"
        yield f"/objects/{stix_id}/graph"
        yield f"/objects/{stix_id}/withdraw"
        yield f"/objects/{stix_id}/recall"
        yield f"/api/v1/objects/{stix_id}/explain?nation=GEO"
        yield f"/api/v1/objects/{stix_id}/audience"
        yield f"/api/v1/objects/{stix_id}/seen"
    yield from surfaces_readiness.QUESTIONS
    yield from surfaces_response.QUESTIONS
    yield from surfaces_overseeing.QUESTIONS
    yield from (
        "/taxii2/",
        "/taxii2",
        "/taxii2/elsewhere",
        "/trustgroup1/",
        "/trustgroup1/collections/",
        "/trustgroup1/elsewhere/",
        f"{TAXII}/",
        "/live?follow=0&snapshot=1",
        "/stream?follow=0",
        "/stream/live?follow=0&recover=2026-11-24T12:00:00Z",
        "/stream/elsewhere?follow=0",
        "/health/live",
        "/health/ready",
        "/health/elsewhere",
        "/api",
        "/api/elsewhere",
        "/api/openapi.json",
        "/api/v1/me",
        "/api/v1/me/tokens",
        "/api/v1/nations",
        "/api/v1/nations/MDA",
        "/api/v1/nations/MDA/status",
        "/api/v1/nations/MDA/guide",
        "/api/v1/nations/MDA/obligations",
        "/api/v1/engagements",
        "/api/v1/engagements/engagement--00000000-0000-4000-8000-000000000009",
        "/api/v1/updates",
        "/api/v1/updates/feed.atom",
        "/api/v1/updates/feed.json",
        "/api/v1/updates/update--00000000-0000-4000-8000-000000000009",
        "/api/v1/updates/update--00000000-0000-4000-8000-000000000009/diff",
        "/api/v1/frameworks",
        "/api/v1/frameworks/pfp",
        "/api/v1/glossary",
        "/api/v1/glossary/search?q=partner",
        "/api/v1/mistakes",
        "/api/v1/questions",
        "/api/v1/quiz?count=2",
        "/api/v1/decisions",
        *(
            f"/api/v1/runs/run--00000000-0000-4000-8000-000000000009/{each}"
            for each in ("report", "report.html", "report.pdf")
        ),
        "/api/v1/activation-rules",
        "/api/v1/proposals?every=true",
        "/api/v1/proposals/proposal--00000000-0000-4000-8000-000000000009",
        "/api/v1/playbooks",
        "/api/v1/playbooks/playbook--00000000-0000-4000-8000-000000000009",
        "/api/v1/playbooks/playbook--00000000-0000-4000-8000-000000000009/document",
        "/api/v1/runs",
        "/api/v1/runs/run--00000000-0000-4000-8000-000000000009",
        "/api/v1/runs/run--00000000-0000-4000-8000-000000000009/execution-status",
        "/api/v1/clocks",
        "/api/v1/runs/run--00000000-0000-4000-8000-000000000009/clocks",
        "/api/v1/tasks/task--00000000-0000-4000-8000-000000000009/clocks",
        "/api/v1/tasks?part=all",
        "/api/v1/tasks/task--00000000-0000-4000-8000-000000000009",
        "/api/v1/decisions/decision--00000000-0000-4000-8000-000000000009/diff",
        "/api/v1/decisions/decision--00000000-0000-4000-8000-000000000009/preview",
        "/api/v1/decisions/decision--00000000-0000-4000-8000-000000000009/record",
        "/api/v1/consultations",
        "/api/v1/consultations/consultation--00000000-0000-4000-8000-000000000009",
        "/api/v1/decisions/decision--00000000-0000-4000-8000-000000000009",
        "/decisions",
        "/decisions/decision--00000000-0000-4000-8000-000000000009",
        "/inbox",
        "/board",
        "/proposals/proposal--00000000-0000-4000-8000-000000000009",
        "/protocols",
        *(
            f"/protocols/playbook--00000000-0000-4000-8000-000000000009{each}"
            for each in ("", "/document", "/start")
        ),
        "/runs",
        *(
            f"/runs/run--00000000-0000-4000-8000-000000000009{each}"
            for each in ("", "/parts", "/report", "/report.pdf")
        ),
        "/tasks?part=all",
        "/tasks/task--00000000-0000-4000-8000-000000000009",
        "/decisions/new",
        *(
            f"/decisions/decision--00000000-0000-4000-8000-000000000009/{each}"
            for each in (
                "break",
                "record",
                "parts",
                "verify",
                "amend",
                "versions/1",
                "diff",
                "preview",
            )
        ),
        "/consultations",
        "/consultations/new",
        "/consultations/consultation--00000000-0000-4000-8000-000000000009",
        "/api/v1/releases",
        "/api/v1/releases/release--00000000-0000-4000-8000-000000000009",
        "/recalls",
        "/recalls/recall--00000000-0000-4000-8000-000000000009",
        "/api/v1/recalls",
        "/api/v1/recalls/recall--00000000-0000-4000-8000-000000000009",
        "/api/v1/receipts",
        "/publish",
        "/nations",
        "/nations.csv",
        "/nations/FIN",
        "/nations/FIN/guide",
        "/nations/FIN/obligations",
        "/nations/FIN/obligations.csv",
        "/engagements",
        "/engagements.csv",
        "/engagements/engagement--00000000-0000-4000-8000-000000000009",
        "/regions",
        "/regions/baltic_sea",
        "/updates",
        "/updates/update--00000000-0000-4000-8000-000000000009",
        "/state",
        "/nations/compare?codes=FIN,POL",
        "/nations/compare.csv?codes=FIN,POL",
        "/plots",
        "/plots/volume.csv",
        "/search?q=POL",
        "/search?q=what",
        "/search?q=of+POL",
        "/api/v1/search?q=report+of+POL&limit=100",
        "/api/v1/search?q=anew&limit=100",
        "/frameworks",
        "/frameworks/pfp",
        "/map",
        "/guide",
        "/guide/quiz",
        "/releases",
        "/releases/new",
        "/releases/release--00000000-0000-4000-8000-000000000009",
        "/api/v1/webhooks",
        "/api/v1/webhooks/webhook--00000000-0000-4000-8000-000000000009",
        "/api/v1/identities",
        "/api/v1/accounts",
        "/api/v1/accounts/account--00000000-0000-4000-8000-000000000009",
        "/api/v1/labels/parse?text=NATO+RESTRICTED",
        "/api/v1/labels/preview?text=TLP:GREEN",
        "/",
        "/watch",
        "/watch/parts",
        "/digests/unknown",
        "/account",
        "/sign-in",
        "/static/base.css",
        "/worlds",
    )


def _glances() -> Iterator[str]:
    """Give the few addresses that tell most, to be asked after every act."""
    yield from ("/home", "/collections", "/api/v1/collections")
    yield f"{TAXII}/collections/"
    for collection in COLLECTIONS:
        of = f"{TAXII}/collections/{collection.id}"
        yield f"{of}/manifest/?match[version]=all"
        yield f"{of}/objects/?limit=2"


def glances() -> list[str]:
    """List the addresses that are asked after every act."""
    return list(_glances())


def _of_collection(collection: str, alias: str) -> Iterator[str]:
    of = f"{TAXII}/collections/{collection}"
    yield f"{of}/"
    yield f"{of}/objects/?match[version]=first"
    yield f"{of}/objects/?match[version]=all&match[type]=indicator,report"
    yield f"{of}/manifest/?limit=3"
    yield f"{of}/objects/?added_after=2026-11-23T12:00:09Z&match[version]=all"
    for stix_id in (*IDS, DANGLING):
        yield f"{of}/objects/{stix_id}/?match[version]=all"
        yield f"{of}/objects/{stix_id}/versions/"
    yield f"/collections/{alias}"
    yield f"/stream/{alias}?follow=0&no-dependencies=true"
    yield f"/api/v1/collections/{collection}"
