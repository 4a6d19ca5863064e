"""Envelopes of events."""

import orjson

from foedus.compat.envelopes import INIT, changed, gone, told

ABOUT = {"id": "tool--1", "type": "tool", "name": "A"}


def test_an_object_is_told_with_its_own_bytes_on_one_line() -> None:
    raw = b'{"id":"tool--1",\n "type" : "tool","name":"A"}'
    data = told("create", ABOUT, raw, origin=INIT, context={})
    assert data.endswith(b',"data":{"id":"tool--1",  "type" : "tool","name":"A"}}')
    envelope = orjson.loads(data)
    assert envelope.keys() == {
        *("version", "type", "scope", "message", "origin", "context", "data"),
    }
    assert (envelope["version"], envelope["type"]) == ("4", "create")
    assert envelope["origin"] == {"referer": "init-create"}


def test_a_change_is_told_both_ways() -> None:
    context = changed(ABOUT, {**ABOUT, "name": "B"})
    data = told("update", ABOUT, b"{}", origin={}, context=context)
    assert orjson.loads(data)["context"] == {
        "patch": [{"op": "replace", "path": "/name", "value": "B"}],
        "reverse_patch": [{"op": "replace", "path": "/name", "value": "A"}],
    }


def test_of_what_is_gone_nothing_but_which_it_was_is_told() -> None:
    envelope = orjson.loads(gone("tool--1", "tool"))
    assert envelope["data"].keys() == {"id", "type", "extensions"}
    assert envelope["context"] == {"deletions": []}
