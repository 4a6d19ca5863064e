"""Operations: what a handler is handed."""

import pytest

from foedus.api.operations import Asked, NoQuery, PageQuery
from foedus.errors import UnauthorizedError
from foedus.hub import Hub
from tests.api.world import NOON


def asked(hub: Hub) -> Asked:
    return Asked(
        hub=hub,
        at=NOON,
        path="/",
        parts={},
        signed_in=None,
        query=PageQuery(limit=3),
        body=None,
    )


def test_a_handler_that_needs_an_account_gets_none_of_nobody(hub: Hub) -> None:
    with pytest.raises(UnauthorizedError):
        _ = asked(hub).account


def test_a_handler_gets_the_parameters_that_it_describes(hub: Hub) -> None:
    assert asked(hub).asks(PageQuery).limit == 3


def test_a_handler_that_asks_for_what_it_does_not_describe_is_wrong(hub: Hub) -> None:
    with pytest.raises(AssertionError):
        asked(hub).asks(NoQuery)
    with pytest.raises(AssertionError):
        asked(hub).sends(NoQuery)
