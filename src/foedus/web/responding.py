"""The addresses of protocols, runs and tasks, and of the duty officer's board."""

from starlette.routing import BaseRoute

from foedus.web import (
    board,
    calendars,
    proposals,
    protocol_start,
    protocols,
    run_reports,
    runs,
    tasks,
)
from foedus.web.frame import Way


def routes(get: Way, post: Way) -> list[BaseRoute]:
    """Give the routes, made by the ways of whoever serves them."""
    return [
        get("/board", board.show_board),
        get("/calendars", calendars.show_calendars),
        post("/calendars", calendars.take),
        get("/proposals/{id}", proposals.show_proposal),
        post("/proposals/{id}/{act}", proposals.act),
        get("/protocols", protocols.show_protocols),
        get("/protocols/{id}", protocols.show_protocol),
        get("/protocols/{id}/document", protocols.give_document),
        post("/protocols/{id}/import", protocols.take),
        get("/protocols/{id}/start", protocol_start.show_start),
        post("/protocols/{id}/start", protocol_start.start),
        get("/runs", runs.show_runs),
        get("/runs/{id}", runs.show_run),
        get("/runs/{id}/parts", runs.show_parts),
        get("/runs/{id}/report", run_reports.show_report),
        get("/runs/{id}/report.pdf", run_reports.give_paper),
        post("/runs/{id}/cancel", runs.cancel),
        post("/runs/{id}/pause", runs.pause),
        post("/runs/{id}/resume", runs.resume),
        post("/runs/{id}/end-step", runs.end_step),
        get("/tasks", tasks.show_tasks),
        get("/tasks/{id}", tasks.show_task),
        post("/tasks/{id}/{act}", tasks.act),
    ]
