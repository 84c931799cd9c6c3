"""``type = "google"``: a Google Workspace organization, to put people into its groups.

There is no key: the worker's own identity is exchanged for that of a service account by workload identity federation.
Google's connector module outputs all settings but ``credential_source`` under the names they have in the credential
configuration file that Google Cloud generates.
"""

from __future__ import annotations

from sym.integrations._json_text import json_object
from sym.sdk.schema import attribute, schema

external_id = "The domain of the Google organization, such as `example.com`."


@schema
class Settings:
    """Settings of a Google integration."""

    type: str = attribute("The kind of credentials: `external_account`.")
    audience: str = attribute("The full name of the workload identity provider.")
    subject_token_type: str = attribute("The kind of token that the worker's identity is proven with.")
    service_account_impersonation_url: str = attribute("Where the service account's token is asked for.")
    token_url: str = attribute("Where the worker's token is exchanged.")
    credential_source: str = attribute(
        "JSON object saying how the worker's token is had.", validators=(json_object,)
    )
    customer_id: str = attribute("The id of the Google Workspace customer, such as `C012abc34`.")
