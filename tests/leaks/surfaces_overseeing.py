"""Endpoints of those who check and run the hub, and forms that say something."""

TRACED = (
    "GET /audit",
    "GET /audit/deeds.csv",
    "GET /audit/receipts.csv",
    "GET /hub/health",
    *("GET /engagements", "GET /engagements.csv", "GET /engagements/{id}"),
    "GET /engagements/new",
    "GET /engagements/{id}/report",
    *("GET /updates", "GET /updates/{id}"),
    *("GET /regions", "GET /regions/{name}", "GET /state"),
    "GET /updates/new",
    "GET /updates/{id}/edition",
)
"""Whose whole answer is compared in two worlds and searched for secrets."""

SAME = (
    "POST /engagements/new",
    "POST /engagements/{id}/report",
    "POST /updates/new",
    "POST /updates/{id}/edition",
    "POST /updates/{id}/acknowledge",
)
"""Forms that act by the verb of an endpoint that is acted by."""

CHECKED = ("POST /audit/verify", "POST /hub/health")
"""Which read files and tell whether they are whole."""

QUESTIONS = (
    "/audit",
    "/audit/deeds.csv",
    "/audit/receipts.csv",
    "/hub/health",
    "/engagements/new",
    "/engagements/engagement--00000000-0000-4000-8000-000000000009/report",
    "/updates/new",
    "/updates/update--00000000-0000-4000-8000-000000000009/edition",
)
"""An address of each of them."""
