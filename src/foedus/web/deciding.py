"""The addresses of what waits, what is decided, and what is talked about.

Words stand before `/decisions/{id}/{act}`: each is the page of an act.
"""

from starlette.routing import BaseRoute

from foedus.web import (
    consultations,
    decision_records,
    decision_texts,
    decisions,
    inbox,
)
from foedus.web.frame import Way


def routes(get: Way, post: Way) -> list[BaseRoute]:
    """Give the routes, made by the ways of whoever serves them."""
    return [
        get("/inbox", inbox.show_inbox),
        get("/decisions", decisions.show_decisions),
        get("/decisions/new", decision_texts.show_new),
        post("/decisions/new", decision_texts.draft),
        get("/decisions/{id}", decisions.show_decision),
        get("/decisions/{id}/parts", decisions.show_parts),
        get("/decisions/{id}/record", decision_records.give_record),
        get("/decisions/{id}/verify", decision_records.show_verification),
        post("/decisions/{id}/verify", decision_records.verify_record),
        get("/decisions/{id}/amend", decision_texts.show_amend),
        post("/decisions/{id}/amend", decision_texts.amend),
        get("/decisions/{id}/versions/{number}", decision_texts.show_version),
        get("/decisions/{id}/diff", decision_texts.show_diff),
        get("/decisions/{id}/preview", decision_texts.show_preview),
        get("/decisions/{id}/{act}", decisions.ask),
        post("/decisions/{id}/{act}", decisions.act),
        get("/consultations", consultations.show_consultations),
        get("/consultations/new", consultations.show_new),
        post("/consultations/new", consultations.ask),
        get("/consultations/{id}", consultations.show_consultation),
        post("/consultations/{id}/{act}", consultations.act),
    ]
