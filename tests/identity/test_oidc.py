import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from foedus.errors import ForbiddenError, UnavailableError
from foedus.identity.attempts import Known
from foedus.identity.oidc import KEEP, RETRY, Provider
from foedus.settings import Oidc
from tests.identity.provider import CLIENT, SECRET, TestProvider

BACK = "https://hub.example/sign-in/oidc/callback"


class Hands:
    """A clock that stands at now until it is moved."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def there() -> Iterator[TestProvider]:
    with TestProvider() as provider:
        yield provider


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def provider(there: TestProvider, hands: Hands) -> Provider:
    return _provider(there, hands)


def _provider(
    there: TestProvider, hands: Hands, *, two_factors: bool = False
) -> Provider:
    settings = Oidc(issuer=there.issuer, client_id=CLIENT, two_factors=two_factors)
    return Provider(settings, redirect=BACK, now=hands, secret=SECRET)


async def _sign_in(provider: Provider, there: TestProvider) -> Known:
    address, attempt = await provider.begin("/home")
    return await provider.finish(attempt, **there.agree(address))


async def test_who_signs_in_there_is_known_here(
    provider: Provider, there: TestProvider
) -> None:
    known = await _sign_in(provider, there)

    assert known == Known(issuer=there.issuer, subject="ania-there", two_factors=False)


@pytest.mark.parametrize(
    ("amr", "two"), [(["pwd", "mfa"], True), (["pwd"], False), ("mfa", False)]
)
async def test_the_provider_says_whether_two_factors_were_shown(
    provider: Provider,
    there: TestProvider,
    amr: object,
    two: bool,  # noqa: FBT001 - a case
) -> None:
    there.claims = {"amr": amr}

    assert (await _sign_in(provider, there)).two_factors is two


async def test_a_provider_may_be_known_to_ask_for_two_always(
    there: TestProvider, hands: Hands
) -> None:
    provider = _provider(there, hands, two_factors=True)

    assert (await _sign_in(provider, there)).two_factors


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another"},
        {"aud": ["another", CLIENT]},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"nonce": "of another attempt"},
        {"nonce": None},
        {"exp": int(time.time()) - 1},
        {"exp": None},
        {"exp": "soon"},
        {"iat": int(time.time()) - 3_600},
        {"iat": int(time.time()) + 3_600},
        {"iat": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"alg": "HS256"},
    ],
)
async def test_a_token_that_does_not_fit_is_refused(
    provider: Provider, there: TestProvider, claims: dict[str, Any]
) -> None:
    there.claims = claims

    with pytest.raises(ForbiddenError, match="proves nothing"):
        await _sign_in(provider, there)


async def test_a_token_for_several_clients_names_us_as_the_asker(
    provider: Provider, there: TestProvider
) -> None:
    there.claims = {"aud": [CLIENT, "another"], "azp": CLIENT}

    assert (await _sign_in(provider, there)).subject == "ania-there"


async def test_an_answer_to_another_attempt_is_refused(
    provider: Provider, there: TestProvider
) -> None:
    address, _ = await provider.begin("/home")
    _, other = await provider.begin("/home")

    with pytest.raises(ForbiddenError):
        await provider.finish(other, **there.agree(address))


async def test_a_code_of_another_attempt_is_refused_by_pkce(
    provider: Provider, there: TestProvider
) -> None:
    address, mine = await provider.begin("/home")
    theirs, _ = await provider.begin("/home")
    code = there.agree(theirs)["code"]

    with pytest.raises(ForbiddenError):
        await provider.finish(mine, there.agree(address)["state"], code)


async def test_new_keys_of_the_provider_are_fetched_once_needed(
    provider: Provider, there: TestProvider
) -> None:
    await _sign_in(provider, there)
    there.change_key()

    assert (await _sign_in(provider, there)).subject == "ania-there"


async def test_what_it_says_of_itself_is_kept_for_an_hour(
    provider: Provider, there: TestProvider, hands: Hands
) -> None:
    await provider.begin("/home")
    await provider.begin("/home")
    assert there.asked.count("/keys") == 1

    hands.at += KEEP + timedelta(seconds=1)
    await provider.begin("/home")

    assert there.asked.count("/keys") == 2


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys"])
async def test_a_provider_that_does_not_answer_is_told(
    provider: Provider, there: TestProvider, path: str
) -> None:
    there.broken.add(path)

    with pytest.raises(UnavailableError):
        await provider.begin("/home")


async def test_a_provider_that_is_not_there_is_told(hands: Hands) -> None:
    with TestProvider() as gone:
        provider = _provider(gone, hands)

    with pytest.raises(UnavailableError, match="does not answer"):
        await provider.begin("/home")


async def test_of_several_visitors_one_asks_for_what_all_need(
    provider: Provider, there: TestProvider
) -> None:
    await asyncio.gather(*(provider.begin("/home") for _ in range(5)))

    assert there.asked == ["/.well-known/openid-configuration", "/keys"]


async def test_visitors_make_no_questions_to_a_provider_that_does_not_answer(
    provider: Provider, there: TestProvider, hands: Hands
) -> None:
    there.broken.add("/.well-known/openid-configuration")
    for _ in range(5):
        with pytest.raises(UnavailableError):
            await provider.begin("/home")
    assert len(there.asked) == 1
    there.broken.clear()
    hands.at += RETRY

    await provider.begin("/home")

    assert len(there.asked) == 3


async def test_no_question_makes_a_client_of_its_own(
    there: TestProvider, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    real = httpx.AsyncClient

    def counted(**words: Any) -> httpx.AsyncClient:  # noqa: ANN401 - httpx's own
        made.append(words)
        return real(**words)

    monkeypatch.setattr(httpx, "AsyncClient", counted)

    await _sign_in(_provider(there, hands), there)

    assert (len(there.asked), len(made)) == (3, 1)
