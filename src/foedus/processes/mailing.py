"""Handing one letter to the mail server that the settings name.

What is told of a failure is one of a few sentences; none repeats what a server said.
"""

import asyncio
import smtplib
import ssl
from contextlib import closing, suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Final

import msgspec

from foedus.errors import InvalidInputError
from foedus.settings import Mail

TIMEOUT_S: Final = 5.0
"""Seconds for each step of the conversation; there are about eight."""

ADDRESS_CHARACTERS_MAX: Final = 254
"""Characters of an address. Source: RFC 5321, section 4.5.3.1.3."""

_FAILURES: Final[tuple[tuple[tuple[type[Exception], ...], str], ...]] = (
    (
        (smtplib.SMTPAuthenticationError, InvalidInputError),
        "the mail server did not let the hub sign in",
    ),
    (
        (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused),
        "the mail server refused the address",
    ),
    (
        (smtplib.SMTPNotSupportedError,),
        "the mail server does not offer what mail.security asks for",
    ),
    ((smtplib.SMTPException,), "the mail server did not take the letter"),
    ((ssl.SSLCertVerificationError,), "the mail server's certificate is not valid"),
    ((OSError,), "the mail server cannot be reached"),
)

_SPECIAL: Final = frozenset('()<>[]:;,"\\ ')


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """A letter with its envelope.

    Attributes:
        name: the same each time that the same letter is sent, so that a mail system
            knows it again.
        stop: the address at which letters are stopped by one click.
    """

    to: str
    name: str
    subject: str
    text: str
    stop: str


def check_address(text: str) -> str:
    """Take an address for letters.

    Raises:
        InvalidInputError: it cannot be one, or would be read as more than one.
    """
    name, _, host = text.rpartition("@")
    plain = text.isascii() and text.isprintable() and not _SPECIAL & set(text)
    # An encoded word (RFC 2047) would be decoded, line ends and commas included.
    plain = plain and "=?" not in text
    parts = (*name.split("."), *host.split("."))
    if not plain or "@" in name or not all(parts) or len(text) > ADDRESS_CHARACTERS_MAX:
        raise InvalidInputError(
            f"{text!r} is no plain address; write one such as duty@example.org"
        )
    return text


def check_settings(settings: Mail) -> None:
    """Refuse settings with which no letter could be sent, or a password would be told.

    Raises:
        InvalidInputError: they are such; the detail names the setting.
    """
    if settings.host is None:
        return
    if settings.sender is None:
        raise InvalidInputError("mail.sender is needed beside mail.host")
    check_address(settings.sender)
    if settings.user is not None and settings.security == "none":
        raise InvalidInputError(
            "mail.user would send its password in the clear; set mail.security"
        )


class Mailer:
    """Hands letters to the mail server.

    Args:
        settings: where it is; there must be one.
        folder: from which relative paths are meant.
    """

    def __init__(self, settings: Mail, folder: Path) -> None:
        self._settings = settings
        self._folder = folder

    async def send(self, post: Post, *, date: str) -> str:
        """Hand a letter over.

        Returns:
            Why it was not taken, for its owner; empty where it was.
        """
        return await asyncio.to_thread(self._send, self._message(post, date))

    def _send(self, message: EmailMessage) -> str:
        try:
            with closing(self._connect()) as server:
                self._sign_in(server)
                server.send_message(message)
                with suppress(OSError):  # it has the letter, however it says goodbye
                    server.quit()
        except (
            OSError,
            InvalidInputError,
        ) as error:  # what smtplib raises is an OSError
            return next(why for kinds, why in _FAILURES if isinstance(error, kinds))
        return ""

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        assert settings.host is not None, "nobody sends without a mail server"
        if settings.security == "tls":
            trust = ssl.create_default_context()
            return smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=TIMEOUT_S, context=trust
            )
        server = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT_S)
        if settings.security == "starttls":
            try:
                server.starttls(context=ssl.create_default_context())
            except BaseException:
                server.close()
                raise
        return server

    def _sign_in(self, server: smtplib.SMTP) -> None:
        if self._settings.user is not None:
            server.login(self._settings.user, self._password())

    def _password(self) -> str:
        settings = self._settings
        if settings.password_file is None:
            return settings.password or ""
        try:
            path = self._folder / settings.password_file
            return path.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInputError("mail.password_file cannot be read") from error

    def _message(self, post: Post, date: str) -> EmailMessage:
        sender = self._settings.sender or ""
        message = EmailMessage()
        message["From"] = sender
        message["To"] = post.to
        message["Subject"] = post.subject
        message["Date"] = date
        message["Message-ID"] = f"<{post.name}@{sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message["List-Unsubscribe"] = f"<{post.stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(post.text)
        return message
