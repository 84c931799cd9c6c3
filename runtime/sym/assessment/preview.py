"""A flow's request form, and the card that asks for a decision, as text: what people would see, as far as is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sym.assessment.evaluation import Instance
from sym.assessment.flow_verdict import params_of, prompt_fields
from sym.assessment.values import is_unknown, refs_in

_DURATIONS = ["30s", "10m", "1h"]
"""What is offered where a flow that needs a duration does not ask for one."""
_UNKNOWN = "(known only when Terraform runs)"
_WORDS = {
    "string": "text", "int": "whole number", "bool": "yes or no", "duration": "how long", "slack_user": "a person",
    "slack_user_list": "people", "str_list": "texts", "int_list": "whole numbers",
}  # fmt: skip


def form_fields(flow: Instance, others: Mapping[str, Instance]) -> list[dict[str, Any]]:
    """The fields of the form in order, those that Sym adds included: ``name``, ``label``, ``type``, ``required``,
    ``choices`` (None: any answer), ``visible`` and ``source`` of the choices. ``others`` are resources by address."""
    params = params_of(flow.document)
    fields = [_field(item) for item in prompt_fields(params)]
    if params.get("strategy_id") is None:
        return fields
    named = [field["name"] for field in fields]
    targets: dict[str, Any] = {
        "name": "target_id", "label": "Target", "type": "string", "required": True, "visible": True,
        "choices": _targets(params["strategy_id"], others), "source": "the strategy's targets",
    }  # fmt: skip
    at = 0
    if "target_id" in named:  # it says how the targets are asked for, and where
        at = named.index("target_id")
        own = fields.pop(at)
        targets |= {"label": own["label"], "source": "; ".join(filter(None, (targets["source"], own["source"])))}
    fields.insert(at, targets)
    if "duration" not in named and params.get("schedule_deescalation") is not False:
        fields.append({"name": "duration", "label": "Duration", "type": "duration", "required": True, "visible": True,
                       "choices": _DURATIONS, "source": "added by Sym"})  # fmt: skip
    return fields


def _field(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        return {"name": _UNKNOWN, "label": "", "type": "string", "required": True, "visible": True, "choices": None,
                "source": "fields made in a loop"}  # fmt: skip
    values = raw.get("allowed_values")
    choices = [_shown(value) for value in values] if isinstance(values, list) and values else None
    prefetch, on_change = raw.get("prefetch") is True, raw.get("on_change") not in (None, "")
    source = "prefetched by the implementation" if prefetch else ""
    source += ("; " if source else "") + "changes the form" if on_change else ""
    return {
        "name": _shown(raw.get("name")), "label": _shown(raw.get("label") or raw.get("name")),
        "type": _shown(raw.get("type")), "required": raw.get("required") is not False,
        "visible": raw.get("visible") is not False, "choices": choices, "source": source,
    }  # fmt: skip


def _targets(strategy: Any, others: Mapping[str, Instance]) -> list[str]:
    found: list[str] = []
    for ref in refs_in(strategy):
        declared = _of_base(ref.address, others)
        if not declared or "targets" not in declared[0].document:
            found.append(_UNKNOWN)
            continue
        for target in refs_in(declared[0].document["targets"]):
            many = _of_base(target.address, others)
            found += [_shown(one.document.get("label") or one.document.get("name")) for one in many] or [_UNKNOWN]
    return list(dict.fromkeys(found)) or [_UNKNOWN]


def _of_base(address: str, others: Mapping[str, Instance]) -> list[Instance]:
    return [one for key, one in others.items() if key == address or key.startswith(f"{address}[")]


def _shown(value: Any) -> str:
    if value is None or is_unknown(value) or not isinstance(value, str | int | float):
        return _UNKNOWN
    return str(value)


def form_lines(flow: Instance, others: Mapping[str, Instance]) -> Iterator[str]:
    """The request form, a line or more for each field."""
    params = params_of(flow.document)
    yield f"Request form of {_title(flow)}"
    if isinstance(params.get("additional_header_text"), str):
        yield f"  {params['additional_header_text']}"
    for number, field in enumerate(form_fields(flow, others), 1):
        optional = "" if field["required"] else ", optional"
        hidden = "" if field["visible"] else ", hidden at first"
        kind = _WORDS.get(field["type"], field["type"])
        yield f"  {number}. {field['label']}  [{field['name']}: {kind}{optional}{hidden}]"
        if field["source"]:
            yield f"       {field['source']}"
        for choice in field["choices"] or ():
            yield f"       ( ) {choice}"


def card_lines(flow: Instance, others: Mapping[str, Instance]) -> Iterator[str]:
    """The card that a request of this form would show to those who decide."""
    params = params_of(flow.document)
    yield f"Request card of {_title(flow)}"
    yield (
        "  <requester> asks for access" if params.get("strategy_id") is not None else "  <requester> asks for approval"
    )
    for field in form_fields(flow, others):
        example = (field["choices"] or [f"<{_WORDS.get(field['type'], field['type'])}>"])[0]
        yield f"  {field['label']}: {example}"
    comment = "  and may add a comment" if params.get("include_decision_message") is True else ""
    yield f"  [Approve] [Deny]{comment}"
    if params.get("strategy_id") is not None and params.get("allow_revoke") is not False:
        yield "  once granted: [Revoke]"


def _title(flow: Instance) -> str:
    return _shown(flow.document.get("label") or flow.document.get("name"))
