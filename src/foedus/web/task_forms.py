"""What may be done with a task from its page: what each act means, and asks for.

Which acts are open to a visitor now, the rules say (`task_sheets`); here they are put
into words, and what is typed is made a move.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from foedus.errors import InvalidInputError, NotFoundError
from foedus.response.moves import AnyMove
from foedus.response.task_sheets import TaskSheet
from foedus.web.decision_forms import Field, typed

Form = Mapping[str, str]

OUTPUT: Final = "output-"
"""What stands before the name of an output in a form."""


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a visitor may do now.

    Attributes:
        means: what follows, in a sentence; "" where the button says it.
        grave: whether it stands apart.
        folded: whether its fields are folded away at first.
    """

    act: str
    heading: str
    means: str
    button: str
    fields: tuple[Field, ...] = ()
    grave: bool = False
    folded: bool = True


_ACTS: Final = (
    Act(
        act="authorise",
        heading="Let the hub send it",
        means="You agree that the hub sends what stands above, as it stands there. "
        "Two persons agree, or one who names an adopted decision.",
        button="Agree to send it",
        fields=(
            Field(
                name="decision",
                label="Adopted decision, if any",
                hint="Its id. A paragraph of it decides on the task or its run, by id.",
                required=False,
            ),
        ),
    ),
    Act(
        act="acknowledge",
        heading="Acknowledge",
        means="The coordinator learns that your nation knows of it. It promises "
        "nothing.",
        button="Acknowledge",
    ),
    Act(
        act="accept",
        heading="Accept",
        means="Your nation does it.",
        button="Accept",
        fields=(Field(name="note", label="Note, if any", lines=2, required=False),),
    ),
    Act(
        act="start",
        heading="Begin",
        means="Work on it has begun.",
        button="Work has begun",
    ),
    Act(
        act="done",
        heading="Report it done",
        means="",
        button="Report it done",
        folded=False,
    ),
    Act(
        act="confirm",
        heading="Confirm",
        means="What was done is what was asked for.",
        button="Confirm it",
    ),
    Act(
        act="return",
        heading="Give it back",
        means="It counts as under way again, with the same deadline.",
        button="Give it back",
        fields=(
            Field(
                name="reason",
                label="What is missing",
                hint="The nation reads it.",
                lines=3,
            ),
        ),
    ),
    Act(
        act="delegate",
        heading="Let others do it",
        means="Name a team of your nation, or another nation. If the same step is "
        "asked of that one, it may take it; until then it stays yours.",
        button="Delegate",
        fields=(
            Field(name="team", label="Team of your nation", required=False),
            Field(name="nation", label="Or another nation", required=False),
        ),
    ),
    Act(
        act="note",
        heading="Write beside it",
        means="Your nation and the coordinator read it.",
        button="Write it",
        fields=(Field(name="text", label="Note", lines=3),),
    ),
    Act(
        act="decline",
        heading="Decline",
        means="An answer, and no failure: the coordinator plans without your nation.",
        button="Decline",
        fields=(
            Field(
                name="caveat",
                label="Why",
                hint="Your nation and the coordinator read it; nobody else does.",
                lines=3,
            ),
        ),
        grave=True,
    ),
)


def acts_of(sheet: TaskSheet) -> tuple[Act, ...]:
    """Give what may be done now, in the order of the work."""
    return tuple(
        msgspec.structs.replace(each, fields=_report(sheet))
        if each.act == "done"
        else each
        for each in _ACTS
        if each.act in sheet.may
    )


def is_act(verb: str) -> bool:
    """Tell whether a word in an address is an act."""
    return any(each.act == verb for each in _ACTS)


def read_move(verb: str, form: Form) -> AnyMove:
    """Make a move of what a form says.

    Raises:
        NotFoundError: there is no such act.
        InvalidInputError: it says none; the detail names the field.
    """
    if not is_act(verb):
        raise NotFoundError("no such page")
    words: dict[str, object] = {"act": verb}
    if verb == "done":
        words |= _done(form)
    else:
        fields = next(each.fields for each in _ACTS if each.act == verb)
        words |= {each.name: typed(form, each.name) for each in fields}
    try:
        move: AnyMove = msgspec.convert(words, AnyMove)
    except msgspec.ValidationError as error:
        missing = [name for name, said in words.items() if not said and name != "note"]
        if missing:
            raise InvalidInputError("write it in words first") from error
        raise InvalidInputError(f"the form is wrong: {error}") from error
    return move


def _report(sheet: TaskSheet) -> tuple[Field, ...]:
    """Give the fields of a report; the outputs are those of its step."""
    needed = sheet.evidence == "required" or sheet.gate is not None
    hint = "Ids or addresses of what shows it, one a line."
    if sheet.gate is not None:
        hint = f"The id of an adopted {sheet.gate}, and what else shows it; one a line."
    return (
        Field(
            name="reply",
            label=sheet.question or "In words",
            lines=3,
            required=bool(sheet.question),
        ),
        Field(
            name="evidence",
            label="Evidence" if needed else "Evidence, if any",
            hint=hint,
            lines=2,
            required=needed,
        ),
        *(
            Field(
                name=f"{OUTPUT}{name}",
                label=name.strip("_").replace("_", " "),
                hint=f"Goes into {name} of the run.",
                required=False,
            )
            for name in sheet.gives
        ),
    )


def _done(form: Form) -> dict[str, object]:
    outputs = {
        name.removeprefix(OUTPUT): said
        for name, said in form.items()
        if name.startswith(OUTPUT) and said
    }
    lines = (each.strip() for each in form.get("evidence", "").splitlines())
    return {
        "reply": typed(form, "reply"),
        "evidence": [each for each in lines if each],
        "outputs": outputs,
    }
