"""Problems: what a client is told of a refusal."""

import json

import pytest

from foedus.api.problems import (
    CHALLENGE,
    failure_response,
    method_response,
    problem_response,
)
from foedus.errors import (
    FoedusError,
    LabelError,
    NotFoundError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
)


def test_a_problem_has_the_type_title_status_detail_and_instance() -> None:
    response = problem_response(NotFoundError("no such thing"), "/api/v1/things/1")

    assert json.loads(bytes(response.body)) == {
        "type": "https://foedus.example/problems/not-found",
        "title": "Nothing here",
        "status": 404,
        "detail": "no such thing",
        "instance": "/api/v1/things/1",
    }
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"


def test_the_problem_of_a_label_has_its_code() -> None:
    response = problem_response(LabelError("no", code="unknown_entity"))

    assert json.loads(bytes(response.body))["code"] == "unknown_entity"


@pytest.mark.parametrize("error", [RateLimitedError, UnavailableError])
def test_who_shall_come_back_is_told_when(
    error: type[RateLimitedError | UnavailableError],
) -> None:
    response = problem_response(error("later", retry_after_s=7))

    assert response.headers["retry-after"] == "7"


def test_who_is_not_signed_in_is_told_how_to() -> None:
    response = problem_response(UnauthorizedError("sign in"))

    assert response.headers["www-authenticate"] == CHALLENGE


def test_an_error_of_no_kind_is_a_500() -> None:
    assert problem_response(FoedusError("broken")).status_code == 500


def test_a_failure_names_its_id_and_nothing_else() -> None:
    problem = json.loads(bytes(failure_response("e-1", "/api/v1/me").body))

    assert problem["detail"] == "the hub failed; tell the operator the error id e-1"


def test_a_refused_method_names_those_there_are() -> None:
    response = method_response({"POST", "GET"})

    assert (response.status_code, response.headers["allow"]) == (405, "GET, POST")
