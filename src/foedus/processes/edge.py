"""The edge of a story that is kept going beside the surfaces.

- Whatever goes wrong in one look ends with that look: the story looks again, and the
  others never notice. What one nation published does not stop the work for all.
- What was expected says what it is; what nobody expected is an error of ours, and only
  the kind of it is logged, since its text may be out of somebody's document.
"""

from types import TracebackType

import structlog

from foedus.errors import FoedusError

_log = structlog.get_logger(__name__)


class Edge:
    """Lets nothing out of one look of a story but that it is stopped.

    Args:
        failure: what is logged if the look fails, such as `rules_not_judged`.
        passes: what goes on outwards nevertheless.
    """

    def __init__(
        self, failure: str, *, passes: type[FoedusError] | tuple[()] = ()
    ) -> None:
        self._failure = failure
        self._passes = passes

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if isinstance(error, self._passes):
            return False
        if isinstance(error, FoedusError):
            _log.warning(self._failure, slug=error.slug)
        elif isinstance(error, Exception):
            _log.error(self._failure, error=type(error).__name__)
        else:
            return False
        return True
