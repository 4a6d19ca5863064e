"""What waits for a nation, as each capability tells it to the inbox."""

from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec

from foedus.intel.reading import Snapshot
from foedus.releasability.join import FixedLabel
from foedus.releasability.viewers import Viewer
from foedus.response.tasks import Task


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Something that waits for the visitor's nation.

    Attributes:
        kind: what it is, in a word or two.
        wanted: what the nation is asked for, in a sentence.
        means: what follows if it says nothing; "" where nothing does.
        said: what it has said so far; "" where that is not asked.
        until: until when; None where there is no end.
        button: what opens it.
        label: of the thing itself.
        answered: whether the nation has answered, so that nothing is due any more.
        task: the task, where it is one: whoever is shown it was told of it.
    """

    href: str
    kind: str
    title: str
    wanted: str
    means: str = ""
    said: str = ""
    until: datetime | None = None
    button: str = "Open"
    label: FixedLabel
    answered: bool = False
    task: Task | None = None


Provider = Callable[[Snapshot, Viewer, datetime], Iterable[Waiting]]
"""Tells what of one capability waits for a viewer's nation now."""
