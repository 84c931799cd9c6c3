"""Code as people wrote it, of every style: it has no errors, and does the same in this process and in the sandbox.

The files are in ``authors``; each test says what one of them is there for.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from sym.engine.sandbox.sandbox import CallFailed
from sym.implementation import guess_kind, read_problems, read_restrictions
from sym.sdk.exceptions import AWSLambdaError, JiraError, OktaError, PagerDutyError
from sym.sdk.request_destination import RequestForwardContext
from sym.sdk.templates.step import EventRequest
from sym.testing import FlowTest

AUTHORS = Path(__file__).parent / "authors"
FILES = sorted(path.name for path in AUTHORS.glob("*.py"))
REASON = {"reason": "string"}

Make = Callable[..., FlowTest]
Printed = Callable[[], str]


@pytest.fixture(params=[False, True], ids=["in this process", "sandboxed"])
def make(request: pytest.FixtureRequest, flow_test: Make) -> Make:
    """A flow of one of the files, here and in the sandbox."""

    def flow(name: str, **declared: Any) -> FlowTest:
        return flow_test(name, folder=AUTHORS, sandboxed=request.param, **declared)

    return flow


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Printed:
    """What was printed since it was last asked."""
    return lambda: capsys.readouterr().out


@pytest.mark.parametrize("name", FILES)
def test_there_is_nothing_wrong_with_the_code(name: str) -> None:
    source = (AUTHORS / name).read_text()
    problems = read_problems(guess_kind(name, source), source)
    expected = {
        "legacy_approvers.py": ["on_deny is not decorated and therefore never called."],
        "custom_identity.py": ["persist_user_identity is used but not imported; it is provided nevertheless."],
    }
    assert [problem.message for problem in problems] == expected.get(name, [])
    assert all(problem.severity == "warning" for problem in read_restrictions(source))


def test_every_name_by_stars(make: Make, printed: Printed) -> None:
    flow = make("star_imports.py", targets=["prod", "dev"], fields={"reason": {"type": "string", "required": False}})
    flow.host.pagerduty.is_on_call.returns(False)
    flow.host.slack.send_message.returns(None)
    request = flow.request(by="ada@example.com", target="dev", duration="1h")
    assert [card.destination for card in request.notifications] == ["#dev-access"]
    assert flow.host.slack.send_message.called_with(message="ada@example.com asked: -")
    out = printed()
    assert "loading author_code" in out
    assert "ada wants dev" in out
    flow.host.pagerduty.is_on_call.returns(True)
    flow.host.slack.find_user_id.returns("U1")
    request = flow.request(by="ada@example.com", target="prod", duration="1h")
    assert request.is_granted
    assert request.duration == 1800


def test_the_oldest_style_of_routing(make: Make) -> None:
    flow = make("legacy_approvers.py", targets=["t"], fields={"urgency": "string"},
                flow_vars={"manager_email": "boss@example.com", "approvers": "g1"})  # fmt: skip
    flow.host.okta.is_user_in_group.returns(False)
    emergency = flow.request(by="ada@example.com", target="t", duration=600, urgency="Emergency")
    assert [card.destination for card in emergency.notifications] == ["#break-glass"]
    assert emergency.approve(by="ada@example.com").error == "You are not authorized to approve this request."
    flow.host.okta.is_user_in_group.returns(True)
    assert emergency.approve(by="ada@example.com").is_done

    for number, name in enumerate(["boss", "bob", "eve"]):
        flow.host.slack.find_user_id.when(identifier=f"{name}@example.com").returns(f"U{number}")
    flow.host.pagerduty.users_on_call.returns([flow.user("bob@example.com"), flow.user("eve@example.com")])
    request = flow.request(by="ada@example.com", target="t", duration=600, urgency="Normal")
    flow.travel(minutes=10)
    assert [(card.destination, card.state) for card in request.notifications] == [
        ("U0", "forwarded"), ("U1+U2", "requested"),
    ]  # fmt: skip
    with flow.refused("SELF_APPROVAL"):
        request.approve(by="ada@example.com")
    assert request.deny(by="bob@example.com").is_done


def test_a_list_of_approvers(make: Make) -> None:
    flow = make("list_of_approvers.py")
    request = flow.request(by="ada@example.com")
    flow.travel(minutes=1)
    assert [card.destination for card in request.notifications] == ["#one", "U0123456"]
    assert request.approve(by="ada@example.com").is_done


def test_modern_python(make: Make, printed: Printed) -> None:
    fields: dict[str, Any] = {
        "reason": "string", "duration": {"type": "duration", "allowed_values": ["1h", "8h"]},
        "team": {"type": "int", "required": False, "prefetch": True},
    }  # fmt: skip
    flow = make("typed_modern.py", targets=["prod", "dev"], fields=fields)
    told = flow.request(by="ada@example.com", target="prod", duration="1h", reason='the "thing"')
    assert told.errors == ['\'the "thing"\' is no ticket, such as "OPS-1".']
    request = flow.request(by="ada@example.com", target="prod", duration="1h", reason="OPS-11")
    assert [card.destination for card in request.notifications] == ["#leads"]
    assert '{"digits": 2, "risk": "high", "channels": ["#sec", "#leads"], "minutes": 10}' in printed()
    assert request.permissions is not None
    assert request.permissions["approve_deny"] == [str(flow.person("ada@example.com").user.id)]
    assert request.approve(by="ada@example.com").is_done
    assert request.errors == []
    assert "True 0 True" in printed()
    long = flow.request(by="ada@example.com", target="dev", duration="8h", reason="OPS-1")
    long.approve(by="ada@example.com")
    assert long.status == "denied"
    assert [option.value for option in flow.prefetch("team")] == [0, 1, 2]


@pytest.mark.parametrize(
    ("reason", "status", "duration"),
    [("approve", "escalated", 60), ("deny", "denied", 3600), ("escalate", "errored", 3600),
     ("ignore", "ignored", 3600), ("target", "escalated", 120), ("again", "requested", 90), ("junk", "errored", 3600),
     ("prompt", "errored", 3600), ("nothing", "requested", 3600)],
)  # fmt: skip
def test_what_each_step_of_the_template_makes_of_a_request(
    make: Make, printed: Printed, reason: str, status: str, duration: int
) -> None:
    flow = make("every_step.py", targets=["t"], fields=REASON)
    request = flow.request(by="ada@example.com", target="t", duration="1h", reason=reason)
    assert (request.status, request.duration) == (status, duration)
    out = printed()
    if reason == "approve":
        assert "on_approve sdk None by the flow" in out
        assert "on_escalate User(email=ada@example.com" in out
        flow.travel(minutes=1)
        assert request.status == "deescalated"
        assert "on_deescalate {'who': 'ada@example.com', 'target': 't'} True" in printed()
    if reason == "deny":
        assert "after_deny ada@example.com {} None" in out


def test_events_are_counted_with_times_that_have_no_zone_as_well(make: Make, printed: Printed) -> None:
    flow = make("counting.py", targets=["t"], flow_vars={"most_per_day": "2"})
    first = flow.request(by="ada@example.com", target="t", duration="10m")
    assert "total=0 lately=0" in printed()
    first.approve(by="bob@example.com")
    assert flow.request(by="ada@example.com", target="t", duration="10m").is_granted
    assert flow.request(by="ada@example.com", target="t", duration="10m").status == "denied"
    flow.travel(days=2)
    assert flow.request(by="ada@example.com", target="t", duration="10m").is_granted


@pytest.mark.parametrize(
    ("reason", "says"),
    [("hint", "Not on Friday."), ("old", "It broke."), ("identity", "ada@example.com"), ("plain", "KeyError: "),
     ("exit", "SystemExit: enough"), ("chained", "RuntimeError: The check failed: No such function.")],
)  # fmt: skip
def test_what_a_handler_raises_is_told_with_its_line(make: Make, reason: str, says: str) -> None:
    flow = make("error_handling.py", fields=REASON)
    flow.host.okta.is_user_in_group.raises(OktaError("GROUP_NOT_FOUND", "No such group."))
    flow.host.aws_lambda.invoke.raises(AWSLambdaError("FATAL_FUNCTION_ERROR", "No such function."))
    request = flow.request(by="ada@example.com", reason=reason)
    assert request.status == "errored"
    (error,) = request.errors
    assert error.startswith("impl.py line ")
    assert says in error
    assert says in request.reports[0].text


def test_what_a_handler_catches_goes_no_further(make: Make, printed: Printed) -> None:
    flow = make("error_handling.py", fields=REASON)
    flow.host.okta.is_user_in_group.raises(OktaError("GROUP_NOT_FOUND", "No such group."))
    request = flow.request(by="ada@example.com", reason="caught")
    assert (request.status, request.errors) == ("requested", [])
    assert "OktaError No group {here} Okta:GROUP_NOT_FOUND False" in printed()
    assert request.permissions is not None
    assert request.permissions["approve_deny"] == "admin"


class Service(BaseHTTPRequestHandler):
    """Roles with members, and a list of customers."""

    members: ClassVar[dict[str, Any]] = {}

    def do_GET(self) -> None:
        found: Any = {"customers": [{"id": 7, "name": "Acme"}]}
        if self.path.startswith("/users"):
            found = [{"id": "u-1", "email": "ada@example.com"}]
        self._answer(200 if self._may() or "customers" in self.path else 401, found)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.members["m-1"] = body
        self._answer(200 if self._may() else 401, {"id": "m-1"})

    def do_DELETE(self) -> None:
        gone = self.members.pop(self.path.rpartition("/")[2], None)
        self._answer(200 if gone and self._may() else 404, {})

    def _may(self) -> bool:
        return self.headers.get("Authorization") == "Bearer s3cret"

    def _answer(self, status: int, found: Any) -> None:
        body = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""


@pytest.fixture
def service() -> Iterator[str]:
    """The URL of the service."""
    server = HTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    Service.members.clear()


def test_a_strategy_with_requests(make: Make, service: str, printed: Printed) -> None:
    flow = make("custom_rest_impl.py", strategy="custom_rest.py", external_id="acme", secrets=["token"],
                settings={"api_url": service + "/"}, targets={"admin": {"settings": {"role_id": "r1"}}})  # fmt: skip
    flow.secrets["SYM_SECRET_TOKEN"] = "s3cret"
    request = flow.request(by="ada@example.com", target="admin", duration="1h")
    request.approve(by="bob@example.com")
    assert request.errors == []
    assert Service.members == {"m-1": {"user": "u-1", "role": "r1", "seconds": 3600}}
    out = printed()
    assert "membership m-1 u-1" in out
    assert "custom acme ['admin']" in out
    flow.travel(hours=1)
    assert request.status == "deescalated"
    assert Service.members == {}
    lost = flow.request(by="eve@example.com", target="admin", duration="1h")
    lost.approve(by="bob@example.com")
    assert lost.status == "errored"
    assert "eve@example.com" in lost.errors[0]


def test_a_strategy_that_keeps_identities_itself(make: Make) -> None:
    flow = make("custom_rest_impl.py", strategy="custom_identity.py", external_id="queue-1", targets=["q"])
    flow.host.slack.send_message.returns(None)
    request = flow.request(by="ada@example.com", target="q", duration="10m")
    request.approve(by="bob@example.com")
    assert flow.host.slack.send_message.called_with(message="ext-ada@example.com -> q at queue-1")
    flow.travel(minutes=10)
    assert flow.host.slack.send_message.called_with(message="ext-ada@example.com <- q")
    assert request.status == "deescalated"


FORM = {
    "group": {"type": "string", "prefetch": True, "on_change": "forms.py", "required": False},
    "ticket": {"type": "string", "visible": False, "required": False},
    "size": {"type": "string", "allowed_values": ["small", "huge"], "required": False},
    "customers": {"type": "int_list", "prefetch": True, "required": False},
    "long-name": {"type": "string", "on_change": "forms.py", "required": False},
    "reviewer": {"type": "slack_user", "required": False},
    "watchers": {"type": "slack_user_list", "required": False},
    "counts": {"type": "int_list", "required": False},
    "urgent": {"type": "bool", "required": False},
}


def test_forms_with_prefetch_and_on_change(make: Make, service: str, printed: Printed) -> None:
    flow = make("forms.py", fields=FORM, flow_vars={"customers_url": f"{service}/customers"})
    flow.host.google.list_groups.returns([{"email": "b@acme.example", "name": "b" * 60},
                                          {"email": "a@acme.example", "name": "A"}])  # fmt: skip
    assert [(option.value, len(option.label)) for option in flow.prefetch("group")] == [
        ("a@acme.example", 1), ("b@acme.example", 55),
    ]  # fmt: skip
    assert [(option.value, option.label) for option in flow.prefetch("customers")] == [(7, "Acme")]
    form = flow.on_change("group", by="ada@example.com", group="admins@acme.example")
    ticket = form.fields["ticket"]
    assert (ticket.visible, ticket.required, ticket.value) == (True, True, "OPS-")
    assert ticket.label == "Why do you need admins@acme.example, ada?"
    assert [option.value for option in form.fields["size"].current_allowed_values] == ["small"]
    assert form.additional_header_text == "*Careful*"
    form = flow.form(**{"long-name": " X "})
    assert flow.on_change("long-name", form).fields["long-name"].value == "x"

    printed()
    request = flow.request(by="ada@example.com", counts=[1, 2], urgent=True,
                           reviewer="U1", watchers=["U2"])  # fmt: skip
    assert request.errors == []
    assert "reviewer U1 None\nwatcher U2\ncounts [2, 4] True" in printed()


def test_people_on_call_and_who_is_asked_next(make: Make, printed: Printed) -> None:
    flow = make("on_call_backup.py", flow_vars={"channel": "#ops"})
    bob = flow.user("bob@example.com")
    flow.host.pagerduty.get_incidents.raises(PagerDutyError("ERROR_RESPONSE", "Down."))
    flow.host.pagerduty.users_on_call.returns([])
    flow.host.pagerduty.users_on_call.when(escalation_policy_name="Primary").returns([bob])
    flow.host.slack.find_user_id.returns("U1")
    flow.host.slack.send_thread_message.returns(None)
    request = flow.request(by="ada@example.com")
    assert "PagerDuty:ERROR_RESPONSE: Down." in printed()
    assert [card.destination for card in request.notifications] == ["U1", "bob@example.com"]
    flow.travel(minutes=5)
    out = printed()
    assert "forward 0 -> 1 True" in out
    assert "forwarded" in out
    assert [card.destination for card in request.notifications][-1] == "#ops"
    context = RequestForwardContext(all_request_destinations=[], current_destination_index=0)
    flow.call("on_request_forward", flow.event("request_forward"), context)
    with flow.refused("NOT_ALLOWED"):
        request.approve(by="eve@example.com")
    flow.host.pagerduty.get_incidents.returns([{"id": "P1"}])
    assert flow.request(by="ada@example.com").status == "approved"


def test_functions_in_aws_are_asked(make: Make, printed: Printed) -> None:
    flow = make("lambdas.py", targets={"t": {"settings": {"more": "x"}}})
    flow.host.aws_lambda.invoke.returns({"body": {"allowed": False}, "errors": []})
    flow.host.aws_lambda.invoke_async.returns(True)
    flow.host.slack.send_message.returns(None)
    request = flow.request(by="ada@example.com", target="t", duration="1h")
    assert request.status == "requested"
    assert [card.destination for card in request.notifications] == ["#ops"]
    sent = flow.host.aws_lambda.invoke.calls[0]["payload"]
    assert sent["user"]["email"] == "ada@example.com"
    assert sent["settings"] == {"identifier": "t", "more": "x"}
    assert sent["srn_ok"] is True
    assert '"flow": "flow"' in printed()
    flow.host.aws_lambda.invoke.returns({"body": {"allowed": True}})
    flow.access.returns("escalate", {"body": {}, "errors": ["slow"]})
    assert flow.request(by="ada@example.com", target="t", duration="1h").is_granted
    assert flow.host.slack.send_message.called_with(message="Done.\n• slow")


def test_tickets_and_training(make: Make, printed: Printed) -> None:
    flow = make("jira_ticket.py", targets=["t"], fields={"ticket": {"type": "string", "required": False}})
    boss = flow.user("boss@example.com")
    flow.host.sym.get_or_create_users_by_emails.returns([boss])
    flow.host.knowbe4.get_training_enrollments_for_user.returns([{"status": "Passed"}])
    flow.host.jira.search_issues.returns([{"key": "OPS-1"}])
    flow.host.jira.create_issue.returns("SEC-1")
    flow.host.jira.add_comment_to_issue.returns(None)
    flow.host.store.put.returns(None)
    flow.host.store.fetch.returns({"run": "abcdef"})
    need = {"target": "t", "duration": "1h"}
    assert flow.request(by="ada@example.com", **need).errors == ["Your open tickets: OPS-1"]
    request = flow.request(by="ada@example.com", ticket="OPS-1", **need)
    with flow.refused("NOT_ALLOWED"):
        request.approve(by="eve@example.com")
    request.approve(by=boss)
    assert flow.host.jira.create_issue.called_with(custom_fields={"customfield_1": {"value": 1}})
    flow.travel(hours=1)
    assert request.errors == []
    assert flow.host.jira.add_comment_to_issue.calls[0]["comment"].endswith(": abc…")
    flow.host.jira.search_issues.raises(JiraError("ERROR_RESPONSE", "Down."))
    assert flow.request(by="ada@example.com", **need).errors == ["Your open tickets: none"]
    assert "jira is down: Down." in printed()
    flow.host.knowbe4.get_training_enrollments_for_user.returns([{"status": "Past Due"}])
    assert flow.request(by="ada@example.com", **need).status == "denied"


@pytest.mark.parametrize("source", ["slack", "api"])
def test_things_compare_as_authors_expect(make: Make, source: str) -> None:
    flow = make("enums_and_text.py", targets=["prod"], fields=REASON, flow_vars={"limit": "5"})
    flow.user("ada@example.com", okta="acme.okta.com/00u1")
    context = {"build": 7} if source == "api" else None
    request = flow.request(by="ada@example.com", target="prod", duration="1h", reason="x", source=source,
                           context=context)  # fmt: skip
    assert request.errors == []
    assert request.is_granted


def test_a_flows_filter(make: Make) -> None:
    flow = make("enums_and_text.py", fields=REASON)
    flow.user("root@example.com", role="admin")
    shown = {who: flow.visible_flows("flows_filter.py", ["a", "b", "c"], to=who, flows_filter_vars={"hidden": "b,c"})
             for who in ("root@example.com", "ada@example.com")}  # fmt: skip
    assert shown == {"root@example.com": ["a", "b", "c"], "ada@example.com": ["a"]}


def test_modules_under_other_names(make: Make, printed: Printed) -> None:
    flow = make("lookup_helpers.py")
    bob, eve = flow.user("bob@example.com"), flow.user("eve@example.com")
    flow.host.github.get_repo_collaborators.returns([bob, eve, flow.user("cat@example.com")])
    flow.host.aws_sso.list_groups.returns([{"DisplayName": "x"}])
    flow.host.jira.search_issues.returns([])
    flow.host.onelogin.is_user_in_role.returns(False)
    flow.host.slack.is_user_in_group.returns(False)
    flow.host.boundary.get_group.returns({"name": "G"})
    request = flow.request(by="ada@example.com")
    assert request.errors == []
    assert "[1, 2, 3] G 0" in printed()
    assert request.permissions == {
        "webapp_view": [str(bob.user.id), str(eve.user.id)], "approve_deny": [str(bob.user.id), str(eve.user.id)],
        "allow_self_approval": True,
    }  # fmt: skip
    assert len(flow.host.aws_sso.list_groups.calls) == 1
    assert flow.host.github.get_repo_collaborators.called_with(roles=["admin", "maintain"])
    assert flow.call("get_identity", flow.event(), "okta", "acme.okta.com", bob) == "bob"
    assert flow.call("get_identity", flow.event(), "github", "acme", bob) is None
    flow.host.slack.is_user_in_group.returns(True)
    assert flow.request(by="ada@example.com").status == "approved"
    assert isinstance(flow.call("on_request"), EventRequest)
    flow.host.slack.is_user_in_group.raises(OktaError("ERROR_RESPONSE", "No."))
    with pytest.raises(CallFailed, match=r"No\."):
        flow.call("on_request")


def test_the_standard_library_is_there(make: Make) -> None:
    flow = make("standard_library.py", targets=["t"], fields=REASON)
    request = flow.request(by="ada@example.com", target="t", duration="1h", reason="x")
    assert request.errors == []
    assert request.status == "requested"
