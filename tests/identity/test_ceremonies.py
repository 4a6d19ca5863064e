"""What is asked of devices; tests/identity/test_passkeys.py goes the whole way."""

from foedus.identity.ceremonies import Ceremonies

SITE = "https://hub.example"


def test_a_device_is_asked_to_know_its_owner_and_to_keep_the_key() -> None:
    options, _ = Ceremonies(SITE).ask_to_make(b"account--1", "ania", [])

    assert options["rp"]["id"] == "hub.example"
    chosen = options["authenticatorSelection"]
    assert chosen["userVerification"] == "required"
    assert chosen["residentKey"] == "required"


def test_a_signature_is_asked_for_with_the_owner_verified() -> None:
    options, _ = Ceremonies(SITE).ask_to_sign(None)

    assert options["userVerification"] == "required"
    assert not options.get("allowCredentials")


def test_challenges_differ() -> None:
    ceremonies = Ceremonies(SITE)

    assert ceremonies.ask_to_sign(None)[1] != ceremonies.ask_to_sign(None)[1]


def test_an_answer_that_names_no_credential_names_none() -> None:
    assert Ceremonies.used({"id": 1}) == b""
