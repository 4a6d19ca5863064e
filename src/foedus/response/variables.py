"""Variables of a run: scopes inside each other, and what parallel branches write.

- A name is looked up from the innermost scope outwards, and written where it is found.
- A branch of a parallel step writes into its own layer; what it did not write it
  reads through. While branches run, nothing around them can change, so that is a
  snapshot (A11). The join writes the layers, in the order of `next_steps`.
- A child playbook sees nothing around it.

Source: CACAO 2.0, section 10.18; reference/response.md, sections 1.3 and 1.4.
"""

from collections.abc import Iterable, Mapping

import msgspec

from foedus.response.cacao import Variable


class Scope(msgspec.Struct, kw_only=True):
    """The variables that one thing declares, or the layer of a parallel branch.

    Attributes:
        declared: the variables, as they stand.
        layer: it takes every write that nothing inside it took.
        written: of a layer, what was written.
    """

    declared: dict[str, Variable] = {}
    layer: bool = False
    written: dict[str, str | None] = {}


def declare(variables: Mapping[str, Variable]) -> Scope:
    """Make a scope of variables with their first values."""
    return Scope(declared=dict(variables))


def look(name: str, scopes: Iterable[Scope]) -> Variable | None:
    """Give a variable as it stands.

    Args:
        name: of the variable.
        scopes: from the innermost outwards.

    Returns:
        The variable with its present value, or `None` if none is declared.
    """
    value: str | None = None
    known = False
    for scope in scopes:
        if not known and scope.layer and name in scope.written:
            value, known = scope.written[name], True
        if name in scope.declared:
            variable = scope.declared[name]
            return msgspec.structs.replace(variable, value=value) if known else variable
    return None


def write(name: str, value: str | None, scopes: Iterable[Scope]) -> bool:
    """Write a variable where it is declared, or into the layer in front of that.

    Returns:
        Whether it was written; not if it is constant or declared nowhere.
    """
    layer: Scope | None = None
    for scope in scopes:
        variable = scope.declared.get(name)
        if variable is None:
            layer = layer or (scope if scope.layer else None)
            continue
        if variable.constant:
            return False
        if layer is not None:
            layer.written[name] = value
        else:
            scope.declared[name] = msgspec.structs.replace(variable, value=value)
        return True
    return False
