"""Each kind of call, from views to results, in a real child process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sym.engine.sandbox.sandbox import Answer, Call, Sandbox
from sym.errors import AuthorCodeFailed

Run = Callable[..., Answer]

STRATEGY = """
from sym.sdk.strategies import AccessStrategy

class Shared(AccessStrategy):
    def fetch_remote_identity(self, user):
        return f"remote-{user.first_name}"

class Mine(Shared):
    def escalate(self, target_id, event):
        token = self.integration.settings["api_token_secret"].retrieve_value()
        return {"target": target_id, "who": self.get_requester_identity(event), "token": len(token)}

    def deescalate(self, target_id, event):
        raise RuntimeError("the vendor is down")
"""


@pytest.fixture
def strategy(sandbox: Sandbox, host: Any, integration: Any, event: Any) -> Callable[..., Any]:
    def call(method: str, text: str = STRATEGY) -> Any:
        arguments = [{"integration": integration, "target_id": "p1", "event": event}]
        made = Call(source="strategy.py", text=text, kind="strategy", function=method, arguments=arguments)
        return sandbox.call(made, host).value

    return call


def test_a_strategy_is_found_by_its_class_and_works_with_its_integration(strategy: Any, host: Any) -> None:
    host.secrets["secret-1"] = "12345"
    assert strategy("escalate") == {"target": "p1", "who": "remote-Ann", "token": 5}
    assert ("persist_identity", ("ann@acme.example", "custom", "ci-1", "remote-Ann")) in host.asked


def test_the_identity_alone_can_be_asked_for(strategy: Any) -> None:
    assert strategy("get_requester_identity") == "remote-Ann"


def test_an_identity_that_is_known_is_not_looked_up(strategy: Any, event: Any, host: Any) -> None:
    known = {"service": "custom", "service_id": "ci-1", "user_id": "known"}
    event["run"]["actors"]["request"]["identities"].append(known)
    assert strategy("get_requester_identity") == "known"
    assert host.asked == []


def test_a_failing_strategy_is_told_with_its_line(strategy: Any) -> None:
    with pytest.raises(AuthorCodeFailed, match="the vendor is down") as caught:
        strategy("deescalate")
    assert (caught.value.source, caught.value.line, caught.value.handler) == ("strategy.py", 14, "deescalate")


def test_an_optional_method_that_is_not_there_is_absent(strategy: Any) -> None:
    assert strategy("is_escalated") == {"$type": "absent"}
    with_it = STRATEGY + "\n    def is_escalated(self, target_id, event):\n        return True\n"
    assert strategy("is_escalated", with_it) is True


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = 1", "there are 0 (none)"),
        (STRATEGY + "\nclass Other(Shared): pass\n", "there are 2 (Mine, Other)"),
        ("from sym.sdk.strategies import AccessStrategy\nclass Mine(AccessStrategy): pass\n", "abstract"),
    ],
)
def test_a_file_without_exactly_one_usable_strategy_is_refused(strategy: Any, text: str, told: str) -> None:
    with pytest.raises(AuthorCodeFailed) as caught:
        strategy("escalate", text)
    assert told in caught.value.message


def test_a_hook_sees_the_event_and_answers_with_another_one(run: Run, event: Any) -> None:
    body = """
        from sym.sdk.templates import ApprovalTemplate
        print(e, e.user, e.payload.fields["target"].label)
        return ApprovalTemplate.approve(reason=f"{e.user.email} {e.flow.vars['team']}", duration=60)
    """
    answer = run(body, event)
    assert answer.value == {
        "$type": "event_request", "step": "approve", "target_srn": None, "duration": 60, "message": None,
        "extra": {"reason": "ann@acme.example infra"},
    }  # fmt: skip
    assert "SDK" not in answer.log
    assert "Prod" in answer.log


def test_a_user_asks_the_host_for_counts(run: Run, event: Any, host: Any) -> None:
    assert run("return e.user.get_event_count('request')", event).value == 7
    assert host.asked[0][1]["event_name"] == "request"


def test_names_that_published_examples_never_import_are_there(run: Run, event: Any, host: Any) -> None:
    body = """
        persist_user_identity(email="a@acme.example", service="s", service_id="i", user_id="u")
        return [str(one) for one in user_ids([e.user])]
    """
    assert run(body, event).value == [event["payload"]["user"]["id"]]
    assert host.asked == [("persist_identity", ("a@acme.example", "s", "i", "u"))]


def test_a_module_level_dataclass_works(run: Run) -> None:
    before = "from dataclasses import dataclass\n@dataclass\nclass Point:\n    x: int\n    y: 'int' = 2\n"
    assert run("return Point(1).y", before=before).value == 2


@pytest.mark.parametrize(
    ("parameters", "count", "seen"),
    [("a, b", "len(locals())", 2), ("a", "len(locals())", 1), ("*args", "len(args)", 2)],
)
def test_a_forward_hook_gets_as_many_arguments_as_it_takes(
    sandbox: Sandbox, host: Any, event: Any, parameters: str, count: str, seen: int
) -> None:
    context = {"$type": "request_forward_context", "current_destination_index": 0, "next_destination_index": None,
               "all_request_destinations": [{"$type": "request_destination", "channel_name": "#ops"}]}  # fmt: skip
    text = f"from sym.sdk import hook\n@hook\ndef on_request_forward({parameters}):\n    return {count}\n"
    call = Call(source="impl.py", text=text, kind="hook", function="on_request_forward", arguments=[event, context])
    assert sandbox.call(call, host).value == seen


def test_a_prefetch_function_returns_options(sandbox: Sandbox, host: Any, event: Any) -> None:
    text = (
        "from sym.sdk import FieldOption, prefetch\n@prefetch(field_name='repo')\n"
        "def get_repos(event):\n    return [FieldOption(value=1, label='one')]\n"
    )
    call = Call(source="impl.py", text=text, kind="prefetch", function="get_repos", arguments=[event], deadline=20)
    assert sandbox.call(call, host).value == [{"$type": "field_option", "value": 1, "label": "one"}]


@pytest.mark.parametrize("returned", ["form", "None"])
def test_on_change_returns_the_form_as_it_is_now(sandbox: Sandbox, host: Any, returned: str) -> None:
    form = {
        "fields": {"repo": {"name": "repo", "type": "string", "value": "a"}, "team": {"name": "team", "type": "int"}},
        "flow_vars": {"x": "y"}, "additional_header_text": None,
    }  # fmt: skip
    text = (
        "def on_change_repo(username, form):\n    form.fields['team'].visible = False\n"
        f"    form.fields['repo'].value = username\n    return {returned}\n"
    )
    call = Call(source="on_change.py", text=text, kind="on_change", function="on_change_repo", deadline=20,
                arguments=["ann@acme.example", form])  # fmt: skip
    changed = sandbox.call(call, host).value
    assert changed["$type"] == "form"
    assert list(changed["fields"]) == ["repo", "team"]
    assert changed["fields"]["repo"]["value"] == "ann@acme.example"
    assert changed["fields"]["team"]["visible"] is False
    assert changed["fields"]["team"]["type"] == "int"


def test_on_change_without_its_function_is_refused(sandbox: Sandbox, host: Any) -> None:
    call = Call(source="on_change.py", text="x = 1", kind="on_change", function="on_change_repo", deadline=20,
                arguments=["a", {"fields": {}}])  # fmt: skip
    with pytest.raises(AuthorCodeFailed, match="no function named on_change_repo"):
        sandbox.call(call, host)


def test_the_flows_filter_picks_flows(sandbox: Sandbox, host: Any, user: Any) -> None:
    flows = [{"$type": "flow", "srn": f"acme:flow:{name}:1.0.0"} for name in ("a", "b")]
    text = (
        "from sym.sdk import reducer\n@reducer\ndef get_flows(user, flows, flows_filter_vars):\n"
        "    return [flow for flow in flows if flow.name in flows_filter_vars['shown']]\n"
    )
    call = Call(source="get_flows.py", text=text, kind="reducer", function="get_flows",
                arguments=[user, flows, {"shown": "b,c"}])  # fmt: skip
    assert sandbox.call(call, host).value == [{"$type": "flow", "srn": "acme:flow:b:1.0.0", "name": "b"}]


def test_a_result_that_json_cannot_hold_is_refused_by_its_place(run: Run) -> None:
    with pytest.raises(AuthorCodeFailed) as caught:
        run("return {'a': [1, object()]}")
    assert caught.value.message == "the result['a'][1] is of type object, which cannot be handed on."


def test_a_file_may_begin_with_a_byte_order_mark(sandbox: Sandbox, host: Any, event: Any) -> None:
    text = "\ufefffrom sym.sdk import hook\n@hook\ndef on_request(event):\n    return __doc__\n"
    call = Call(source="impl.py", text=text, kind="hook", function="on_request", arguments=[event])
    assert sandbox.call(call, host).value is None


@pytest.mark.parametrize(("future", "seen"), [("", "int"), ("from __future__ import annotations\n", "'int'")])
def test_annotations_are_what_the_file_says_they_are(
    sandbox: Sandbox, host: Any, event: Any, future: str, seen: str
) -> None:
    text = f"{future}from sym.sdk import hook\ndef f(x: int): ...\n@hook\ndef on_request(event):\n" \
           f"    assert f.__annotations__ == {{'x': {seen}}}, f.__annotations__\n"  # fmt: skip
    call = Call(source="impl.py", text=text, kind="hook", function="on_request", arguments=[event])
    assert sandbox.call(call, host).value is None


@pytest.mark.parametrize(
    ("returned", "seen"), [("{1, 2}", "(set, which nobody looks at)"), ("[1]", [1]), ("None", None)]
)
def test_what_a_hook_returns_afterwards_may_be_anything(
    sandbox: Sandbox, host: Any, event: Any, returned: str, seen: Any
) -> None:
    text = f"from sym.sdk import hook\n@hook\ndef after_request(event):\n    return {returned}\n"
    call = Call(source="impl.py", text=text, kind="hook", function="after_request", arguments=[event])
    assert sandbox.call(call, host).value == seen
