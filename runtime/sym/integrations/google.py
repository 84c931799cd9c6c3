"""``type = "google"``: a Google Workspace organization, to put people into its groups.

There is no key: the worker's own identity is exchanged for that of a service account, by workload identity federation.
The settings are the parts of the credential configuration that Google Cloud generates for a workload identity pool,
under the names they have there, and the customer's id. The Google connector module outputs them ready to use.
"""

from __future__ import annotations

import json

from sym.sdk.schema import attribute, schema

external_id = "The domain of the Google organization, such as `example.com`."


def _json_object(value: str) -> str | None:
    """What is wrong with the JSON text of ``credential_source``."""
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        found = None
    return None if isinstance(found, dict) else "A JSON object is needed: write jsonencode({ ... })."


@schema
class Settings:
    """Settings of a Google integration."""

    type: str = attribute("The kind of credentials: `external_account`.")
    audience: str = attribute("The full name of the workload identity provider.")
    subject_token_type: str = attribute("The kind of token that proves the worker's identity.")
    service_account_impersonation_url: str = attribute("Where the service account's token is asked for.")
    token_url: str = attribute("Where the worker's token is exchanged.")
    credential_source: str = attribute("JSON object: how the worker's token is had.", validators=(_json_object,))
    customer_id: str = attribute("The id of the Google Workspace customer, such as `C012abc34`.")
