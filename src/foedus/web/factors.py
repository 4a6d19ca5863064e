"""A visitor's second factors: an authenticator app, recovery codes, passkeys.

- The first one is added by whoever has shown the password, and an enrolment code of the
  operator's where it would open what is withheld; every further one, and every removal,
  by whoever has shown a second factor in this session.
- A session that has just shown one goes on as a new session, with all its roles.
- What is removed has opened nothing any more: the account's other sessions end with it.
- A secret and recovery codes are shown once, on the answer to the form that made them.
"""

import base64
import binascii
from contextlib import AbstractContextManager
from typing import Any, Final

import msgspec
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from foedus.clock import from_ms
from foedus.errors import (
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.hub import Hub
from foedus.identity import tickets, totp
from foedus.identity.authenticator import Session
from foedus.identity.passkeys import Challenge, Passkey
from foedus.identity.proofs import TWO_FACTORS, Proof
from foedus.identity.secret import Secret
from foedus.ids import AccountId
from foedus.web import second_step
from foedus.web.frame import (
    Page,
    Site,
    Way,
    frame,
    require_session,
    signed_form,
)
from foedus.web.rendering import see_other
from foedus.web.visitors import session_cookie, with_cookies_of

HERE: Final = "/account/factors"
ISSUER: Final = "Foedus"
"""What an app calls the hub, beside the alliance's code and the account's name."""

_QR_SCALE: Final = 4
_FIRST_SHOW = "sign in once more and show your second factor; then change what there is"
_FIRST_ENROL = (
    "type the enrolment code first that your operator has given you; then add what you "
    "hold"
)
_WRONG_CODE = (
    "That is not your enrolment code, or it has run out. Your operator makes a new one."
)


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows beside what there is.

    Attributes:
        secret: of an app that waits for its first code.
        codes: recovery codes, this once.
        error: what was wrong with the form.
    """

    secret: bytes | None = None
    codes: tuple[Secret, ...] = ()
    error: str = ""


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A passkey as the page lists it."""

    id: str
    name: str
    made: str
    used: str


def routes(get: Way, post: Way) -> list[BaseRoute]:
    """Give the addresses of this page and of its forms."""
    return [
        get(HERE, show),
        post(f"{HERE}/enrol", enrol),
        post(f"{HERE}/app", propose_app),
        post(f"{HERE}/app/confirm", confirm_app),
        post(f"{HERE}/app/remove", remove_app),
        post(f"{HERE}/codes", renew_codes),
        post(f"{HERE}/passkey", add_passkey),
        post(f"{HERE}/passkey/remove", remove_passkey),
    ]


async def show(site: Site, request: Request) -> Response:
    """Show the visitor's second factors."""
    return _page(site, request, require_session(site, request), Shown())


async def enrol(site: Site, request: Request) -> Response:
    """Take the enrolment code, with which the first second factor is added."""
    session, form = await signed_form(site, request)
    hub, account = site.hub, session.account
    if not _needs_code(hub, session):
        return see_other(HERE)
    address = request.client.host if request.client else None
    try:
        with hub.authenticator.guessing(f"enrolment of {account.id}", address):
            _check_enrolment(hub, account.id, form.get("code", ""))
    except ForbiddenError as error:
        return _page(site, request, session, Shown(error=error.detail))
    return second_step.begin(hub, request, account, Proof.ENROLMENT_CODE, onward=HERE)


async def propose_app(site: Site, request: Request) -> Response:
    """Show the secret of an app, and ask for its first code."""
    session, _ = await signed_form(site, request)
    _check_strong(site.hub, session)
    hub = site.hub
    secret = hub.keyring.factors.propose_app(session.account.id, hub.clock())
    return _page(site, request, session, Shown(secret=secret))


async def confirm_app(site: Site, request: Request) -> Response:
    """Let the app count once it has given the right code."""
    session, form = await signed_form(site, request)
    hub, account = site.hub, session.account
    _check_strong(hub, session)
    secret = hub.keyring.factors.proposed_app(account.id)
    if secret is None:
        return see_other(HERE)
    code = "".join(form.get("code", "").split())
    if not hub.keyring.factors.confirm_app(account.id, code, hub.clock()):
        said = "That was not the code of now. Wait for the next one and type it."
        return _page(site, request, session, Shown(secret=secret, error=said))
    codes = hub.keyring.factors.give_recovery_codes(account.id)
    return _renewed(site, request, session, Proof.TOTP, Shown(codes=tuple(codes)))


async def remove_app(site: Site, request: Request) -> Response:
    """Forget the app."""
    session, _ = await signed_form(site, request)
    _check_strong(site.hub, session)
    _check_not_last(site.hub, session, app=True)
    with _removing(site.hub, request, session):
        site.hub.keyring.factors.remove_app(session.account.id)
    return see_other(HERE)


async def renew_codes(site: Site, request: Request) -> Response:
    """Make recovery codes anew; the earlier ones are void."""
    session, _ = await signed_form(site, request)
    hub, account = site.hub, session.account
    _check_strong(hub, session)
    if not hub.keyring.factors.has_app(account.id):
        raise RuleViolationError("recovery codes stand in for an app; add one first")
    with _removing(hub, request, session):
        codes = hub.keyring.factors.give_recovery_codes(account.id)
    return _page(site, request, session, Shown(codes=tuple(codes)))


async def add_passkey(site: Site, request: Request) -> Response:
    """Keep the passkey that the visitor's device has made."""
    session, form = await signed_form(site, request)
    hub, account = site.hub, session.account
    _check_strong(hub, session)
    now = hub.clock()
    cookie = request.cookies[session_cookie(hub)]
    challenge = tickets.read(hub.store, form.get("ticket", ""), Challenge, cookie, now)
    try:
        hub.keyring.passkeys.make(
            account.id,
            form.get("called", ""),
            (challenge, second_step.read_answer(form)),
            site=hub.public_url,
            at=now,
        )
    except InvalidInputError as error:
        return _page(site, request, session, Shown(error=error.detail))
    return _renewed(site, request, session, Proof.PASSKEY, Shown())


async def remove_passkey(site: Site, request: Request) -> Response:
    """Forget a passkey."""
    session, form = await signed_form(site, request)
    _check_strong(site.hub, session)
    try:
        passkey = base64.urlsafe_b64decode(form.get("passkey", ""))
    except (binascii.Error, ValueError) as error:
        raise NotFoundError("no such passkey; load the page again") from error
    _check_not_last(site.hub, session, passkey=passkey)
    with _removing(site.hub, request, session):
        if not site.hub.keyring.passkeys.remove(session.account.id, passkey):
            raise NotFoundError("no such passkey; load the page again")
    return see_other(HERE)


def _removing(
    hub: Hub, request: Request, session: Session
) -> AbstractContextManager[None]:
    """Take something away in this session: what it has opened elsewhere ends."""
    cookie = Secret(request.cookies[session_cookie(hub)])
    return hub.keyring.removing(session.account.id, but=cookie)


def _check_strong(hub: Hub, session: Session) -> None:
    """Refuse changes by whoever has shown the password alone, if there is more.

    Raises:
        ForbiddenError: a second factor was there to be shown, or an enrolment code.
    """
    if session.stored.proof in TWO_FACTORS:
        return
    if hub.keyring.has_second_factor(session.account.id):
        raise ForbiddenError(_FIRST_SHOW)
    if _needs_code(hub, session):
        raise ForbiddenError(_FIRST_ENROL)


def _check_enrolment(hub: Hub, account_id: AccountId, code: str) -> None:
    """Refuse what is not the account's enrolment code.

    Raises:
        ForbiddenError: it is not.
    """
    if not hub.keyring.enrolments.is_right(account_id, code, hub.clock()):
        raise ForbiddenError(_WRONG_CODE)


def _needs_code(hub: Hub, session: Session) -> bool:
    """Tell whether the first second factor would open what this session lacks."""
    return (
        bool(session.account.withheld)
        and session.stored.proof is not Proof.ENROLMENT_CODE
        and not hub.keyring.has_second_factor(session.account.id)
    )


def _check_not_last(
    hub: Hub, session: Session, *, app: bool = False, passkey: bytes = b""
) -> None:
    """Refuse to remove the last factor of a person who needs one.

    Raises:
        RuleViolationError: it is the last.
    """
    if not hub.settings.sign_in.requires_two_factors:
        return
    account = session.account
    has_app = hub.keyring.factors.has_app(account.id) and not app
    left = [k for k in hub.keyring.passkeys.list_of(account.id) if k.id != passkey]
    if not has_app and not left:
        raise RuleViolationError(
            "this is your last second factor; add another one before you remove it"
        )


def _renewed(
    site: Site, request: Request, session: Session, proof: Proof, shown: Shown
) -> Response:
    """Go on as a session that has shown two factors, and show its page."""
    hub = site.hub
    hub.keyring.enrolments.erase(session.account.id)
    begun = second_step.begin(hub, request, session.account, proof, onward=HERE)
    anew = with_cookies_of(request, begun)
    page = _page(site, anew, require_session(site, anew), shown)
    page.raw_headers.extend(
        (name, value) for name, value in begun.raw_headers if name == b"set-cookie"
    )
    return page


def _page(site: Site, request: Request, session: Session, shown: Shown) -> Response:
    hub, account = site.hub, session.account
    keyring = hub.keyring
    devices = [_device(each) for each in keyring.passkeys.list_of(account.id)]
    return site.renderer.page(
        "factors.html",
        {
            **frame(site, request, Page(title="Second factors")),
            "has_app": keyring.factors.has_app(account.id),
            "is_app_locked": keyring.factors.is_app_locked(account.id),
            "codes_left": keyring.factors.recovery_codes_left(account.id),
            "codes": [each.reveal() for each in shown.codes],
            "devices": devices,
            "withheld": sorted(account.withheld),
            "needs_code": _needs_code(hub, session),
            "error": shown.error,
            **_secret(hub, account.name, shown.secret),
            **_new_passkey(site, request, session),
        },
        status=422 if shown.error else 200,
    )


def _secret(hub: Hub, name: str, secret: bytes | None) -> dict[str, object]:
    if secret is None:
        return {"secret": "", "picture": ""}
    import segno  # noqa: PLC0415 - 20 ms that only this picture needs

    issuer = f"{ISSUER}-{hub.alliance.code}"  # some apps show a blank as a plus
    picture = segno.make(totp.uri(secret, name=name, issuer=issuer), micro=False)
    return {
        "secret": totp.spell(secret),
        "picture": Markup(  # noqa: S704 - drawn here, from digits alone
            picture.svg_inline(scale=_QR_SCALE, dark="#000", light="#fff")
        ),
    }


def _new_passkey(site: Site, request: Request, session: Session) -> dict[str, Any]:
    hub, account = site.hub, session.account
    try:
        options, challenge = hub.keyring.passkeys.ask_to_make(
            account.id, account.name, hub.public_url
        )
    except RuleViolationError as error:
        return {
            "passkey_full": error.detail,
            "passkey_options": "",
            "passkey_ticket": "",
        }
    cookie = request.cookies[session_cookie(hub)]
    return {
        "passkey_full": "",
        "passkey_options": msgspec.json.encode(options).decode(),
        "passkey_ticket": tickets.write(hub.store, challenge, cookie, hub.clock()),
    }


def _device(passkey: Passkey) -> Device:
    used = passkey.used_ms
    return Device(
        id=base64.urlsafe_b64encode(passkey.id).decode(),
        name=passkey.name,
        made=f"{from_ms(passkey.made_ms):%d %b %Y}",
        used="never" if used is None else f"{from_ms(used):%d %b %Y %H:%M} UTC",
    )
