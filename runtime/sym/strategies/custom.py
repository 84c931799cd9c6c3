"""``type = "custom"``: access granted by an ``AccessStrategy`` subclass in the strategy's ``implementation``."""

from __future__ import annotations

from sym.sdk.schema import attribute, schema

needs_implementation = True


@schema
class Settings:
    """A custom strategy has no settings of its own; those of its integration and targets are the author's."""


@schema
class Target:
    """What a `sym_target` of type `custom` names. Any other setting reaches the strategy as it is."""

    identifier: str | None = attribute("What `escalate` and `deescalate` get as `target_id`.", default=None)


targets = {"custom": Target}
