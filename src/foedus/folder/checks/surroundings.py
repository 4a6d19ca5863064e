"""What is around the hub: its settings, its address, its machine."""

import resource
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import apsw
from cryptography import x509

from foedus.alliance.views import load_alliance
from foedus.errors import FoedusError
from foedus.eventlog.database import open_readable
from foedus.folder.findings import Case, Finding, error, ok, warn
from foedus.folder.formats import VIEWS
from foedus.proxies import vouching
from foedus.releasability.ceilings import resolve_ceiling
from foedus.settings import FILE, Settings, load_settings

DESCRIPTORS_MIN: Final = 4_096
"""Files that a process should be allowed to have open: as many as live consumers."""

SQLITE_MIN: Final = (3, 46, 0)
"""The oldest SQLite that this is tested with."""

EXPIRES_SOON: Final = timedelta(days=14)
"""How long before its end a certificate is told of."""

KNOCK_S: Final = 1.0
"""Seconds in which a hub on this machine has to answer."""


def settings(case: Case) -> Iterator[Finding]:
    """Look whether the settings can be read, and fit the alliance."""
    found, finding = _settings(case)
    if found is None:
        assert finding is not None, "one of them is there"
        yield finding
        return
    if found.ceiling is not None and (case.folder / VIEWS).exists():
        with closing(open_readable(case.folder / VIEWS)) as db:
            alliance = load_alliance(db)
        try:
            resolve_ceiling(found.ceiling, alliance)
        except FoedusError as refusal:
            yield error("settings", refusal.detail, f"mend 'ceiling' in {FILE}")
            return
    yield ok("settings", "the settings can be read")


def public_url(case: Case) -> Iterator[Finding]:
    """Look under which address clients reach the hub."""
    found, _ = _settings(case)
    if found is None:
        return
    if found.public_url is None:
        yield ok("address", "no public_url is set: the hub is for this machine alone")
        return
    url = urlsplit(found.public_url)
    if url.scheme not in {"http", "https"} or not url.hostname:
        yield error(
            "address",
            "public_url is no address of the web",
            "write it as https://hub.example",
        )
    elif url.scheme == "http" and not is_loopback(url.hostname):
        yield error(
            "address",
            "public_url is plain http, so credentials travel in clear",
            "serve HTTPS, by 'tls' or behind a proxy, and write public_url as https://",
        )
    elif url.scheme == "https" and found.web.secure_cookies is False:
        yield error(
            "address",
            "cookies are also sent over plain http",
            f"remove 'web.secure_cookies' from {FILE}",
        )
    else:
        yield ok("address", f"clients reach the hub at {url.scheme}://{url.netloc}")


def certificates(case: Case) -> Iterator[Finding]:
    """Look whose word on client certificates is believed."""
    found, _ = _settings(case)
    if found is None or found.sign_in.certificate_header is None:
        return
    try:
        believed = vouching(found)
    except FoedusError as refusal:
        yield error("client certificates", refusal.detail, f"mend it in {FILE}")
        return
    if found.sign_in.certificate_proxies:
        yield ok("client certificates", f"{len(believed)} proxies vouch for them")
        return
    left = len(found.trusted_proxies) - len(believed)
    yield warn(
        "client certificates",
        f"every one of {len(believed)} trusted_proxies vouches for them, and so may "
        f"sign in as anybody; {left} are too wide, and do not",
        "name in 'sign_in.certificate_proxies' those that check certificates",
    )


def tls(case: Case) -> Iterator[Finding]:
    """Look at the certificate of a hub that serves HTTPS itself."""
    found, _ = _settings(case)
    if found is None or (found.tls.certificate is None and found.tls.key is None):
        return
    if found.tls.certificate is None or found.tls.key is None:
        yield error(
            "tls", "of certificate and key only one is set", f"set both in {FILE}"
        )
        return
    yield _certificate(case, case.folder / found.tls.certificate)
    yield _key(case.folder / found.tls.key)


def _certificate(case: Case, path: Path) -> Finding:
    try:
        certificate = x509.load_pem_x509_certificates(path.read_bytes())[0]
    except (OSError, ValueError):
        return error("tls", f"{path} is no certificate that can be read", "mend it")
    left = certificate.not_valid_after_utc - case.at
    what = f"the certificate ends at {certificate.not_valid_after_utc:%Y-%m-%d}"
    if left <= timedelta(0):
        return error("tls", what, "renew it, and restart the hub")
    if left <= EXPIRES_SOON:
        return warn("tls", what, "renew it, and restart the hub")
    return ok("tls", what)


def _key(path: Path) -> Finding:
    try:
        mode = path.stat().st_mode
        path.open("rb").close()
    except OSError:
        return error("tls", f"{path} cannot be read", "mend its place or permissions")
    if mode & 0o077:
        return error(
            "tls", f"others than the owner may read {path}", f"chmod go= {path}"
        )
    return ok("tls", "the key is for its owner alone")


def metrics(case: Case) -> Iterator[Finding]:
    """Look who may read the metrics, which ask for no credential."""
    found, _ = _settings(case)
    if found is None or found.metrics.listen is None:
        return
    host = found.metrics.listen.rpartition(":")[0].strip("[]")
    if is_loopback(host):
        yield ok("metrics", "metrics are for this machine alone")
    else:
        yield warn(
            "metrics",
            f"metrics are open to whoever reaches {found.metrics.listen}",
            "listen at a loopback address, or at a network of the operators alone",
        )


def port(case: Case) -> Iterator[Finding]:
    """Look who listens where the hub listens unless told otherwise."""
    answer = knock(case.port)
    if answer is None:
        yield ok("port", f"nobody listens at port {case.port} of this machine")
    elif answer:
        yield ok("port", f"a hub answers at port {case.port} of this machine")
    else:
        yield warn(
            "port",
            f"something listens at port {case.port} that is no hub, or speaks TLS",
            "give 'foedus serve' another --port if it is to be somebody else",
        )


def knock(number: int) -> bool | None:
    """Tell whether a hub answers at a port of this machine; None if nobody does."""
    connection = HTTPConnection("127.0.0.1", number, timeout=KNOCK_S)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == 200  # noqa: PLR2004 - of HTTP
    except (HTTPException, TimeoutError, ConnectionResetError):
        return False
    except OSError:
        return None
    finally:
        connection.close()


def descriptors(_: Case) -> Iterator[Finding]:
    """Look how many files a process may have open."""
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    what = f"a process may have {soft} files open"
    if 0 <= soft < DESCRIPTORS_MIN:
        todo = f"raise it to {DESCRIPTORS_MIN}: LimitNOFILE of the unit, or ulimit -n"
        yield warn("descriptors", what, todo)
    else:
        yield ok("descriptors", what)


def sqlite(_: Case) -> Iterator[Finding]:
    """Look which SQLite is at work."""
    version = apsw.sqlite_lib_version()
    what = f"SQLite is {version}"
    if tuple(int(part) for part in version.split(".")[:3]) < SQLITE_MIN:
        yield error("sqlite", what, "install the packages that requirements name")
    else:
        yield ok("sqlite", what)


def is_loopback(host: str) -> bool:
    """Tell whether a host name is of this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _settings(case: Case) -> tuple[Settings | None, Finding | None]:
    try:
        return load_settings(case.folder, case.environment), None
    except FoedusError as refusal:
        todo = f"mend {FILE} or the environment; docs/reference/settings.md has all"
        return None, error("settings", refusal.detail, todo)
