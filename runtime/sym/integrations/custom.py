"""``type = "custom"``: any service a custom strategy talks to."""

from __future__ import annotations

from typing import ClassVar

from sym.integrations._json_text import list_of_texts
from sym.sdk.schema import attribute, schema

external_id = "Any text that tells this account from others of type `custom`."
needs_no_connection = True


@schema
class Settings:
    """Settings of a custom integration. Any other setting reaches the strategy as it is."""

    takes_any_setting: ClassVar[bool] = True

    secret_ids_json: str | None = attribute(
        "JSON list of `sym_secret` ids; the strategy finds them in `settings['secrets']`, in this order.",
        default=None,
        validators=(list_of_texts,),
    )
