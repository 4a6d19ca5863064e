from datetime import UTC, datetime, timedelta

import pytest

from foedus.identity import totp

SECRET = b"12345678901234567890"
"""The secret of the vectors of RFC 6238, appendix B."""


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_vectors_of_rfc_6238(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)

    assert totp.code_at(SECRET, at) == code
    assert totp.step_of(SECRET, code, at, after=-1) == seconds // 30


@pytest.mark.parametrize(("off_s", "taken"), [(-30, True), (30, True), (-60, False)])
def test_a_clock_may_be_a_step_off_and_no_more(off_s: int, taken: bool) -> None:  # noqa: FBT001 - a case
    now = datetime(2026, 11, 23, 12, 0, 10, tzinfo=UTC)
    code = totp.code_at(SECRET, now + timedelta(seconds=off_s))

    assert (totp.step_of(SECRET, code, now, after=-1) is not None) is taken


def test_a_used_step_is_not_taken_again() -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    code = totp.code_at(SECRET, now)
    step = totp.step_of(SECRET, code, now, after=-1)

    assert step is not None
    assert totp.step_of(SECRET, code, now, after=step) is None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "½½½½½½"])
def test_what_is_no_code_is_wrong(typed: str) -> None:
    assert (
        totp.step_of(SECRET, typed, datetime(2026, 1, 1, tzinfo=UTC), after=-1) is None
    )


def test_a_secret_is_spelt_as_apps_read_it() -> None:
    assert totp.spell(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    assert totp.uri(SECRET, name="ania", issuer="Foedus-NATO") == (
        "otpauth://totp/Foedus-NATO:ania?digits=6"
        "&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=SHA1"
        "&issuer=Foedus-NATO&period=30"
    )


def test_secrets_differ() -> None:
    assert totp.new_secret() != totp.new_secret()
    assert len(totp.new_secret()) == totp.SECRET_BYTES
