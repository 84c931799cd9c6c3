"""``symflow keys``, also beside a server that runs."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta

import pytest
import requests

from sym import config
from sym.engine.audit_keys import signing
from sym.engine.keys import KeyDirectory
from sym.store.database import Store
from sym.store.seals import seal_next
from tests.runtime.commands.conftest import Symflow
from tests.runtime.commands.test_serve import serving


def token_keys(symflow: Symflow) -> list[dict[str, str]]:
    return [row for row in symflow.rows("keys", "list") if row["PURPOSE"] == "token"]


def test_keys_are_listed_with_the_tokens_they_signed(symflow: Symflow) -> None:
    symflow("bots", "create", "ci")
    symflow("tokens", "issue", "-u", "ci", "-e", "1d", "-l", "old")
    result = symflow("keys", "rotate")
    assert "ci (old)" in result.stderr
    symflow("tokens", "issue", "-u", "ci", "-e", "1d")
    symflow("tokens", "issue", "-u", "ci", "-e", "1d")
    old, new = token_keys(symflow)
    assert (old["STATE"], old["TOKENS"], new["STATE"], new["TOKENS"]) == ("verifies", "1", "signs", "2")
    assert new["KEY"] == result.stdout.strip()
    listed = json.loads(symflow("keys", "list", "--json").stdout)
    assert {item["purpose"] for item in listed} >= {"token", "audit"}
    assert [bool(item["stopped_at"]) for item in listed[:2]] == [True, False]


def test_a_token_of_the_old_key_is_good_until_that_is_retired(symflow: Symflow) -> None:
    symflow("bots", "create", "ci")
    old = symflow("tokens", "issue", "-u", "ci", "-e", "1h", "-n").stdout
    (first,) = token_keys(symflow)

    with serving(symflow) as (_, url, lines):

        def status(token: str) -> int:
            headers = {"Authorization": f"Bearer {token}"}
            return requests.get(f"{url}/api/v1/runs", headers=headers, timeout=10).status_code

        assert status(old) == 200
        assert len(json.loads(symflow("keys", "rotate", "--json").stdout)["tokens"]) == 1
        new = symflow("tokens", "issue", "-u", "ci", "-e", "1h", "-n").stdout
        assert (status(old), status(new)) == (200, 200)
        assert "ci" in symflow("keys", "retire", first["KEY"], "--force").stderr
        assert (status(old), status(new)) == (401, 200)
        assert not any("Traceback" in line for line in lines)
    assert [row["STATE"] for row in token_keys(symflow)] == ["signs"]
    assert [row["WHAT"] for row in symflow.rows("audit", "list") if row["WHAT"].startswith("key.")] == [
        "key.rotated", "key.retired",
    ]  # fmt: skip


def test_the_log_verifies_with_the_keys_before(symflow: Symflow, store: Store) -> None:
    def seal() -> None:
        with store.transaction() as conn:
            assert seal_next(conn, sign=signing(KeyDirectory(symflow.folder / "keys")), now=datetime.now(UTC))

    seal()
    symflow("keys", "rotate", "--purpose", "audit")
    seal()
    assert "seals\t2" in symflow("audit", "verify").stdout
    first = symflow.rows("keys", "list")
    old = next(row for row in first if row["PURPOSE"] == "audit" and row["STATE"] == "verifies")
    assert "Audit keys stay" in symflow("keys", "retire", old["KEY"], "--force", code=1).stderr
    symflow("keys", "rotate", "--purpose", "audit", "--retire-after", "1d", code=2)
    assert symflow.rows("keys", "list") == first


def test_what_is_retired_by_age_had_no_tokens_left(symflow: Symflow) -> None:
    symflow("bots", "create", "ci")
    symflow("tokens", "issue", "-u", "ci", "-e", "1h")
    kept = token_keys(symflow)[0]["KEY"]
    empty = symflow("keys", "rotate").stdout.strip()
    symflow("keys", "rotate")
    done = json.loads(symflow("keys", "rotate", "--retire-after", "1d", "--json").stdout)
    assert done["retired"] == []
    with pytest.MonkeyPatch.context() as patched:
        later = config.now() + timedelta(minutes=30)
        patched.setattr(config, "now", lambda: later)
        done = json.loads(symflow("keys", "rotate", "--retire-after", "20m", "--json").stdout)
    assert empty in done["retired"]
    assert kept in [row["KEY"] for row in token_keys(symflow)]
    assert [token["username"] for token in done["tokens"]] == ["ci"]


def test_the_key_that_signs_stays(symflow: Symflow) -> None:
    (only,) = token_keys(symflow)
    assert "keys rotate --purpose token" in symflow("keys", "retire", only["KEY"], "--force", code=1).stderr
    symflow("keys", "retire", "nothing", "--force", code=4)
    symflow("keys", "rotate")
    assert "--yes" in symflow("keys", "retire", only["KEY"], code=2).stderr
    assert len(token_keys(symflow)) == 2


def test_keys_are_not_the_servers_to_show(symflow: Symflow) -> None:
    for arguments in (("list",), ("rotate",), ("retire", "x", "--force")):
        far = {"SYM_STORE_URL": None, "SYM_API_URL": "http://127.0.0.1:9", "SYM_JWT": "x.y.z"}
        assert "SYM_API_URL" in symflow("keys", *arguments, code=2, **far).stderr


@pytest.mark.parametrize("arguments", [("--purpose", "session"), ("--retire-after", "soon"), ("--retire-after", "0d")])
def test_a_wrong_call_is_a_usage_error(symflow: Symflow, arguments: tuple[str, str]) -> None:
    symflow("keys", "rotate", *arguments, code=2)
    assert len(token_keys(symflow)) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files that are somebody else's")
def test_a_key_that_root_adds_belongs_to_whom_the_folder_belongs_to(symflow: Symflow) -> None:
    folder = symflow.folder / "keys"
    os.chown(folder, 65534, 65534)
    symflow("keys", "rotate")
    assert [path.stat().st_uid for path in sorted(folder.glob("token-*"))] == [0, 65534]
    assert KeyDirectory(folder).signing_key("token")
