"""The settings: one frozen tree, read once, documented in `docs/reference/settings.md`.

`foedus.toml` in the data folder is read first; an environment variable named
`FOEDUS_` and the path of the setting in capitals (`FOEDUS_TAXII_PAGE_SIZE_MAX`) goes
over it. Unknown keys are refused. The defaults run a safe hub on one machine.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from foedus.errors import InvalidInputError

FILE: Final = "foedus.toml"
"""The name of the settings file in the data folder."""

DATA_VARIABLE: Final = "FOEDUS_DATA"
"""The environment variable that names the data folder."""

Count = Annotated[int, msgspec.Meta(ge=1)]


class Taxii(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the TAXII surface gives and takes.

    Attributes:
        page_size_max: records on a page at the most, whatever the client asks for.
        page_size: records on a page when the client does not say.
        max_content_length: bytes of a request's body.
    """

    page_size_max: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1_000
    page_size: Count = 100
    max_content_length: Annotated[int, msgspec.Meta(ge=1, le=104_857_600)] = 52_428_800


class Web(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The web pages.

    Attributes:
        secure_cookies: send cookies over HTTPS only; None means when `public_url`
            is HTTPS.
    """

    secure_cookies: bool | None = None


class SignIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How people prove who they are.

    Attributes:
        second_factor: whether persons' roles that decide, recall, release for others or
            administer take a second factor, or it is only offered. `foedus init`
            requires it in a new hub.
        certificate_header: the header in which trusted proxies hand on the client's
            certificate, such as `Client-Cert`; None for none. The proxy must remove it
            from what clients send.
        certificate_proxies: addresses of the proxies that check client certificates,
            or networks of a few hosts; by default those of `trusted_proxies` that are
            no wider.
    """

    second_factor: Literal["required", "offered"] = "offered"
    certificate_header: str | None = None
    certificate_proxies: tuple[str, ...] = ()

    @property
    def requires_two_factors(self) -> bool:
        """Tell whether the roles that take two factors are withheld without."""
        return self.second_factor == "required"


class Oidc(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A provider by which people sign in: OpenID Connect.

    Attributes:
        issuer: its address, as it calls itself; None for none.
        client_id: what the hub is called there; needed beside `issuer`.
        client_secret: what the hub proves itself with there; for the environment.
        client_secret_file: a file that holds it alone; a relative path is meant from
            the data folder.
        label: what the page calls the provider.
        two_factors: whether it always asks for two factors; else it has to say so.
    """

    issuer: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    client_secret_file: str | None = None
    label: str = "your organisation"
    two_factors: bool = False

    def __repr__(self) -> str:
        return f"Oidc(issuer={self.issuer!r}, client_id={self.client_id!r})"


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much an account and a nation may ask for.

    Attributes:
        account_per_s: requests a second of one account, over all workers.
        account_burst: requests that it may make at once after a pause.
        nation_per_s: requests a second of all accounts of a nation.
        nation_burst: requests that they may make at once after a pause.
        at_once: requests of one nation that a worker works on at once.
        waiting: further requests of that nation that may wait for their turn.
    """

    account_per_s: Count = 10_000
    account_burst: Count = 100_000
    nation_per_s: Count = 20_000
    nation_burst: Count = 200_000
    at_once: Count = 128
    waiting: Count = 1_024


class Logs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a serving hub writes to stderr.

    Attributes:
        level: the lowest level that is written.
        requests: write a line for every request.
    """

    level: Literal["debug", "info", "warning", "error"] = "info"
    requests: bool = True


class Metrics(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What Prometheus scrapes.

    Attributes:
        listen: `HOST:PORT` of a listener for metrics alone; None for none.
    """

    listen: str | None = None


class Tls(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """TLS by the hub itself, without a proxy.

    Attributes:
        certificate: the file of the certificate and its chain, in PEM; a relative
            path is meant from the data folder.
        key: the file of its key, in PEM.
    """

    certificate: str | None = None
    key: str | None = None


class Webhooks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where to the hub sends by itself, beyond the public internet over HTTPS.

    Attributes:
        networks: to which it sends though they are not public, such as an alliance's
            own.
        allow_http: whether it sends to these without TLS, too; for tests.
        authorities: a file of certificates (PEM) that are trusted beside the machine's;
            a relative path is meant from the data folder.
    """

    networks: tuple[str, ...] = ()
    allow_http: bool = False
    authorities: str | None = None


class Allowance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One receiver to which automated steps may send; stands in the file alone.

    Attributes:
        nation: whose system it is; only its own protocols and runs reach it.
        url: the one that is meant, or, ended by `/`, all that lie under it.
        methods: of HTTP.
        level: up to which it may be told, by name or abbreviation; the lowest without.
        credential_file: a file that holds what is sent as `Authorization`, alone; a
            relative path is meant from the data folder.
        repeat: whether what the hub does not know the outcome of is sent again by
            itself; for methods alone that do the same once and twice.
        answers: whether values of its answers become variables of runs, under the
            label of the run, whatever else the receiver holds.
    """

    nation: str
    url: str
    methods: tuple[str, ...] = ("POST",)
    level: str | None = None
    credential_file: str | None = None
    repeat: bool = False
    answers: bool = False


class Automation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Steps of protocols that the hub carries out by itself over HTTP.

    Attributes:
        enabled: whether it does at all.
        impact_max: the highest stated impact at which nobody is asked first.
        timeout_s: for one request, from the name to the answer.
        networks: to which it sends though they are not public.
        allow_http: whether it sends to these without TLS, too; for tests.
        authorities: a file of certificates (PEM) that are trusted beside the machine's;
            a relative path is meant from the data folder.
        allowed: where to, and by whom; nowhere without.
    """

    enabled: bool = False
    impact_max: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0
    timeout_s: Annotated[int, msgspec.Meta(ge=1, le=60)] = 15
    networks: tuple[str, ...] = ()
    allow_http: bool = False
    authorities: str | None = None
    allowed: tuple[Allowance, ...] = ()


class Mail(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The mail server that takes digests.

    Attributes:
        host: its name; None for none, and then no letters are sent.
        port: where it takes letters.
        security: TLS begun on the way, TLS from the first byte, or none at all.
        sender: whom letters are from; needed where there is a host.
        user: the name to sign in with; None to sign in with none.
        password_file: a file that holds the password alone; a relative path is meant
            from the data folder.
        password: the password itself; for the environment.
    """

    host: str | None = None
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: str | None = None
    user: str | None = None
    password_file: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        return f"Mail(host={self.host!r}, port={self.port})"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings.

    Attributes:
        public_url: what clients reach the hub under, without a slash at the end;
            None means `http://HOST:PORT` of `foedus serve`.
        trusted_proxies: addresses whose `X-Forwarded-For` is believed.
        ceiling: a level, by name or abbreviation, above which input is refused; None
            means the highest level of the alliance.
    """

    public_url: str | None = None
    trusted_proxies: tuple[str, ...] = ()
    ceiling: str | None = None
    taxii: Taxii = Taxii()
    web: Web = Web()
    sign_in: SignIn = SignIn()
    oidc: Oidc = Oidc()
    limits: Limits = Limits()
    logs: Logs = Logs()
    metrics: Metrics = Metrics()
    tls: Tls = Tls()
    webhooks: Webhooks = Webhooks()
    automation: Automation = Automation()
    mail: Mail = Mail()


def load_settings(folder: Path, environment: Mapping[str, str]) -> Settings:
    """Read the settings of a data folder.

    Raises:
        InvalidInputError: a key is unknown or a value is not what it must be.
    """
    tree = _read_file(folder / FILE)
    _overlay(tree, Settings, "FOEDUS_", environment)
    try:
        return msgspec.convert(tree, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"a setting is wrong: {error}") from error


def _read_file(path: Path) -> dict[str, object]:
    try:
        return dict(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{path} cannot be read: {error}") from error


def _overlay(
    tree: dict[str, object],
    kind: type[msgspec.Struct],
    prefix: str,
    environment: Mapping[str, str],
) -> None:
    for field in msgspec.structs.fields(kind):
        name = prefix + field.name.upper()
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            branch = tree.get(field.name, {})
            if isinstance(branch, dict):
                branch = dict(branch)
                _overlay(branch, field.type, name + "_", environment)
                if branch:
                    tree[field.name] = branch
        elif name in environment:
            tree[field.name] = _value(field.type, environment[name])


def _value(kind: object, text: str) -> object:
    if "tuple" in str(kind):
        return [word for word in text.split(",") if word]
    return text
