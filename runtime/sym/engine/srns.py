"""The SRNs of what the engine speaks of: ``org:model[:type]:slug:version[:identifier]``."""

from __future__ import annotations

from sym.sdk.resource import SRN

TEMPLATE = "sym:template:approval:1.0.0"
_PART = 999


def version_text(number: int) -> str:
    """A resource's version number as an SRN's version: 4 is ``4.0.0``. An SRN's parts have at most three digits, so
    what is above 999 goes on in the next part."""
    major = min(number, _PART)
    minor = min(number - major, _PART)
    return f"{major}.{minor}.{number - major - minor}"


def version_number(text: str) -> int:
    """The resource version an SRN's concrete version stands for, the inverse of :func:`version_text`."""
    return sum(int(part) for part in text.split("."))


def event_spec(event_name: str) -> str:
    """The SRN of a kind of event of the approval template."""
    return f"sym:event-spec:approval:1.0.0:{event_name}"


def flow(org: str, slug: str, version: int, flow_id: str | None = None) -> str:
    """The SRN of a flow in a concrete version."""
    return str(SRN(org, "flow", None, slug, version_text(version), flow_id))


def run(org: str, flow_slug: str, flow_version: int, run_id: str) -> str:
    """The SRN of a run: the flow it belongs to and the run's id."""
    return str(SRN(org, "run", None, flow_slug, version_text(flow_version), run_id))


def event(org: str, name: str, event_id: str) -> str:
    """The SRN of one event of a run."""
    return str(SRN(org, "event", None, name, "latest", event_id))


def user(org: str, user_type: str, user_id: str) -> str:
    """The SRN of a user; ``user_type`` is ``normal`` or ``bot``."""
    return str(SRN(org, "user", user_type, user_id, "latest"))


def typed(org: str, model: str, kind: str, slug: str, resource_id: str) -> str:
    """The SRN of a resource whose SRN has a type: integration, access_target, access_strategy, secret, secrets."""
    return str(SRN(org, model, kind, slug, "latest", resource_id))
