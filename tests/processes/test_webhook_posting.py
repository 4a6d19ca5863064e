"""One message to one receiver: what is sent, where to, and what is told of it."""

import asyncio
from pathlib import Path

import httpx
import pytest

from foedus.processes import webhook_posting as module
from foedus.processes.webhook_addresses import policy_of
from foedus.processes.webhook_posting import Answer, Poster
from tests.processes.receiver import certify, here, receiving, served_with

LOCAL = policy_of(["127.0.0.0/8"], allow_http=True)
NOWHERE = "http://siem.example:9/in"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certify(tmp_path_factory.mktemp("tls"), "siem.example")


def poster(*addresses: str, trusts: Path | None = None) -> Poster:
    return Poster(LOCAL, trusts, here(*addresses))


async def test_a_message_goes_to_the_judged_address_under_the_receivers_name(
    certificate: Path,
) -> None:
    async with receiving(served_with(certificate)) as receiver:
        url = f"https://siem.example:{receiver.port}/in?key=1"
        headers = {"webhook-id": "msg_1"}
        answer = await poster(trusts=certificate).post(url, b"{}", headers)
    assert answer == Answer(status=204)
    [message] = receiver.messages
    assert message.line == "POST /in?key=1 HTTP/1.1"
    assert message.body == b"{}"
    assert message.headers["host"] == f"siem.example:{receiver.port}"
    assert message.headers["content-type"] == "application/json"
    assert message.headers["webhook-id"] == "msg_1"


async def test_a_certificate_of_another_name_or_authority_is_refused(
    certificate: Path,
) -> None:
    async with receiving(served_with(certificate)) as receiver:
        by_name = f"https://siem.example:{receiver.port}/"
        other = f"https://other.example:{receiver.port}/"
        answers = [
            await poster().post(by_name, b"", {}),
            await poster(trusts=certificate).post(other, b"", {}),
        ]
    assert receiver.messages == []
    for answer in answers:
        assert answer.failure.startswith("its certificate is not valid")


async def test_a_redirect_is_not_followed() -> None:
    async with receiving() as receiver, receiving() as elsewhere:
        onward = f"http://siem.example:{elsewhere.port}/"
        receiver.answers = [(307, {"Location": onward})]
        url = f"http://siem.example:{receiver.port}/"
        answer = await poster().post(url, b"{}", {})
    assert answer.status == 307
    assert "redirect" in answer.failure
    assert elsewhere.messages == []


async def test_what_a_receiver_says_is_neither_read_nor_told() -> None:
    async with receiving() as receiver:
        head = b"HTTP/1.1 500 X\r\nContent-Length: 999999999999\r\n\r\n"
        receiver.answers = [head + b"secret " * 1_000]
        url = f"http://siem.example:{receiver.port}/"
        answer = await poster().post(url, b"{}", {})
    assert answer == Answer(status=500, failure="it answered 500 Internal Server Error")


async def test_the_pause_that_a_receiver_asks_for_is_told() -> None:
    async with receiving() as receiver:
        receiver.answers = [(503, {"Retry-After": "60"}), (429, {"Retry-After": "x"})]
        url = f"http://siem.example:{receiver.port}/"
        first = await poster().post(url, b"{}", {})
        second = await poster().post(url, b"{}", {})
    assert (first.retry_after_s, second.retry_after_s) == (60.0, 0.0)


async def test_who_does_not_answer_in_time_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "TIMEOUT_S", 0.3)
    assert httpx.__version__, "is imported, and costs the post no time"
    async with receiving() as receiver:
        receiver.holds = asyncio.Event()
        url = f"http://siem.example:{receiver.port}/"
        answer = await poster().post(url, b"{}", {})
        async with asyncio.timeout(10):
            await receiver.came.wait()
        receiver.holds.set()
    assert answer.failure.startswith("it did not answer within")


async def test_the_next_address_is_tried_where_nobody_is_at_the_first() -> None:
    async with receiving() as receiver:
        url = f"http://siem.example:{receiver.port}/"
        answer = await poster("127.0.0.2", "127.0.0.1").post(url, b"{}", {})
    assert answer.status == 204


async def test_failures_are_told_in_few_words() -> None:
    async def unknown(_host: str, _port: int) -> tuple[str, ...]:
        raise OSError("a resolver's words")

    assert not (await poster().post(NOWHERE, b"", {})).unsure
    failures = [
        (await poster().post(NOWHERE, b"", {})).failure,
        (await Poster(LOCAL, None, unknown).post(NOWHERE, b"", {})).failure,
        (await poster("10.0.0.1").post(NOWHERE, b"", {})).failure,
        (await poster().post("ftp://siem.example", b"", {})).failure,
    ]
    async with receiving() as receiver:
        receiver.answers = [b"220 ready\r\n"]
        url = f"http://siem.example:{receiver.port}/"
        odd = await poster().post(url, b"", {})
        failures.append(odd.failure)
    assert odd.unsure, "it has been sent"
    assert failures[:2] == ["no connection came about", "its name is not known"]
    assert "not one that this hub sends to" in failures[2]
    assert "https" in failures[3]
    assert failures[4] == "it did not answer in HTTP"


async def test_a_proxy_of_the_environment_is_not_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with receiving() as proxy, receiving() as receiver:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
        url = f"http://siem.example:{receiver.port}/"
        assert (await poster().post(url, b"{}", {})).status == 204
    assert proxy.messages == []


async def test_a_file_of_authorities_that_holds_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("nothing", encoding="utf-8")
    for path in (tmp_path / "missing", tmp_path / "empty"):
        answer = await poster(trusts=path).post(NOWHERE, b"", {})
        assert "webhooks.authorities" in answer.failure


async def test_this_machine_resolves_its_own_name() -> None:
    found = await module.by_system("localhost", 80)
    assert set(found) <= {"127.0.0.1", "::1"}
    assert found
