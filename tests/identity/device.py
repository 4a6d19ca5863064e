"""A device that holds passkeys, made of the parts that Web Authentication names."""

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData
from fido2.webauthn import AuthenticatorData as Data

_VERIFIED = Data.FLAG.UP | Data.FLAG.UV


class Device:
    """Holds one key for one site.

    Args:
        origin: what its browser is looking at.
        verifies: whether it checks its owner.
        counter: how often it has signed; None for a device that does not count.
    """

    def __init__(
        self, origin: str, *, verifies: bool = True, counter: int | None = None
    ) -> None:
        self.origin = origin
        self.counter = counter
        self.id = secrets.token_bytes(16)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._flags = _VERIFIED if verifies else Data.FLAG.UP

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer `navigator.credentials.create`."""
        credential = AttestedCredentialData.create(
            Aaguid.NONE, self.id, ES256.from_cryptography_key(self._key.public_key())
        )
        data = Data.create(
            _rp(options["rp"]["id"]),
            self._flags | Data.FLAG.AT,
            counter=self.counter or 0,
            credential_data=credential,
        )
        attestation = AttestationObject.create("none", data, {})
        client = self._client("webauthn.create", options["challenge"])
        return self._answer(
            clientDataJSON=websafe_encode(client),
            attestationObject=websafe_encode(bytes(attestation)),
        )

    def sign(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer `navigator.credentials.get`."""
        if self.counter is not None:
            self.counter += 1
        data = Data.create(_rp(options["rpId"]), self._flags, counter=self.counter or 0)
        client = self._client("webauthn.get", options["challenge"])
        signed = bytes(data) + hashlib.sha256(client).digest()
        return self._answer(
            clientDataJSON=websafe_encode(client),
            authenticatorData=websafe_encode(bytes(data)),
            signature=websafe_encode(self._key.sign(signed, ec.ECDSA(hashes.SHA256()))),
        )

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin}
        return json.dumps(said).encode()

    def _answer(self, **response: str) -> dict[str, Any]:
        name = websafe_encode(self.id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        }


def _rp(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()
