"""What a type checker tells an author about a flow's file."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.architecture.sources import ROOT

HEAD = """
from __future__ import annotations
from typing import Any
from sym.sdk import ApprovalTemplate, Event, okta, slack
from sym.sdk.annotations import hook, prefetch, reducer
from sym.sdk.forms import FieldOption, SymPromptForm
from sym.sdk.notifications import Notification
from sym.sdk.request_permission import PermissionLevel, RequestPermission
from sym.sdk.user import user_ids
"""
GOOD = """
@reducer
def get_permissions(event: Event) -> RequestPermission:
    people = okta.users_in_group(group_id=event.flow.vars["group"])
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=user_ids(people))

@reducer
def get_request_notifications(event: Event) -> list[Notification]:
    return [Notification(destinations=[slack.channel("#ops"), event.user], timeout=60)]

@prefetch(field_name="size")
def sizes(event: Event) -> list[FieldOption]:
    return [FieldOption(value=1, label="one")]

@hook
def on_request(event: Event) -> Any:
    recent = event.user.get_event_count("approve")
    return ApprovalTemplate.approve(reason=f"{recent} before") if recent else None

def on_change_size(username: str, form: SymPromptForm) -> SymPromptForm:
    form.fields["size"].visible = True
    return form
"""
BAD = [
    ("slack.user(5)", "incompatible type"),
    ("okta.users_in_group('00g1')", "Too many positional arguments"),
    ("FieldOption(value=1)", 'Missing named argument "label"'),
    ("ApprovalTemplate.deescalate(duration='1h').steps", "has no attribute"),
    ("RequestPermission(webapp_view='admins', approve_deny=PermissionLevel.ADMIN)", "incompatible type"),
]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the type checker says: about the good file and about each bad line."""
    folder = tmp_path_factory.mktemp("types")
    (folder / "good.py").write_text(HEAD + GOOD)
    for number, (line, _) in enumerate(BAD):
        (folder / f"bad_{number}.py").write_text(f"{HEAD}\n{line}\n")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", str(ROOT / "pyproject.toml")]
    done = subprocess.run(
        [*command, *map(str, sorted(folder.glob("*.py")))],
        cwd=ROOT, capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    return {path.stem: "\n".join(line for line in lines if f"{path.name}:" in line) for path in folder.glob("*.py")}


def test_a_file_that_is_right_is_called_right(told: dict[str, str]) -> None:
    assert told["good"] == ""


@pytest.mark.parametrize("number", range(len(BAD)), ids=[line for line, _ in BAD])
def test_a_mistake_is_found_before_it_runs(told: dict[str, str], number: int) -> None:
    assert BAD[number][1] in told[f"bad_{number}"]
