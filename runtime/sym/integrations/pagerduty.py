"""``type = "pagerduty"``: a PagerDuty account, to ask who is on call."""

from __future__ import annotations

from sym.sdk.schema import attribute, schema

external_id = "The PagerDuty domain, such as `mycompany.pagerduty.com`."


@schema
class Settings:
    """Settings of a PagerDuty integration."""

    api_token_secret: str = attribute(
        "Id of the `sym_secret` with an API key; one that may write if incidents are changed.", references="secret"
    )
