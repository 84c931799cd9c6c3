"""A flow whose hook asks a service something, through everything that lies between in the worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sym.testing import FlowTest
from tests.fakes.services.server import ServiceVendor

CODE = """
from sym.sdk import *
from sym.sdk.exceptions import SymException
from sym.sdk.integrations import {module}

@hook
def on_request(event):
    user = event.user
    try:
        found = {expression}
    except SymException as error:
        return {{"code": error.error_code, "message": str(error)}}
    if isinstance(found, list):
        found = [item.email if hasattr(item, "email") else item for item in found]
    return {{"found": found}}
"""


class Asker:
    """Asks ``vendor``, whose integration has the type ``kind``, by expressions of authors: ``okta.users_in_group(…)``.
    In them ``user`` is whoever asks; a user in an answer is their address."""

    def __init__(self, vendor: ServiceVendor, kind: str, known: Mapping[str, str] | None = None) -> None:
        self._vendor = vendor
        self._kind = kind
        self._known = known or {}

    def __call__(self, expression: str, *, by: str = "ada@example.com") -> Any:
        """What the author gets."""
        answer = self._answer(expression, by)
        assert "found" in answer, answer
        return answer["found"]

    def refused(self, expression: str, *, by: str = "ada@example.com") -> tuple[str, str]:
        """The code and the message of the error the author gets."""
        answer = self._answer(expression, by)
        assert "code" in answer, answer
        assert not any(value in answer["message"] for value in self._vendor.secrets.values())
        return answer["code"], answer["message"]

    def _answer(self, expression: str, by: str) -> dict[str, Any]:
        vendor = self._vendor
        account = {"external_id": vendor.external_id, "settings": dict(vendor.settings)}
        with FlowTest(CODE.format(module=self._kind, expression=expression), integrations={self._kind: account},
                      secrets=list(vendor.secrets), addresses=vendor.addresses) as flow:  # fmt: skip
            flow.secrets.update({f"SYM_SECRET_{name.upper()}": value for name, value in vendor.secrets.items()})
            for email, known in self._known.items():
                flow.user(email, **{self._kind: f"{vendor.external_id}/{known}"})
            answer: dict[str, Any] = flow.call("on_request", flow.event("request", by=by))
            return answer
