"""Tokens: shown once, listed, revoked."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from sym.api.auth import verify
from sym.engine.keys import KeyDirectory
from sym.errors import Unauthenticated
from sym.store.database import Store
from tests.runtime.commands.conftest import Symflow


@pytest.fixture
def bot(symflow: Symflow) -> str:
    symflow("bots", "create", "ci")
    return "ci"


def check(symflow: Symflow, store: Store, token: str, now: datetime) -> str:
    return verify(token, store=store, keys=KeyDirectory(symflow.folder / "keys"), now=now).user.username


def test_only_the_token_is_printed_and_it_works(symflow: Symflow, store: Store, bot: str) -> None:
    result = symflow("tokens", "issue", "-u", "CI", "-e", "100d", "-l", "pipeline")
    assert result.stderr == ""
    token = result.stdout.removesuffix("\n")
    assert check(symflow, store, token, datetime.now(UTC)) == bot
    bare = symflow("tokens", "issue", "--username", bot, "--expiry", "1h", "--no-newline").stdout
    assert not bare.endswith("\n")
    assert check(symflow, store, bare, datetime.now(UTC)) == bot


@pytest.mark.parametrize(
    ("expiry", "lifetime"),
    [("45s", timedelta(seconds=45)), ("30m", timedelta(minutes=30)), ("2h", timedelta(hours=2)),
     ("100d", timedelta(days=100)), ("1mo", timedelta(days=30)), ("3650d", timedelta(days=3650))],
)  # fmt: skip
def test_a_lifetime_is_a_number_and_a_unit(
    symflow: Symflow, store: Store, bot: str, expiry: str, lifetime: timedelta
) -> None:
    before = datetime.now(UTC)
    token = symflow("tokens", "issue", "-u", bot, "-e", expiry, "-n").stdout
    after = datetime.now(UTC)
    check(symflow, store, token, before + lifetime - timedelta(seconds=2))
    with pytest.raises(Unauthenticated, match="expired"):
        check(symflow, store, token, after + lifetime)


@pytest.mark.parametrize(
    "expiry",
    ["0", "0d", "-1d", "100", "", "d", "1w", "1.5h", "1d1h", "soon", "3651d", "999999999mo", "1D", "\u0661d", "1e3s"],
)
def test_any_other_lifetime_is_a_usage_error(symflow: Symflow, bot: str, expiry: str) -> None:
    result = symflow("tokens", "issue", "-u", bot, f"--expiry={expiry}", code=2)
    assert result.stdout == ""
    assert symflow.rows("tokens", "list") == []


def test_nobody_unknown_gets_a_token(symflow: Symflow) -> None:
    assert symflow("tokens", "issue", "-u", "nobody", "-e", "1d", code=4).stdout == ""


def test_a_user_gets_one_too(symflow: Symflow, store: Store) -> None:
    token = symflow("tokens", "issue", "-u", "root@acme.example", "-e", "1d", "-n").stdout
    assert check(symflow, store, token, datetime.now(UTC)) == "root@acme.example"


def test_the_list_tells_everything_but_the_token(symflow: Symflow, bot: str) -> None:
    token = symflow("tokens", "issue", "-u", bot, "-e", "1d", "-l", "for\tCI").stdout.strip()
    (row,) = symflow.rows("tokens", "list")
    assert (row["USERNAME"], row["CREATOR"], row["LABEL"], row["STATE"]) == (bot, "system", "for\\tCI", "good")
    text = symflow("tokens", "list", "--json").stdout
    (listed,) = json.loads(text)
    assert listed["jti"] == row["ID"]
    assert not any(part in text for part in token.split("."))


def test_a_revoked_token_is_refused(symflow: Symflow, store: Store, bot: str) -> None:
    token = symflow("tokens", "issue", "-u", bot, "-e", "1d", "-n").stdout
    jti = symflow.rows("tokens", "list")[0]["ID"]
    symflow("tokens", "revoke", jti.upper())
    with pytest.raises(Unauthenticated, match="revoked"):
        check(symflow, store, token, datetime.now(UTC))
    assert symflow.rows("tokens", "list")[0]["STATE"] == "revoked"
    symflow("tokens", "revoke", jti)


def test_an_unknown_token_cannot_be_revoked(symflow: Symflow) -> None:
    symflow("tokens", "revoke", "nothing", code=4)


def test_no_token_is_left_behind_when_it_cannot_be_signed(symflow: Symflow, bot: str) -> None:
    next((symflow.folder / "keys").glob("token-*")).chmod(0o644)
    assert "chmod 600" in symflow("tokens", "issue", "-u", bot, "-e", "1d", code=1).stderr
    assert symflow.rows("tokens", "list") == []


def test_issuing_and_revoking_are_in_the_audit_log(symflow: Symflow, bot: str) -> None:
    symflow("tokens", "issue", "-u", bot, "-e", "1d")
    symflow("tokens", "revoke", symflow.rows("tokens", "list")[0]["ID"])
    assert [row["WHAT"] for row in symflow.rows("audit", "list")][-2:] == ["token.issued", "token.revoked"]
