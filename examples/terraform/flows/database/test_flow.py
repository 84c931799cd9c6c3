"""The form as it is filled in, and what comes of it."""

import pytest

ON_CHANGE = {"on_change": "on_change.py"}

pytestmark = pytest.mark.flow(
    "impl.py",
    targets=["customers"],
    fields={
        "repository": {"type": "string", "prefetch": True},
        "write": {"type": "bool", "required": False, **ON_CHANGE},
        "tables": {
            "type": "str_list", "visible": False, "required": False,
            "allowed_values": ["customers", "invoices", "orders"],
        },
        "rows": {"type": "int_list", "visible": False, "required": False},
        "tickets": {"type": "int", "required": False},
        "reviewer": "slack_user",
        "witnesses": {"type": "slack_user_list", "required": False},
        "duration": {"type": "duration", "allowed_values": ["30m", "1h"]},
    },
    flow_vars={"repositories": "shop,billing,attic"},
)  # fmt: skip
NEED = {"target": "customers", "duration": "30m", "repository": "shop", "reviewer": "U1"}


def test_the_options_are_the_repositories_with_an_owner(flow):
    flow.host.github.get_repo_collaborators.returns([flow.user("ada@example.com")])
    flow.host.github.get_repo_collaborators.when(repo_name="attic").returns([])
    assert [(option.value, option.label) for option in flow.prefetch("repository")] == [
        ("shop", "acme/shop"),
        ("billing", "acme/billing"),
    ]


def test_who_writes_says_where(flow):
    form = flow.on_change("write", write=True)
    assert form.fields["tables"].visible
    assert form.fields["tables"].required
    assert form.fields["rows"].visible
    assert form.additional_header_text == "An admin decides about writing."
    again = flow.on_change("write", flow.form(write=False, tables=["orders"]))
    assert not again.fields["tables"].visible
    assert again.fields["tables"].value == ["orders"]
    assert again.additional_header_text is None


def test_contractors_write_to_invoices_alone(flow):
    eve = flow.user("eve@contractors.example.com")
    form = flow.on_change("write", write=True, by=eve)
    assert [option.value for option in form.fields["tables"].current_allowed_values] == ["invoices"]
    assert len(form.fields["tables"].original_allowed_values) == 3


def test_reading_is_approved_by_any_member(flow):
    request = flow.request(by="ada@example.com", **NEED, witnesses=["U2", "U3"])
    assert [card.destination for card in request.notifications] == ["U1"]
    request.approve(by="bob@example.com")
    assert request.is_granted
    assert request.lease.ends_at.strftime("%H:%M") == "09:30"


def test_writing_is_approved_by_an_admin(flow):
    wanted = {"write": True, "tables": ["orders"], "rows": [1, 2], "tickets": 7}
    request = flow.request(by="ada@example.com", **NEED, **wanted)
    with flow.refused("NOT_ALLOWED"):
        request.approve(by="bob@example.com")
    request.approve(by=flow.user("root@example.com", role="admin"))
    assert request.is_granted
    assert request.fields["tables"] == ["orders"]


def test_only_what_the_form_offers_can_be_asked_for(flow):
    with flow.refused("INVALID_INPUTS"):
        flow.request(by="ada@example.com", **NEED, write=True, tables=["salaries"])


def test_opening_the_form(flow, capsys):
    event = flow.event("prompt", by="ada@example.com")
    assert flow.call("on_prompt", event) is None
    assert flow.call("after_prompt", event) is None
    assert capsys.readouterr().out == "the form is opened by ada@example.com\n"


def test_contractors_see_what_is_meant_for_them(flow):
    given = {"flows": ["database", "on-call"], "flows_filter_vars": {"contractors": "database"}}
    assert flow.visible_flows("get_flows.py", to="eve@contractors.example.com", **given) == ["database"]
    assert flow.visible_flows("get_flows.py", to="ada@example.com", **given) == ["database", "on-call"]
