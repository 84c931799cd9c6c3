"""``symflow init``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.runtime.api.conftest import populate
from tests.runtime.commands.conftest import Symflow
from tests.runtime.commands.terminal import Terminal

GIVEN = ("--slack-workspace-id", "T123ABC", "--environment", "prod")


def at(folder: Path, *more: str) -> tuple[str, ...]:
    return ("init", "--directory", str(folder), *(more or GIVEN))


def test_the_organization_is_that_of_the_store(symflow: Symflow, tmp_path: Path) -> None:
    result = symflow(*at(tmp_path / "new" / "here"))
    assert result.stdout.splitlines() == [
        "created\tenvironment.tf", "created\tversions.tf", "created\tREADME.md", "created\t.gitignore",
    ]  # fmt: skip
    assert "symflow generate --directory" in result.stderr
    assert 'org = "acme"' in (tmp_path / "new" / "here" / "environment.tf").read_text()


def test_the_older_name_of_the_option(symflow: Symflow, tmp_path: Path) -> None:
    symflow(*at(tmp_path / "x", "--workspace-id", "T123ABC", "--environment", "prod"))
    assert '"T123ABC"' in (tmp_path / "x" / "environment.tf").read_text()


def test_json(symflow: Symflow, tmp_path: Path) -> None:
    document = json.loads(symflow(*at(tmp_path), "--json").stdout)
    assert document["created"] == ["environment.tf", "versions.tf", "README.md", ".gitignore"]


def test_nothing_is_overwritten(symflow: Symflow, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    assert "README.md" in symflow(*at(tmp_path), code=1).stderr
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["README.md"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [(("--environment", "prod"), "--slack-workspace-id"), (("--workspace-id", "T123ABC"), "--environment")],
)
def test_what_is_missing_is_named(symflow: Symflow, tmp_path: Path, arguments: tuple[str, ...], named: str) -> None:
    assert named in symflow(*at(tmp_path, *arguments), code=2).stderr


def test_what_is_no_workspace_is_refused(symflow: Symflow, tmp_path: Path) -> None:
    result = symflow(*at(tmp_path, "--slack-workspace-id", "C123", "--environment", "prod"), code=1)
    assert "not the id of a Slack workspace" in result.stderr
    assert not (tmp_path / "environment.tf").exists()


def test_without_any_organization_somebody_has_to_log_in(
    bare: Symflow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert "symflow login" in bare(*at(tmp_path), code=3).stderr
    bare(*at(tmp_path), "--org", "acme")
    assert 'org = "acme"' in (tmp_path / "environment.tf").read_text()
    assert "--org" in bare(*at(tmp_path / "x"), "--org", 'a"', code=2).stderr


def test_the_login_file_says_the_organization(bare: Symflow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    login = tmp_path / "home" / ".config" / "symflow" / "default" / "config.yml"
    login.parent.mkdir(parents=True)
    login.write_text("auth_token:\n  access_token: x\n  org: inner\nemail: a@b.example\norg: beta\n")
    bare(*at(tmp_path))
    assert 'org = "beta"' in (tmp_path / "environment.tf").read_text()


def test_the_server_says_the_organization(bare: Symflow, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from sym.store.database import Store
    from tests.contracts.conftest import serving

    store = Store(f"sqlite:///{tmp_path / 'server.db'}")
    store.migrate()
    world = populate(store, tmp_path / "keys", datetime.now(UTC))
    with serving(world) as url:
        remote = {"SYM_STORE_URL": None, "SYM_API_URL": url, "SYM_JWT": world.token("terraform")}
        bare(*at(tmp_path), **remote)
        bare(*at(tmp_path / "x"), code=3, **{**remote, "SYM_JWT": "wrong"})
    store.close()
    assert 'org = "acme"' in (tmp_path / "environment.tf").read_text()
    assert not (tmp_path / "x").exists()


def test_questions_at_a_terminal(symflow: Symflow, tmp_path: Path) -> None:
    environment = {"SYM_STORE_URL": str(symflow.environment["SYM_STORE_URL"])}
    with Terminal(tmp_path, environment, "init") as terminal:
        terminal.expect("Which directory?")
        terminal.press("\x15")  # Ctrl-U
        terminal.type("flows")
        terminal.expect("Slack workspace")
        terminal.type("C123")
        terminal.expect("not the id of a Slack workspace")
        terminal.press("\x15")
        terminal.type("T123ABC")
        terminal.expect("Name of the environment?")
        terminal.type("")
        terminal.expect("created")
        assert terminal.end() == 0
        assert "\x1b[36m\x1b[1mNext:" in terminal.raw
        assert "symflow generate --directory flows" in terminal.text
    assert 'environment_name = "main"' in (tmp_path / "flows" / "environment.tf").read_text()


def test_giving_up_writes_nothing(symflow: Symflow, tmp_path: Path) -> None:
    environment = {"SYM_STORE_URL": str(symflow.environment["SYM_STORE_URL"]), "NO_COLOR": "1"}
    with Terminal(tmp_path, environment, "init", "--directory", "flows") as terminal:
        terminal.expect("Slack workspace")
        terminal.press("\x03")
        assert terminal.end() == 130
    assert not (tmp_path / "flows").exists()
