"""A workflow drawn: where each step stands, and the lines between them.

- Steps that follow each other stand in a row from left to right. What a step opens
  stands in rows of its own below it, and so does the way out of a failure, so that no
  line runs through a step.
- The drawing is made on the server, as numbers; a template writes them. The same stands
  below it as a table, so nothing is told by the drawing alone.
"""

import textwrap
from collections.abc import Mapping
from typing import Final

import msgspec

from foedus.response.cacao import Playbook, Step
from foedus.response.vocabulary import StepKind
from foedus.web.workflow_rows import Place, Way, pack

STEPS_MAX: Final = 200
"""Steps of a drawing: beyond that the table alone is read."""

WIDTH: Final = 178
"""Of a step, in pixels at the size at which it is drawn; likewise `HEIGHT`."""

HEIGHT: Final = 68

_ACROSS, _DOWN, _EDGE = 242, 104, 44
_LINE_LENGTH, _LINES_MAX, _WORD_LENGTH = 25, 2, 9
_TURN: Final = 14
"""How far before a step a line turns towards it."""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """How a step is drawn.

    Attributes:
        css: `done`, `now`, `todo`; "" in a drawing of no run.
        note: the line below its name.
        href: where the step leads.
    """

    css: str = ""
    note: str = ""
    href: str = ""


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """A step as it is drawn.

    Attributes:
        name: whole, for whoever hears it.
        lines: of the name, each with its place.
    """

    name: str
    look: Look
    x: int
    y: int
    lines: tuple[tuple[int, str], ...]
    note_y: int


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """A line between two steps, and what leads along it."""

    path: str
    word: str
    x: int
    y: int


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow as it is drawn.

    Attributes:
        dots: where it begins and ends, each with its word.
    """

    width: int
    height: int
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    dots: tuple[tuple[int, int, str], ...] = ()


_Came = list[Way]
_END: Final = "end"
_FAILURE: Final = "failure"
"""Where the exception path begins: whatever nothing else handles leads there."""


def draw(playbook: Playbook, looks: Mapping[str, Look]) -> Drawing | None:
    """Draw a playbook.

    Args:
        playbook: that can be run.
        looks: how each step is drawn, by its id.

    Returns:
        None if it has more steps than a drawing that is read.
    """
    if len(playbook.workflow) > STEPS_MAX:
        return None
    plan = _Plan(playbook.workflow)
    came: _Came = []
    column, rows, came = plan.chain(playbook.start, 0, 0, came)
    plan.places[_END] = (max(column, 1), 0)
    plan.link(came, _END)
    if playbook.exception is not None and playbook.exception not in plan.places:
        plan.places[_FAILURE] = (0, rows)
        plan.apart(playbook.exception, (1, rows), [Way(source=_FAILURE)], _FAILURE)
    plan.places, plan.ways = pack(plan.places, plan.ways, plan.movable)
    return plan.drawn(looks)


def draw_steps(steps: list[tuple[str, Look]]) -> Drawing:
    """Draw some steps as they began, with nothing said of what lies between."""
    boxes = tuple(
        _box(name, look, _TURN + n * _ACROSS, _TURN)
        for n, (name, look) in enumerate(steps)
    )
    return Drawing(
        width=len(steps) * _ACROSS - (_ACROSS - WIDTH) + 2 * _TURN,
        height=HEIGHT + 2 * _TURN,
        boxes=boxes,
        edges=(),
    )


class _Plan:
    """Where each step stands, by column and row, and what leads to it."""

    def __init__(self, workflow: Mapping[str, Step]) -> None:
        self.workflow = workflow
        self.places: dict[str, Place] = {}
        self.ways: list[tuple[Way, str]] = []
        self.movable: list[list[str]] = []

    def link(self, came: _Came, target: str) -> None:
        self.ways += [(way, target) for way in came]

    def chain(
        self, entry: str | None, column: int, row: int, came: _Came
    ) -> tuple[int, int, _Came]:
        """Place the steps that follow each other in one frame.

        Returns:
            The column behind them, how many rows they take, and what leads on.
        """
        rows, failures = 1, []
        while entry is not None:
            step = self.workflow[entry]
            if step.kind is StepKind.END:
                break
            self.link(came, entry)
            if entry in self.places:
                came = []
                break
            self.places[entry] = (column, row)
            came = [Way(source=entry)]
            column += 1
            if step.branches:
                column, used, came = self.inside(step, column, row)
                rows = max(rows, used)
            if step.on_failure not in (None, step.after_success):
                failures.append(step)
            entry = step.after_success
        for step in failures:
            at = self.places[step.id][0] + 1
            way = Way(source=step.id, word="fails", is_failure=True)
            used, tails = self.apart(step.on_failure, (at, row + rows), [way])
            came = [*came, *tails]
            is_new = self.places.get(step.on_failure or "") == (at, row + rows)
            rows += used if is_new else 0
        return column, rows, came

    def apart(
        self, entry: str | None, place: Place, came: _Came, *more: str
    ) -> tuple[int, _Came]:
        """Place steps that may move up later, if they stand in one row.

        Args:
            entry: the first of them.
            place: where it stands.
            came: what leads to it.
            more: what moves with them.

        Returns:
            How many rows they take, and what leads on.
        """
        before = set(self.places)
        _, rows, tails = self.chain(entry, *place, came)
        new = [each for each in self.places if each not in before]
        if new and {self.places[each][1] for each in new} == {place[1]}:
            self.movable.append([*new, *more])
        return rows, tails

    def inside(self, step: Step, column: int, row: int) -> tuple[int, int, _Came]:
        """Place what a step opens: each branch in rows of its own."""
        is_loop = step.kind is StepKind.WHILE
        at, ends, tails = row + is_loop, column, list[Way]()
        for names, entry in step.branches:
            way = Way(source=step.id, word=_word(names), lane=at)
            end, used, came = self.chain(entry, column, at, [way])
            ends, at = max(ends, end), at + used
            tails += came
        if is_loop:
            self.link(tails, step.id)
            return ends, at - row, [Way(source=step.id, word="over")]
        if step.kind is StepKind.IF and step.on_false is None:
            tails.append(Way(source=step.id, word="no", lane=at))
            at += 1
        return ends, max(1, at - row), tails

    def drawn(self, looks: Mapping[str, Look]) -> Drawing:
        """Give the drawing in pixels."""
        boxes, dots = [], []
        for step_id, (column, row) in self.places.items():
            if self._is_dot(step_id):
                word = step_id if step_id in (_END, _FAILURE) else "start"
                dots.append((self._left(step_id), _middle(row), word))
                continue
            step = self.workflow[step_id]
            boxes.append(
                _box(_title(step), looks.get(step_id, Look()), _x(column), _y(row))
            )
        rows = [row for _, row in self.places.values()]
        lanes = [way.lane for way, _ in self.ways if way.lane is not None]
        last = max(column for column, _ in self.places.values())
        return Drawing(
            width=_x(last) + WIDTH + _EDGE,
            height=_y(max([*rows, *lanes])) + _DOWN,
            boxes=tuple(boxes),
            edges=tuple(self._edge(way, target) for way, target in self.ways),
            dots=tuple(dots),
        )

    def _edge(self, way: Way, target: str) -> Edge:
        x1, y1 = self._right(way.source), _middle(self.places[way.source][1])
        x2, y2 = self._left(target), _middle(self.places[target][1])
        turn = x2 - _TURN
        if way.is_failure and x2 > x1:
            x1, y1 = x1 - WIDTH // 2, y1 + HEIGHT // 2
            path = f"M{x1} {y1}V{y2}H{x2}"
        elif self.places[way.source][0] == self.places[target][0]:
            # What stands right below leads straight up.
            path = f"M{x1 - WIDTH // 2} {y1 - HEIGHT // 2}V{y2 + HEIGHT // 2}"
        elif x2 <= x1:  # back to a step that stands before
            below = y1 + HEIGHT // 2 + _TURN
            path = f"M{x1} {y1}h{_TURN}V{below}H{x2 + WIDTH // 2}V{y2 + HEIGHT // 2}"
        elif way.lane is not None and way.lane != self.places[target][1]:
            lane = _middle(way.lane)
            path = f"M{x1} {y1}h{_TURN}V{lane}H{turn}V{y2}H{x2}"
            y2 = max(y2, lane)
            turn = x1 + _TURN + (_ACROSS - WIDTH) - 2 * _TURN
        elif way.lane is not None:
            path = f"M{x1} {y1}h{_TURN}V{y2}H{x2}"
        else:
            path = f"M{x1} {y1}H{turn}V{y2}H{x2}"
        return Edge(path=path, word=way.word, x=turn + _TURN - 4, y=y2 - 7)

    def _is_dot(self, step_id: str) -> bool:
        is_named = step_id in (_END, _FAILURE)
        return is_named or self.workflow[step_id].kind is StepKind.START

    def _left(self, step_id: str) -> int:
        column, _ = self.places[step_id]
        is_start = self._is_dot(step_id) and step_id != _END
        return _x(column) + (WIDTH - _TURN if is_start else 0)

    def _right(self, step_id: str) -> int:
        column, _ = self.places[step_id]
        return _x(column) + WIDTH


def _box(name: str, look: Look, x: int, y: int) -> Box:
    wrapped = textwrap.wrap(name, _LINE_LENGTH, max_lines=_LINES_MAX, placeholder=" …")
    first = y + (20 if len(wrapped) > 1 else 27)
    return Box(
        name=name,
        look=look,
        x=x,
        y=y,
        lines=tuple((first + 16 * n, line) for n, line in enumerate(wrapped)),
        note_y=y + (56 if len(wrapped) > 1 else 47),
    )


def _word(names: tuple[str | int, ...]) -> str:
    match names:
        case ("on_true",):
            return "yes"
        case ("on_false",):
            return "no"
        case ("cases", value):
            said = str(value)
            cut = f"{said[: _WORD_LENGTH - 1]}…"
            return said if len(said) <= _WORD_LENGTH else cut
        case _:
            return ""


def _title(step: Step) -> str:
    return f"{step.label} ↻" if step.kind is StepKind.WHILE else step.label


def _x(column: int) -> int:
    return _EDGE + column * _ACROSS - (WIDTH - _TURN)


def _y(row: int) -> int:
    return _TURN + row * _DOWN


def _middle(row: int) -> int:
    return _y(row) + HEIGHT // 2
