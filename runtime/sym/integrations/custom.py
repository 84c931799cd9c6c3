"""``type = "custom"``: any service a custom strategy talks to."""

from __future__ import annotations

import json
from typing import ClassVar

from sym.sdk.schema import attribute, schema

external_id = "Any text that tells this account from others of type `custom`."
needs_no_connection = True


def _list_of_ids(value: str) -> str | None:
    """What is wrong with the JSON text of ``secret_ids_json``."""
    try:
        ids = json.loads(value)
    except (ValueError, RecursionError):
        ids = None
    if isinstance(ids, list) and all(isinstance(item, str) for item in ids):
        return None
    return "A JSON list of ids is needed: write jsonencode([sym_secret.example.id])."


@schema
class Settings:
    """Settings of a custom integration. Any other setting reaches the strategy as it is."""

    takes_any_setting: ClassVar[bool] = True

    secret_ids_json: str | None = attribute(
        "JSON list of `sym_secret` ids; the strategy finds them in `settings['secrets']`, in this order.",
        default=None,
        validators=(_list_of_ids,),
    )
