import msgspec
import pytest

from foedus import app
from foedus.folder.checks import people
from foedus.folder.findings import Case, Level
from foedus.folder.formats import STATE
from foedus.identity.proofs import Proof
from foedus.identity.store import StateStore
from foedus.identity.tokens import TokenTerms
from foedus.releasability.viewers import Role
from tests.cli.conftest import run_in
from tests.folder.checks.conftest import only


def add_account(case: Case, name: str, password: str) -> None:
    words = ("account", "add", name, "--nation", "POL", "--role", "reader")
    done = run_in(case.folder, *words, "--password-stdin", input=password + "\n")
    assert done.exit_code == 0


def test_generated_passwords_are_well(case: Case) -> None:
    assert only([*people.passwords(case)]).level is Level.OK


@pytest.mark.parametrize(
    ("name", "password"), [("x", "changeme"), ("analysts", "analysts")]
)
def test_a_password_that_anybody_would_try_is_an_error_and_names_nobody(
    case: Case, name: str, password: str
) -> None:
    add_account(case, name, password)

    patient = msgspec.structs.replace(case, seconds=60.0)
    found = only([*people.passwords(patient)])

    assert found.level is Level.ERROR
    assert found.what.startswith("1 of 3 passwords")
    assert password not in found.what


def test_guessing_ends_when_its_time_is_over(case: Case) -> None:
    hurried = msgspec.structs.replace(case, seconds=-1.0)

    assert "none of 0" in only([*people.passwords(hurried)]).what


def test_tokens_that_never_end_are_counted(case: Case) -> None:
    words = ("account", "add", "feed", "--nation", "POL", "--role", "reader")
    assert run_in(case.folder, *words, "--token").exit_code == 0

    assert only([*people.tokens(case)]).what == "1 tokens never end"


def test_persons_tokens_that_promise_more_than_their_password_are_warned_of(
    case: Case,
) -> None:
    hub = app.open_hub(case.folder, environment={})
    operator = hub.authenticator.named("operator").id
    issue = hub.keyring.tokens.issue
    issue(operator, TokenTerms(scopes=frozenset({Role.READER})), hub.clock())
    issue(operator, TokenTerms(proof=Proof.CERTIFICATE), hub.clock())
    app.close_hub(hub)
    assert only([*people.tokens(case)]).level is Level.OK
    hub = app.open_hub(case.folder, environment={})
    issue = hub.keyring.tokens.issue
    issue(operator, TokenTerms(), hub.clock())
    app.close_hub(hub)

    _, found = people.tokens(case)

    assert found.level is Level.WARN
    assert found.what.startswith("1 tokens of persons")


def test_tokens_of_a_file_from_before_are_counted_as_they_will_be(case: Case) -> None:
    hub = app.open_hub(case.folder, environment={})
    operator = hub.authenticator.named("operator").id
    hub.keyring.tokens.issue(operator, TokenTerms(), hub.clock())
    hub.store.ensure("ALTER TABLE token DROP COLUMN proof")
    app.close_hub(hub)

    _, found = people.tokens(case)

    assert found.level is Level.WARN


def test_a_hub_that_only_offers_second_factors_is_warned_of(case: Case) -> None:
    assert only([*people.second_factors(case)]).level is Level.OK
    offered = {"FOEDUS_SIGN_IN_SECOND_FACTOR": "offered"}

    found = only(
        [*people.second_factors(msgspec.structs.replace(case, environment=offered))]
    )

    assert found.level is Level.WARN
    wrong = msgspec.structs.replace(case, environment={"FOEDUS_TAXII_PAGE_SIZE": "x"})
    assert [*people.second_factors(wrong)] == []


def test_a_demo_in_public_is_an_error(case: Case) -> None:
    assert [*people.demo(case)] == []
    StateStore(case.folder / STATE).set_setting(people.SEATS, "[]")

    assert only([*people.demo(case)]).level is Level.WARN
    public = {"FOEDUS_PUBLIC_URL": "https://hub.example"}
    exposed = msgspec.structs.replace(case, environment=public)
    assert only([*people.demo(exposed)]).level is Level.ERROR
    wrong = msgspec.structs.replace(case, environment={"FOEDUS_TAXII_PAGE_SIZE": "x"})
    assert [*people.demo(wrong)] == []
