"""What a text would do if it were adopted now, in the world of one reader.

Counted is what the reader has been given, and nothing else: two readers may be told
different numbers of the same release, and neither learns what the other sees.
"""

from datetime import datetime

import msgspec

from foedus.decisions.states import Decision
from foedus.decisions.texts import Effect, ReleaseEffect, resolve_forum
from foedus.errors import FoedusError
from foedus.intel.reading import Snapshot
from foedus.intel.releasing import preview_decided
from foedus.processes.decisions_effects import draft_of
from foedus.releasability.viewers import Viewer


class EffectPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What one effect would do.

    Attributes:
        objects: how many objects that the reader sees would be newly visible to those
            it releases to; null for what is no release.
        by_label: how many of them under each label.
        refused: why it would be refused now; "" if nothing speaks against it.
    """

    ordinal: int
    effect: Effect
    objects: int | None = None
    by_label: dict[str, int] = {}
    refused: str = ""


def preview_effects(
    seen: Snapshot, viewer: Viewer, decision: Decision, now: datetime
) -> tuple[EffectPreview, ...]:
    """Tell what each effect of a decision would do, of what its reader sees.

    Args:
        seen: one state of the views.
        viewer: who reads; may see the decision.
        decision: what is before the nations.
        now: when it is asked.
    """
    return tuple(
        _of_release(seen, viewer, decision, now, ordinal)
        if isinstance(effect, ReleaseEffect)
        else EffectPreview(ordinal=ordinal, effect=effect)
        for ordinal, effect in enumerate(decision.text.effects)
    )


def _of_release(
    seen: Snapshot, viewer: Viewer, decision: Decision, now: datetime, ordinal: int
) -> EffectPreview:
    effect = decision.text.effects[ordinal]
    assert isinstance(effect, ReleaseEffect), "the caller asked"
    try:
        electorate = decision.electorate or resolve_forum(
            decision.text.forum, seen.access.alliance, seen.access.on
        )
        found = preview_decided(
            seen, viewer, draft_of(effect, decision), electorate, now=now
        )
    except FoedusError as error:
        return EffectPreview(ordinal=ordinal, effect=effect, refused=error.detail)
    return EffectPreview(
        ordinal=ordinal, effect=effect, objects=found.objects, by_label=found.by_label
    )
