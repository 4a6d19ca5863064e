from foedus.folder.findings import Level, error, ok, warn


def test_a_finding_says_how_bad_it_is_and_what_to_do() -> None:
    assert ok("x", "well").level is Level.OK
    assert ok("x", "well").todo == ""
    assert warn("x", "old", "renew it").level is Level.WARN
    assert error("x", "gone", "bring it back").level is Level.ERROR
    assert error("x", "gone", "bring it back").todo == "bring it back"
