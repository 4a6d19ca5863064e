"""What may be done to a consultation, as data; one form for every surface."""

import msgspec

from foedus.decisions import consultations
from foedus.decisions.consultations import Consultation, ConsultationEvent
from foedus.decisions.speakers import Speaker
from foedus.decisions.texts import Code, Remark
from foedus.ids import DecisionId


class Answer(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="act",
):
    """Something done to a consultation."""

    def decide(self, found: Consultation, speaker: Speaker) -> ConsultationEvent | None:
        """Ask the rule; None where nothing changes.

        Raises:
            FoedusError: the rule refuses it.
        """
        raise NotImplementedError


class Join(Answer, frozen=True, kw_only=True, tag="join"):
    """Ask alongside."""

    text: Remark = ""

    def decide(self, found: Consultation, speaker: Speaker) -> ConsultationEvent | None:
        """Ask `consultations.join`."""
        return consultations.join(
            found, speaker.nation, self.text, speaks=speaker.speaks
        )


class Hold(Answer, frozen=True, kw_only=True, tag="hold"):
    """Record that the nations met."""

    note: Remark = ""

    def decide(self, found: Consultation, speaker: Speaker) -> ConsultationEvent:
        """Ask `consultations.meet`."""
        return consultations.meet(
            found,
            speaker.nation,
            self.note,
            speaks=speaker.speaks,
            at_ms=speaker.at_ms,
        )


class Close(Answer, frozen=True, kw_only=True, tag="close"):
    """End it.

    Attributes:
        decision: what came of it.
    """

    note: Remark = ""
    decision: Code | None = None

    def decide(self, found: Consultation, speaker: Speaker) -> ConsultationEvent:
        """Ask `consultations.close`."""
        return consultations.close(
            found,
            speaker.nation,
            self.note,
            speaks=speaker.speaks,
            decision=None if self.decision is None else DecisionId(self.decision),
        )


AnyAnswer = Join | Hold | Close
"""Everything that may be done to a consultation."""
