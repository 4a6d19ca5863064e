"""The addresses of what the nations owe, do together, lay down and are.

They stand before `/nations/{code}`: a word is no code.
"""

from collections.abc import Callable

from starlette.routing import BaseRoute, Route

from foedus.web import (
    assessments,
    comparison,
    engagement_forms,
    engagements,
    graphs,
    obligations,
    pillars,
    plots,
    regions,
    search,
    update_forms,
    updates,
)
from foedus.web.frame import Endpoint

Way = Callable[[str, Endpoint], Route]
"""Makes the route of an address."""


def routes(get: Way, post: Way) -> list[BaseRoute]:
    """Give the routes, made by the ways of whoever serves them."""
    return [
        get("/nations/compare", comparison.show_comparison),
        get("/nations/compare.csv", comparison.give_comparison),
        get("/plots", plots.show_plots),
        get("/plots/{name}.csv", plots.give_plot),
        get("/nations/{code}/obligations", obligations.show_obligations),
        post("/nations/{code}/obligations", obligations.report_obligation),
        get("/nations/{code}/obligations.csv", obligations.give_obligations),
        get("/nations/{code}/assess", assessments.show_assessment),
        get("/nations/{code}/assess.html", assessments.give_page),
        get("/nations/{code}/assess.pdf", assessments.give_paper),
        get("/nations/{code}/assess/{table}.csv", assessments.give_table),
        get("/engagements", engagements.show_engagements),
        get("/engagements.csv", engagements.give_engagements),
        get("/engagements/new", engagement_forms.show_new),
        post("/engagements/new", engagement_forms.record),
        get("/engagements/{id}", engagements.show_engagement),
        get("/engagements/{id}/report", engagement_forms.show_report),
        post("/engagements/{id}/report", engagement_forms.report),
        get("/regions", regions.show_regions),
        get("/regions/{name}", regions.show_region),
        get("/updates", updates.show_updates),
        get("/updates/new", update_forms.show_new),
        post("/updates/new", update_forms.publish),
        get("/updates/{id}", updates.show_update),
        get("/updates/{id}/edition", update_forms.show_edition),
        post("/updates/{id}/edition", update_forms.publish_further),
        post("/updates/{id}/acknowledge", updates.acknowledge_update),
        get("/objects/{id}/graph", graphs.show_graph),
        get("/search", search.show_search),
        get("/state", pillars.show_state),
    ]
