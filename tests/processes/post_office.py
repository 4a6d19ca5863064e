"""A mail server that keeps what it gets: real sockets, TLS and sign-in where wanted."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage

import msgspec


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """One letter as it was handed over."""

    sender: str
    to: list[str]
    secure: bool
    user: str
    letter: EmailMessage

    @property
    def text(self) -> str:
        return str(self.letter.get_content())


class PostOffice:
    """What the server got, and how it behaves.

    Attributes:
        refuses: answers to commands by their first word, in place of the usual ones.
        trust: where there is one, STARTTLS is offered.
    """

    def __init__(self, trust: ssl.SSLContext | None) -> None:
        self.taken: list[Taken] = []
        self.refuses: dict[str, str] = {}
        self.trust = trust
        self.port = 0
        self._serving: set[asyncio.Task[None]] = set()

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None, "a server serves in tasks"
        self._serving.add(task)
        try:
            await _Conversation(self, reader, writer).hold()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass  # whoever spoke has gone
        finally:
            writer.close()
            with suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()
            self._serving.discard(task)

    async def end(self) -> None:
        serving = list(self._serving)
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


class _Conversation:
    def __init__(
        self,
        office: PostOffice,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._office, self._reader, self._writer = office, reader, writer
        self._sender = self._user = ""
        self._to: list[str] = []
        self._secure = False

    async def hold(self) -> None:
        await self._say("220 here")
        while line := (await self._reader.readline()).decode().strip():
            word = line.split(":")[0].split()[0].upper()
            refusal = self._office.refuses.get(word)
            await (self._say(refusal) if refusal else self._do(word, line))
            if word == "QUIT":
                return

    async def _do(self, word: str, line: str) -> None:
        match word:
            case "EHLO":
                offers = ["250-here", "250-AUTH PLAIN"]
                if self._office.trust is not None and not self._secure:
                    offers.append("250-STARTTLS")
                await self._say("\r\n".join([*offers, "250 HELP"]))
            case "STARTTLS":
                await self._say("220 go on")
                assert self._office.trust is not None, "it was offered"
                await self._writer.start_tls(self._office.trust)
                self._secure = True
            case "AUTH":
                self._user = base64.b64decode(line.split()[2]).decode()
                await self._say("235 known")
            case "MAIL":
                self._sender = _address(line)
                await self._say("250 ok")
            case "RCPT":
                self._to.append(_address(line))
                await self._say("250 ok")
            case "DATA":
                await self._say("354 go on")
                raw = (await self._reader.readuntil(b"\r\n.\r\n"))[:-3]
                self._take(raw.replace(b"\r\n..", b"\r\n."))
                await self._say("250 taken")
            case _:
                await self._say("221 goodbye" if word == "QUIT" else "250 ok")

    def _take(self, raw: bytes) -> None:
        letter = message_from_bytes(raw, policy=policy.default)
        assert isinstance(letter, EmailMessage), "the policy makes these"
        self._office.taken.append(
            Taken(
                sender=self._sender,
                to=self._to,
                secure=self._secure,
                user=self._user.strip("\0"),
                letter=letter,
            )
        )

    async def _say(self, text: str) -> None:
        self._writer.write(f"{text}\r\n".encode())
        await self._writer.drain()


def _address(line: str) -> str:
    return line.partition("<")[2].partition(">")[0]


@asynccontextmanager
async def post_office(
    trust: ssl.SSLContext | None = None,
) -> AsyncIterator[PostOffice]:
    """Have a mail server listen at a free port of this machine."""
    office = PostOffice(trust)
    server = await asyncio.start_server(office.serve, "127.0.0.1", 0)
    office.port = server.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        server.close()
        await office.end()
