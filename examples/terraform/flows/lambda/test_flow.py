"""The rules of impl.py, and what the function does."""

import importlib.util
from pathlib import Path

import pytest

spec = importlib.util.spec_from_file_location("handler", Path(__file__).parent / "lambda_src" / "handler.py")
handler = importlib.util.module_from_spec(spec)
spec.loader.exec_module(handler)

pytestmark = pytest.mark.flow(
    "impl.py",
    targets=["shop-administration"],
    fields={"reason": "string", "duration": {"type": "duration", "allowed_values": ["30m", "2h"]}},
    flow_vars={"channel": "#shop"},
)
NEED = {"target": "shop-administration", "duration": "30m", "reason": "SHOP-1: a wrong price"}


class Table:
    """DynamoDB's table."""

    def __init__(self):
        self.items = {}

    def put_item(self, Item):  # noqa: N803 - boto3's name
        self.items[Item["email"]] = Item

    def delete_item(self, Key):  # noqa: N803 - boto3's name
        self.items.pop(Key["email"], None)


@pytest.fixture
def table(monkeypatch):
    """The table the function writes to."""
    made = Table()
    monkeypatch.setattr(handler, "table", lambda: made)
    return made


def call(kind):
    """What the function answers."""
    run = {"srn": "acme:run:shop-administration:1", "actors": {"request": {"username": "ada@example.com"}}}
    return handler.handle({"event": {"type": kind}, "run": run}, None)


def test_an_approved_request_is_granted_and_ends(flow, capsys):
    flow.access.returns("escalate", {"entry": "ada@example.com"})
    request = flow.request(by="ada@example.com", **NEED)
    assert [card.destination for card in request.notifications] == ["#shop"]
    request.approve(by="bob@example.com")
    assert request.is_granted
    assert "in the table as ada@example.com" in capsys.readouterr().out
    flow.travel(minutes=30)
    assert request.status == "deescalated"


def test_nobody_approves_their_own(flow):
    request = flow.request(by="ada@example.com", **NEED)
    with flow.refused("SELF_APPROVAL"):
        request.approve(by="ada@example.com")


def test_without_a_ticket_nobody_is_asked(flow):
    assert flow.request(by="ada@example.com", **{**NEED, "reason": "please"}).status == "denied"


def test_what_the_function_refuses_is_told(flow):
    flow.access.fail("escalate", "The Lambda function answered errors.")
    request = flow.request(by="ada@example.com", **NEED)
    request.approve(by="bob@example.com")
    assert request.status == "errored"
    assert "answered errors" in request.reports[0].text


def test_the_function_grants_twice_as_well_as_once(table):
    assert call("escalate") == call("escalate") == {"body": {"entry": "ada@example.com"}, "errors": []}
    assert list(table.items) == ["ada@example.com"]


def test_the_function_takes_away_what_is_there_and_what_is_not(table):
    call("escalate")
    assert call("deescalate")["errors"] == call("deescalate")["errors"] == []
    assert table.items == {}


def test_the_function_refuses_what_it_does_not_know(table):
    assert call("approve")["errors"] == ["unknown event approve"]
