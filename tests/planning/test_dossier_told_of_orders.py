"""Both orders in words: tables beside those of the nation alone."""

from foedus.paper.documents import Document, Table
from foedus.planning.dossier_words import document_of
from tests.planning.assessing import Stage

ORDERS = {
    "measures": ("measures-orders", "kept-orders", "plans-orders"),
    "readiness": ("beside",),
    "intelligence": ("intelligence-orders",),
    "burden": ("burden-orders",),
}


def told(stage: Stage) -> Document:
    return document_of(stage.dossier("MDA", "member", together=("UKR",)))


def tables(found: Document) -> dict[str, Table]:
    return {each.name: each for part in found.chapters for each in part.tables}


def test_each_part_that_an_order_changes_has_a_table_of_both(stage: Stage) -> None:
    for part in told(stage).chapters:
        names = {each.name for each in part.tables}
        assert set(ORDERS.get(part.name, ())) <= names


def test_the_states_stand_in_the_order_of_joining(stage: Stage) -> None:
    found = tables(told(stage))["measures-orders"]

    assert found.head[-4:] == ("without any", "with MDA", "with UKR", "with all")
    assert [each.text for each in found.rows[0][-4:]] == [
        "Low", "Medium", "Low", "Medium",
    ]  # fmt: skip


def test_a_dossier_about_one_nation_says_nothing_of_orders(stage: Stage) -> None:
    alone = document_of(stage.dossier("MDA", "member"))

    assert not [name for name in tables(alone) if name.endswith("-orders")]


def test_the_method_names_how_each_of_the_four_plans_was_found(stage: Stage) -> None:
    (method,) = (each for each in told(stage).chapters if each.name == "method")

    said = [each for each in method.says if "both orders" in each]
    assert len(said) == 4
    assert len({each.split(" inputs ")[1] for each in said}) == 2


def test_where_no_plan_was_made_it_is_said_why(stage: Stage) -> None:
    found = document_of(stage.dossier("MDA", "member", together=("UKR",), name="fin"))

    (part,) = (each for each in found.chapters if each.name == "measures")
    assert any("In both orders no plan was made: what hangs" in e for e in part.says)
