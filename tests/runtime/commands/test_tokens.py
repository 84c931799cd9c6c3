"""Tokens: shown once, listed, revoked."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from sym.api.auth import verify
from sym.engine.keys import KeyDirectory
from sym.errors import Unauthenticated
from sym.store.database import Store
from tests.runtime.commands.conftest import Symflow
from tests.runtime.commands.remote import through_server


@pytest.fixture
def bot(symflow: Symflow) -> str:
    symflow("bots", "create", "ci")
    return "ci"


def check(symflow: Symflow, store: Store, token: str, now: datetime) -> str:
    return verify(token, store=store, keys=KeyDirectory(symflow.folder / "keys"), now=now).user.username


def test_only_the_token_is_printed_and_it_works(anywhere: Symflow, store: Store, bot: str) -> None:
    result = anywhere("tokens", "issue", "-u", "CI", "-e", "100d", "-l", "pipeline")
    assert result.stderr == ""
    token = result.stdout.removesuffix("\n")
    assert check(anywhere, store, token, datetime.now(UTC)) == bot
    bare = anywhere("tokens", "issue", "--username", bot, "--expiry", "1h", "--no-newline").stdout
    assert not bare.endswith("\n")
    assert check(anywhere, store, bare, datetime.now(UTC)) == bot


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


def test_nobody_unknown_gets_a_token(anywhere: Symflow) -> None:
    assert anywhere("tokens", "issue", "-u", "nobody", "-e", "1d", code=4).stdout == ""


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


def test_an_unknown_token_cannot_be_revoked(anywhere: Symflow) -> None:
    anywhere("tokens", "revoke", "nothing", code=4)


def test_no_token_is_left_behind_when_it_cannot_be_signed(symflow: Symflow, bot: str) -> None:
    next((symflow.folder / "keys").glob("token-*")).chmod(0o644)
    assert "chmod 600" in symflow("tokens", "issue", "-u", bot, "-e", "1d", code=1).stderr
    assert symflow.rows("tokens", "list") == []


def test_issuing_and_revoking_are_in_the_audit_log(symflow: Symflow, bot: str) -> None:
    symflow("tokens", "issue", "-u", bot, "-e", "1d")
    symflow("tokens", "revoke", symflow.rows("tokens", "list")[0]["ID"])
    assert [row["WHAT"] for row in symflow.rows("audit", "list")][-2:] == ["token.issued", "token.revoked"]


def test_an_admin_issues_lists_and_revokes_through_a_server(symflow: Symflow, store: Store, bot: str) -> None:
    with through_server(symflow, store) as far:
        token = far("tokens", "issue", "-u", bot, "-e", "1d", "-l", "far", "-n").stdout
        (row,) = far.rows("tokens", "list", "-u", bot)
        assert (row["CREATOR"], row["LABEL"], row["STATE"]) == ("root@acme.example", "far", "good")
        assert far("tokens", "list", "--json").stdout == symflow("tokens", "list", "--json").stdout
        far("tokens", "revoke", row["ID"])
        with pytest.raises(Unauthenticated, match="revoked"):
            check(symflow, store, token, datetime.now(UTC))
        assert far.rows("tokens", "list", "-u", bot, "--state", "good") == []
        assert far.rows("tokens", "list", "--state", "revoked")[0]["ID"] == row["ID"]


def test_a_member_sees_and_revokes_their_own(symflow: Symflow, store: Store, bot: str) -> None:
    symflow("users", "create", "ann@acme.example")
    symflow("tokens", "issue", "-u", bot, "-e", "1d")
    (bots_own,) = symflow.rows("tokens", "list", "-u", bot)
    with through_server(symflow, store, "ann@acme.example") as far:
        far("tokens", "list", code=4)
        far("tokens", "issue", "-u", "ann@acme.example", "-e", "1d", code=4)
        far("tokens", "revoke", bots_own["ID"], code=4)
        (own,) = far.rows("tokens", "list", "--mine")
        assert own["USERNAME"] == "ann@acme.example"
        far("tokens", "revoke", own["ID"])
        assert "SYM_JWT" not in far("tokens", "list", "--mine", code=3).stdout
    assert symflow.rows("tokens", "list", "-u", bot, "--state", "good") == [bots_own]


def test_ones_own_tokens_are_a_servers_to_know(symflow: Symflow) -> None:
    assert "server" in symflow("tokens", "list", "--mine", code=2).stderr


def test_a_token_whose_issuer_is_gone_says_so(symflow: Symflow, store: Store, bot: str) -> None:
    symflow("tokens", "issue", "-u", bot, "-e", "1d")
    with store.transaction() as conn:
        conn.execute(sa.text("update sym_token set flagged_at = issued_at"))
    assert [row["STATE"] for row in symflow.rows("tokens", "list", "--state", "flagged")] == ["good, flagged"]
