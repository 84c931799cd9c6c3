from __future__ import annotations

from collections.abc import Iterator

import pytest

from sym.engine.sandbox.sandbox import CallFailed
from sym.strategies import github
from sym.testing import FakeVendor, FlowTest, StrategyContract
from sym.testing.strategy_calls import StrategyCalls
from tests.fakes.services.github import GitHub
from tests.fakes.services.leaks import kept
from tests.shelf_settings import optional, required


def test_it_works_through_github_and_has_no_settings() -> None:
    assert github.integration == "github"
    assert required(github.Settings) | optional(github.Settings) == set()


def test_a_target_is_named_by_its_repo_name() -> None:
    assert set(github.targets) == {"github_repo"}
    assert required(github.targets["github_repo"]) == {"repo_name"}
    assert optional(github.targets["github_repo"]) == set()
    assert github.multiple == set()


class TestGitHub(StrategyContract):
    strategy_type = "github"

    @pytest.fixture
    def vendor(self) -> Iterator[FakeVendor]:
        return GitHub()

    def test_access_to_a_repository_that_the_token_may_just_not_see_is_not_said_to_have_ended(
        self, calls: StrategyCalls, vendor: GitHub
    ) -> None:
        calls.grant()
        vendor.is_owner = False
        vendor.remove_target(vendor.target)
        with pytest.raises(CallFailed, match="knows no repository 'rocket', or the token may not see it: put it right"):
            calls.end()
        vendor.is_owner, vendor.scopes = True, "read:org"
        with pytest.raises(CallFailed, match="or the token may not see it"):
            calls.end()

    def test_what_somebody_has_through_a_team_is_neither_counted_nor_taken_away(
        self, calls: StrategyCalls, vendor: GitHub
    ) -> None:
        vendor.teams["rocket"]["requester"] = "write"
        assert not calls.shows()
        calls.grant()
        calls.end()
        assert vendor.teams["rocket"] == {"requester": "write"}

    def test_a_login_is_the_same_in_any_case(self, calls: StrategyCalls, vendor: GitHub) -> None:
        assert calls.identity == "Requester"
        vendor.repositories["rocket"]["requester"] = "read"
        assert calls.shows()

    def test_somebody_on_the_second_page_is_found(self, calls: StrategyCalls, vendor: GitHub) -> None:
        vendor.repositories["rocket"] |= {f"a{number}": "read" for number in range(200)}
        calls.grant()
        assert calls.shows()
        assert sum("/collaborators" in line and line.startswith("GET") for line in vendor.log) == 3


class TestWhoIsInvited(StrategyContract):
    """The same, with a person who is not in the organization and does not accept."""

    strategy_type = "github"
    not_applicable = {"lag_next": "invitations show at once"}

    @pytest.fixture
    def vendor(self) -> Iterator[FakeVendor]:
        vendor = GitHub()
        vendor.members.remove("requester")
        return vendor

    def test_an_invitation_counts_and_is_withdrawn(self, calls: StrategyCalls, vendor: GitHub) -> None:
        assert calls.grant() == {"login": "Requester", "repository": "rocket", "invitation_id": 1}
        assert calls.shows()
        calls.end()
        assert not vendor.invited

    def test_an_invitation_that_is_accepted_becomes_access_that_ends(
        self, calls: StrategyCalls, vendor: GitHub
    ) -> None:
        calls.grant()
        vendor.accept("requester")
        assert calls.shows()
        calls.end()
        assert "requester" not in vendor.repositories["rocket"]

    def test_an_invitation_that_has_expired_is_no_access(self, calls: StrategyCalls, vendor: GitHub) -> None:
        calls.grant()
        vendor.expired.add(1)
        assert not calls.shows()
        calls.end()
        assert not vendor.invited


@pytest.fixture
def vendor() -> Iterator[GitHub]:
    made = GitHub()
    yield made
    made.close()


def flow(vendor: GitHub, target: str = "rocket") -> FlowTest:
    made = FlowTest(
        CODE, strategy_type="github", targets={"repo": {"settings": {"repo_name": target}}}, external_id="acme",
        settings=vendor.settings, secrets=["token"], addresses=vendor.addresses,
    )  # fmt: skip
    made.secrets["SYM_SECRET_TOKEN"] = vendor.secrets["token"]
    return made


CODE = """
from sym.sdk import PermissionLevel, RequestPermission, reducer

@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER)
"""


def test_somebody_whose_login_nobody_knows_is_not_granted_and_it_is_said_how_to_map_them(vendor: GitHub) -> None:
    with flow(vendor) as made:
        request = made.request(by="stranger@example.com", target="repo", duration="1h")
        request.approve(by="approver@example.com")
        made.travel(minutes=5)
        assert request.status == "errored"
        told = str(made.outbox.reports(request.id))
    assert "symflow users update-identity stranger@example.com" in told


@pytest.mark.parametrize(
    ("status", "told"),
    [(401, "put valid ones into the integration's secrets"), (403, "give them the permissions that the integration's")],
)
def test_a_token_that_may_not_do_it_is_not_tried_again_and_named(vendor: GitHub, status: int, told: str) -> None:
    with flow(vendor) as made:
        made.user("ada@example.com", github="acme/ada")
        request = made.request(by="ada@example.com", target="repo", duration="1h")
        vendor.fail_next(status, times=50)
        request.approve(by="approver@example.com")
        made.travel(minutes=5)
        assert request.status == "errored"
        assert told in str(made.outbox.reports(request.id))
        assert vendor.secrets["token"] not in str(made.outbox.reports(request.id))


def test_a_repository_that_was_renamed_is_said_to_be(vendor: GitHub) -> None:
    with flow(vendor) as made:
        made.user("ada@example.com", github="acme/ada")
        request = made.request(by="ada@example.com", target="repo", duration="1h")
        vendor.fail_next(301, times=50)
        request.approve(by="approver@example.com")
        made.travel(minutes=5)
        assert "renamed or moved: put its new name into the target" in str(made.outbox.reports(request.id))


@pytest.mark.parametrize("status", [401, 403, 422, 503])
def test_nothing_that_is_kept_shows_the_token(vendor: GitHub, status: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with flow(vendor) as made:
        made.user("ada@example.com", github="acme/ada")
        request = made.request(by="ada@example.com", target="repo", duration="1h")
        vendor.fail_next(status, times=7)
        request.approve(by="approver@example.com")
        made.travel(hours=2)
        seen = kept(made, caplog)
    assert "ada@example.com" in seen
    assert "GitHub answered" in seen
    assert vendor.secrets["token"] not in seen
