"""The JSON API at `/api/v1`, its OpenAPI description, and the health of the hub."""
