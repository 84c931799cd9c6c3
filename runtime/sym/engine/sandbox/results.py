"""From what an author's function returned to a JSON document."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from sym.engine.sandbox.failures import Unusable
from sym.sdk.flow import Flow
from sym.sdk.forms import FieldOption, PromptField, SlackUserSelection, SymPromptForm
from sym.sdk.notifications import Notification
from sym.sdk.request_destination import RequestDestination, RequestDestinationFallback
from sym.sdk.request_permission import RequestPermission
from sym.sdk.resource import SRN
from sym.sdk.strategies import Operation
from sym.sdk.templates.step import EventRequest
from sym.sdk.user import User, UserIdentity

Document = dict[str, Any]
_HINT = "Return None, text, numbers, lists, dictionaries with text keys, or what the SDK has for it."
_DEEPEST = 100


def to_document(result: Any) -> Any:
    """The document for a result. Raises Unusable naming the part that JSON cannot hold."""
    return _encode(result, "the result", 0)


def _encode(value: Any, place: str, depth: int) -> Any:
    if depth > _DEEPEST:
        raise Unusable(f"{place} is nested too deeply.", hint="A value must not contain itself.")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        # Text enums are texts too; JSON wants their value.
        return str(getattr(value, "value", value))
    if isinstance(value, (int, float)):
        return _number(value, place)
    if isinstance(value, (list, tuple)):
        return [_encode(item, f"{place}[{index}]", depth + 1) for index, item in enumerate(value)]
    if isinstance(value, dict):
        return _object(value, place, depth)
    for kind, name, parts in _KINDS:
        if isinstance(value, kind):
            content = {part: _encode(item, f"{place}.{part}", depth + 1) for part, item in parts(value).items()}
            return {"$type": name, **content}
    raise Unusable(f"{place} is of type {type(value).__name__}, which cannot be handed on.", hint=_HINT)


def _number(value: float, place: str) -> int | float:
    if isinstance(value, float) and not math.isfinite(value):
        raise Unusable(f"{place} is {value}, which JSON does not have.", hint=_HINT)
    # Enums of numbers and other subclasses become plain.
    return float(value) if isinstance(value, float) else int(value)


def _object(value: dict[Any, Any], place: str, depth: int) -> Document:
    encoded: Document = {}
    for name, item in value.items():
        if not isinstance(name, (str, int)) or isinstance(name, bool):
            raise Unusable(f"{place} has the key {name!r}, which is not text.", hint=_HINT)
        if name == "$type":
            raise Unusable(f'{place} has the key "$type", which is taken.', hint="Use another key.")
        encoded[str(getattr(name, "value", name))] = _encode(item, f"{place}[{name!r}]", depth + 1)
    return encoded


def _event_request(request: EventRequest) -> Document:
    document: Document = request.to_dict()
    # These become fields that people read: a time, an id or a name may be given as it is.
    return document | {"extra": {name: _as_text(value) for name, value in document["extra"].items()}}


def _as_text(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, (UUID, SRN)) else value


def _permission(permission: RequestPermission) -> Document:
    return {
        "webapp_view": _who(permission.webapp_view),
        "approve_deny": _who(permission.approve_deny),
        "allow_self_approval": permission.allow_self_approval,
    }


def _who(who: Any) -> Any:
    return [str(user_id) for user_id in who] if isinstance(who, list) else who


def _destination(destination: RequestDestination) -> Document:
    return destination.dict()


def _notification(notification: Notification) -> Document:
    return {"destinations": notification.destinations, "timeout": notification.timeout}


def _fallback(fallback: RequestDestinationFallback) -> Document:
    return {
        "destinations": fallback.destinations,
        "continue_on_delivery_failure": fallback.continue_on_delivery_failure,
        "continue_on_timeout": fallback.continue_on_timeout,
    }


def _user(user: User) -> Document:
    return {"id": str(user.id), "username": user.username, "email": user.email}


def _identity(identity: UserIdentity) -> Document:
    return {"service": identity.service, "service_id": identity.service_id, "user_id": identity.user_id}


def _option(option: FieldOption) -> Document:
    return {"value": option.value, "label": option.label}


def _slack_user(selection: SlackUserSelection) -> Document:
    return {"user_id": selection.user_id, "username": selection.username}


def _prompt_field(field: PromptField) -> Document:
    return {name: getattr(field, name) for name in PromptField._fields}


def _form(form: SymPromptForm) -> Document:
    return {
        "fields": dict(form.fields),
        "flow_vars": form.flow_vars,
        "additional_header_text": form.additional_header_text,
    }


def _operation(operation: Operation) -> Document:
    return vars(operation)


def _flow(flow: Flow) -> Document:
    return {"srn": str(flow.srn), "name": flow.name}


_KINDS: tuple[tuple[type, str, Callable[[Any], Document]], ...] = (
    (EventRequest, "event_request", _event_request),
    (RequestPermission, "request_permission", _permission),
    (Notification, "notification", _notification),
    (RequestDestination, "request_destination", _destination),
    (RequestDestinationFallback, "request_destination_fallback", _fallback),
    (User, "user", _user),
    (UserIdentity, "identity", _identity),
    (FieldOption, "field_option", _option),
    (SlackUserSelection, "slack_user", _slack_user),
    (PromptField, "prompt_field", _prompt_field),
    (SymPromptForm, "form", _form),
    (Flow, "flow", _flow),
    (Operation, "operation", _operation),
)
