"""One JSON document, read from a file piece by piece: as large as it may be.

- Memory holds one piece of the file and one value, never the document.
- What is read is as strict as a whole reader: the grammar of everything walked, no
  property twice in an object that is walked, nothing behind the end.
- A value is given byte for byte. That it is well-formed JSON is checked here; what it
  says, and what is given twice inside it, is for whoever reads it.

Source: RFC 8259.
"""

import json
import re
from collections.abc import Callable, Iterator

import msgspec

from foedus.errors import InvalidInputError, TooLargeError

PIECE_BYTES = 1 << 20
"""Bytes that are read from the file at once."""

VALUE_BYTES_MAX = 32 << 20
"""Bytes of one value that is not walked; far above the largest object we take."""

MEMBERS_MAX = 10_000
"""Properties of one object that is walked; their names are kept to find a second."""

_SPACE = re.compile(r"[ \t\n\r]*+").match
_MEASURED = json.JSONDecoder().raw_decode
_CHECKED = msgspec.json.Decoder(msgspec.Raw)
_NAME = msgspec.json.Decoder(str)


class JsonStream:
    """A document while it is read.

    Whoever walks an object or a list takes each value by `value`, `members` or
    `items`, and to its end; what is not taken is skipped.

    Args:
        read: gives the next bytes of the file, as many as asked for or fewer; none
            at its end.
    """

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._piece = b""
        self._text = ""
        self._at = 0
        self._before = 0
        self._is_due = False
        self._held_from: int | None = None

    @property
    def offset(self) -> int:
        """How many bytes of the document have been gone through."""
        return self._before + self._at

    def kind(self) -> str:
        """Give the first character of the next value.

        Raises:
            InvalidInputError: the document ends here.
        """
        while True:
            space = _SPACE(self._text, self._at)
            assert space is not None, "it matches nothing, too"
            self._at = space.end()
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                raise InvalidInputError("ends in the middle; is the file complete?")

    def value(self) -> bytes:
        """Take the next value, byte for byte.

        Raises:
            InvalidInputError: it is no well-formed JSON.
            TooLargeError: it is longer than `VALUE_BYTES_MAX`.
        """
        self._is_due = False
        length = self._length()
        raw = self._piece[self._at : self._at + length]
        try:
            _CHECKED.decode(raw)
        except (msgspec.DecodeError, RecursionError) as error:
            raise self._wrong(f"not JSON ({error})") from error
        self._at += length
        return raw

    def members(self) -> Iterator[str]:
        """Walk an object: give each name, and let its value be taken.

        Raises:
            InvalidInputError: it is no object, or names a property twice.
            TooLargeError: it has more than `MEMBERS_MAX` properties.
        """
        self._is_due = False
        self._take("{", "an object")
        names: set[str] = set()
        while self._goes_on("}", is_first=not names):
            name = self._name()
            if name in names:
                raise self._wrong(f"{name[:64]!a} is given twice; keep one")
            if len(names) == MEMBERS_MAX:
                raise TooLargeError(f"an object has more than {MEMBERS_MAX} properties")
            names.add(name)
            self._take(":", "a colon")
            self._is_due = True
            yield name
            self._skip()

    def items(self) -> Iterator[int]:
        """Walk a list: give each place, and let its value be taken.

        Raises:
            InvalidInputError: it is no list.
        """
        self._is_due = False
        self._take("[", "a list")
        place = 0
        while self._goes_on("]", is_first=not place):
            self._is_due = True
            yield place
            self._skip()
            place += 1

    def end(self) -> None:
        """See that nothing follows.

        Raises:
            InvalidInputError: something does.
        """
        try:
            self.kind()
        except InvalidInputError:
            return
        raise self._wrong("something follows the end of the document")

    def hold(self) -> None:
        """Keep in memory what is read from here on, so that `held` may give it."""
        self._held_from = self._at

    def let_go(self) -> None:
        """Keep no longer what `hold` asked for."""
        self._held_from = None

    def held(self) -> bytes:
        """Give everything since `hold`."""
        assert self._held_from is not None, "it was asked for"
        return self._piece[self._held_from : self._at]

    def _more(self) -> bool:
        """Read on; tell whether there was anything."""
        keep = self._at if self._held_from is None else self._held_from
        kept = len(self._piece) - keep
        if kept > VALUE_BYTES_MAX:
            raise TooLargeError(f"a value is longer than {VALUE_BYTES_MAX} bytes")
        # As much again as did not suffice: what is measured twice stays little.
        further = self._read(max(PIECE_BYTES, kept))
        if not further:
            return False
        self._piece = self._piece[keep:] + further
        self._text = self._piece.decode("latin-1")
        self._before += keep
        self._at -= keep
        if self._held_from is not None:
            self._held_from = 0
        return True

    def _length(self) -> int:
        """Measure the next value; read on until it is whole.

        One byte is one character here: where a value ends depends on ASCII alone.
        """
        self.kind()
        while True:
            try:
                _, end = _MEASURED(self._text, self._at)
            except RecursionError as error:
                raise self._wrong("not JSON: nests too deep") from error
            except json.JSONDecodeError as error:
                if self._more():
                    continue
                raise self._wrong(
                    f"not JSON, or not all of it ({error.msg})"
                ) from error
            # A number that reaches to the end of the piece may go on behind it.
            if end < len(self._text) or not self._more():
                return end - self._at

    def _name(self) -> str:
        raw = self.value()
        try:
            return _NAME.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._wrong("not a property's name") from error

    def _goes_on(self, closing: str, *, is_first: bool) -> bool:
        """Step over the comma before the next part, or over the closing bracket."""
        here = self.kind()
        if here == closing:
            self._at += 1
            return False
        if not is_first:
            self._take(",", f"a comma or {closing}")
        return True

    def _take(self, wanted: str, called: str) -> None:
        if self.kind() != wanted:
            raise self._wrong(f"not {called}")
        self._at += 1

    def _skip(self) -> None:
        if self._is_due:
            self.value()

    def _wrong(self, what: str) -> InvalidInputError:
        return InvalidInputError(f"{what}, at byte {self.offset}")
