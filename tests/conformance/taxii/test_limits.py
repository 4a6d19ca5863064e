"""TAXII 2.1, sections 3.4 and 4.2.1: the limits that the hub sets."""

import orjson
import pytest

from tests.taxii.world import OPEN, ROOT, Client, indicator

LENGTH_MAX = 2_000


@pytest.fixture
def environment() -> dict[str, str]:
    return {
        "FOEDUS_TAXII_PAGE_SIZE_MAX": "3",
        "FOEDUS_TAXII_MAX_CONTENT_LENGTH": str(LENGTH_MAX),
    }


def envelope(length: int) -> bytes:
    """Give an envelope of exactly that many bytes."""
    body = orjson.dumps({"objects": [indicator(1)]})
    return body + b" " * (length - len(body))


async def test_3_4_the_server_gives_fewer_than_asked_for(pol: Client) -> None:
    for number in range(5):
        await pol.add(indicator(number))

    response = await pol.get(f"collections/{OPEN}/objects/", limit="100")

    assert len(response.json()["objects"]) == 3
    assert response.json()["more"] is True


async def test_4_2_1_a_body_of_max_content_length_is_taken(pol: Client) -> None:
    root = (await pol.get(ROOT)).json()

    response = await pol.post(envelope(root["max_content_length"]))

    assert response.status_code == 202


@pytest.mark.parametrize("length", [LENGTH_MAX + 1, 10 * LENGTH_MAX])
async def test_5_5_a_longer_body_is_413(pol: Client, length: int) -> None:
    response = await pol.post(envelope(length))

    assert response.status_code == 413
    assert response.json()["http_status"] == "413"
