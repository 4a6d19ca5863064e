"""The endpoints of assessments that are compared by their own test; see `surfaces`.

They are forms of one dossier, whose JSON is traced like any other endpoint's.
"""

ASSESSED = (
    "GET /api/v1/nations/{code}/assessment.html",
    "GET /api/v1/nations/{code}/assessment.pdf",
    "GET /nations/{code}/assess",
    "GET /nations/{code}/assess.html",
    "GET /nations/{code}/assess.pdf",
    "GET /nations/{code}/assess/{table}.csv",
)
"""Whose answers test_assessment_worlds.py compares in two worlds."""
