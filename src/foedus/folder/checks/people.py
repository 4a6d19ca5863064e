"""Credentials that anybody could guess, and doors that are open to all."""

import time
from collections.abc import Iterator
from contextlib import closing
from typing import Final
from urllib.parse import urlsplit

import apsw
import msgspec

from foedus.errors import FoedusError
from foedus.eventlog.database import open_readable
from foedus.folder.checks.surroundings import is_loopback
from foedus.folder.findings import Case, Finding, error, ok, warn
from foedus.folder.formats import STATE, VIEWS
from foedus.identity.passwords import verify_password
from foedus.identity.proofs import GUARDED, TWO_FACTORS
from foedus.identity.secret import PASSWORD_CHARACTERS_MIN, Secret
from foedus.settings import load_settings

GUESSES: Final = ("password", "changeme", "12345678", "foedus123", "operator")
"""What is tried for every account, besides its own name; each try takes 30 ms."""

SEATS: Final = "demo.seats"
"""The setting in `state.db` that only a demo hub has."""

_PASSWORDS = """
SELECT login_name.name, password.hash
  FROM password
  JOIN login_name ON login_name.account_id = password.account_id
 ORDER BY login_name.reserved_ms, login_name.name
 LIMIT 100000
"""

_TOKENS = "SELECT count(*) FROM token WHERE expires_ms IS NULL"

_GUARDED = """
SELECT DISTINCT a.account_id
  FROM account AS a
 CROSS JOIN json_each(a.roles) AS r
 WHERE a.holder = 'person'
   AND a.closed_ms IS NULL
   AND r.value IN (SELECT value FROM json_each(:guarded))
"""

_HAS_PROOF = """
SELECT count(*) FROM pragma_table_info('token') WHERE name = 'proof'
"""

_WEAK = """
SELECT count(*)
  FROM token
 WHERE account_id IN (SELECT value FROM json_each(:accounts))
   AND proof NOT IN (SELECT value FROM json_each(:strong))
   AND (scopes IS NULL
        OR EXISTS (SELECT 1
                     FROM json_each(scopes)
                    WHERE value IN (SELECT value FROM json_each(:guarded))))
"""

_WEAK_BEFORE = """
SELECT count(*)
  FROM token
 WHERE account_id IN (SELECT value FROM json_each(:accounts))
   AND (scopes IS NULL
        OR EXISTS (SELECT 1
                     FROM json_each(scopes)
                    WHERE value IN (SELECT value FROM json_each(:guarded))))
"""
"""For files that no version has opened which keeps what a token was made with."""

_SEATS = "SELECT count(*) FROM setting WHERE name = :name"


def passwords(case: Case) -> Iterator[Finding]:
    """Try what anybody would try first, for as long as there is time."""
    until = time.monotonic() + case.seconds
    with closing(open_readable(case.folder / STATE)) as db:
        kept: list[tuple[str, str]] = list(db.execute(_PASSWORDS))
    tried = guessed = 0
    for name, hashed in kept:
        if time.monotonic() >= until:
            break
        tried += 1
        guessed += _is_guessed(name, hashed)
    if guessed:
        yield error(
            "passwords",
            f"{guessed} of {tried} passwords are the account's name or a common word",
            "give these accounts a generated password",
        )
    else:
        yield ok("passwords", f"none of {tried} that were tried is easily guessed")


def _is_guessed(name: str, hashed: str) -> bool:
    guesses = [name, *GUESSES] if len(name) >= PASSWORD_CHARACTERS_MIN else GUESSES
    return any(verify_password(hashed, Secret(guess)) for guess in guesses)


def tokens(case: Case) -> Iterator[Finding]:
    """Count tokens that never end, and those that promise more than they do."""
    with closing(open_readable(case.folder / STATE)) as db:
        endless: int = db.execute(_TOKENS).get
        weak = _weak(case, db)
    yield ok("tokens", f"{endless} tokens never end")
    if weak:
        yield warn(
            "tokens",
            f"{weak} tokens of persons were made with a password alone, and name roles "
            "that take two factors; where two are required, or their holder has a "
            "second one, they act without these roles",
            "revoke them, and give programs tokens of service accounts",
        )


def _weak(case: Case, state: apsw.Connection) -> int:
    """Count the tokens that promise more than the password they were made with."""
    guarded = msgspec.json.encode(sorted(GUARDED)).decode()
    with closing(open_readable(case.folder / VIEWS)) as db:
        held = [each for (each,) in db.execute(_GUARDED, {"guarded": guarded})]
    bindings = {
        "accounts": msgspec.json.encode(held).decode(),
        "strong": msgspec.json.encode(sorted(TWO_FACTORS)).decode(),
        "guarded": guarded,
    }
    has_proof = state.execute(_HAS_PROOF).get
    found: int = state.execute(_WEAK if has_proof else _WEAK_BEFORE, bindings).get
    return found


def second_factors(case: Case) -> Iterator[Finding]:
    """Look whether those who decide and administer need more than a password."""
    try:
        asked = load_settings(case.folder, case.environment).sign_in.second_factor
    except FoedusError:
        return  # said by what looks at the settings
    if asked == "required":
        yield ok("second factors", "persons who decide or administer show two factors")
    else:
        yield warn(
            "second factors",
            "whoever has a password may decide, recall and administer with it alone",
            "set sign_in.second_factor to 'required' once people have added theirs",
        )


def demo(case: Case) -> Iterator[Finding]:
    """Look whether a demo hub, which shows its worlds unasked, is in public."""
    with closing(open_readable(case.folder / STATE)) as db:
        is_demo = bool(db.execute(_SEATS, {"name": SEATS}).get)
    if not is_demo:
        return
    try:
        url = load_settings(case.folder, case.environment).public_url or ""
    except FoedusError:
        return
    if url and not is_loopback(urlsplit(url).hostname or ""):
        yield error(
            "demo",
            "this is a demo hub with invented nations, and it has a public address",
            "found a hub of its own with 'foedus init', in another folder",
        )
    else:
        yield warn(
            "demo",
            "this is a demo hub: what is in it is invented",
            "keep it on this machine; found a real hub with 'foedus init'",
        )
