"""Who approves access to which repository."""

import json

import pytest

from sym.sdk.exceptions import GitHubError

FORM = {"reason": "string", "duration": {"type": "duration", "allowed_values": ["8h", "3d"]}}
NEED = {"duration": "8h", "reason": "Fix the build"}


@pytest.fixture
def team(flow_test):
    """The flow for repositories of teams."""
    return flow_test(
        "impl.py",
        targets={name: {"settings": {"repo_name": name}} for name in ("rocket", "index")},
        fields=FORM,
        flow_vars={
            "approvers": json.dumps({"rocket": ["bob@example.com"], "index": ["cat@example.com"]}),
            "channels": json.dumps({"rocket": "#team-payments", "index": "#team-search"}),
        },
    )


@pytest.fixture
def shared(flow_test):
    """The flow for all others; Bob administers docs."""
    flow = flow_test(
        "impl.py",
        targets={"shared-repository": {"field_bindings": ["repo_name"]}},
        fields={"repo_name": {"type": "string", "allowed_values": ["docs", "other"]}, **FORM},
        flow_vars={"approvers": "{}", "channels": "{}"},
    )
    flow.host.github.get_repo_collaborators.returns([])
    flow.host.github.get_repo_collaborators.when(repo_name="docs").returns([flow.user("bob@example.com")])
    flow.host.slack.find_user_id.returns("UBOB")
    return flow


def test_the_team_of_a_repository_approves(team):
    request = team.request(by="ada@example.com", target="rocket", **NEED)
    assert [card.destination for card in request.notifications] == ["#team-payments"]
    request.approve(by="bob@example.com")
    assert team.access.members("rocket") == ["ada@example.com"]
    team.travel(hours=8)
    assert request.status == "deescalated"
    assert team.access.members("rocket") == []


def test_another_team_does_not(team):
    request = team.request(by="ada@example.com", target="index", **NEED)
    assert "Only those who answer for index" in request.approve(by="bob@example.com").error
    request.approve(by="cat@example.com")
    assert request.is_granted


def test_an_administrator_of_sym_may_always(team):
    request = team.request(by="ada@example.com", target="index", **NEED)
    request.approve(by=team.user("root@example.com", role="admin"))
    assert request.is_granted


def test_a_shared_repository_is_approved_by_who_administers_it(shared):
    request = shared.request(by="ada@example.com", target="shared-repository", repo_name="docs", **NEED)
    assert [card.destination for card in request.notifications] == ["UBOB"]
    assert "Only those who answer for docs" in request.approve(by="eve@example.com").error
    request.approve(by="bob@example.com")
    assert request.is_granted


def test_one_that_nobody_administers_is_told_in_a_channel(shared):
    request = shared.request(by="ada@example.com", target="shared-repository", repo_name="other", **NEED)
    assert [card.destination for card in request.notifications] == ["#repositories"]


def test_nobody_approves_while_github_is_down(shared):
    request = shared.request(by="ada@example.com", target="shared-repository", repo_name="docs", **NEED)
    shared.host.github.get_repo_collaborators.when(repo_name="docs").raises(GitHubError("TIMEOUT", "Try again."))
    assert "Try again." in request.approve(by="bob@example.com").error
    assert request.status == "requested"


def test_who_people_are_at_github(team):
    event = team.event(by="ada@example.com", target="rocket", **NEED)
    ada = team.user("ada.lovelace@example.com")
    assert team.call("get_identity", event, "github", "acme", ada) == "ada-lovelace"
    assert team.call("get_identity", event, "slack", "T1", ada) is None
