"""``sym_flow``."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from sym.sdk.schema import attribute, block, schema

FIELD_TYPES = ("string", "int", "bool", "duration", "slack_user", "slack_user_list", "str_list", "int_list")


@schema
class PromptField:
    """One question of the request form. The order of the blocks is the order of the form."""

    name: str = attribute("Unique name; the key of the answer in the event's fields.")
    type: str = attribute("What kind of answer is wanted.", choices=FIELD_TYPES)
    required: bool = attribute("Whether an answer is needed while the field is visible.", default=True)
    label: str | None = attribute("Question shown to people.", default=None)
    default: str | None = attribute("Answer of an optional field that was left empty, as text.", default=None)
    visible: bool = attribute("Whether the field is shown before `on_change` reveals it.", default=True)
    allowed_values: list[str] | None = attribute("The answers to choose from, as text.", default=None)
    prefetch: bool = attribute("Whether a prefetch reducer of the implementation gives the options.", default=False)
    on_change: str | None = attribute(
        "Python source defining `on_change_<name>`, run when the answer changes.", default=None, code="content"
    )


@schema
class Params:
    """How requests of the flow are made and ended."""

    strategy_id: str | None = attribute(
        "Id of the strategy whose targets are offered; without one the flow is approval-only.",
        default=None,
        references="strategy",
    )
    allow_revoke: bool = attribute("Whether requester and approver may end access early.", default=True)
    schedule_deescalation: bool = attribute("Whether access ends by itself after the duration.", default=True)
    include_decision_message: bool = attribute("Whether approvers may add a comment.", default=False)
    allowed_sources: list[str] | None = attribute(
        "Where requests may come from: `slack`, `api`. Left out, from anywhere; empty, from nowhere.",
        default=None,
        empty_is_null=False,
    )
    additional_header_text: str | None = attribute("Text below the form's header, in Slack's markdown.", default=None)
    allow_guest_interaction: bool = attribute("Whether guests may approve, deny and revoke.", default=False)
    allow_extension: bool = attribute(
        "Whether running access may be extended by those who may approve it, to 30 days in all.",
        default=False,
        is_addition=True,
    )
    prompt_field: list[PromptField] = block("One question of the request form.")


@schema
class Flow:
    """A workflow people run to ask for access or approval: its form, its rules and its code."""

    collection: ClassVar[str] = "flows"
    lookup: ClassVar[tuple[str, ...]] = ("name",)
    version: ClassVar[int] = 1

    name: str = attribute("Unique name, also the word after `/sym req`.", case_insensitive=True)
    label: str | None = attribute("Name shown to people.", default=None)
    implementation: str = attribute("Python source of the flow's hooks and reducers.", code="content")
    vars: dict[str, str] | None = attribute(
        "Values the implementation reads from `event.flow.vars`, always text.", default=None, empty_is_unset=True
    )
    environment_id: str = attribute("Id of the environment the flow runs in.", references="environment")
    params: Params | None = block("How requests of the flow are made and ended.")


def upgrade_0(document: dict[str, Any]) -> dict[str, Any]:
    """State of the 1.x providers: ``template`` goes, the ``params`` map becomes a block, and what was JSON text in it
    becomes values. JSON that cannot be read is dropped, as it could never have been used."""
    upgraded = {key: value for key, value in document.items() if key != "template"}
    if not isinstance(upgraded.get("params"), dict):
        return upgraded
    params = dict(upgraded["params"])
    sources = _json_list(params.pop("allowed_sources_json", None))
    prompt_fields = _json_list(params.pop("prompt_fields_json", None))
    for name in ("allow_revoke", "schedule_deescalation", "include_decision_message", "allow_guest_interaction"):
        if isinstance(params.get(name), str):
            params[name] = params[name].lower() in ("1", "t", "true")
    if sources is not None:
        params["allowed_sources"] = [_text(source) for source in sources]
    params["prompt_field"] = [_prompt_field(field) for field in prompt_fields or [] if isinstance(field, dict)]
    return {**upgraded, "params": [params]}


def _json_list(text: Any) -> list[Any] | None:
    try:
        found = json.loads(text)
    except (TypeError, ValueError):
        return None
    return found if isinstance(found, list) else None


def _prompt_field(field: dict[str, Any]) -> dict[str, Any]:
    values = field.get("allowed_values")
    return {**field, "allowed_values": [_text(value) for value in values] if isinstance(values, list) else None}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
