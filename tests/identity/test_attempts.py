import pytest

from foedus.errors import InvalidInputError
from foedus.identity.attempts import check_address, check_settings
from foedus.settings import Oidc


@pytest.mark.parametrize(
    "url", ["http://provider.example", "ftp://127.0.0.1", "https://", "", "provider"]
)
def test_a_provider_is_reached_by_https_or_on_this_machine(url: str) -> None:
    check_address("https://provider.example/realm")
    check_address("http://127.0.0.1:8080")

    with pytest.raises(InvalidInputError, match="https://"):
        check_address(url)


def test_a_provider_needs_a_client() -> None:
    check_settings(Oidc())

    with pytest.raises(InvalidInputError, match="client_id"):
        check_settings(Oidc(issuer="https://provider.example"))
