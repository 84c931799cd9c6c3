"""The environment, read once."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from pathlib import Path

import platformdirs
import pytest

from sym import config
from sym.config import load
from sym.errors import Invalid
from sym.oidc import settings as oidc_settings
from sym.slack import settings

DATA = Path(platformdirs.user_data_dir("sym", appauthor=False))


def test_an_empty_environment_means_the_default_store_and_no_server() -> None:
    found = load({})
    assert (found.store_url, found.store_is_default) == (f"sqlite:///{DATA}/store.db", True)
    assert found.keys_dir == DATA / "keys"
    assert (found.jwt, found.api_url, found.secrets_dir) == (None, None, None)
    assert (found.handler_memory_mb, found.log_level) == (512, "INFO")
    assert found.environment_secrets == {}


def test_an_empty_variable_is_an_unset_one() -> None:
    names = ("SYM_STORE_URL", "SYM_KEYS_DIR", "SYM_JWT", "SYM_API_URL", "SYM_SECRETS_DIR", "SYM_HANDLER_MEMORY_MB",
             "SYM_LOG_LEVEL", "SYM_LOG_FORMAT", "SYM_METRICS", "SYM_LEDGER_DIR", "SYM_AUDIT_ANCHOR", "SYM_AUDIT_SPOOL",
             "SYM_AUDIT_RETENTION", "SYM_SLACK_BOT_TOKEN", "SYM_SLACK_SIGNING_SECRET", "SYM_SLACK_APP_TOKEN",
             "SYM_SLACK_CLIENT_ID", "SYM_SLACK_CLIENT_SECRET", "SYM_SLACK_API_URL")  # fmt: skip
    assert load(dict.fromkeys(names, "")) == load({})


def test_the_keys_lie_beside_a_sqlite_store() -> None:
    assert load({"SYM_STORE_URL": "sqlite:////srv/sym/store.db"}).keys_dir == Path("/srv/sym/keys")
    assert load({"SYM_STORE_URL": "sqlite:////srv/sym/store.db?x=1"}).keys_dir == Path("/srv/sym/keys")
    assert load({"SYM_STORE_URL": "postgresql://db/sym"}).keys_dir == DATA / "keys"
    given = {"SYM_STORE_URL": "sqlite:////srv/sym/store.db", "SYM_KEYS_DIR": "/etc/sym/keys"}
    assert load(given).keys_dir == Path("/etc/sym/keys")
    assert not load(given).store_is_default


def test_the_ledger_lies_beside_a_sqlite_store_or_where_it_is_told_to() -> None:
    assert load({"SYM_STORE_URL": "sqlite:////srv/sym/store.db"}).ledger_dir == Path("/srv/sym/ledger")
    assert load({"SYM_STORE_URL": "postgresql://db/sym"}).ledger_dir == DATA / "ledger"
    assert load({"SYM_LEDGER_DIR": "/mnt/other/ledger"}).ledger_dir == Path("/mnt/other/ledger")


def test_only_variables_with_the_prefix_are_secrets() -> None:
    environ = {
        "SYM_SECRET_A": "1",
        "SYM_SECRETS_DIR": "/",
        "SYM_JWT": "2",
        "AWS_SECRET_ACCESS_KEY": "3",
        "SYM_SECRET": "4",
    }
    assert load(environ).environment_secrets == {"SYM_SECRET_A": "1"}


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://sym.example.com/api/v1", "https://sym.example.com/api/v1"),
        ("https://sym.example.com/api/v1/", "https://sym.example.com/api/v1"),
        ("https://sym.example.com", "https://sym.example.com/api/v1"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000/api/v1"),
        ("https://example.com/sym/api/v1", "https://example.com/sym/api/v1"),
        ("http://[::1]:8000", "http://[::1]:8000/api/v1"),
    ],
)
def test_the_servers_address_is_brought_into_one_form(given: str, used: str) -> None:
    assert load({"SYM_API_URL": given}).api_url == used


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        *(("SYM_STORE_URL", value) for value in (
            "store.db", "/srv/store.db", "sqlite://", "sqlite:///", "sqlite:///:memory:", "mysql://u:hunter2@db/sym",
            "postgresql", "hunter2",
        )),
        *(("SYM_API_URL", value) for value in (
            "sym.example.com", "ftp://sym.example.com", "https://", "https://ci:hunter2@sym.example.com",
            "https://sym.example.com/api/v1?token=hunter2", "https://x:99999", "https://[::1", "https://x/#hunter2",
        )),
        ("SYM_SECRETS_DIR", "/nowhere/hunter2"),
        *(("SYM_HANDLER_MEMORY_MB", value) for value in (
            "0", "63", "65537", "-512", "1.5", "512 MB", "x", "9" * 30, "\u0665\u0661\u0662",
        )),
        *(("SYM_LOG_LEVEL", value) for value in ("LOUD", "10", "NOTSET")),
        *(("SYM_LOG_FORMAT", value) for value in ("xml", "json,console")),
        *(("SYM_METRICS", value) for value in (
            "yes", "9464", ":9464", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:99999", "http://127.0.0.1:9464",
            "hunter2@a:1", "[::1:1",
        )),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused_by_the_name_of_its_variable_and_not_repeated(variable: str, value: str) -> None:
    with pytest.raises(Invalid, match=f"^{variable}: ") as caught:
        load({variable: value})
    assert (caught.value.path, caught.value.code) == (variable, "Config:INVALID")
    assert "hunter2" not in str(caught.value)


def test_the_configuration_can_be_logged() -> None:
    found = load({"SYM_STORE_URL": "postgresql://u:hunter2@db/sym", "SYM_JWT": "hunter2", "SYM_SECRET_A": "hunter2"})
    assert found.jwt == "hunter2"
    assert "hunter2" not in repr(found)


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYM_LOG_LEVEL", "debug")
    assert load().log_level == "DEBUG"


def test_the_secrets_folder_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secrets").mkdir()
    monkeypatch.chdir(tmp_path)
    assert load({"SYM_SECRETS_DIR": "secrets"}).secrets_dir == tmp_path / "secrets"


def test_the_clock_is_in_utc() -> None:
    assert config.now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("given", "used"),
    [("on", True), ("OFF", False), ("127.0.0.1:9464", ("127.0.0.1", 9464)), ("[::1]:0", ("::1", 0))],
)
def test_metrics_are_on_off_or_somewhere_else(given: str, used: object) -> None:
    assert load({"SYM_METRICS": given}).metrics == used
    assert load({}).metrics is True


def test_the_log_has_two_formats() -> None:
    found = [load({"SYM_LOG_FORMAT": text} if text else {}).log_format for text in ("JSON", "console", "")]
    assert found == ["json", "console", None]


def test_every_variable_that_is_read_is_described() -> None:
    readers = (config.__file__, oidc_settings.__file__, settings.__file__)
    nodes = [node for file in readers for node in ast.walk(ast.parse(Path(str(file)).read_text()))]
    named = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    read = {text for text in named if re.fullmatch(r"SYM_[A-Z_]*[A-Z]", text)}
    described = [one.name for one in config.VARIABLES]
    assert read - {"SYM_SECRET"} == {name for name in described if not name.endswith("…")}
    assert "SYM_SECRET_…" in described
    assert len(set(described)) == len(described)
    assert all(one.default and one.meaning.endswith((".", "`")) for one in config.VARIABLES)


def test_what_the_audit_log_needs_lies_beside_a_sqlite_store() -> None:
    beside = load({"SYM_STORE_URL": "sqlite:////srv/sym/store.db"})
    assert (beside.audit_anchor, beside.audit_spool) == (
        "/srv/sym/store.db.audit-anchor.jsonl",
        Path("/srv/sym/store.db.audit-spool.jsonl"),
    )
    assert (
        load({"SYM_STORE_URL": "postgresql://u:secret@db:5432/sym"}).audit_spool
        == DATA / "db-5432-sym.audit-spool.jsonl"
    )
    assert beside.audit_retention is None
    given = load({"SYM_AUDIT_ANCHOR": "s3://audit/sym", "SYM_AUDIT_SPOOL": "/a/b", "SYM_AUDIT_RETENTION": "7y"})
    assert (given.audit_anchor, given.audit_spool) == ("s3://audit/sym", Path("/a/b"))
    assert given.audit_retention == timedelta(days=7 * 366)
    assert load({"SYM_AUDIT_RETENTION": "30d"}).audit_retention == timedelta(days=30)
    assert load({"SYM_AUDIT_ANCHOR": "off"}).audit_anchor is None


@pytest.mark.parametrize(
    ("variable", "value"),
    [("SYM_AUDIT_ANCHOR", "https://x/y"), ("SYM_AUDIT_ANCHOR", "s3://"), ("SYM_AUDIT_RETENTION", "7"),
     ("SYM_AUDIT_RETENTION", "0d"), ("SYM_AUDIT_RETENTION", "1w"), ("SYM_AUDIT_RETENTION", "-1d")],
)  # fmt: skip
def test_what_the_audit_log_cannot_use_is_refused(variable: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        load({variable: value})
    assert refused.value.path == variable


def test_services_may_be_reached_elsewhere() -> None:
    given = "api.github.com=https://proxy.example.com/github/, acme.okta.com=http://127.0.0.1:9000"
    assert config.load({"SYM_SERVICE_URLS": given}).service_urls == {
        "api.github.com": "https://proxy.example.com/github", "acme.okta.com": "http://127.0.0.1:9000",
    }  # fmt: skip


@pytest.mark.parametrize("value", ["okta", "okta=ftp://x", "=https://x", "okta=https://x?y=z"])
def test_an_address_of_a_service_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(Invalid, match="SYM_SERVICE_URLS: HOST=URL is needed"):
        config.load({"SYM_SERVICE_URLS": value})


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, timedelta(hours=1)), ("5m", timedelta(minutes=5)), ("7d", timedelta(days=7)), ("OFF", None)],
)
def test_how_often_it_is_looked_for_drift(value: str | None, expected: timedelta | None) -> None:
    assert load({} if value is None else {"SYM_DRIFT_EVERY": value}).drift_every == expected


@pytest.mark.parametrize("value", ["4m", "8d", "1", "0h", "1w", "never"])
def test_too_often_or_no_time_at_all_is_refused(value: str) -> None:
    with pytest.raises(Invalid, match="from 5m to 7d"):
        load({"SYM_DRIFT_EVERY": value})
