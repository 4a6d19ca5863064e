"""The JSON API at `/api/v1`, its OpenAPI description, and the health of the hub.

Start with `routes`: it lists every operation; each says what it takes and gives.
"""
