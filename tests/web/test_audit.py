"""The auditor's page: for auditors, of their own nation, and no content."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from foedus.hub import Hub
from foedus.web.audit import did
from tests.web.conftest import form_token, looking, signed_in
from tests.web.demo_hub import Mould


@pytest.fixture
async def auditor(hub: Hub, mould: Mould) -> AsyncIterator[httpx.AsyncClient]:
    async with looking(hub, await signed_in(hub, mould, "norway-auditor")) as client:
        yield client


async def test_an_auditor_verifies_the_log_and_sees_who_did_what(
    auditor: httpx.AsyncClient, hub: Hub
) -> None:
    page = (await auditor.get("/audit")).text
    assert "Nobody has asked yet." in page
    assert "Published (intelligence)" in page
    assert "ILLUSTRATIVE" not in page  # never what was said
    days = re.findall(r'<tr role="row"><td role="cell" class="nowrap">(.*?)<', page)
    assert days
    assert all(re.fullmatch(r"\d+ [A-Z][a-z]{2} \d{4}", each) for each in days)

    done = await auditor.post("/audit/verify", data={"form-token": form_token(page)})
    page = (await auditor.get(done.headers["location"])).text

    assert "Every entry of the log is what was written." in page
    assert "Entries read" not in page  # how many counts what is hidden
    table = (await auditor.get("/audit/deeds.csv")).text
    assert ",norway,intel.published," in table
    assert {line.split(",")[1] for line in table.splitlines()[1:]} == {"norway"}
    receipts = (await auditor.get("/audit/receipts.csv?before=2026-01-01")).text
    assert receipts.startswith("day,collection,reader")
    assert hub.alliance.code not in table


async def test_nobody_else_sees_any_of_it(norway: httpx.AsyncClient) -> None:
    for path in ("/audit", "/audit/deeds.csv", "/audit/receipts.csv"):
        assert (await norway.get(path)).status_code == 403
    page = (await norway.get("/home")).text
    assert "/audit" not in page
    token = form_token(page)
    answer = await norway.post("/audit/verify", data={"form-token": token})
    assert answer.status_code == 403


async def test_a_day_that_is_none_is_refused(auditor: httpx.AsyncClient) -> None:
    assert (await auditor.get("/audit/deeds.csv?before=soon")).status_code == 400


def test_what_was_done_is_said_in_words() -> None:
    assert did("intel.recall-acknowledged") == "Recall acknowledged (intelligence)"
    assert did("new.kind") == "Kind (new)"
