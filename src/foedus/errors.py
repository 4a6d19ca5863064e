"""The one tree of errors.

    FoedusError
    ├── NotFoundError         404  is not there, or not for this viewer
    ├── ConflictError         409  somebody was faster, or it exists already
    ├── ForbiddenError        403  known and visible, but not allowed
    ├── UnauthorizedError     401  nobody is signed in
    ├── InvalidInputError     400  the request cannot be understood
    ├── GoneError             410  was there, and has been stopped
    ├── TooLargeError         413  a named limit of size was passed
    ├── UnsupportedMediaError 415  the body is of a type that is not taken here
    ├── NotAcceptableError    406  no type that the client accepts can be given
    ├── RuleViolationError    422  understood, and refused by a rule
    │   └── LabelError        422  a marking or label that cannot be enforced
    ├── RateLimitedError      429  too many, too fast
    ├── UnavailableError      503  not now; come back
    └── CorruptLogError       500  the log is not what was written

Each class fixes a status, a stable `slug` and a `title`; the text of an error is
its detail and says what to do next. What a viewer may not know does not exist,
so `NotFoundError` has the same text for "is not" and "not for you".
"""

from typing import ClassVar


class FoedusError(Exception):
    """Any refusal or failure that Foedus itself explains."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal"
    title: ClassVar[str] = "The hub failed"

    @property
    def detail(self) -> str:
        """What happened and what to do next, as one sentence or two."""
        return str(self)


class NotFoundError(FoedusError):
    """It is not there, or the viewer may not know that it is."""

    status = 404
    slug = "not-found"
    title = "Nothing here"


class ConflictError(FoedusError):
    """Somebody was faster, or the thing exists already; read again and decide anew."""

    status = 409
    slug = "conflict"
    title = "The state has moved on"


class ForbiddenError(FoedusError):
    """The viewer knows of the thing but may not do this to it."""

    status = 403
    slug = "forbidden"
    title = "Not allowed"


class UnauthorizedError(FoedusError):
    """No valid credential came with the request."""

    status = 401
    slug = "unauthorized"
    title = "Sign in first"


class InvalidInputError(FoedusError):
    """The request cannot be understood; the detail names the part and its form."""

    status = 400
    slug = "invalid-input"
    title = "The request cannot be understood"


class GoneError(FoedusError):
    """It was there, and somebody has stopped it."""

    status = 410
    slug = "gone"
    title = "Stopped"


class TooLargeError(FoedusError):
    """A named limit of size was passed; the detail names it."""

    status = 413
    slug = "too-large"
    title = "Too large"


class UnsupportedMediaError(FoedusError):
    """The body is of a media type that is not taken here."""

    status = 415
    slug = "unsupported-media"
    title = "Media type not supported"


class NotAcceptableError(FoedusError):
    """None of the media types that the client accepts can be given."""

    status = 406
    slug = "not-acceptable"
    title = "No acceptable media type"


class RuleViolationError(FoedusError):
    """Understood, and refused by a rule; nothing was changed."""

    status = 422
    slug = "rule-violation"
    title = "The rules refuse this"


class LabelError(RuleViolationError):
    """A marking or label that is unknown, malformed or cannot be enforced here.

    Attributes:
        code: the stable code of the refusal, such as `unknown_entity`.
    """

    slug = "label"
    title = "The label cannot be used"

    def __init__(self, detail: str, *, code: str) -> None:
        super().__init__(detail)
        self.code = code


class RateLimitedError(FoedusError):
    """Too many requests in too short a time.

    Attributes:
        retry_after_s: whole seconds after which to come back.
    """

    status = 429
    slug = "rate-limited"
    title = "Too many requests"

    def __init__(self, detail: str, *, retry_after_s: int) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class UnavailableError(FoedusError):
    """The hub cannot do this now; nothing was changed, come back.

    Attributes:
        retry_after_s: whole seconds after which to come back.
    """

    status = 503
    slug = "unavailable"
    title = "Not now"

    def __init__(self, detail: str, *, retry_after_s: int = 1) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class CorruptLogError(FoedusError):
    """An entry of the log is not what was written.

    Attributes:
        position: the first position that does not verify.
    """

    slug = "corrupt-log"
    title = "The log does not verify"

    def __init__(self, detail: str, *, position: int) -> None:
        super().__init__(detail)
        self.position = position
