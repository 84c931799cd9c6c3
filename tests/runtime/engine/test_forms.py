"""Forms: offered, opened, changed and submitted, with authors' code in the real sandbox and a real store."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from sym.engine.form import FormField, Option
from sym.engine.form_reports import FormReports
from sym.engine.forms import FlowsUnavailable, Forms, FormUnavailable
from sym.engine.host import FlowHost
from sym.engine.inputs import InvalidInputs
from sym.engine.reach import Reach
from sym.engine.sandbox.part import Part
from sym.errors import NotFound, Refused
from sym.sdk._secrets import SecretPlace
from sym.store.runs import list_runs
from tests.fakes.people import RecordingOutbound
from tests.runtime.engine.conftest import OPEN


@pytest.fixture
def people() -> RecordingOutbound:
    return RecordingOutbound()


def forms_of(engine: Any, people: RecordingOutbound) -> Forms:
    """The forms of one server."""

    def host(world: Any) -> FlowHost:
        return FlowHost(engine.store, SecretPlace(environment=engine.environment), world, engine.clock,
                        Reach(outbound=people))  # fmt: skip

    return Forms(engine.store, engine.inbound, engine.sandbox, hosts=host, reports=FormReports(people))


@pytest.fixture
def forms(engine: Any, people: RecordingOutbound) -> Iterator[Forms]:
    made = forms_of(engine, people)
    yield made
    made.close()


class At:
    """Somebody at a form."""

    def __init__(self, engine: Any, forms: Forms, who: str = "ada") -> None:
        self.engine, self.forms, self.user = engine, forms, engine.users[who]

    @property
    def now(self) -> Any:
        return self.engine.clock.now

    def open(self, flow: str = "flow", **more: Any) -> Any:
        more.setdefault("channel_identifier", "C1")
        return self.forms.open(self.user, flow, now=self.now, **more)

    def change(self, form: Any, field: str, **values: Any) -> Any:
        known = {item.name: item.value for item in form.fields}
        return self.forms.change(form.id, self.user, field, {**known, **values}, now=self.now)

    def submit(self, form: Any, **values: Any) -> Any:
        known = {item.name: item.value for item in form.fields if item.visible}
        return self.forms.submit(form.id, self.user, {**known, **values}, now=self.now)


@pytest.fixture
def ada(engine: Any, forms: Forms) -> At:
    return At(engine, forms)


def field(form: Any, name: str) -> FormField:
    (found,) = (item for item in form.fields if item.name == name)
    return found  # type: ignore[no-any-return]


def with_logger(engine: Any) -> None:
    """Give the flow's environment an error logger."""
    workspace = engine.save("integration", "slack", {"type": "slack", "name": "workspace", "external_id": "T1"})
    logger = engine.save("error_logger", "logger", {"integration_id": workspace, "destination": "#errors"})
    engine.save("environment", "environment", {"name": "local", "label": "Local", "error_logger_id": logger,
                                               "integrations": {"slack_id": workspace}})  # fmt: skip


def reports(forms: Forms, people: RecordingOutbound) -> list[dict[str, Any]]:
    """What error loggers heard."""
    forms._afterwards.shutdown(wait=True)
    forms._reports.close(timeout=30)
    assert {report.destination["channel"] for report in people.reports.values()} <= {"#errors"}
    return [dict(report.content) for report in people.reports.values()]


# Plain forms


def test_a_form_has_the_target_the_fields_and_the_duration_in_their_places(engine: Any, ada: At) -> None:
    engine.flow(fields=[
        {"name": "reason", "type": "string", "label": "Why?"},
        {"name": "count", "type": "int", "required": False, "default": "2", "allowed_values": ["1", "2"]},
        {"name": "hidden", "type": "bool", "visible": False, "required": False, "default": "true"},
    ], additional_header_text="*Read this*")  # fmt: skip
    form = ada.open()
    assert (form.flow.slug, form.flow.label, form.flow.environment) == ("flow", "flow", "local")
    assert (form.header, form.problem) == ("*Read this*", None)
    assert [item.name for item in form.fields] == ["target_id", "reason", "count", "hidden", "duration"]
    target = field(form, "target_id")
    assert (target.type, [option.label for option in target.options]) == ("target", ["readers", "admins"])
    assert target.value is None
    assert field(form, "reason") == FormField(name="reason", type="string", label="Why?")
    assert field(form, "count") == FormField(
        name="count", type="int", label="count", required=False, value=2, options=(Option(1, "1"), Option(2, "2"))
    )
    assert (field(form, "hidden").visible, field(form, "hidden").value) == (False, True)
    shown = [(option.value, option.label) for option in field(form, "duration").options]
    assert shown == [(30, "30 seconds"), (600, "10 minutes"), (3600, "1 hour")]


def test_the_only_target_is_chosen_and_a_prompt_field_places_it(engine: Any, ada: At) -> None:
    engine.strategy(targets=("readers",))
    engine.flow(fields=[
        {"name": "duration", "type": "duration", "allowed_values": ["1d"], "label": "For how long?"},
        {"name": "target_id", "type": "string", "label": "What?"},
    ])  # fmt: skip
    form = ada.open()
    assert [(item.name, item.label) for item in form.fields] == [("duration", "For how long?"), ("target_id", "What?")]
    assert field(form, "target_id").value == engine.ids["readers"]
    assert field(form, "duration").options == (Option(86_400, "1 day"),)


def test_what_is_submitted_is_a_request(engine: Any, ada: At) -> None:
    engine.flow(fields=[{"name": "reason", "type": "string"},
                        {"name": "who", "type": "slack_user", "required": False}])  # fmt: skip
    accepted = ada.submit(ada.open(), target_id=engine.ids["readers"], duration=600, reason="INC-7", who="U1")
    run = engine.run(accepted.run_id)
    assert (run.source, run.target_id, run.duration) == ("slack", engine.ids["readers"], 600)
    assert run.fields == {"reason": "INC-7", "who": {"$type": "slack_user", "user_id": "U1", "username": None}}
    event = engine.event(accepted.event_id)
    assert (event.name, event.channel_type, event.channel_identifier) == ("request", "slack", "C1")
    engine.work()
    assert engine.run(accepted.run_id).status == "requested"


def test_what_does_not_fit_is_told_by_field_and_may_be_corrected(engine: Any, ada: At) -> None:
    engine.flow(fields=[{"name": "reason", "type": "string"}, {"name": "team", "type": "string",
                                                                "allowed_values": ["web", "ops"]}])  # fmt: skip
    form = ada.open()
    with pytest.raises(InvalidInputs) as caught:
        ada.submit(form, team="sales", duration=7, nonsense=1)
    places = [place for place, _ in caught.value.problems]
    assert places == ["flow_inputs.nonsense", "flow_inputs.reason", "flow_inputs.team", "flow_inputs.target_id",
                      "flow_inputs.duration"]  # fmt: skip
    assert ada.submit(form, team="web", reason="x", duration=30, target_id=engine.ids["admins"]).run_id


def test_a_form_is_submitted_once(engine: Any, ada: At) -> None:
    engine.flow(access=False)
    form = ada.open()
    first = ada.submit(form)
    assert ada.submit(form, whatever="else") == first
    with engine.store.reading() as conn:
        assert len(list_runs(conn)) == 1


def test_two_servers_make_one_request_of_one_form(engine: Any, ada: At, people: RecordingOutbound,
                                                  monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    engine.flow(access=False)
    form, servers = ada.open(), [forms_of(engine, people) for _ in range(4)]
    together = threading.Barrier(4)
    load = Forms._load

    def load_together(self: Forms, *arguments: Any) -> Any:
        found = load(self, *arguments)
        if found.accepted is None:
            together.wait(timeout=30)
        return found

    monkeypatch.setattr(Forms, "_load", load_together)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda server: At(engine, server).submit(form), servers))
    assert len({result.run_id for result in results}) == 1
    with engine.store.reading() as conn:
        assert [run.id for run in list_runs(conn)] == [results[0].run_id]
    assert len(engine.events(results[0].run_id)) == 1
    for server in servers:
        server.close()


def test_a_form_is_its_owners_and_expires(engine: Any, ada: At, forms: Forms) -> None:
    engine.flow(access=False)
    form = ada.open()
    assert forms.get(form.id, ada.user, now=ada.now) == form
    for call in (lambda at: forms.get(form.id, at.user, now=at.now), lambda at: at.submit(form)):
        with pytest.raises(NotFound):
            call(At(engine, forms, "bob"))
    engine.clock.forward(hours=12)
    with pytest.raises(NotFound):
        ada.submit(form)


def test_a_form_of_a_flow_that_was_changed_since_is_out_of_date(engine: Any, ada: At) -> None:
    engine.flow(access=False)
    form = ada.open()
    engine.flow(OPEN + "# changed", access=False)
    with pytest.raises(NotFound, match="has changed since") as caught:
        ada.submit(form)
    assert caught.value.code == "FormAPI:OUT_OF_DATE"


def test_who_may_not_ask_gets_no_form_and_an_audit_entry(engine: Any, forms: Forms, ada: At) -> None:
    engine.flow(access=False, allowed_sources=["api"])
    with pytest.raises(Refused):
        ada.open()
    assert ada.open(source="api").fields == ()
    with pytest.raises(Refused):
        At(engine, forms, "guest").open(source="api")
    for unknown in ({"flow": "nope"}, {"environment": "elsewhere", "source": "api"}):
        with pytest.raises(NotFound):
            ada.open(**unknown)
    assert engine.trail() == ["action.refused"] * 4


# on_prompt, after_prompt


def test_the_flow_may_answer_that_there_is_no_form(engine: Any, ada: At, forms: Forms,
                                                   people: RecordingOutbound) -> None:  # fmt: skip
    engine.flow(
        """
@hook
def on_prompt(event):
    who = event.get_actor("request")
    return ApprovalTemplate.ignore(message=f"Not now, {event.user.email}, not from {event.channel.identifier} {who}")
""",
        access=False,
    )
    with_logger(engine)
    with pytest.raises(FormUnavailable) as caught:
        ada.open()
    assert caught.value.message == "Not now, ada@acme.example, not from C1 None"
    assert caught.value.code == "FormAPI:IGNORED"
    assert reports(forms, people) == []


@pytest.mark.parametrize(("body", "said"), [
    ("1/0", "ZeroDivisionError"),
    ("return ApprovalTemplate.approve()", "it may ignore, or return nothing"),
    ("return 7", "return nothing or what an ApprovalTemplate method gives"),
    ("while True: pass", "ran longer than 2.5 s"),
])  # fmt: skip
def test_a_hook_that_fails_shows_no_form(engine: Any, ada: At, forms: Forms, people: RecordingOutbound,
                                         body: str, said: str) -> None:  # fmt: skip
    engine.flow(f"\n@hook\ndef on_prompt(event):\n    {body}\n", access=False)
    with_logger(engine)
    with pytest.raises(FormUnavailable, match="the flow's own code failed"):
        ada.open()
    (report,) = reports(forms, people)
    assert said in report["text"]
    assert "on_prompt" in report["text"]
    assert (report["what"], report["event"], report["user"]["username"]) == (
        "event.failed",
        "prompt",
        ada.user.username,
    )
    assert (report["run"]["id"], report["run"]["flow"]["name"]) == (None, "flow")


def test_what_runs_after_the_form_is_shown_keeps_nobody_waiting_and_is_reported(
    engine: Any, ada: At, forms: Forms, people: RecordingOutbound
) -> None:
    engine.flow("\n@hook\ndef after_prompt(event):\n    raise ValueError('too late')\n", access=False)
    with_logger(engine)
    assert ada.open().fields == ()
    (report,) = reports(forms, people)
    assert "after_prompt: ValueError: too late" in report["text"]


# Prefetch

PREFETCH = """
import time

@prefetch(field_name="repo")
def repos(event):
    time.sleep({pause})
    return [FieldOption(value=f"r{{number}}", label=f"Repository {{number}}") for number in range({count})]

@prefetch(field_name="numbers")
def numbers(event):
    time.sleep({pause})
    return [FieldOption(value=number, label=f"No. {{number}}") for number in range(3)]
"""
PREFETCHED = [{"name": "repo", "type": "string", "prefetch": True},
              {"name": "numbers", "type": "int_list", "prefetch": True, "required": False}]  # fmt: skip


def test_prefetched_options_are_there_searched_and_held(engine: Any, ada: At, forms: Forms) -> None:
    engine.flow(PREFETCH.format(pause=1.4, count=1000), fields=PREFETCHED, access=False)
    form = ada.open()  # both in one budget: they run at the same time
    assert field(form, "repo").is_prefetched
    assert len(field(form, "repo").options) == 1000
    assert field(form, "numbers").options[2] == Option(2, "No. 2")
    found = forms.options(form.id, ada.user, "repo", "ePOSitory 99", now=ada.now)
    assert [option.value for option in found][:2] == ["r99", "r990"]
    assert len(found) == 11
    assert len(forms.options(form.id, ada.user, "repo", "", now=ada.now)) == 100
    with pytest.raises(NotFound):
        forms.options(form.id, ada.user, "nope", "", now=ada.now)
    with pytest.raises(InvalidInputs) as caught:
        ada.submit(form, repo="r1000", numbers=[1, 7])
    assert [place for place, _ in caught.value.problems] == ["flow_inputs.repo", "flow_inputs.numbers"]
    assert "1000 in all" in str(caught.value)
    accepted = ada.submit(form, repo="r999", numbers=[1, 2])
    assert engine.run(accepted.run_id).fields == {"repo": "r999", "numbers": [1, 2]}


@pytest.mark.parametrize(("code", "said"), [
    (PREFETCH.format(pause=0, count=1001), "there are 1001 options; at most 1000"),
    (PREFETCH.format(pause=3, count=1), "ran longer than 2.5 s"),
    ("@prefetch(field_name='repo')\ndef repos(event): return 'web'\n@prefetch(field_name='numbers')\n"
     "def numbers(event): return []\n", "it must be a list of FieldOption"),
    ("@prefetch(field_name='repo')\ndef repos(event): return [FieldOption(value='x', label='y' * 56)]\n", "55 char"),
    ("@prefetch(field_name='numbers')\ndef numbers(event): return []\n", "prefetch function of repo: there is no"),
    ("@prefetch(field_name='repo')\ndef repos(event): return []\n@prefetch(field_name='numbers')\n"
     "def numbers(event): return [FieldOption(value='x', label='y')]\n", "option 1 must be a whole number"),
    ("@prefetch(field_name='repo')\ndef repos(event): raise RuntimeError('no service')\n", "RuntimeError: no service"),
])  # fmt: skip
def test_options_that_cannot_be_had_show_no_form(engine: Any, ada: At, forms: Forms, people: RecordingOutbound,
                                                 code: str, said: str) -> None:  # fmt: skip
    engine.flow(code, fields=PREFETCHED, access=False)
    with_logger(engine)
    with pytest.raises(FormUnavailable) as caught:
        ada.open()
    assert said not in caught.value.message
    (report,) = reports(forms, people)
    assert said in report["text"]


def test_without_an_error_logger_the_log_has_it(engine: Any, ada: At, caplog: pytest.LogCaptureFixture) -> None:
    engine.flow("\n@hook\ndef on_prompt(event): 1/0\n", access=False)
    with pytest.raises(FormUnavailable):
        ada.open()
    assert "on_prompt: ZeroDivisionError" in caplog.text


# on_change

URGENT = '''
def on_change_urgent(username, form):
    """The ticket is asked for when it is urgent."""
    ticket = form.fields["ticket"]
    ticket.visible = ticket.required = form.fields["urgent"].value is True
    ticket.label = f"Ticket of {username} in {form.flow_vars['team']}"
    form.fields["reason"].value = "urgent" if form.fields["urgent"].value else form.fields["reason"].value
    form.additional_header_text = "Hurry"
    return form
'''
FIELDS = [{"name": "urgent", "type": "bool", "required": False, "on_change": URGENT},
          {"name": "reason", "type": "string"},
          {"name": "ticket", "type": "string", "visible": False, "required": False, "default": "none"}]  # fmt: skip


def test_a_form_changes_with_its_values(engine: Any, ada: At, forms: Forms) -> None:
    engine.flow(fields=FIELDS, access=False)
    form = ada.open()
    assert field(form, "urgent").has_on_change
    changed = ada.change(form, "urgent", urgent=True, reason="because")
    ticket = field(changed, "ticket")
    assert (ticket.visible, ticket.required) == (True, True)
    assert ticket.label == "Ticket of ada@acme.example in infra"
    assert (field(changed, "reason").value, changed.header, changed.problem) == ("urgent", "Hurry", None)
    assert forms.get(form.id, ada.user, now=ada.now) == changed
    back = ada.change(changed, "urgent", urgent=False, reason="why not")
    assert (field(back, "ticket").visible, field(back, "reason").value) == (False, "why not")


def test_what_became_required_is_asked_for_and_what_is_hidden_keeps_its_value(engine: Any, ada: At) -> None:
    engine.flow(fields=FIELDS, access=False)
    form = ada.change(ada.open(), "urgent", urgent=True)
    engine.clock.forward(minutes=5)
    accepted = ada.submit(ada.open(), reason="x", ticket="forged")
    assert engine.run(accepted.run_id).fields == {"reason": "x", "ticket": "none"}
    accepted = ada.submit(form, ticket="T-1")
    assert engine.run(accepted.run_id).fields == {"urgent": True, "reason": "urgent", "ticket": "T-1"}


def test_a_field_that_became_required_and_is_empty_is_named(engine: Any, ada: At) -> None:
    fields = [{**item, "default": None} if item["name"] == "ticket" else item for item in FIELDS]
    engine.flow(fields=fields, access=False)
    form = ada.change(ada.open(), "urgent", urgent=True)
    with pytest.raises(InvalidInputs) as caught:
        ada.submit(form)
    assert caught.value.problems == [("flow_inputs.ticket", "a value is required")]


NARROW = '''
from sym.sdk import FieldOption

def on_change_{name}(username, form):
    """Admins' targets only for the team ops; nothing at all for others."""
    target, team = form.fields["target_id"], form.fields["team"].value
    kept = [option for option in target.original_allowed_values if team == "ops" and option.label == "admins"]
    target.current_allowed_values = kept
    if kept:
        target.value = kept[0].value
    form.fields["size"].current_allowed_values = [FieldOption(value=3, label="three")]
    form.fields["duration"].current_allowed_values = [FieldOption(value=7200, label="two hours")]
    if form.fields["who"].value is not None:
        form.fields["note"].value = form.fields["who"].value.user_id
'''


def test_options_change_and_are_held(engine: Any, ada: At) -> None:
    engine.flow(fields=[
        {"name": "team", "type": "string", "on_change": NARROW.format(name="team")},
        {"name": "size", "type": "int", "allowed_values": ["1", "2"], "required": False, "default": "2"},
        {"name": "who", "type": "slack_user", "required": False},
        {"name": "note", "type": "string", "required": False},
    ])  # fmt: skip
    form = ada.open()
    assert field(form, "size").value == 2
    ops = ada.change(form, "team", team="ops", who="U7", duration=600)
    assert [option.label for option in field(ops, "target_id").options] == ["admins"]
    assert field(ops, "target_id").value == engine.ids["admins"]
    assert (field(ops, "size").options, field(ops, "size").value) == ((Option(3, "three"),), None)
    assert (field(ops, "duration").options, field(ops, "duration").value) == ((Option(7200, "two hours"),), None)
    assert (field(ops, "who").value, field(ops, "note").value) == ("U7", "U7")
    with pytest.raises(InvalidInputs) as caught:
        ada.submit(ops, target_id=engine.ids["readers"], size=2, duration=600)
    assert [place for place, _ in caught.value.problems] == [
        "flow_inputs.size", "flow_inputs.target_id", "flow_inputs.duration"
    ]  # fmt: skip
    none = ada.change(ops, "team", team="web")
    target = field(none, "target_id")
    assert (target.options, target.value, target.is_prefetched) == ((), None, True)
    with pytest.raises(InvalidInputs):
        ada.submit(none, target_id=engine.ids["admins"], size=3, duration=7200)
    accepted = ada.submit(ada.change(none, "team", team="ops"), size=3, duration=7200)
    run = engine.run(accepted.run_id)
    assert (run.fields["size"], run.duration, run.target_id) == (3, 7200, engine.ids["admins"])


def test_the_built_in_target_may_have_an_on_change(engine: Any, ada: At) -> None:
    code = "def on_change_target_id(username, form):\n    form.fields['note'].value = form.fields['target_id'].value\n"
    engine.flow(fields=[{"name": "target_id", "type": "string", "on_change": code},
                        {"name": "note", "type": "string"}])  # fmt: skip
    form = ada.change(ada.open(), "target_id", target_id=engine.ids["readers"])
    assert field(form, "note").value == engine.ids["readers"]


@pytest.mark.parametrize(("body", "said"), [
    ("1/0", "ZeroDivisionError"),
    ("return 7", "must return the form"),
    ("while True: pass", "ran longer than 2.5 s"),
    ("from sym.sdk.forms import PromptField\n    form.fields['x'] = PromptField(name='x', type='string')",
     "added the field x"),
    ("form.fields['reason'].current_allowed_values = [1]", "FieldOption"),
])  # fmt: skip
def test_a_form_stays_as_it_was_when_its_code_fails(engine: Any, ada: At, forms: Forms, people: RecordingOutbound,
                                                    body: str, said: str) -> None:  # fmt: skip
    code = f"def on_change_urgent(username, form):\n    form.fields['ticket'].visible = True\n    {body}\n"
    engine.flow(fields=[{**FIELDS[0], "on_change": code}, *FIELDS[1:]], access=False)
    with_logger(engine)
    form = ada.change(ada.open(), "urgent", urgent=True, reason="kept")
    assert form.problem is not None
    assert "could not be changed" in form.problem
    assert (field(form, "ticket").visible, field(form, "reason").value) == (False, "kept")
    assert field(form, "urgent").value is True
    (report,) = reports(forms, people)
    assert said in report["text"]
    assert "on_change" in report["text"]


def test_changes_that_meet_come_on_top_of_each_other(engine: Any, ada: At, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "def on_change_{0}(username, form):\n    form.fields['note_{0}'].value = form.fields['{0}'].value\n"
    fields = [{"name": name, "type": "string", "on_change": code.format(name)} for name in ("a", "b")]
    notes = [{"name": f"note_{name}", "type": "string"} for name in ("a", "b")]
    engine.flow(fields=[*fields, *notes], access=False)
    form, together, after = ada.open(), threading.Barrier(2), Forms._after_change
    calls: list[str] = []

    def meet(self: Forms, kept: Any, user: Any, name: str, now: Any) -> Any:
        found = after(self, kept, user, name, now)
        calls.append(name)
        if len(calls) <= 2:
            together.wait(timeout=30)
        return found

    monkeypatch.setattr(Forms, "_after_change", meet)
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(ada.change, form, "a", a="1")
        two = pool.submit(ada.change, form, "b", a="1", b="2")
        one.result(), two.result()
    assert len(calls) == 3
    final = ada.forms.get(form.id, ada.user, now=ada.now)
    assert [field(final, name).value for name in ("a", "b", "note_a", "note_b")] == ["1", "2", "1", "2"]


# Flows on offer

FILTER = '''
from sym.sdk import reducer

@reducer
def get_flows(user, flows, flows_filter_vars):
    """Only flows whose name, variables and environment say so."""
    return [flow for flow in flows
            if flow.name in flows_filter_vars["shown"] and flow.vars.get("team") == "infra"
            and user.email == "ada@acme.example" and flow.environment is not None]
'''


def declare_flows(engine: Any) -> None:
    engine.flow(access=False)
    for name, sources in (("alpha", None), ("beta", ["api"]), ("gamma", [])):
        document = {"name": name, "label": name.upper(), "environment_id": engine.ids["environment"],
                    "implementation": OPEN, "vars": {"team": "infra"},
                    "params": [{"allowed_sources": sources, "prompt_field": []}]}  # fmt: skip
        engine.save("flow", name, document)


def test_flows_are_offered_where_they_take_requests_from(engine: Any, ada: At, forms: Forms) -> None:
    declare_flows(engine)
    found = forms.offered(ada.user, now=ada.now)
    assert [(flow.slug, flow.label, flow.environment, flow.environment_label) for flow in found] == [
        ("alpha", "ALPHA", "local", "local"), ("flow", "flow", "local", "local"),
    ]  # fmt: skip
    assert [flow.slug for flow in forms.offered(ada.user, source="api", now=ada.now)] == ["alpha", "beta", "flow"]
    assert forms.offered(engine.users["guest"], now=ada.now) == []


def test_the_flows_filter_keeps_what_it_returns(engine: Any, ada: At, forms: Forms) -> None:
    declare_flows(engine)
    engine.save("flows_filter", "filter", {"implementation": FILTER, "vars": {"shown": "alpha beta"}})
    assert [flow.slug for flow in forms.offered(ada.user, now=ada.now)] == ["alpha"]
    assert forms.offered(engine.users["bob"], now=ada.now) == []


@pytest.mark.parametrize(("body", "said"), [
    ("raise RuntimeError('down')", "RuntimeError: down"), ("return None", "must return a list of the flows"),
    ("return ['alpha']", "must return a list of the flows"),
])  # fmt: skip
def test_a_filter_that_fails_shows_nothing(engine: Any, ada: At, forms: Forms, people: RecordingOutbound,
                                           body: str, said: str) -> None:  # fmt: skip
    declare_flows(engine)
    with_logger(engine)
    code = f"from sym.sdk import reducer\n@reducer\ndef get_flows(user, flows, flows_filter_vars):\n    {body}\n"
    engine.save("flows_filter", "filter", {"implementation": code})
    with pytest.raises(FlowsUnavailable):
        forms.offered(ada.user, now=ada.now)
    (report,) = reports(forms, people)
    assert said in report["text"]
    assert report["user"]["email"] == "ada@acme.example"


def test_expired_forms_are_forgotten(engine: Any, ada: At, forms: Forms) -> None:
    engine.flow(access=False)
    old = ada.open()
    engine.clock.forward(hours=11)
    young = ada.open()
    engine.clock.forward(hours=2)
    engine.sweeper.purge()
    assert forms.get(young.id, ada.user, now=ada.now).id == young.id
    with pytest.raises(NotFound):
        forms.get(old.id, ada.user, now=ada.now - timedelta(hours=13))


def test_a_field_without_code_only_keeps_what_was_filled_in(engine: Any, ada: At, forms: Forms) -> None:
    engine.flow(fields=FIELDS, access=False)
    form = ada.open()
    changed = ada.change(form, "reason", reason="kept", ticket="forged", nonsense=1)
    assert (field(changed, "reason").value, field(changed, "ticket").value, changed.problem) == ("kept", "none", None)
    assert forms.get(form.id, ada.user, now=ada.now) == changed
    with pytest.raises(NotFound, match="no field nonsense"):
        ada.change(form, "nonsense", nonsense=1)


def test_a_form_that_was_submitted_does_not_change(engine: Any, ada: At) -> None:
    engine.flow(fields=FIELDS, access=False)
    form = ada.open()
    ada.submit(form, reason="x")
    assert ada.change(form, "urgent", urgent=True) == form


def test_code_of_a_form_has_the_modules_the_secrets_and_the_counts_of_its_flow(engine: Any, ada: At) -> None:
    engine.flow("""
from sym.sdk.integrations import store, sym

@hook
def on_prompt(event):
    store.put("opened.by", event.user.email)

@prefetch(field_name="who")
def who(event):
    count = event.user.get_event_count("request")
    return [FieldOption(value=store.fetch("opened.by"), label=f"{count} so far"),
            FieldOption(value=sym.get_or_create_user_by_email("bob@acme.example").username, label="Bob")]
""", fields=[{"name": "who", "type": "string", "prefetch": True}], access=False)  # fmt: skip
    assert field(ada.open(), "who").options == (
        Option("ada@acme.example", "0 so far"), Option("bob@acme.example", "Bob"),
    )  # fmt: skip


def test_a_sandbox_without_a_place_is_not_blamed_on_the_flow(engine: Any, ada: At, forms: Forms,
                                                             people: RecordingOutbound) -> None:  # fmt: skip
    engine.flow("\n@hook\ndef on_prompt(event): pass\n", fields=FIELDS, access=False)
    with_logger(engine)
    form = ada.open()
    forms._sandbox = Part(engine.sandbox, 0)
    with pytest.raises(FormUnavailable) as caught:
        ada.open()
    assert caught.value.code == "FormAPI:BUSY"
    changed = ada.change(form, "urgent", urgent=True)
    assert changed.problem is not None
    assert "Change this field again" in changed.problem
    engine.save("flows_filter", "filter", {"implementation": FILTER, "vars": {"shown": "flow"}})
    forms._offers._sandbox = forms._sandbox
    with pytest.raises(FlowsUnavailable):
        forms.offered(ada.user, now=ada.now)
    assert reports(forms, people) == []
