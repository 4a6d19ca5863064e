"""One letter, handed to a real mail server."""

import ssl
from pathlib import Path

import pytest

from foedus.errors import InvalidInputError
from foedus.processes.mailing import (
    Mailer,
    Post,
    check_address,
    check_settings,
)
from foedus.settings import Mail
from tests.processes.post_office import PostOffice, post_office
from tests.processes.receiver import certify, served_with

POST = Post(
    to="duty@example.org",
    name="digest.1",
    subject="Foedus: 2 new for FIN",
    text="Two came, één of them public.\n.\n",
    stop="https://hub.example/digests/token",
)
DATE = "Mon, 23 Nov 2026 06:00:00 +0000"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certify(tmp_path_factory.mktemp("tls"), "localhost")


def mail(office: PostOffice, security: str = "none", **more: str) -> Mail:
    return Mail(
        host="localhost",
        port=office.port,
        security=security,  # type: ignore[arg-type]  # the three there are
        sender="foedus@example.org",
        **more,
    )


async def test_a_letter_says_who_what_when_and_how_to_stop_it(tmp_path: Path) -> None:
    async with post_office() as office:
        failure = await Mailer(mail(office), tmp_path).send(POST, date=DATE)
    assert failure == ""
    [taken] = office.taken
    assert (taken.sender, taken.to) == ("foedus@example.org", ["duty@example.org"])
    assert taken.text.splitlines() == POST.text.splitlines()
    assert taken.letter["Subject"] == POST.subject
    assert taken.letter["Message-ID"] == "<digest.1@example.org>"
    assert taken.letter["List-Unsubscribe"] == f"<{POST.stop}>"
    assert taken.letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert taken.letter["Auto-Submitted"] == "auto-generated"
    assert taken.letter["Date"].datetime.hour == 6


async def test_the_hub_signs_in_under_tls_with_the_password_of_a_file(
    tmp_path: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text("open sesame\n", encoding="utf-8")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with post_office(served_with(certificate)) as office:
        settings = mail(office, "starttls", user="hub", password_file="secret")  # noqa: S106 - a file
        assert await Mailer(settings, tmp_path).send(POST, date=DATE) == ""
    [taken] = office.taken
    assert (taken.secure, taken.user) == (True, "hub\0open sesame")


async def test_nothing_is_sent_in_the_clear_where_tls_is_asked_for(
    tmp_path: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = []
    async with post_office() as office:
        settings = mail(office, "starttls")
        failures.append(await Mailer(settings, tmp_path).send(POST, date=DATE))
        settings = mail(office, "tls")
        failures.append(await Mailer(settings, tmp_path).send(POST, date=DATE))
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    async with post_office(served_with(certificate)) as stranger:
        settings = mail(stranger, "starttls")
        failures.append(await Mailer(settings, tmp_path).send(POST, date=DATE))
    assert failures == [
        "the mail server does not offer what mail.security asks for",
        "the mail server cannot be reached",
        "the mail server's certificate is not valid",
    ]
    assert office.taken == stranger.taken == []


async def test_what_the_server_refuses_is_told_in_our_words(
    tmp_path: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    words = {
        "MAIL": "the mail server refused the address",
        "RCPT": "the mail server refused the address",
        "DATA": "the mail server did not take the letter",
        "AUTH": "the mail server did not let the hub sign in",
    }
    told = {}
    async with post_office(served_with(certificate)) as office:
        settings = mail(office, "starttls", user="hub", password="x")  # noqa: S106 - a test's
        for word in words:
            office.refuses = {word: "550 its own words"}
            told[word] = await Mailer(settings, tmp_path).send(POST, date=DATE)
        office.refuses = {}
        missing = mail(office, "starttls", user="hub", password_file="gone")  # noqa: S106 - a file
        told["file"] = await Mailer(missing, tmp_path).send(POST, date=DATE)
    assert told.pop("file") == words["AUTH"]
    assert told == words
    assert office.taken == []


async def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    async with post_office() as office:
        gone = mail(office)
    failure = await Mailer(gone, tmp_path).send(POST, date=DATE)
    assert failure == "the mail server cannot be reached"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "duty",
        "@example.org",
        "duty@",
        "duty@example.org\r\nBcc: all@example.org",
        "duty@example.org, all@example.org",
        "Duty <duty@example.org>",
        "a@b@example.org",
        "d..uty@example.org",
        "düty@example.org",
        "duty@=?utf-8?q?=0d=0aX?=",
        "=?utf-8?q?=0d=0a?=@example.org",
        "=?utf-8?q?all=40example.org=2C?=@example.org",
        "duty@example.org" + "g" * 250,
    ],
)
def test_what_is_no_plain_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="plain address"):
        check_address(text)
    assert check_address("duty.officer+hub@mail.example.org")


def test_settings_with_which_nothing_could_be_sent_are_refused() -> None:
    check_settings(Mail())
    check_settings(Mail(host="h", sender="a@b.example"))
    for wrong in (
        Mail(host="h"),
        Mail(host="h", sender="nobody"),
        Mail(host="h", sender="a@b.example", user="u", security="none"),
    ):
        with pytest.raises(InvalidInputError, match=r"mail|address"):
            check_settings(wrong)


def test_settings_do_not_print_their_password() -> None:
    assert "sesame" not in repr(Mail(host="h", password="sesame"))  # noqa: S106 - a test's
    assert ssl.OPENSSL_VERSION
