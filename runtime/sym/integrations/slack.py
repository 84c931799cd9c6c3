"""``type = "slack"``: a Slack workspace.

Requests are made and decided in the workspace, and error loggers write to its channels. Credentials are not settings:
the worker that is connected to the workspace has them.
"""

from __future__ import annotations

from sym.sdk.schema import schema

external_id = "The id of the workspace, such as `T123ABC`."
needs_no_connection = True


@schema
class Settings:
    """A Slack integration needs no settings."""
