"""A receiver of webhooks: a small HTTP server that keeps what it gets.

It stands outside the building, so it is no mock: real sockets, TLS where wanted.
"""

import asyncio
import base64
import hashlib
import hmac
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import msgspec
import orjson
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def changes(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = orjson.loads(self.body)["changes"]
        return found

    def is_signed_by(self, secret: str) -> bool:
        """Check the signature as the convention tells receivers to."""
        name, at = self.headers["webhook-id"], self.headers["webhook-timestamp"]
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{name}.{at}.".encode() + self.body
        digest = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
        return self.headers["webhook-signature"] == f"v1,{digest}"


class Receiver:
    """What a receiver got, and what it answers.

    Attributes:
        answers: statuses and headers, or what is written raw, in order; then 204.
        holds: answers only when it is set, where there is one.
    """

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.answers: list[tuple[int, dict[str, str]] | bytes] = []
        self.holds: asyncio.Event | None = None
        self.came = asyncio.Event()
        self.port = 0
        self._serving: set[asyncio.Task[None]] = set()

    @property
    def changes(self) -> list[dict[str, Any]]:
        return [change for each in self.messages for change in each.changes]

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None, "a server serves in tasks"
        self._serving.add(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {
                name.lower(): value
                for name, _, value in (each.partition(": ") for each in head[1:-2])
            }
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.messages.append(Message(line=head[0], headers=headers, body=body))
            self.came.set()
            if self.holds is not None:
                await self.holds.wait()
            writer.write(self._next())
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # whoever sends has gone
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            self._serving.discard(task)

    async def end(self) -> None:
        """Hang up on whoever is still there."""
        serving = list(self._serving)
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

    def _next(self) -> bytes:
        answer = self.answers.pop(0) if self.answers else (204, {})
        if isinstance(answer, bytes):
            return answer
        status, headers = answer
        lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
        return f"HTTP/1.1 {status} X\r\n{''.join(lines)}\r\n".encode()


@asynccontextmanager
async def receiving(trust: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """Have a receiver listen at a free port of this machine."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=trust)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        await receiver.end()


def certify(folder: Path, name: str) -> Path:
    """Make a certificate of its own authority for a name; give its file (PEM)."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names: list[x509.GeneralName] = [x509.DNSName(name)]
    if name == "127.0.0.1":
        names = [x509.IPAddress(IPv4Address(name))]
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


def served_with(certificate: Path) -> ssl.SSLContext:
    """Serve TLS with a certificate."""
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(certificate)
    return trust


Names = Callable[[str, int], Any]


def here(*addresses: str) -> Names:
    """Resolve every name to addresses of this machine."""

    async def resolve(_host: str, _port: int) -> tuple[str, ...]:
        return addresses or ("127.0.0.1",)

    return resolve
