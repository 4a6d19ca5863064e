"""The addresses of what the alliance prepares: measures, units, plans, training.

They stand before `/nations/{code}`: a word is no code.
"""

from collections.abc import Callable

from starlette.routing import BaseRoute, Route

from foedus.web import (
    advice,
    cost_shares,
    plans,
    readiness,
    readiness_intake,
    readiness_lists,
)
from foedus.web.frame import Endpoint

Way = Callable[[str, Endpoint], Route]
"""Makes the route of an address."""


def routes(get: Way, post: Way) -> list[BaseRoute]:
    """Give the routes, made by the ways of whoever serves them."""
    return [
        get("/measures", readiness.show_measures),
        get("/measures.csv", readiness.give_measures),
        get("/measures/{id}", readiness.show_measure),
        get("/units", readiness_lists.show_units),
        get("/units.csv", readiness_lists.give_units),
        get("/units/new", readiness_intake.show_new),
        post("/units/new", readiness_intake.take),
        get("/plans", plans.show_plans),
        post("/plans", plans.make_plan),
        get("/plans/{id}", plans.show_plan),
        post("/plans/{id}/again", plans.make_plan_again),
        get("/plans/{id}/plan.html", plans.give_page),
        get("/plans/{id}/plan.pdf", plans.give_paper),
        get("/plans/{id}/plan.json", plans.give_record),
        get("/plans/{id}/{table}.csv", plans.give_table),
        get("/cost-shares", cost_shares.show_shares),
        post("/cost-shares", cost_shares.share),
        get("/exercises", readiness_lists.show_exercises),
        get("/exercises/advice", advice.show_advice),
        get("/exercises/{id}", readiness_lists.show_exercise),
        get("/training", readiness_lists.show_catalogue),
        get("/training/{id}", readiness_lists.show_module),
        get("/nations/{code}/readiness", readiness.show_nation),
    ]
