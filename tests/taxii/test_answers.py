import orjson
import pytest
from starlette.types import Message

from foedus.errors import (
    CorruptLogError,
    LabelError,
    NotFoundError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
)
from foedus.taxii.answers import Answer, failure, method_refused, moved, refusal


async def sent(answer: Answer, method: str) -> list[Message]:
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    await answer.send({"type": "http", "method": method}, send)
    return messages


async def test_head_is_sent_the_length_but_not_the_body() -> None:
    start, body = await sent(Answer(body=b"1234"), "HEAD")

    assert (b"content-length", b"4") in start["headers"]
    assert body["body"] == b""


async def test_no_answer_is_kept_by_a_shared_cache() -> None:
    start, _ = await sent(Answer(body=b"{}"), "GET")

    assert (b"cache-control", b"private, no-store") in start["headers"]


def test_an_error_is_rendered_with_its_status_as_a_string() -> None:
    assert orjson.loads(refusal(NotFoundError("no such thing")).body) == {
        "title": "Nothing here",
        "description": "no such thing",
        "error_code": "not-found",
        "http_status": "404",
    }


def test_who_is_not_signed_in_is_told_how_to() -> None:
    headers = refusal(UnauthorizedError("sign in")).headers

    assert [value.split()[0] for _, value in headers] == [b"Basic", b"Bearer"]


@pytest.mark.parametrize(
    "error",
    [
        RateLimitedError("slower", retry_after_s=7),
        UnavailableError("no", retry_after_s=7),
    ],
)
def test_who_may_come_back_is_told_when(
    error: RateLimitedError | UnavailableError,
) -> None:
    assert refusal(error).headers == ((b"retry-after", b"7"),)


def test_a_label_error_has_its_code() -> None:
    body = orjson.loads(refusal(LabelError("what?", code="unknown_entity")).body)

    assert body["details"] == {"code": "unknown_entity"}


def test_a_position_never_leaves_the_building() -> None:
    body = refusal(CorruptLogError("entry 4711 is wrong", position=4711)).body

    assert b"4711" not in body


def test_a_failure_is_found_by_its_id() -> None:
    answer = failure("abc")

    assert answer.status == 500
    assert orjson.loads(answer.body)["error_id"] == "abc"


def test_a_refused_method_names_the_others() -> None:
    answer = method_refused({"POST", "GET"})

    assert answer.headers == ((b"allow", b"GET, POST"),)


def test_a_moved_resource_says_where() -> None:
    assert moved("/there/").headers == ((b"location", b"/there/"),)
