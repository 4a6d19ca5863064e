"""The intelligence of the demo: invented, deterministic, a little different each time.

- Story number *n* is always the same story about the same things; only its instants
  are those of the telling.
- Names are invented, domains end in `.example`, addresses come from the ranges that
  are kept for documentation (RFC 2606, RFC 5737, RFC 3849).
- A story refers only to what its own audience may see, so that a join narrows nothing
  by accident.
"""

import hashlib
import random
import uuid
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Final

import msgspec
import orjson

from foedus.ids import NationCode
from foedus.stix import timestamps
from foedus.stix.identifiers import compute_id, is_deterministic
from foedus.stix.markings import TLP_2, hub_marking_id, make_hub_definition

NAMESPACE: Final = uuid.UUID("5f0d9c53-7f53-4d0e-9d4c-8f6f1f4c1f0e")
"""The namespace of the ids of invented objects."""

REMEMBERED_MAX: Final = 12
"""Objects of one type and label that later stories may refer to."""

_NETWORKS = ("192.0.2", "198.51.100", "203.0.113")

_NARROWS: Mapping[str, tuple[str, ...]] = {
    "national": ("nato", "clear"),
    "two": ("two", "nato", "clear"),
}
"""Labels that a narrower label may refer to; all others refer to their like."""


class Marking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a story is marked: a traffic light, a label's text, or not at all."""

    light: str | None = None
    text: str | None = None


class Sketch(
    msgspec.Struct, frozen=True, kw_only=True, rename={"with_": "with", "from_": "from"}
):
    """One object of a story, with blanks to be filled.

    Attributes:
        text: the description.
        with_: further properties, taken as they are.
        refs: what a report or note is about: `recent:TYPE`, or a place in the story.
        of: what is sighted, or the target of a relationship.
        from_: the source of a relationship.
        resolves: the place of the address that a domain name resolves to.
    """

    type: str
    name: str = ""
    value: str = ""
    text: str = ""
    pattern: str = ""
    kind: str = ""
    with_: dict[str, bool | list[str]] = {}
    refs: tuple[str, ...] = ()
    of: str = ""
    from_: str = ""
    resolves: str = ""


class Story(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that a nation publishes at a time."""

    by: NationCode
    label: str
    to: str
    objects: tuple[Sketch, ...]


class Book(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All stories, and the words that fill their blanks."""

    words: dict[str, tuple[str, ...]]
    labels: dict[str, Marking]
    stories: tuple[Story, ...]


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A story told: who publishes what, where.

    Attributes:
        count: how many of the objects are more than the definition of a marking.
    """

    by: NationCode
    to: str
    objects: tuple[bytes, ...]
    count: int


@cache
def book() -> Book:
    """Read the stories that come with the package."""
    raw = resources.files("foedus.processes").joinpath("demo.json").read_bytes()
    return msgspec.json.decode(raw, type=Book)


def identity_id(nation: NationCode) -> str:
    """Give the id of the team that publishes for a nation in the demo."""
    return f"identity--{uuid.uuid5(NAMESPACE, nation)}"


def scene_id(stix_type: str, name: str, run: int) -> str:
    """Give the id of an object of a scene of the play, in one of its runs."""
    return f"{stix_type}--{uuid.uuid5(NAMESPACE, f'play/{name}/{run}')}"


def introduce(nation: NationCode, name: str, at: datetime) -> Item:
    """Make the item by which a nation's team introduces itself."""
    now = instant(at)
    team = {
        "type": "identity",
        "spec_version": "2.1",
        "id": identity_id(nation),
        "created": now,
        "modified": now,
        "name": f"Cyber defence team of {name} (demo)",
        "identity_class": "organization",
        "description": "Invented for the demo; speaks for nobody.",
    }
    return Item(by=nation, to="open", objects=(orjson.dumps(team),), count=1)


class Teller:
    """Tells the stories in turn and remembers what they may refer to.

    Args:
        told: how many stories were told before.
    """

    def __init__(self, told: int = 0) -> None:
        self._recent: dict[tuple[str, str], deque[str]] = {}
        self.told = 0
        for _ in range(told):
            self.tell(datetime.fromtimestamp(0, tz=UTC))

    def tell(self, at: datetime) -> Item:
        """Tell the next story, as of an instant."""
        number, self.told = self.told, self.told + 1
        stories = book().stories
        story = stories[number % len(stories)]
        scene = _Scene(number, story, at)
        bodies: list[dict[str, object]] = []
        for place, sketch in enumerate(story.objects):
            body = scene.draw(place, sketch)
            self._connect(body, sketch, scene, bodies)
            bodies.append(body)
        for body in bodies:
            key = (str(body["type"]), story.label)
            recent = self._recent.setdefault(key, deque(maxlen=REMEMBERED_MAX))
            if body["id"] not in recent:
                recent.append(str(body["id"]))
        return _item(story, bodies)

    def _connect(
        self,
        body: dict[str, object],
        sketch: Sketch,
        scene: "_Scene",
        before: list[dict[str, object]],
    ) -> None:
        def find(reference: str) -> str:
            kind, _, wanted = reference.partition(":")
            if kind == "recent":
                return self._recall(wanted, scene)
            return str(before[int(reference)]["id"])

        if sketch.type in ("report", "note"):
            team = identity_id(scene.story.by)
            found = {find(each): None for each in sketch.refs} or {team: None}
            body["object_refs"] = list(found)
        elif sketch.type == "sighting":
            body["sighting_of_ref"] = find(sketch.of)
        elif sketch.type == "relationship":
            body["source_ref"] = find(sketch.from_)
            body["target_ref"] = find(sketch.of)
        elif sketch.resolves:
            body["resolves_to_refs"] = [find(sketch.resolves)]

    def _recall(self, wanted: str, scene: "_Scene") -> str:
        label = scene.story.label
        known = [
            each
            for other in _NARROWS.get(label, (label, "clear"))
            for each in self._recent.get((wanted, other), ())
        ]
        if not known:
            return identity_id(scene.story.by)
        return known[-1 - scene.dice.randrange(min(len(known), REMEMBERED_MAX))]


class _Scene:
    """One telling: the blanks of a story filled, always alike for one number."""

    def __init__(self, number: int, story: Story, at: datetime) -> None:
        self.story = story
        self.at = at
        self._number = number
        self.dice = random.Random(number)  # noqa: S311 - stories, not secrets
        words = {key: self.dice.choice(some) for key, some in book().words.items()}
        stem, twig = words["stem"], words["twig"]
        domain = f"{stem}-{twig}{self._number % 97 or ''}.example"
        host = self.dice.randrange(1, 255)
        self.words = words | {
            "domain": domain,
            "url": f"https://{domain}/{stem.partition('-')[0]}/{host}",
            "email": f"{twig}@{domain}",
            "ip": f"{self.dice.choice(_NETWORKS)}.{host}",
            "ip6": f"2001:db8:{number % 0xFFFF:x}::{host:x}",
            "sha256": hashlib.sha256(b"demo %d" % number).hexdigest(),
            "count": str(self.dice.randrange(2, 40)),
            "hours": str(self.dice.randrange(3, 30)),
            "lure_title": _title(words["lure"].partition(" ")[2]),
            "sector_title": _title(words["sector"]),
        }

    def draw(self, place: int, sketch: Sketch) -> dict[str, object]:
        """Draw one object, without what it refers to."""
        body: dict[str, object] = {"type": sketch.type, "spec_version": "2.1"}
        if is_deterministic(sketch.type):
            body["value"] = self._fill(sketch.value)
            body["id"] = compute_id(body)
            return body
        key = f"{self._number}/{place}"
        body["id"] = f"{sketch.type}--{uuid.uuid5(NAMESPACE, key)}"
        body["created_by_ref"] = identity_id(self.story.by)
        body["created"] = body["modified"] = instant(self.at)
        if sketch.name:
            name = self._fill(sketch.name)
            body["abstract" if sketch.type == "note" else "name"] = name
        if sketch.text:
            text = self._fill(sketch.text)
            body["content" if sketch.type == "note" else "description"] = text
        return body | sketch.with_ | self._particulars(sketch)

    def _particulars(self, sketch: Sketch) -> dict[str, object]:
        match sketch.type:
            case "indicator":
                return {
                    "pattern": self._fill(sketch.pattern),
                    "pattern_type": "stix",
                    "valid_from": instant(self.at),
                    "valid_until": instant(self.at + timedelta(days=90)),
                    "confidence": 40 + self.dice.randrange(6) * 10,
                }
            case "report":
                return {"published": instant(self.at), "report_types": ["threat"]}
            case "sighting":
                ago = timedelta(hours=self.dice.randrange(1, 20))
                return {
                    "first_seen": instant(self.at - ago),
                    "last_seen": instant(self.at),
                    "count": self.dice.randrange(1, 40),
                }
            case "relationship":
                return {"relationship_type": sketch.kind}
            case _:
                return {}

    def _fill(self, text: str) -> str:
        return text.format_map(self.words)


def _item(story: Story, bodies: list[dict[str, object]]) -> Item:
    marking = book().labels[story.label]
    objects = []
    if marking.light is not None:
        refs = [TLP_2[marking.light]]
    elif marking.text is not None:
        refs = [hub_marking_id(marking.text)]
        objects.append(make_hub_definition(marking.text))
    else:
        refs = []
    marked = {"object_marking_refs": refs} if refs else {}
    objects += [orjson.dumps(body | marked) for body in bodies]
    return Item(by=story.by, to=story.to, objects=tuple(objects), count=len(bodies))


def _title(text: str) -> str:
    return text[:1].upper() + text[1:]


def instant(at: datetime) -> str:
    """Write an instant as STIX does, to the millisecond."""
    return timestamps.format_us(round(at.timestamp() * 1_000) * 1_000)
