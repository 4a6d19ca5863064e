"""The endpoints of readiness, and how the leak tests cover each; see `surfaces`."""

RECORDS = (
    *("measures", "requirements", "units", "unit-reports", "commitments"),
    *("routes", "adoptions", "pair-tests", "modules", "enrolments", "completions"),
    *("exercises", "participations", "evaluations", "lessons"),
)
"""Kinds of records, as they stand in addresses."""

TRACED = (
    *(f"GET /api/v1/{each}" for each in RECORDS),
    "GET /api/v1/measures/comparison",
    "GET /api/v1/measures/{id}",
    "GET /api/v1/nations/{code}/readiness",
    "GET /api/v1/nations/{code}/assessment",
    "GET /api/v1/modules/{id}",
    "GET /api/v1/units/{id}",
    "GET /api/v1/commitments/{id}",
    "GET /api/v1/routes/{id}",
    "GET /api/v1/exercises/{id}",
    *("GET /measures", "GET /measures.csv", "GET /measures/{id}"),
    *("GET /units", "GET /units.csv", "GET /units/new"),
    *("GET /exercises", "GET /exercises/{id}"),
    *("GET /training", "GET /training/{id}", "GET /cost-shares"),
    "GET /nations/{code}/readiness",
)
"""Whose whole answer is compared in two worlds and searched for secrets."""

RATED = (
    *(f"POST /api/v1/{each}" for each in RECORDS),
    *("POST /api/v1/units/{id}", "DELETE /api/v1/units/{id}"),
    *("POST /api/v1/commitments/{id}", "DELETE /api/v1/commitments/{id}"),
    *("POST /api/v1/routes/{id}", "DELETE /api/v1/routes/{id}"),
    *("POST /api/v1/exercises/{id}", "DELETE /api/v1/exercises/{id}"),
    "POST /api/v1/unit-imports",
    *("GET /api/v1/exercise-advice", "GET /exercises/advice"),
)
"""Which act on readiness, or plan from it; test_readiness_worlds.py compares."""

_UNIT = "unit--00000000-0000-4000-8000-000000000009"
_PLAN = "plan--00000000-0000-4000-8000-000000000009"
_EXERCISE = "exercise--00000000-0000-4000-8000-000000000009"

QUESTIONS = (
    *(f"/api/v1/{each}" for each in RECORDS),
    *("/api/v1/measures/comparison", "/api/v1/measures/rapid_reaction"),
    *("/api/v1/nations/POL/readiness", "/api/v1/modules/data_links"),
    "/api/v1/nations/MDA/assessment?to=member",
    *(f"/api/v1/units/{_UNIT}", f"/api/v1/exercises/{_EXERCISE}"),
    f"/api/v1/commitments/{_PLAN.replace('plan', 'commitment')}",
    f"/api/v1/routes/{_PLAN.replace('plan', 'route')}",
    *("/api/v1/plans", f"/api/v1/plans/{_PLAN}", "/plans", f"/plans/{_PLAN}"),
    *(f"/plans/{_PLAN}/plan.{each}" for each in ("html", "pdf", "json")),
    f"/plans/{_PLAN}/gaps.csv",
    *("/measures", "/measures.csv", "/measures/rapid_reaction"),
    *("/units", "/units.csv", "/units/new", "/nations/POL/readiness"),
    *("/exercises", f"/exercises/{_EXERCISE}", "/training", "/training/data_links"),
    "/cost-shares",
)
"""An address of each that is traced."""
