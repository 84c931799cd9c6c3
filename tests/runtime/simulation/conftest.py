"""A flow's folder, as somebody would simulate it."""

from __future__ import annotations

from pathlib import Path

import pytest

CODE = """
from sym.sdk.annotations import hook, reducer
from sym.sdk.errors import SymSDKError
from sym.sdk.exceptions import SymException
from sym.sdk.integrations import okta, slack
from sym.sdk.notifications import Notification
from sym.sdk.request_permission import PermissionLevel, RequestPermission
from sym.sdk.templates import ApprovalTemplate

@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER)

@reducer
def get_request_notifications(event):
    return [Notification(destinations=[slack.channel(event.flow.vars["channel"])])]

@hook
def on_request(event):
    print("asked for", event.payload.fields["reason"])
    try:
        if okta.is_user_in_group(event.user, group_id="00g1"):
            return ApprovalTemplate.approve()
    except SymException as error:
        print("no answer:", error)
"""
CONFIGURATION = """
variable "region" {}

resource "sym_environment" "e" {
  name = "e"
}

resource "sym_target" "readers" {
  type = "custom"
  name = "readers"
}

resource "sym_strategy" "s" {
  type           = "custom"
  name           = "s"
  targets        = [sym_target.readers.id]
  implementation = "strategy.py"
}

resource "sym_flow" "access" {
  name           = "access"
  implementation = file("${path.module}/impl.py")
  environment_id = sym_environment.e.id
  vars           = { channel = "#ops", region = var.region }
  params {
    strategy_id = sym_strategy.s.id
    prompt_field {
      name = "reason"
      type = "string"
    }
    prompt_field {
      name           = "duration"
      type           = "duration"
      allowed_values = ["10m"]
    }
  }
}
"""


@pytest.fixture
def flow_folder(tmp_path: Path) -> Path:
    """An access flow that asks Okta, with its configuration."""
    folder = tmp_path / "flow"
    folder.mkdir()
    (folder / "impl.py").write_text(CODE)
    (folder / "main.tf").write_text(CONFIGURATION)
    return folder
