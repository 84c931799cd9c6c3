"""``POST /events/request``."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from sym.api.acting import AcceptedBody, together
from sym.api.auth import Caller
from sym.api.idempotency import UsedOnce
from sym.api.route import api_router
from sym.api.wiring import KnownCaller, Services, UsedServices
from sym.engine.inbound import Submission
from sym.errors import Invalid, Refused
from sym.store.users import User, find_user, get_user

router = api_router("events")
LONGEST_CONTEXT = 64 * 1024
"""Bytes of a request's context, as JSON in UTF-8 without spaces."""


class RequestBody(BaseModel):
    """A request for access: a flow, the answers to its form, and for whom."""

    model_config = ConfigDict(extra="forbid", strict=True)

    flow_srn: str = Field(min_length=1, max_length=512, examples=["acme:flow:prod_db:latest"])
    flow_inputs: dict[str, Any] = Field(
        description="Answers by field name. `duration` is in seconds; `target_srn` names the target.",
        examples=[{"reason": "INC-42", "duration": 1800, "target_srn": "acme:access_target:okta_group:dba:latest"}],
    )
    context: dict[str, Any] | None = Field(
        default=None, description="Handed to the flow's code, shown to nobody. At most 64 KiB as JSON.",
        examples=[{"build": "https://ci.example.com/builds/7"}],
    )  # fmt: skip
    user_email: str | None = Field(default=None, max_length=320, description="On whose behalf, or `user_id`.")
    user_id: str | None = Field(default=None, max_length=64, description="On whose behalf, or `user_email`.")


@router.post("/events/request")
def request_run(body: RequestBody, caller: KnownCaller, services: UsedServices, once: UsedOnce) -> AcceptedBody:
    """Ask for access, for the token's own user or, with the token of a bot or an admin, for somebody else."""
    _check_context(body.context or {})
    submission = Submission(
        flow_srn=body.flow_srn,
        inputs=body.flow_inputs,
        context=body.context or {},
        requester=_requester(body, caller, services),
        source="api",
        actor=caller.user,
        issuer_id=caller.token.issuer_id,
    )
    accepted = services.inbound.request(submission, now=services.clock(), together=together(once))
    return AcceptedBody(
        run_id=accepted.run_id, event_id=accepted.event_id, request_body=body.model_dump(exclude_unset=True)
    )


def _check_context(context: dict[str, Any]) -> None:
    size = len(json.dumps(context, ensure_ascii=False, separators=(",", ":")).encode())
    if size > LONGEST_CONTEXT:
        raise Invalid(f"The context has {size} bytes as JSON; {LONGEST_CONTEXT} is the most.",
                      hint="Send an address of what is large.", path="context",
                      code="RequestAPI:CONTEXT_TOO_LARGE")  # fmt: skip


def _requester(body: RequestBody, caller: Caller, services: Services) -> User:
    if body.user_email is not None and body.user_id is not None:
        raise Invalid("Name the user by user_email or by user_id, not both.", path="user_id")
    if body.user_email is None and body.user_id is None:
        return caller.user
    # Said before anybody is looked up: others may not find out whom the store knows.
    is_self = (body.user_email or "").lower() == (caller.user.email or caller.user.username) or (
        body.user_id == caller.user.id
    )
    if not (is_self or caller.user.role == "admin" or caller.user.type == "bot"):
        raise Refused("Only bots and admins may ask on behalf of somebody else.", code="Auth:FORBIDDEN")
    with services.store.reading() as conn:
        by_id = get_user(conn, body.user_id) if body.user_id else None
        user = by_id or (find_user(conn, email=body.user_email.lower()) if body.user_email else None)
    if user is None or user.deactivated_at is not None:
        path = "user_email" if body.user_email is not None else "user_id"
        raise Invalid("There is no such user.", path=path, code="RequestAPI:UNKNOWN_USER")
    return user
