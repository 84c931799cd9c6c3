"""``symflow generate``: options, questions, and what is refused. That all of it applies is seen in tests/acceptance."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sym.scaffolding.catalogue import TYPES
from tests.runtime.commands.conftest import Symflow
from tests.runtime.commands.terminal import Terminal

OKTA = ("--okta-domain", "https://acme.okta.com/", "--okta-group", "Readers=00g1", "--aws-region", "us-east-1")


class Folder:
    """A folder that ``symflow init`` made."""

    def __init__(self, symflow: Symflow, path: Path) -> None:
        self.symflow, self.path = symflow, path
        symflow("init", "--directory", str(path), "--workspace-id", "T123ABC", "--environment", "prod", "--org", "acme")
        self.before = self.files()

    def generate(self, *arguments: str, code: int = 0) -> str:
        result = self.symflow("generate", "--directory", str(self.path), *arguments, code=code)
        return result.stdout if code == 0 else result.stderr

    def files(self) -> dict[str, str]:
        return {one.relative_to(self.path).as_posix(): one.read_text() for one in self.path.rglob("*") if one.is_file()}


@pytest.fixture
def folder(bare: Symflow, tmp_path: Path) -> Folder:
    return Folder(bare, tmp_path / "flows")


def test_what_was_written_is_said(folder: Folder) -> None:
    lines = folder.generate("--type", "okta", "--flow-name", "access", *OKTA).splitlines()
    assert lines == [
        "created\tconnectors.tf", "created\tsecrets.tf", "created\taccess.tf", "created\timpls/access_impl.py",
        "changed\tenvironment.tf", "changed\tversions.tf",
    ]  # fmt: skip
    assert 'external_id = "acme.okta.com"' in folder.files()["access.tf"]


def test_json(folder: Folder) -> None:
    document = json.loads(folder.generate("--type", "approval-only", "--flow-name", "release", "--json"))
    assert document == {
        "directory": str(folder.path), "created": ["release.tf", "impls/release_impl.py"], "changed": [],
    }  # fmt: skip


def test_an_approval_has_no_duration_and_access_has(folder: Folder) -> None:
    folder.generate("--type", "approval-only", "--flow-name", "release")
    folder.generate("--type", "okta", "--flow-name", "access", *OKTA)
    assert '"reason"' in folder.files()["release.tf"]
    assert '"duration"' not in folder.files()["release.tf"]
    assert 'allowed_values = ["30m", "1h"]' in folder.files()["access.tf"]


def test_a_region_is_only_needed_once(folder: Folder) -> None:
    folder.generate("--type", "okta", "--flow-name", "one", *OKTA)
    folder.generate("--type", "okta", "--flow-name", "two", *OKTA[:-2])
    assert "two.tf" in folder.files()


def test_secrets_are_kept_in_one_place(folder: Folder) -> None:
    folder.generate("--type", "okta", "--flow-name", "one", *OKTA)
    line = ("--type", "okta", "--flow-name", "two", *OKTA[:-2], "--secret-source")
    assert "aws_secrets_manager here already" in folder.generate(*line, "env", code=2)
    folder.generate(*line, "aws-secrets-manager")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--type, --flow-name"),
        (("--type", "okta"), "--flow-name"),
        (("--type", "okta", "--flow-name", "x"), "--aws-region, --okta-domain, --okta-group"),
        (("--type", "okta", "--flow-name", "x"), "--secret-source env"),
        (("--type", "okta", "--flow-name", "x", "--secret-source", "env"), "--okta-domain, --okta-group"),
        (
            ("--type", "aws-sso", "--flow-name", "x", "--aws-region", "us-east-1", "--sso-profile", "x"),
            "--permission-set",
        ),
        (("--type", "aws-sso", "--flow-name", "x", "--permission-set", "111122223333"), "NAME=VALUE"),
        (("--type", "nothing", "--flow-name", "x"), "nothing"),
        (("--type", "approval-only", "--flow-name", "x", "--okta-domain", "a.okta.com"), "not for --type"),
        (("--type", "okta", "--flow-name", "x", *OKTA[:2], "--okta-group", "a b"), "Okta group"),
        (("--type", "approval-only", "--flow-name", "x", "--on-call-schedule", "x"), "go together"),
        (("--type", "approval-only", "--flow-name", "x", "--secret-source", "env"), "has none"),
    ],
)
def test_what_is_missing_or_wrong_is_named(folder: Folder, arguments: tuple[str, ...], said: str) -> None:
    message = " ".join(folder.generate(*arguments, code=2).replace("│", " ").split())
    assert said in message
    assert folder.files() == folder.before


def test_a_second_flow_of_the_name_is_refused_and_changes_nothing(folder: Folder) -> None:
    folder.generate("--type", "approval-only", "--flow-name", "x")
    before = folder.files()
    assert "already" in folder.generate("--type", "okta", "--flow-name", "x", *OKTA, code=1)
    assert folder.files() == before


def test_a_folder_that_init_did_not_make_is_refused(bare: Symflow, tmp_path: Path) -> None:
    result = bare("generate", "--directory", str(tmp_path), "--type", "approval-only", "--flow-name", "x", code=1)
    assert "symflow init" in result.stderr


def test_help_names_every_type_and_its_options(bare: Symflow) -> None:
    text = bare("generate", "--help", COLUMNS="200").stdout
    for kind in TYPES.values():
        assert kind.name in text
        assert [one.flag for one in kind.questions if one.flag not in text] == []


def test_questions_at_a_terminal(folder: Folder) -> None:
    with Terminal(folder.path, {}, "generate") as terminal:
        terminal.expect("What does the flow grant?")
        terminal.press("\x1b[B\r")  # down, Enter
        terminal.expect("Name of the flow?")
        terminal.type("Prod")
        terminal.expect("cannot be the name of a flow")
        terminal.press("\x15")
        terminal.type("prod")
        terminal.expect("Where are secrets kept?")
        terminal.press("\x1b[B\r")
        terminal.expect("Okta domain?")
        terminal.type("acme.okta.com")
        terminal.expect("Id of an Okta group")
        terminal.type("Readers=00g1")
        terminal.expect("Another one?")
        terminal.type("Writers=00g2")
        terminal.expect("Another one?")
        terminal.type("")
        terminal.expect("created")
        assert terminal.end() == 0
        assert "SYM_SECRET_PROD_OKTA_API_KEY" in terminal.text
    assert 'group_id = "00g2"' in folder.files()["prod.tf"]


def test_nothing_that_is_given_is_asked(folder: Folder) -> None:
    line = ("generate", "--type", "okta", "--flow-name", "prod", "--secret-source", "env", *OKTA[:-2])
    with Terminal(folder.path, {"NO_COLOR": "1"}, *line) as terminal:
        terminal.expect("secrets.tf")
        assert terminal.end() == 0
        assert "\x1b[3" not in terminal.raw
    assert "prod.tf" in folder.files()
