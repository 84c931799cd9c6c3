"""The strategy of a flow, as data. How access is granted is :mod:`sym.sdk.strategies`."""

from __future__ import annotations

from uuid import UUID

from sym.sdk._integration import Integration
from sym.sdk._model import Model, field
from sym.sdk.resource import SRN
from sym.sdk.target import AccessTarget


class Strategy(Model):
    """A ``sym_strategy``.

    Attributes:
        id: its id.
        type: the kind, such as ``okta``.
        name: its name in Terraform.
        label: the name people see.
        integration: the account it works in.
        targets: what it grants access to.
        settings: its settings from Terraform, as text.
        srn: its full name. A malformed one raises ``InvalidSRNError`` itself, not a validation error.
    """

    id: UUID
    type: str
    name: str
    label: str | None = None
    integration: Integration
    targets: list[AccessTarget] = field(factory=list)
    settings: dict[str, str]
    srn: SRN
