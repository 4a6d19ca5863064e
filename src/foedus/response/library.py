"""The playbooks that a run may use: one, and those that it calls.

Everything is resolved before a run begins, so that it never stops for a playbook
that is not there.

Source: CACAO 2.0, section 4.6; reference/response.md, sections 1.1 and 1.4.
"""

from collections.abc import Iterable, Mapping

from foedus.errors import InvalidInputError
from foedus.response.cacao import Playbook, Step
from foedus.response.comparisons import check_fits
from foedus.response.vocabulary import StepKind


class MissingPlaybookError(InvalidInputError):
    """A playbook that is called is not there."""

    slug = "missing-playbook"
    title = "The playbook is not there"


class Library:
    """Playbooks by id and version.

    Args:
        playbooks: all of them; of a call without a version the newest is meant.
    """

    def __init__(self, playbooks: Iterable[Playbook]) -> None:
        self._versions: dict[str, Playbook] = {}
        self._newest: dict[str, Playbook] = {}
        for playbook in playbooks:
            self._versions[playbook.version] = playbook
            newest = self._newest.get(playbook.id)
            if newest is None or playbook.modified > newest.modified:
                self._newest[playbook.id] = playbook

    def version(self, name: str) -> Playbook:
        """Give a playbook that a run is in, by the name of its version."""
        return self._versions[name]

    def child_of(self, step: Step) -> Playbook | None:
        """Give the playbook that a step calls; `None` if it is not there."""
        if step.playbook_id is None:
            return None
        if step.playbook_version is None:
            return self._newest.get(step.playbook_id)
        return self._versions.get(f"{step.playbook_id}@{step.playbook_version}")

    def check(self, playbook: Playbook, launch: Mapping[str, str | None]) -> None:
        """Check that a run can begin.

        Raises:
            MissingPlaybookError: a playbook that is called is not there.
            InvalidInputError: a value is for a variable that is not external, or is
                not of its type.
        """
        for name, value in launch.items():
            variable = playbook.variables.get(name)
            if variable is None or not variable.external:
                raise InvalidInputError(
                    f"{name!a} is no external variable; only those are set"
                )
            check_fits(value, variable.kind)
        waiting, seen = [playbook], {playbook.version}
        while waiting:
            for child in self._called_by(waiting.pop()):
                if child.version not in seen:
                    seen.add(child.version)
                    waiting.append(child)

    def _called_by(self, playbook: Playbook) -> Iterable[Playbook]:
        for step in playbook.workflow.values():
            if step.kind is StepKind.PLAYBOOK_ACTION:
                child = self.child_of(step)
                if child is None:
                    raise MissingPlaybookError(
                        f"{step.label} calls a playbook that is not there; give it too"
                    )
                yield child
