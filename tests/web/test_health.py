"""The operator's page: for the operators of the alliance's own body, in sentences."""

from collections.abc import AsyncIterator

import httpx
import pytest

from foedus.hub import Hub
from tests.web.conftest import form_token, looking, signed_in
from tests.web.demo_hub import Mould


@pytest.fixture
async def operator(hub: Hub, mould: Mould) -> AsyncIterator[httpx.AsyncClient]:
    async with looking(hub, await signed_in(hub, mould, "operator")) as client:
        yield client


async def test_an_operator_sees_how_the_hub_is_and_what_to_do(
    operator: httpx.AsyncClient,
) -> None:
    page = (await operator.get("/hub/health")).text
    assert "They show all of the log." in page
    assert "No backup was ever made." in page
    assert "foedus_views_lag_positions" in page
    assert "Nobody has looked at everything" in page

    form = {"form-token": form_token(page)}
    done = await operator.post("/hub/health", data=form)
    page = (await operator.get(done.headers["location"])).text

    assert "The files are for their owner alone." in page
    assert 'href="/hub/health" aria-current' in page
    assert "ILLUSTRATIVE" not in page  # nothing on it has a label


async def test_nobody_else_sees_it(norway: httpx.AsyncClient) -> None:
    page = await norway.get("/hub/health")
    assert page.status_code == 403
    form = {"form-token": form_token(page.text)}
    assert (await norway.post("/hub/health", data=form)).status_code == 403
