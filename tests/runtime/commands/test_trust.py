"""``symflow trust``: on the store and on a server, the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from tests.fakes.oidc.issuer import serving_issuer
from tests.runtime.commands.conftest import Symflow
from tests.runtime.commands.logged_in import Desk, desk_at
from tests.runtime.commands.test_serve import serving

GITHUB = "https://token.actions.githubusercontent.com"
MAIN = ("--claim", "repository=acme/app", "--claim", "ref=refs/heads/main")


@pytest.fixture(params=["store", "server"])
def place(request: pytest.FixtureRequest, tmp_path: Path, _sqlite_template: Path) -> Iterator[Symflow]:
    """``symflow`` as somebody who may administer, with the bot ci."""
    if request.param == "store":
        symflow = Symflow(tmp_path / "sym")
        symflow("init-org", "acme")
        symflow("bots", "create", "ci")
        yield symflow
        return
    with desk_at(tmp_path, _sqlite_template) as desk:
        desk.symflow.environment |= {"SYM_API_URL": desk.url, "SYM_JWT": desk.world.token("root")}
        yield desk.symflow


def add(place: Symflow, *options: str, code: int = 0, bot: str = "CI", issuer: str = GITHUB) -> str:
    result = place("trust", "add", bot, "--issuer", issuer, "--audience", "sym", *options, code=code)
    return result.stdout if code == 0 else result.stderr


def test_trust_is_added_listed_and_removed(place: Symflow) -> None:
    made = json.loads(add(place, *MAIN, "--json"))
    parts = {"id", "bot", "issuer", "audience", "claims", "created_at", "added_by", "flagged"}
    assert [set(one) for one in made] == [parts]
    assert json.loads(place("trust", "list", "--json").stdout) == made
    (row,) = place.rows("trust", "list")
    assert (row["ID"], row["BOT"], row["CLAIMS"]) == (
        made[0]["id"], "ci", "repository=acme/app, ref=refs/heads/main",
    )  # fmt: skip
    assert add(place, *MAIN).strip() == made[0]["id"]  # once is enough
    removed = place("trust", "remove", made[0]["id"]).stderr
    assert "may not act as ci any more" in removed
    assert place.rows("trust", "list") == []
    assert "no trust" in place("trust", "remove", made[0]["id"], code=4).stderr


def test_trust_in_strangers_is_refused(place: Symflow) -> None:
    assert "whose are meant" in add(place, "--claim", "ref=refs/heads/main", code=1)
    assert "follows a separator" in add(place, "--claim", "repository=acme/app*", code=1)
    assert "There is no bot nobody" in add(place, *MAIN, bot="nobody", code=4)
    assert "https" in add(place, *MAIN, issuer="http://ci.example.com", code=1)
    for claim in ("repository", "=x", "repository="):
        assert "NAME=VALUE" in add(place, "--claim", claim, code=2)
    assert "twice" in add(place, *MAIN, "--claim", "ref=x", code=2)
    assert "--claim" in add(place, code=2)


def test_on_the_store_it_is_recorded(symflow: Symflow) -> None:
    symflow("bots", "create", "ci")
    trust_id = add(symflow, *MAIN).strip()
    symflow("trust", "remove", trust_id)
    assert [row["WHAT"] for row in symflow.rows("audit", "list")][-2:] == ["trust.added", "trust.removed"]


@pytest.fixture
def desk(tmp_path: Path, _sqlite_template: Path) -> Iterator[Desk]:
    """A desk before a server, with nobody's token."""
    with desk_at(tmp_path, _sqlite_template) as sitting:
        yield sitting


def test_only_admins_trust_on_a_server(desk: Desk) -> None:
    for name in ("ann", "ci"):
        more = {"SYM_API_URL": desk.url, "SYM_JWT": desk.world.token(name)}
        assert "Only admins" in desk("trust", "list", code=4, **more).stderr


def test_a_job_asks_for_access_without_a_stored_token(symflow: Symflow, flow: str) -> None:
    """The whole of it: a real server, a CI's issuer, and a job that has nothing but its CI's word."""
    symflow("bots", "create", "ci")
    with serving_issuer(lambda: datetime.now(UTC)) as ci:
        add(symflow, *MAIN, issuer=ci.url)
        symflow.environment |= {"SYM_OIDC_ISSUER": ci.url, "SYM_OIDC_CLIENT_ID": "symflow"}
        with serving(symflow) as (_, url, _lines):
            token = ci.token(aud="sym", sub="repo:acme/app", repository="acme/app", ref="refs/heads/main")
            form = {"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": token}
            answer = requests.post(f"{url}/api/v1/tokens/exchange", data=form, timeout=10)
            assert answer.status_code == 200, answer.text
            given = {"SYM_API_URL": url, "SYM_JWT": answer.json()["access_token"], "SYM_STORE_URL": None}
            symflow("runs", "request", flow, "--input", "reason=INC-42", **given)
            (run,) = json.loads(symflow("runs", "list", "--json", **given).stdout)
            assert "deploy" in json.dumps(run)
            assert requests.get(f"{url}/api/v1/login", timeout=10).json()["issuer"] == ci.url
    (job,) = [token for token in json.loads(symflow("tokens", "list", "--json").stdout) if token["username"] == "ci"]
    assert job["label"] == "oidc:acme/app@refs/heads/main"
