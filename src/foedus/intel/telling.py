"""Telling of changes: one JSON object each, equal on every surface.

The object's bytes are spliced in as they are stored; line breaks between its tokens
become spaces, since a change is told on one line.
"""

from datetime import timedelta
from typing import Final

import orjson

from foedus.intel.places import INTEL, Change
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel
from foedus.releasability.labels import print_label
from foedus.stix.timestamps import format_us

BEAT: Final = timedelta(seconds=5)
"""How often a consumer hears something, be it only that there is nothing."""

_ONE_LINE: Final = bytes.maketrans(b"\r\n", b"  ")


class Teller:
    """Tells of changes; prints each label once.

    Args:
        access: who may see what; a teller is good for as long as it stands.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self._labels: dict[FixedLabel, str] = {}

    def tell(self, change: Change) -> tuple[str, bytes]:
        """Give the name of the event and its data."""
        if change.is_lost:
            lost = {
                "kind": INTEL,
                "collection": change.collection,
                "id": change.id,
                "type": change.type,
                "version": change.version,
            }
            return "delete", orjson.dumps(lost)
        if change.kind != INTEL:
            return "put", self._tell_news(change)
        put = {
            "kind": INTEL,
            "collection": change.collection,
            "id": change.id,
            "version": change.version,
            "label": self._print(change.label),
            "date_added": format_us(change.added_us),
        }
        raw = change.raw.translate(_ONE_LINE)
        return "put", orjson.dumps(put)[:-1] + b',"object":' + raw + b"}"

    def _tell_news(self, change: Change) -> bytes:
        news = {
            "kind": change.kind,
            "id": change.id,
            "type": change.type,
            "label": self._print(change.label),
            "at": format_us(change.added_us),
        }
        return orjson.dumps(news)[:-1] + b',"document":' + change.raw + b"}"

    def _print(self, label: FixedLabel) -> str:
        found = self._labels.get(label)
        if found is None:
            found = print_label(label.label, self._access.alliance)
            self._labels[label] = found
        return found
