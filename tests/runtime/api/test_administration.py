"""Ways round the rule that nobody approves what they asked for: by having others' tokens made."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.oidc.issuer import serving_issuer
from tests.runtime.api.conftest import World

AUDIENCE = "https://sym.acme.example"
ASKED = {"flow_srn": "acme:flow:prod_db:latest", "flow_inputs": {}}


def issued(world: World, token: str, username: str) -> str:
    """A token for a bot, issued with another token."""
    answer = world.call("POST", "/api/v1/tokens", token=token, json={"username": username, "expiry": "1d"})
    assert answer.status_code == 200, answer.text
    made: str = answer.json()["token"]
    return made


def approve(world: World, token: str) -> Any:
    """What the engine is told when somebody approves."""
    asked = world.call("POST", "/api/v1/events/request", token=world.token("root"), json=ASKED).json()
    answer = world.call("POST", "/api/v1/events/approve", token=token, json={"run_id": asked["run_id"]})
    assert answer.status_code == 200, answer.text
    return world.inbound.actions[-1]


@pytest.mark.parametrize("last", ["terraform", "deployer"])
def test_a_token_that_a_bot_has_issued_counts_as_whoever_issued_the_bots(api: World, last: str) -> None:
    api.user("deployer", kind="bot", role="member")
    first = issued(api, api.token("root", issuer="root"), "terraform")
    second = issued(api, first, "terraform")
    assert approve(api, issued(api, second, last)).issuer_id == api.users["root"].id


def test_a_bot_whose_token_nobody_has_issued_issues_for_itself(api: World) -> None:
    assert approve(api, issued(api, api.token("terraform"), "terraform")).issuer_id == api.users["terraform"].id


@pytest.mark.parametrize("through_a_bot", [False, True])
def test_tokens_of_an_issuer_count_as_whoever_said_it_is_trusted(api: World, through_a_bot: bool) -> None:
    token = api.token("root", issuer="root")
    if through_a_bot:
        token = issued(api, token, "terraform")
    api.user("deployer", kind="bot", role="member")
    with serving_issuer(lambda: api.now) as own:
        body = {"bot": "deployer", "issuer": own.url, "audience": AUDIENCE, "claims": {"sub": "me"}}
        assert api.call("POST", "/api/v1/trust", token=token, json=body).status_code == 200
        proof = {"subject_token": own.token(sub="me", aud=AUDIENCE)}
        exchanged = api.call("POST", "/api/v1/tokens/exchange", json=proof).json()["access_token"]
    assert approve(api, exchanged).issuer_id == api.users["root"].id
    api.call("POST", "/api/v1/events/request", token=exchanged, json=ASKED)
    assert api.inbound.submissions[-1].issuer_id == api.users["root"].id
