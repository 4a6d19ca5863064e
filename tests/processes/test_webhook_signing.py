"""Signatures as receivers check them."""

import base64
from datetime import UTC, datetime

from foedus.identity.secret import Secret
from foedus.processes.webhook_signing import message_id, new_secret, signed_headers

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_message_is_signed_as_the_convention_shows() -> None:
    # The example of the convention's reference libraries.
    secret = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = datetime.fromtimestamp(1_614_265_330, UTC)
    name = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    assert signed_headers(secret, name, b'{"test": 2432232314}', at=at) == {
        "webhook-id": name,
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_the_signature_covers_the_name_the_time_and_the_body() -> None:
    secret, later = new_secret(), NOON.replace(second=1)
    made = [
        signed_headers(secret, "a", b"body", at=NOON),
        signed_headers(secret, "b", b"body", at=NOON),
        signed_headers(secret, "a", b"Body", at=NOON),
        signed_headers(secret, "a", b"body", at=later),
        signed_headers(new_secret(), "a", b"body", at=NOON),
    ]
    assert len({each["webhook-signature"] for each in made}) == len(made)


def test_a_secret_has_256_random_bits_and_does_not_print_itself() -> None:
    secret = new_secret()
    assert len(base64.b64decode(secret.reveal().removeprefix("whsec_"))) == 32
    assert secret != new_secret()
    assert secret.reveal() not in repr(secret)


def test_what_is_sent_again_has_the_same_name_and_nothing_else_has_it() -> None:
    assert message_id("one", b"body") == message_id("one", b"body")
    assert message_id("one", b"body") != message_id("one", b"other")
    assert message_id("one", b"body") != message_id("two", b"body")
