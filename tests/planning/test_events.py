from foedus.planning.events import plan_stream


def test_every_plan_has_a_history_of_its_own() -> None:
    assert plan_stream("plan--1") == "plans/plan--1"
    assert plan_stream("plan--1") != plan_stream("plan--2")
