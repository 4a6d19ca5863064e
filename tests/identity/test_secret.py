import pytest

from foedus.errors import InvalidInputError
from foedus.identity.secret import (
    PASSWORD_BYTES_MAX,
    Secret,
    check_password,
    generate_password,
)


def test_a_secret_does_not_print_itself() -> None:
    secret = Secret("correct horse battery")

    printed = f"{secret} {secret!r} {[secret]} {(secret,)!s}"

    assert "horse" not in printed
    assert secret.reveal() == "correct horse battery"


def test_a_made_up_password_is_readable_and_has_125_bits() -> None:
    password = generate_password().reveal()
    signs = password.replace("-", "")

    assert [len(group) for group in password.split("-")] == [5, 5, 5, 5, 5]
    assert set(signs) <= set("0123456789abcdefghjkmnpqrstvwxyz")
    assert 32 ** len(signs) >= 2**120


def test_no_two_made_up_passwords_are_alike() -> None:
    assert len({generate_password().reveal() for _ in range(100)}) == 100


def test_a_made_up_password_may_be_used() -> None:
    check_password(generate_password())


@pytest.mark.parametrize("text", ["", "1234567", "x" * (PASSWORD_BYTES_MAX + 1)])
def test_a_password_too_short_or_too_long_is_refused_without_telling_it(
    text: str,
) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        check_password(Secret(text))

    assert not text or text not in str(refusal.value)
