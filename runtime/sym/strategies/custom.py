"""``type = "custom"``: access granted by an ``AccessStrategy`` subclass in the strategy's ``implementation``."""

from __future__ import annotations

from typing import ClassVar

from sym.sdk.schema import attribute, schema

integration = "custom"
needs_implementation = True


@schema
class Settings:
    """A custom strategy has no settings of its own; those of its integration and targets are the author's."""


@schema
class Target:
    """What a `sym_target` of type `custom` names. Any other setting reaches the strategy as it is."""

    takes_any_setting: ClassVar[bool] = True

    identifier: str | None = attribute("What `escalate` and `deescalate` get as `target_id`.", default=None)


targets = {"custom": Target}
multiple: frozenset[str] = frozenset()
