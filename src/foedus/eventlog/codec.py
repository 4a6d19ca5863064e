"""Between an event and the JSON body of its entry.

- A kind is read by the class whose tag it is; fields that the class does not
  know are ignored, so that older code reads newer entries.
- A kind that no class has is an error that names it, never skipped.
- What could not be read again is not written: an entry that no fold can read would
  stop every view for good.
"""

import typing
from collections.abc import Iterable, Iterator

import msgspec

from foedus.errors import CorruptLogError, InvalidInputError, UnavailableError
from foedus.eventlog.envelope import Event, Recorded, Redacted


class Codec:
    """Encodes and decodes the events that one hub knows.

    Args:
        events: the concrete event classes, or a union of them.

    Raises:
        TypeError: two classes share a tag, a class is not a tagged event, or has a
            `msgspec.Raw` field that is not its last.
    """

    def __init__(self, events: object) -> None:
        self._decoders: dict[str, msgspec.json.Decoder[Event]] = {}
        self._kinds: dict[type[Event], str] = {}
        classes: set[type[Event]] = {*_members(events), Redacted}
        for event_class in classes:
            kind = kind_of(event_class)
            if kind in self._decoders:
                raise TypeError(f"two classes have the tag {kind}")
            _check_raw_is_last(event_class)
            self._kinds[event_class] = kind
            self._decoders[kind] = msgspec.json.Decoder(event_class)

    @property
    def kinds(self) -> frozenset[str]:
        """Every kind that can be written and read."""
        return frozenset(self._decoders)

    def encode(self, event: Event) -> tuple[str, bytes]:
        """Give the kind and the JSON body of an event.

        Raises:
            InvalidInputError: the log does not take such events, or the event
                holds text that is not valid Unicode, or what its type forbids.
        """
        kind = self._kinds.get(type(event))
        if kind is None:
            tag = type(event).__struct_config__.tag
            raise InvalidInputError(f"this log takes no events of the kind {tag}")
        try:
            body = _ENCODER.encode(event)
            self._decoders[kind].decode(body)
        except (ValueError, TypeError, msgspec.MsgspecError) as error:
            raise InvalidInputError(
                f"the event {kind} cannot be written as JSON and read again"
            ) from error
        return kind, body

    def decode(self, recorded: Recorded) -> Event:
        """Read the event of an entry; of one that was redacted, what is left of it.

        Raises:
            UnavailableError: the kind is not known here; upgrade this process.
            CorruptLogError: the body was redacted and nothing is left of it, or it
                is not such an event.
        """
        decoder = self._decoders.get(recorded.kind)
        if decoder is None:
            raise UnavailableError(
                f"this version of Foedus does not know events of the kind "
                f"{recorded.kind} (position {recorded.position}); upgrade it"
            )
        body = recorded.residue if recorded.body is None else recorded.body
        if body is None:
            raise CorruptLogError(
                f"the event at position {recorded.position} was redacted",
                position=recorded.position,
            )
        try:
            return decoder.decode(body)
        except msgspec.MsgspecError as error:
            raise CorruptLogError(
                f"the body at position {recorded.position} is not an event of the "
                f"kind {recorded.kind}",
                position=recorded.position,
            ) from error

    def kind_in(self, body: bytes) -> str:
        """Give the kind of the event that JSON holds, after reading it.

        Raises:
            InvalidInputError: it holds no event that this log takes.
        """
        try:
            kind = msgspec.json.decode(body, type=_Tagged).kind
            self._decoders[kind].decode(body)
        except (KeyError, ValueError) as error:
            raise InvalidInputError("this is no event of the log, in JSON") from error
        return kind


class _Tagged(msgspec.Struct):
    kind: str


def kind_of(event_class: type[Event]) -> str:
    """Give the tag of a concrete event class."""
    tag = event_class.__struct_config__.tag
    if not isinstance(tag, str) or "." not in tag:
        raise TypeError(f"{event_class.__name__} needs a tag like 'area.past-tense'")
    return tag


_ENCODER = msgspec.json.Encoder()


def _members(events: object) -> Iterator[type[Event]]:
    if isinstance(events, type) and issubclass(events, Event):
        yield events
        return
    parts = typing.get_args(events)
    if isinstance(events, Iterable) and not isinstance(events, str):
        parts = tuple(events)
    elif not parts:
        raise TypeError(f"{events!r} is not an event class or a union of them")
    for part in parts:
        yield from _members(part)


def _check_raw_is_last(event_class: type[Event]) -> None:
    fields = msgspec.structs.fields(event_class)
    raw = [field.type is msgspec.Raw for field in fields]
    if any(raw) and not raw[-1]:
        raise TypeError(f"the last field of {event_class.__name__} must be a raw one")
