"""The two ceremonies of Web Authentication: making a passkey, and using it.

- A device signs for this hub's name alone; nothing that could be given away on a false
  page ever leaves it.
- It must have verified its owner (PIN, finger, face).

Source: Web Authentication, Level 3 (W3C), sections 7.1 and 7.2.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from foedus.identity.passkeys import Challenge

_WRONG = (ValueError, KeyError, TypeError, AttributeError)
"""What reading an answer of a device may raise, whoever made it up."""


class Ceremonies:
    """The party that devices sign for: the host that the hub is reached under.

    Args:
        site: what the hub is reached under, such as `https://hub.example`.
    """

    def __init__(self, site: str) -> None:
        parts = urlsplit(site)
        origin = f"{parts.scheme}://{parts.netloc}"

        def is_ours(claimed: str) -> bool:
            return secrets.compare_digest(claimed.encode(), origin.encode())

        rp = PublicKeyCredentialRpEntity(id=parts.hostname or "", name="Foedus")
        self._server = Fido2Server(rp, verify_origin=is_ours)

    def ask_to_make(
        self, user: bytes, name: str, known: Sequence[bytes]
    ) -> tuple[dict[str, Any], Challenge]:
        """Ask a device for a new credential, unless it holds one of the known ones."""
        options, state = self._server.register_begin(
            PublicKeyCredentialUserEntity(id=user, name=name, display_name=name),
            [AttestedCredentialData(each) for each in known],
            resident_key_requirement=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return dict(options)["publicKey"], _challenge(state)

    def made(
        self, challenge: Challenge, answer: Mapping[str, Any]
    ) -> tuple[bytes, bytes, int] | None:
        """Read what a device made: the credential's id, all of it, and its counter.

        Returns:
            None if it is no answer to the challenge.
        """
        try:
            data = self._server.register_complete(challenge.state, answer)
        except _WRONG:
            return None
        credential = data.credential_data
        if credential is None:
            return None
        return credential.credential_id, bytes(credential), data.counter

    def ask_to_sign(
        self, known: Sequence[bytes] | None
    ) -> tuple[dict[str, Any], Challenge]:
        """Ask a device to prove that it holds one of some credentials, or any."""
        options, state = self._server.authenticate_begin(
            None if known is None else [AttestedCredentialData(k) for k in known],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return dict(options)["publicKey"], _challenge(state)

    def signed(
        self, challenge: Challenge, credential: bytes, answer: Mapping[str, Any]
    ) -> int | None:
        """Tell how often a credential has signed, this challenge included.

        Returns:
            What the device has counted, 0 if it counts nothing; None if the credential
            has not signed the challenge.
        """
        try:
            self._server.authenticate_complete(
                challenge.state, [AttestedCredentialData(credential)], answer
            )
            response = AuthenticationResponse.from_dict(answer).response
        except _WRONG:
            return None
        return response.authenticator_data.counter

    @staticmethod
    def used(answer: Mapping[str, Any]) -> bytes:
        """Tell which credential an answer says it is of; empty if it says none."""
        try:
            return AuthenticationResponse.from_dict(answer).raw_id
        except _WRONG:
            return b""


def _challenge(state: Mapping[str, Any]) -> Challenge:
    given = {name: str(getattr(v, "value", v)) for name, v in state.items()}
    return Challenge(state=given)
