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
from foedus.intel.release_previews import preview_decided
from foedus.intel.releasing import decided
from foedus.processes.decisions_effects import draft_of
from foedus.releasability.viewers import Viewer


class EffectPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What one effect would do.

    Attributes:
        objects: how many objects that the reader sees would be newly visible to those
            it releases to; null for what is no release.
        by_label: how many of them under each label.
        whole: whether everything was counted, and not the newest versions only.
        refused: why it would be refused now; "" if nothing speaks against it.
    """

    ordinal: int
    effect: Effect
    objects: int | None = None
    by_label: dict[str, int] = {}
    whole: bool = True
    refused: str = ""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, when, and how much is counted.

    Attributes:
        viewer: who reads; may see the decision.
        now: when it is question.
        most: how many versions are counted, the newest first; None for all.
    """

    viewer: Viewer
    now: datetime
    most: int | None = None


def preview_effects(
    seen: Snapshot, question: Question, decision: Decision
) -> tuple[EffectPreview, ...]:
    """Tell what each effect of a decision would do, of what its reader sees.

    Args:
        seen: one state of the views.
        question: who asks, when, and how much is counted.
        decision: what is before the nations.
    """
    return tuple(
        _of_release(seen, question, decision, ordinal)
        if isinstance(effect, ReleaseEffect)
        else EffectPreview(ordinal=ordinal, effect=effect)
        for ordinal, effect in enumerate(decision.text.effects)
    )


def _of_release(
    seen: Snapshot, question: Question, decision: Decision, ordinal: int
) -> EffectPreview:
    effect = decision.text.effects[ordinal]
    assert isinstance(effect, ReleaseEffect), "the caller asked"
    try:
        electorate = decision.electorate or resolve_forum(
            decision.text.forum, seen.access.alliance, seen.access.on
        )
        event = decided(seen, draft_of(effect, decision), electorate, question.now)
    except FoedusError as error:
        return EffectPreview(ordinal=ordinal, effect=effect, refused=error.detail)
    found = preview_decided(seen, question.viewer, event, question.now, question.most)
    return EffectPreview(
        ordinal=ordinal,
        effect=effect,
        objects=found.objects,
        by_label=found.by_label,
        whole=found.whole,
    )
