"""``symflow login``, ``logout``, ``status`` and ``config``, before a server and an issuer."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import yaml

from sym.commands import _logging_in
from sym.store.tokens import list_tokens
from sym_provider.login import find_access
from tests.runtime.commands.logged_in import Browser, Desk, desk_at

SCREEN = {"BROWSER": "true"}


@pytest.fixture
def desk(tmp_path: Path, _sqlite_template: Path) -> Iterator[Desk]:
    with desk_at(tmp_path, _sqlite_template) as sitting:
        yield sitting


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    opened = Browser()
    monkeypatch.setattr(_logging_in.webbrowser, "open", opened)
    return opened


def enter(desk: Desk, *options: str, code: int = 0) -> str:
    return desk("--api-url", desk.url, "login", "--port", "0", *options, code=code, **SCREEN).stderr


def ago(minutes: int) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()


def test_a_browser_logs_in(desk: Desk, browser: Browser) -> None:
    said = enter(desk)
    assert "Logged in to acme as ann@acme.example." in said
    login = desk.login
    assert set(login) == {"auth_token", "client_id", "email", "org", "api_url", "last_update_check"}
    assert (login["client_id"], login["email"], login["org"]) == ("symflow", "ann@acme.example", "acme")
    assert login["api_url"] == desk.url
    assert stat.S_IMODE(desk.file.stat().st_mode) == 0o600
    assert [path.name for path in desk.file.parent.iterdir()] == ["config.yml"]
    asked = parse_qs(urlsplit(browser.urls[0]).query)
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/callback", asked["redirect_uri"][0])
    assert asked["code_challenge_method"] == ["S256"]
    secrets = [login["auth_token"][name] for name in ("access_token", "refresh_token", "nonce_secret")]
    assert not any(secret in said + browser.urls[0] for secret in secrets)


def test_the_terraform_provider_uses_the_login(desk: Desk, browser: Browser) -> None:
    enter(desk)
    access = find_access({"HOME": str(desk.home)}, org="acme", token_variable="SYM_JWT")
    assert access is not None
    assert (access.url, access.token) == (desk.url, desk.login["auth_token"]["access_token"])


def test_status_tells_who_one_is_and_logout_ends_it(desk: Desk, browser: Browser) -> None:
    assert "You are not logged in." in desk("status", code=3).stderr
    enter(desk)
    shown = desk("status").stdout
    assert all(text in shown for text in (desk.url, "acme", "ann@acme.example"))
    token, refresh = (desk.login["auth_token"][name] for name in ("access_token", "refresh_token"))
    assert desk("logout").stderr == "Logged out.\n"
    version = requests.get(f"{desk.url}/version", headers={"Authorization": f"Bearer {token}"}, timeout=5)
    assert version.status_code == 401
    assert desk.issuer.revoked == [refresh]
    assert desk.login == {"last_update_check": None}
    assert "You are not logged in." in desk("status", code=3).stderr
    assert desk("logout").stderr == "You were not logged in.\n"


def test_a_login_that_was_revoked_is_over(desk: Desk, browser: Browser) -> None:
    enter(desk)
    token = desk.login["auth_token"]["access_token"]
    requests.delete(f"{desk.url}/login", headers={"Authorization": f"Bearer {token}"}, timeout=5)
    assert "revoked" in desk("status", code=3).stderr
    assert desk("logout").stderr == "Logged out.\n"


def test_a_server_that_is_away_is_no_reason_to_keep_the_login(desk: Desk, browser: Browser) -> None:
    enter(desk)
    login = desk.login
    login["api_url"] = "http://127.0.0.1:1/api/v1"
    desk.file.write_text(yaml.safe_dump(login))
    assert "until it expires" in desk("logout", code=1).stderr
    assert "auth_token" not in desk.login


def test_commands_go_by_the_login(desk: Desk, browser: Browser) -> None:
    enter(desk)
    assert desk("runs", "list", "--json").stdout == "[]\n"
    assert desk("runs", "list", "--json", SYM_API_URL=desk.url).stdout == "[]\n"
    # A store that is named counts for more, and so does a token.
    assert "There is no store yet" in desk("runs", "list", code=1, SYM_STORE_URL=f"sqlite:///{desk.home}/x.db").stderr
    assert desk("runs", "list", code=3, SYM_JWT="x.y.z", SYM_API_URL=desk.url).exit_code == 3


def test_the_token_goes_to_no_other_server(desk: Desk, browser: Browser) -> None:
    enter(desk)
    said = desk("runs", "list", code=2, SYM_API_URL="http://127.0.0.1:1/api/v1").stderr
    assert f"logged in at {desk.url}" in said


def test_a_login_whose_time_is_over_is_renewed(desk: Desk, browser: Browser) -> None:
    enter(desk)
    before = desk.login["auth_token"]
    desk.change(expires_at=ago(5))
    assert desk("runs", "list", "--json").stdout == "[]\n"
    after = desk.login["auth_token"]
    assert after["access_token"] != before["access_token"]
    assert after["refresh_token"] != before["refresh_token"]
    assert len(browser.urls) == 1
    # What was replaced is good for nothing.
    desk.change(expires_at=ago(5), refresh_token=before["refresh_token"])
    said = desk("runs", "list", code=3).stderr
    assert "could not be renewed" in said
    assert "symflow login" in said


def test_several_at_once_renew_it_once(desk: Desk, browser: Browser) -> None:
    enter(desk)
    desk.change(expires_at=ago(5))
    environment = {key: value for key, value in desk.symflow.environment.items() if value is not None}
    kept = {key: value for key, value in os.environ.items() if key not in desk.symflow.environment}
    command = [sys.executable, "-c", "from sym.commands import main; main()", "runs", "list", "--json"]
    started = [subprocess.Popen(command, env={**kept, **environment}, stdout=subprocess.PIPE) for _ in range(3)]
    assert [process.communicate()[0] for process in started] == [b"[]\n"] * 3
    with desk.world.store.reading() as conn:
        assert len(list_tokens(conn, user_id=desk.world.users["ann"].id)) == 2


def test_without_a_refresh_token_one_logs_in_again(desk: Desk, browser: Browser) -> None:
    desk.issuer.scopes = ["openid", "email", "profile"]
    enter(desk)
    assert "refresh_token" not in desk.login["auth_token"]
    desk.change(expires_at=ago(5))
    assert "Your login is over." in desk("runs", "list", code=3).stderr


def test_a_refresh_token_is_shown_to_no_other_issuer(desk: Desk, browser: Browser) -> None:
    enter(desk)
    desk.change(expires_at=ago(5), issuer="https://id.example.com")
    seen = len(desk.issuer.seen)
    assert "could not be renewed" in desk("runs", "list", code=3).stderr
    assert len(desk.issuer.seen) == seen


def test_a_device_shows_a_code(desk: Desk) -> None:
    for options in (("--device",), ()):  # there is no display here: nothing has to be said
        said = desk("--api-url", desk.url, "login", *options).stderr
        assert "type this code: WDJB-MJHT" in said
        assert "Logged in to acme as ann@acme.example." in said
    assert "nonce_secret" not in desk.login["auth_token"]
    desk.change(expires_at=ago(5))
    assert desk("runs", "list", "--json").stdout == "[]\n"


def test_a_device_that_is_refused_is_told(desk: Desk) -> None:
    desk.issuer.denies = True
    assert "access_denied" in desk("--api-url", desk.url, "login", "--device", code=3).stderr
    assert not desk.file.exists()


def test_a_browser_that_is_refused_is_told(desk: Desk, browser: Browser) -> None:
    desk.issuer.denies = True
    assert "The issuer said no: access_denied" in enter(desk, code=3)


def test_somebody_who_may_not_come_in_is_told_why(desk: Desk, browser: Browser) -> None:
    desk.issuer.person = {"sub": "x", "email": "eve@elsewhere.example", "email_verified": True}
    assert "People of your e-mail domain have no account here." in enter(desk, code=4)
    assert not desk.file.exists()


def test_an_issuer_that_wants_a_public_secret_gets_it(desk: Desk, browser: Browser) -> None:
    assert desk.world.oidc.settings is not None
    desk.issuer.client_secret = "not-a-secret"
    assert "invalid_client" in enter(desk, code=3)
    desk.world.oidc.settings = replace(desk.world.oidc.settings, public_secret="not-a-secret")
    assert "Logged in" in enter(desk)


def test_organization_and_issuer_are_held_to_what_was_meant(desk: Desk, browser: Browser) -> None:
    assert "The server is acme's" in enter(desk, "--org-id", "other", code=1)
    wrong = desk("--api-url", desk.url, "--auth-url", "https://id.example.com", "login", code=1)
    assert "--auth-url" in wrong.stderr
    assert browser.urls == []
    assert "Logged in" in enter(desk, "--org-id", "ACME")
    right = desk("--auth-url", desk.issuer.url, "login", "--port", "0", **SCREEN)  # the server of the last login
    assert "Logged in" in right.stderr


def test_a_server_is_named(desk: Desk) -> None:
    assert "--api-url" in desk("login", code=2).stderr
    assert "not https" in desk("--api-url", "http://192.0.2.7", "login", code=2).stderr


def test_a_port_that_is_taken_is_said_to_be(desk: Desk, browser: Browser) -> None:
    port = str(desk.world.port)
    assert f"Cannot listen on 127.0.0.1:{port}" in enter(desk, "--port", port, code=1)


def test_a_server_without_a_login_says_so(desk: Desk) -> None:
    desk.world.oidc.settings = None
    assert "no issuer is configured" in desk("--api-url", desk.url, "login", code=4).stderr


def test_a_nonce_that_is_not_ours_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else's code, put in place of ours on its way."""

    def visit(url: str) -> bool:
        other = url.replace("nonce=", "nonce=x")
        threading.Thread(target=requests.get, args=(other,), kwargs={"timeout": 10}).start()
        return True

    monkeypatch.setattr(_logging_in.webbrowser, "open", visit)
    assert "belongs to another login" in enter(desk, code=4)


def test_through_the_real_executable_with_a_real_browser_command(desk: Desk, tmp_path: Path) -> None:
    visitor = tmp_path / "browser"
    visitor.write_text(f"#!{sys.executable}\nimport sys, urllib.request\nurllib.request.urlopen(sys.argv[1]).read()\n")
    visitor.chmod(0o755)
    environment = {key: value for key, value in desk.symflow.environment.items() if value is not None}
    kept = {key: value for key, value in os.environ.items() if key not in desk.symflow.environment}
    environment = {**kept, **environment, "BROWSER": f"{visitor} %s"}
    command = [sys.executable, "-c", "from sym.commands import main; main()", "--api-url", desk.url, "login"]
    done = subprocess.run(
        [*command, "--port", "0"], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Logged in to acme as ann@acme.example." in done.stderr
    assert done.stdout == ""
    assert desk.login["email"] == "ann@acme.example"


def test_the_config_tells_its_values(desk: Desk, browser: Browser) -> None:
    assert "There is no org" in desk("config", "get", "org", code=4).stderr
    enter(desk)
    assert desk("config", "get", "org").stdout == "acme\n"
    token = desk("config", "get", "auth_token.access_token").stdout.strip()
    assert token == desk.login["auth_token"]["access_token"]
    for key in ("auth_token.nothing", "org.x", "last_update_check"):
        desk("config", "get", key, code=4)
    assert "config" not in re.findall(r"^│ (\w+)", desk("--help").stdout, re.MULTILINE)


def test_other_keys_of_the_file_stay(desk: Desk, browser: Browser) -> None:
    desk.file.parent.mkdir(parents=True)
    desk.file.write_text("last_update_check: 2024-01-01 10:00:00\ncolor: blue\n")
    enter(desk)
    assert desk.login["color"] == "blue"
    assert desk.login["last_update_check"] is not None
    desk("logout")
    assert set(desk.login) == {"color", "last_update_check"}


@pytest.mark.parametrize(("text", "code"), [("a: [", 1), ("- 1", 1), ("\x00", 1)])
def test_a_file_that_is_none_is_said_to_be_without_its_text(desk: Desk, text: str, code: int) -> None:
    desk.file.parent.mkdir(parents=True)
    desk.file.write_text(text)
    said = desk("status", code=code).stderr
    assert str(desk.file).replace("\n", "") in said.replace("\n", "")


def test_a_login_to_the_original_is_none_of_ours(desk: Desk) -> None:
    desk.file.parent.mkdir(parents=True)
    desk.file.write_text("auth_token:\n  access_token: x.y.z\norg: acme\nemail: a@b.c\n")
    assert "You are not logged in." in desk("status", code=3).stderr
    assert "You are not logged in." in desk("runs", "list", code=3, SYM_API_URL=desk.url).stderr


def test_debug_says_more_and_no_secret(desk: Desk, browser: Browser) -> None:
    enter(desk)
    said = desk("--debug", "status").stderr
    assert desk.login["auth_token"]["access_token"] not in said
    traced = desk("--debug", "--api-url", "http://127.0.0.1:1", "status", code=2).stderr
    assert "Traceback" in traced
