"""What may be done to a decision from its page: what each act means, and asks for.

- Each act that is offered is one that the rules allow its visitor by now, as far as it
  depends on who and when; what depends on what is typed, the rules say when it is sent.
- A grave act says what follows before it is done.
"""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from foedus.decisions import moves, rules
from foedus.decisions.events import Child, Duty
from foedus.decisions.rooms import At, without_standing
from foedus.decisions.speakers import check_chair, check_phase, check_speaks
from foedus.decisions.states import Phase
from foedus.decisions.texts import Text
from foedus.errors import FoedusError, ForbiddenError, InvalidInputError
from foedus.ids import new_decision_id

Form = Mapping[str, str]

HOUR_HINT: Final = "Hour and zone: 2026-11-24 16:00 Europe/Brussels."


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A field of a form.

    Attributes:
        lines: of a text area; 0 for a single line.
        options: of a list, each with its words; empty for what is typed.
        value: what stands in it at first.
    """

    name: str
    label: str
    hint: str = ""
    lines: int = 0
    required: bool = True
    options: tuple[tuple[str, str], ...] = ()
    value: str = ""


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """An act that has a page of its own.

    Attributes:
        link: what leads there.
        urgent: whether the decision waits for it, so that it stands beside the clock.
        means: what follows, in a sentence or two.
        button: what does it.
    """

    act: str
    link: str
    heading: str
    means: str
    button: str
    fields: tuple[Field, ...] = ()
    grave: bool = False
    urgent: bool = False


_REASON: Final = Field(
    name="reason", label="Reason", hint="Read by those who decide.", lines=3
)
_REASON_IF_ANY: Final = Field(
    name="reason",
    label="Reason, if any",
    hint="Read by those who decide.",
    lines=3,
    required=False,
)
_UNTIL: Final = Field(name="until", label="Until", hint=HOUR_HINT)

_OFFERS: Final = (
    Offer(
        act="table",
        urgent=True,
        link="Lay it before the nations",
        heading="Lay the text before the nations",
        means="Every nation that decides can read it, comment and take a position. No "
        "clock runs.",
        button="Lay it before them",
    ),
    Offer(
        act="meet",
        link="Put it to a meeting",
        heading="Put the text to a meeting",
        means="Positions are taken live. Nobody agrees by silence; the chair states "
        "whether the meeting agrees.",
        button="Put it to a meeting",
    ),
    Offer(
        act="conclude",
        urgent=True,
        link="State that the meeting agrees",
        heading="State that the meeting agrees",
        means="The text is adopted at once, and the hub does what it says. Refused "
        "while a nation objects.",
        button="It is agreed",
    ),
    Offer(
        act="send-back",
        link="Send it back for comments",
        heading="Send the text back for comments",
        means="The meeting ends without an outcome; positions begin anew.",
        button="Send it back",
        fields=(_REASON_IF_ANY,),
    ),
    Offer(
        act="confirm",
        urgent=True,
        link="Confirm the silence",
        heading="Confirm the silence that was held",
        means="The text is adopted as of the end of silence, and the hub does what it "
        "says. Do so when you have asked around that nobody wanted to object.",
        button="Confirm it",
    ),
    Offer(
        act="suspend",
        link="Stop the clock",
        heading="Stop the clock",
        means="Nobody agrees by silence until you let it run again, with at least the "
        "time that is left now.",
        button="Stop the clock",
        fields=(_REASON,),
    ),
    Offer(
        act="resume",
        urgent=True,
        link="Let the clock run again",
        heading="Let the clock run again",
        means="At least as much time is given as was left when it was stopped.",
        button="Let it run",
        fields=(_UNTIL,),
    ),
    Offer(
        act="go-on-without",
        link="Go on without a nation",
        heading="Go on without a nation that lost its standing",
        means="It decides no more. A break of its own since it lost its standing is "
        "void. You may restart instead.",
        button="Go on without it",
        fields=(Field(name="nation", label="Nation", options=(("", ""),)),),
        grave=True,
    ),
    Offer(
        act="activate",
        urgent=True,
        link="Record that the condition is met",
        heading="Record that the condition is met",
        means="The decision comes into force, and the hub does what it says.",
        button="The condition is met",
        fields=(Field(name="reason", label="How it was met", lines=3),),
    ),
    Offer(
        act="duty",
        urgent=True,
        link="Say how it is applied",
        heading="Say how the decision is applied",
        means="Each nation decides its own measures; the others see what you say.",
        button="Say it",
        fields=(
            Field(
                name="duty",
                label="The nation",
                options=(
                    (Duty.ACCEPTED.value, "will apply it"),
                    (Duty.FULFILLED.value, "has applied it"),
                    (Duty.NOT_APPLYING.value, "does not apply it"),
                ),
            ),
            Field(
                name="text",
                label="In words",
                hint="Needed where it is not applied.",
                lines=3,
                required=False,
            ),
        ),
    ),
    Offer(
        act="state",
        link="Make a statement",
        heading="Make a statement for the record",
        means="It stops nothing and stays in the record.",
        button="Make the statement",
        fields=(Field(name="text", label="Statement", lines=4),),
    ),
    Offer(
        act="correct",
        link="Correct title and summary",
        heading="Correct title and summary",
        means="Neither is decided on: the text and its hash stay as they are.",
        button="Correct them",
        fields=(
            Field(name="title", label="Title"),
            Field(name="summary", label="Summary", lines=3, required=False),
        ),
    ),
    Offer(
        act="split",
        link="Split the text",
        heading="Split the text into decisions of their own",
        means="This decision ends; each part begins as a draft at version 1, with a "
        "clock of its own.",
        button="Split it",
        fields=(
            Field(
                name="parts",
                label="Parts",
                hint="A line a part: the numbers of its paragraphs, and effects as e1 "
                "for the first. “1 2 e1” and on the next line “1 3”.",
                lines=4,
            ),
        ),
    ),
    Offer(
        act="refer-up",
        link="Refer it to another body",
        heading="Refer the text to another body",
        means="This decision ends; the text begins there as a decision of its own, "
        "with other nations to decide.",
        button="Refer it",
        fields=(
            Field(name="forum", label="Body", hint="As people call it."),
            Field(
                name="of",
                label="Who decides there",
                hint="Nations and communities, separated by commas.",
            ),
            Field(name="without", label="Without", hint="Likewise.", required=False),
            Field(
                name="chair",
                label="Chaired by",
                hint="A nation; empty for the secretariat of the alliance.",
                required=False,
            ),
            _REASON,
        ),
    ),
    Offer(
        act="withdraw",
        link="Withdraw it…",
        heading="Withdraw the text",
        means="The procedure ends for good. The same text can be drafted anew.",
        button="Withdraw it",
        fields=(_REASON_IF_ANY,),
        grave=True,
    ),
    Offer(
        act="close",
        link="End it without adoption…",
        heading="End the procedure without adoption",
        means="The text is not adopted. What came of it stays in the record.",
        button="End it",
        fields=(_REASON_IF_ANY,),
        grave=True,
    ),
)


def offers(at: At) -> tuple[Offer, ...]:
    """List the acts with a page of their own that a visitor may do now."""
    return tuple(_filled(each, at) for each in _OFFERS if _allows(each.act, at))


def offer(at: At, act: str) -> Offer | None:
    """Find one of them; None where it is not open to the visitor now."""
    return next((each for each in offers(at) if each.act == act), None)


def is_act(act: str) -> bool:
    """Tell whether an act has a page of its own."""
    return any(each.act == act for each in _OFFERS)


def words_of(act: str, form: Form, text: Text) -> dict[str, object]:
    """Say what a form asks the rules for.

    Raises:
        InvalidInputError: a field is missing or cannot be read.
    """
    found = next(each for each in _OFFERS if each.act == act)
    said: dict[str, object] = {"act": act}
    for field in found.fields:
        value = typed(form, field.name)
        if field.required and not value:
            raise InvalidInputError(f"fill in: {field.label.lower()}")
        said[field.name] = value
    if act == "refer-up":
        return _referred(said)
    if act == "split":
        return {"act": act, "texts": parts_of(str(said["parts"]), text)}
    return said


def typed(form: Form, field: str) -> str:
    """Give what was typed into a field."""
    return form.get(field, "").replace("\r\n", "\n").strip()


def parts_of(lines: str, text: Text) -> tuple[Text, ...]:
    """Part a text by the numbers of its paragraphs and effects.

    Raises:
        InvalidInputError: a number is none of them.
    """
    return tuple(_part(line, text) for line in lines.split("\n") if line.strip())


def _part(line: str, text: Text) -> Text:
    paragraphs, effects = [], []
    for word in line.replace(",", " ").split():
        things = text.effects if word.startswith("e") else text.paragraphs
        number = word.removeprefix("e")
        if not number.isdecimal() or not 1 <= int(number[:4]) <= len(things):
            raise InvalidInputError(
                f"{word!r} is neither a paragraph of the text nor one of its effects; "
                "write their numbers, and effects as e1"
            )
        chosen = int(number[:4]) - 1
        if things is text.effects:
            effects.append(text.effects[chosen])
        else:
            paragraphs.append(text.paragraphs[chosen])
    if not paragraphs:
        raise InvalidInputError("each part has a paragraph; name one on each line")
    return msgspec.structs.replace(
        text, paragraphs=tuple(paragraphs), effects=tuple(effects)
    )


def _referred(said: Mapping[str, object]) -> dict[str, object]:
    forum = {
        "name": said["forum"],
        "of": listed(str(said["of"])),
        "without": listed(str(said["without"])),
        "chair": said["chair"] or None,
    }
    return {"act": "refer-up", "forum": forum, "reason": said["reason"]}


def listed(text: str) -> list[str]:
    """Read a list that is separated by commas."""
    return [each.strip() for each in text.split(",") if each.strip()]


def _filled(found: Offer, at: At) -> Offer:
    """Put into the form what only the decision tells."""
    replace = msgspec.structs.replace
    if found.act == "go-on-without":
        gone = without_standing(at.room.access, at.decision)
        nations = at.room.alliance.nations
        options = tuple((each, nations[each].name) for each in gone)
        return replace(found, fields=(replace(found.fields[0], options=options),))
    if found.act == "correct":
        said = (at.decision.text.title, at.decision.text.summary)
        fields = zip(found.fields, said, strict=True)
        return replace(found, fields=tuple(replace(a, value=b) for a, b in fields))
    return found


def _allows(act: str, at: At) -> bool:
    try:
        return _ALLOWED[act](at) is not False
    except FoedusError:
        return False


def may_amend(at: At) -> bool:
    """Tell whether a visitor may put another text in place: the proposer's nation."""
    try:
        rules.amend(
            at.decision,
            at.speaker,
            at.decision.text,
            chair=at.decision.chair,
            label=at.decision.label,
        )
    except FoedusError:
        return False
    return True


def _presides(*phases: Phase) -> Callable[[At], object]:
    def ask(at: At) -> None:
        check_chair(at.decision, at.speaker)
        check_phase(at.decision, *phases)

    return ask


def _lays(at: At) -> None:
    check_speaks(at.speaker)
    check_phase(at.decision, Phase.DRAFT)
    if at.speaker.nation not in (at.decision.proposer, at.decision.chair):
        raise ForbiddenError("only the proposer and the chair; ask them")


def _splits(at: At) -> object:
    halves = tuple(
        Child(decision=new_decision_id(), text=at.decision.text) for _ in range(2)
    )
    return len(at.decision.text.paragraphs) > 1 and rules.split(
        at.decision, at.speaker, halves
    )


def _refers(at: At) -> object:
    forum, name = at.decision.text.forum, new_decision_id()
    return rules.refer_up(at.decision, at.speaker, name, forum, "-")


def _goes_on(at: At) -> bool:
    _presides(Phase.SILENT, Phase.SUSPENDED, Phase.HELD, Phase.BROKEN, Phase.MEETING)(
        at
    )
    return bool(without_standing(at.room.access, at.decision))


def _corrects(at: At) -> object:
    text = at.decision.text
    return moves.Correct(title=text.title, summary=text.summary).decide(at)


_ALLOWED: Final[Mapping[str, Callable[[At], object]]] = {
    "table": _lays,
    "meet": _presides(Phase.DRAFT, Phase.CONSULTING),
    "conclude": _presides(Phase.MEETING),
    "send-back": _presides(Phase.MEETING),
    "confirm": _presides(Phase.HELD),
    "suspend": moves.Suspend(reason="-").decide,
    "resume": _presides(Phase.SUSPENDED),
    "go-on-without": _goes_on,
    "activate": moves.Activate(reason="-").decide,
    "duty": moves.StateDuty(duty=Duty.ACCEPTED).decide,
    "state": moves.State(text="-").decide,
    "correct": _corrects,
    "split": _splits,
    "refer-up": _refers,
    "withdraw": moves.Withdraw().decide,
    "close": moves.Close().decide,
}
"""What tells whether an act is open to a visitor now."""
