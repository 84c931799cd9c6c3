from __future__ import annotations

from collections.abc import Iterator

import pytest

from sym.engine.connections.http import Transport
from sym.integrations import github
from sym.sdk.connection import Service
from sym.sdk.exceptions.github import GitHubError
from tests.fakes.services.asking import Asker
from tests.fakes.services.github import GitHub
from tests.shelf_settings import optional, required, secrets


def test_the_account_is_a_github_organization() -> None:
    assert "GitHub organization" in github.external_id


def test_an_api_token_is_all_it_needs_and_is_kept_as_a_secret() -> None:
    assert required(github.Settings) == secrets(github.Settings) == {"api_token_secret"}
    assert optional(github.Settings) == set()


@pytest.fixture
def vendor() -> Iterator[GitHub]:
    made = GitHub()
    made.repositories["rocket"] |= {"ada": "write", "requester": "security-team"}
    made.teams["rocket"]["outsider"] = "write"
    yield made
    made.close()


KNOWN = {"ada@example.com": "ada", "boss@example.com": "boss", "req@example.com": "requester"}


@pytest.mark.parametrize(
    ("roles", "who"),
    [
        (["admin"], ["boss@example.com"]),
        (["write"], ["ada@example.com"]),
        (["write", "security-team"], ["ada@example.com", "req@example.com"]),
        (["triage"], []),
    ],
)
def test_collaborators_have_exactly_the_role_and_are_users_here(
    vendor: GitHub, roles: list[str], who: list[str]
) -> None:
    ask = Asker(vendor, "github", KNOWN)
    assert ask(f'github.get_repo_collaborators(repo_name="rocket", roles={roles})') == who


def test_a_repository_that_is_not_there_is_an_error(vendor: GitHub) -> None:
    code, message = Asker(vendor, "github").refused('github.get_repo_collaborators(repo_name="x", roles=["read"])')
    assert code == "GitHub:NOT_FOUND"
    assert "GET /repos/acme/x/collaborators" in message


def test_asking_too_often_is_tried_again_though_github_calls_it_forbidden(vendor: GitHub) -> None:
    vendor.throttle_next()
    assert Asker(vendor, "github", KNOWN)('github.get_repo_collaborators(repo_name="rocket", roles=["admin"])')
    assert len(vendor.log) == 2


def test_nobody_is_found_by_their_address(vendor: GitHub) -> None:
    transport = Transport(vendor.addresses)
    service = Service(name="GitHub", base_url="https://api.github.com", error=GitHubError)
    assert github.Connection(transport.http(service), "acme").find_identity("ada@example.com") is None
    assert vendor.log == []
