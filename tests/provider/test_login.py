"""Which server is used, with whose token."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sym.errors import Invalid, SymError, Unauthenticated, Unavailable
from sym_provider.login import find_access, server_url
from sym_provider.server import Access

URL = "https://sym.example.com/api/v1"
LOGIN = f"""
api_url: {URL}
auth_token:
  access_token: file.tok.en
  expires_in: 86400
client_id: abc
email: ann@acme.example
org: acme
last_update_check: 2023-01-01
"""
ORIGINAL_LOGIN = LOGIN.replace(f"api_url: {URL}\n", "")


def found(variables: dict[str, str], *, org: str = "acme", token_variable: str = "SYM_JWT") -> Access | None:
    return find_access(variables, org=org, token_variable=token_variable)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home directory without a login file."""
    (tmp_path / ".config/symflow/default").mkdir(parents=True)
    return tmp_path


def log_in(home: Path, text: str = LOGIN) -> Path:
    path = home / ".config/symflow/default/config.yml"
    path.write_text(text)
    return path


def refusal(variables: dict[str, str], **options: str) -> SymError:
    with pytest.raises(SymError) as raised:
        found(variables, **options)
    assert "tok" not in str(raised.value).replace("token", "")
    return raised.value


def test_without_anything_there_is_no_server(home: Path) -> None:
    assert found({}) is None
    assert found({"HOME": str(home)}) is None
    assert found({"HOME": str(home), "SYM_API_URL": "", "SYM_JWT": ""}) is None


def test_a_token_of_the_environment_is_used_as_it_is(home: Path) -> None:
    log_in(home, "{ this is not YAML")
    variables = {"HOME": str(home), "SYM_API_URL": f"{URL}/", "SYM_JWT": "env.tok.en"}
    assert found(variables) == Access(url=URL, token="env.tok.en", origin="SYM_JWT", org="acme")


def test_a_token_selects_no_server(home: Path) -> None:
    log_in(home)
    assert found({"HOME": str(home), "SYM_JWT": "env.tok.en"}) is None


def test_another_variable_replaces_the_usual_one(home: Path) -> None:
    variables = {"HOME": str(home), "SYM_API_URL": URL, "SYM_JWT": "env.tok.en", "MY_JWT": "my.tok.en"}
    access = found(variables, token_variable="MY_JWT")
    assert access == Access(url=URL, token="my.tok.en", origin="MY_JWT", org="acme")
    del variables["MY_JWT"]
    problem = refusal(variables, token_variable="MY_JWT")
    assert isinstance(problem, Unauthenticated)
    assert "MY_JWT" in problem.hint
    assert "SYM_JWT" not in str(problem)


@pytest.mark.parametrize("token", ["env.tok.en\n", " env.tok.en", "env tok"])
def test_a_token_is_not_trimmed_but_refused(token: str) -> None:
    assert isinstance(refusal({"SYM_API_URL": URL, "SYM_JWT": token}), Invalid)


def test_a_login_file_has_the_token_for_the_url_of_the_environment(home: Path) -> None:
    for text in (LOGIN, ORIGINAL_LOGIN):
        path = log_in(home, text)
        access = found({"HOME": str(home), "SYM_API_URL": URL})
        assert access == Access(url=URL, token="file.tok.en", origin=str(path), org="acme")


def test_a_login_file_alone_selects_the_server_it_names_and_else_nothing(home: Path) -> None:
    log_in(home)
    access = found({"HOME": str(home)})
    assert access is not None
    assert (access.url, access.token) == (URL, "file.tok.en")
    log_in(home, ORIGINAL_LOGIN)
    assert found({"HOME": str(home)}, org="another") is None


def test_a_login_is_never_used_for_another_server(home: Path) -> None:
    log_in(home)
    problem = refusal({"HOME": str(home), "SYM_API_URL": "https://elsewhere.example.com/api/v1"})
    assert "https://elsewhere.example.com/api/v1" in str(problem)
    assert URL in str(problem)


def test_a_missing_login_file_is_an_error_where_a_server_is_named(home: Path) -> None:
    problem = refusal({"HOME": str(home), "SYM_API_URL": URL})
    assert isinstance(problem, Unauthenticated)
    assert "SYM_JWT" in problem.hint
    assert isinstance(refusal({"SYM_API_URL": URL}), Unauthenticated)


@pytest.mark.parametrize("text", ["{ a: file.tok.en", "auth_token: 'file.tok.en\nx", "- a", "", "text", "a: b: c"])
def test_a_file_that_is_no_yaml_mapping_is_an_error_that_does_not_quote_it(home: Path, text: str) -> None:
    path = log_in(home, text)
    for variables in ({"HOME": str(home)}, {"HOME": str(home), "SYM_API_URL": URL}):
        problem = refusal(variables)
        assert f"{path} could not be parsed" in problem.message


def test_a_file_that_cannot_be_read_is_an_error(home: Path) -> None:
    path = log_in(home)
    path.write_bytes(b"auth_token: file.tok.en\xff")
    assert isinstance(refusal({"HOME": str(home)}), Unavailable)
    path.unlink()
    path.mkdir()
    assert isinstance(refusal({"HOME": str(home)}), Unavailable)


@pytest.mark.parametrize(
    "auth", ["", "auth_token:", "auth_token: {}", "auth_token: {access_token: ''}", "auth_token: {access_token: 5}",
             "auth_token: []"],
)  # fmt: skip
def test_a_login_file_without_a_token_is_an_error(home: Path, auth: str) -> None:
    log_in(home, f"org: acme\n{auth}\n")
    assert isinstance(refusal({"HOME": str(home), "SYM_API_URL": URL}), Unauthenticated)


def test_a_login_of_another_organization_is_refused_unless_told_not_to_look(home: Path) -> None:
    log_in(home)
    variables = {"HOME": str(home), "SYM_API_URL": URL}
    problem = refusal(variables, org="other")
    assert isinstance(problem, Invalid)
    assert problem.path == "org"
    assert "'acme'" in problem.message
    assert "'other'" in problem.message
    access = found(variables | {"SYM_TF_SKIP_VALIDATION": "1"}, org="other")
    assert access is not None
    assert access.org == ""
    assert found(variables | {"SYM_TF_SKIP_VALIDATION": ""}, org="ACME") is not None
    log_in(home, LOGIN.replace("org: acme\n", ""))
    assert "without an organization" in refusal(variables).message


def test_other_places_of_the_login_file(home: Path, tmp_path: Path) -> None:
    path = log_in(home)
    access = found({"USERPROFILE": str(home), "XDG_CONFIG_HOME": str(tmp_path / "nothing")})
    assert access is not None
    assert access.origin == str(path)
    other = tmp_path / "xdg/symflow/default/config.yml"
    other.parent.mkdir(parents=True)
    other.write_text(LOGIN.replace("file.tok.en", "xdg.tok.en"))
    access = found({"HOME": str(home), "XDG_CONFIG_HOME": str(tmp_path / "xdg")})
    assert access is not None
    assert (access.token, access.origin) == ("xdg.tok.en", str(other))


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://sym.example.com", URL),
        ("https://sym.example.com/", URL),
        (f"{URL}/", URL),
        ("http://127.0.0.1:8080/api/v1", "http://127.0.0.1:8080/api/v1"),
        ("https://example.com/sym/api/v1//", "https://example.com/sym/api/v1"),
    ],
)
def test_addresses_of_servers(text: str, url: str) -> None:
    assert server_url(text) == url


@pytest.mark.parametrize(
    "text",
    ["", "sym.example.com", "ftp://x", "https://", "https://u:tok@x", "https://x?tok", "https://x#tok", "https://x:a",
     "https://x:0", "https://[x", "https://x\n/tok"],
)  # fmt: skip
def test_what_is_no_address_of_a_server_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(Invalid) as raised:
        server_url(text)
    assert "tok" not in str(raised.value)


def test_yaml_is_imported_only_where_there_is_a_login_file(home: Path) -> None:
    code = (
        "import sys; from sym_provider.login import find_access; "
        "find_access({'HOME': sys.argv[1]}, org='acme', token_variable='SYM_JWT'); "
        "print('yaml' in sys.modules, 'requests' in sys.modules)"
    )
    for expected in ("False False", "True False"):
        finished = subprocess.run(
            [sys.executable, "-I", "-c", code, str(home)], capture_output=True, text=True, timeout=60, check=True
        )
        assert finished.stdout.strip() == expected
        log_in(home)
