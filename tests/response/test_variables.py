"""Variables in scopes inside each other."""

from foedus.response.cacao import Variable
from foedus.response.variables import Scope, declare, look, write


def scope(**values: str) -> Scope:
    return declare({n: Variable(kind="string", value=v) for n, v in values.items()})


def value(name: str, scopes: list[Scope]) -> str | None:
    found = look(name, scopes)
    return None if found is None else found.value


def test_the_innermost_of_a_name_is_read_and_written() -> None:
    inner, outer = scope(x="in"), scope(x="out", y="there")

    assert write("x", "new", [inner, outer])

    assert [value(name, [inner, outer]) for name in ("x", "y", "z")] == [
        "new",
        "there",
        None,
    ]
    assert value("x", [outer]) == "out"


def test_a_layer_takes_what_is_written_outside_of_it() -> None:
    inner, layer, outer = scope(x="in"), Scope(layer=True), scope(x="out", y="there")
    scopes = [inner, layer, outer]

    assert write("y", "new", scopes)
    assert write("x", "mine", scopes)

    assert layer.written == {"y": "new"}
    assert [value(name, scopes) for name in ("x", "y")] == ["mine", "new"]
    assert value("y", [outer]) == "there"


def test_a_null_in_a_layer_hides_the_value_behind_it() -> None:
    layer, outer = Scope(layer=True), scope(x="out")

    assert write("x", None, [layer, outer])

    assert value("x", [layer, outer]) is None


def test_a_constant_and_what_is_not_declared_are_not_written() -> None:
    constant = declare({"x": Variable(kind="string", value="a", constant=True)})

    assert not write("x", "b", [Scope(layer=True), constant])
    assert not write("y", "b", [constant])
    assert value("x", [constant]) == "a"
