"""The endpoints that act on runs and tasks; see `surfaces`."""

PLAYED = (
    "POST /api/v1/playbooks",
    "POST /api/v1/runs",
    "POST /api/v1/runs/{id}/cancellation",
    "POST /api/v1/runs/{id}/pause",
    "POST /api/v1/runs/{id}/resume",
    "POST /api/v1/runs/{id}/step-ends",
    "POST /api/v1/tasks/{id}/acts",
    "POST /api/v1/tasks/{id}/pause",
    "POST /api/v1/tasks/{id}/resume",
    "POST /protocols/{id}/import",
    "POST /protocols/{id}/start",
    "POST /runs/{id}/cancel",
    "POST /runs/{id}/pause",
    "POST /runs/{id}/resume",
    "POST /runs/{id}/end-step",
    "POST /tasks/{id}/{act}",
)
"""Whose effects are compared in two worlds by `test_run_worlds`."""

TRACED = (
    *("GET /runs", "GET /runs/{id}", "GET /runs/{id}/parts"),
    *("GET /runs/{id}/report", "GET /runs/{id}/report.pdf"),
    *("GET /tasks", "GET /tasks/{id}"),
    *("GET /api/v1/calendars", "GET /api/v1/calendars/{code}", "GET /calendars"),
)
"""Whose whole answer is compared in two worlds and searched for secrets."""

OPEN = ("POST /api/v1/calendars", "POST /calendars")
"""Which change only what every account may read."""

QUESTIONS = ("/api/v1/calendars", "/api/v1/calendars/POL", "/calendars?nation=POL")
"""An address of each that is traced, but for those that `surfaces` has."""
