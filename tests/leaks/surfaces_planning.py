"""The endpoints of planning that tell of what is sent alone; see `surfaces`."""

PURE = (
    "POST /api/v1/comparisons",
    "POST /api/v1/composite-indices",
    "POST /api/v1/cost-shares",
    "POST /api/v1/rankings",
    "POST /cost-shares",
)
"""Which read nothing of the hub."""
