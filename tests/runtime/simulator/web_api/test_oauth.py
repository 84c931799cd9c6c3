"""Installing the app in more workspaces."""

from __future__ import annotations

import urllib.request
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sym.simulator.server import Simulator

REDIRECT = "http://127.0.0.1:9/slack/oauth_redirect"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def authorize(simulator: Simulator, **query: str) -> dict[str, str]:
    asked = {"client_id": simulator.client_id, "scope": "chat:write,commands", "redirect_uri": REDIRECT, "state": "s"}
    url = f"{simulator.url}/oauth/v2/authorize?{urlencode({**asked, **query})}"
    with pytest.raises(urllib.error.HTTPError) as redirect:
        urllib.request.build_opener(NoRedirect).open(url)
    answer = redirect.value
    with answer:
        if answer.status != 302:
            return {"refused": answer.read().decode()}
        location = answer.headers["Location"]
    assert location.startswith(REDIRECT)
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def access(simulator: Simulator, code: str, **given: str) -> Any:
    secrets = {"client_id": simulator.client_id, "client_secret": simulator.client_secret}
    client = WebClient(base_url=simulator.api_url)
    return client.oauth_v2_access(code=code, redirect_uri=REDIRECT, **{**secrets, **given})


def test_a_second_workspace_gets_a_token_of_its_own(simulator: Simulator) -> None:
    other = simulator.add_workspace("Globex")
    answer = authorize(simulator)
    assert answer["state"] == "s"
    token = access(simulator, answer["code"])
    assert token["team"] == {"id": other.id, "name": "Globex"}
    assert (token["scope"], token["token_type"]) == ("chat:write,commands", "bot")
    assert token["access_token"] != simulator.bot_token
    there = WebClient(token["access_token"], base_url=simulator.api_url)
    assert there.auth_test()["team_id"] == other.id
    with pytest.raises(SlackApiError, match="channel_not_found"):
        there.chat_postMessage(channel=simulator.channel("general").id, text="x")


def test_a_code_is_good_once_and_only_with_the_secret(simulator: Simulator) -> None:
    code = authorize(simulator, team=simulator.team_id)["code"]
    for wrong, refusal in [
        ({"client_id": "1.2"}, "invalid_client_id"),
        ({"client_secret": "x"}, "bad_client_secret"),
        ({"redirect_uri": "http://elsewhere.test/"}, "bad_redirect_uri"),
    ]:
        with pytest.raises(SlackApiError, match=refusal):
            WebClient(base_url=simulator.api_url).oauth_v2_access(
                **{
                    "client_id": simulator.client_id, "client_secret": simulator.client_secret, "code": code,
                    "redirect_uri": REDIRECT, **wrong,
                }
            )  # fmt: skip
    assert access(simulator, code)["access_token"] == simulator.bot_token
    with pytest.raises(SlackApiError, match="code_already_used"):
        access(simulator, code)
    with pytest.raises(SlackApiError, match="invalid_code"):
        access(simulator, "nonsense")


def test_what_is_not_agreed_to(simulator: Simulator) -> None:
    assert authorize(simulator, client_id="1.2") == {"refused": "invalid_client_id"}
    assert authorize(simulator, deny="1") == {"error": "access_denied", "state": "s"}


def test_a_removed_app_has_no_token_any_more(simulator: Simulator) -> None:
    client = WebClient(simulator.bot_token, base_url=simulator.api_url)
    simulator.uninstall()
    with pytest.raises(SlackApiError, match="token_revoked"):
        client.auth_test()
    simulator.install(simulator.team_id)
    assert WebClient(simulator.bot_token, base_url=simulator.api_url).auth_test()["ok"]


def test_an_app_gives_its_token_back(simulator: Simulator) -> None:
    client = WebClient(simulator.bot_token, base_url=simulator.api_url)
    assert client.auth_revoke(test=True)["revoked"] is False
    assert client.auth_test()["ok"]
    assert client.auth_revoke()["revoked"] is True
    with pytest.raises(SlackApiError, match="token_revoked"):
        client.auth_test()
