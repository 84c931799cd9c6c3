"""``sym_flows_filter``: one for the whole organization."""

from __future__ import annotations

from typing import ClassVar

from sym.sdk.schema import attribute, schema


@schema
class FlowsFilter:
    """Which flows a user is shown: Python that defines `get_flows(user, flows, flows_filter_vars)`. There is at most
    one in an organization."""

    collection: ClassVar[str] = "flows-filter"
    lookup: ClassVar[tuple[str, ...]] = ()
    version: ClassVar[int] = 0

    implementation: str = attribute("Python source that defines `get_flows`.", code="content")
    vars: dict[str, str] | None = attribute(
        "Values handed to `get_flows`, always text.", default=None, empty_is_unset=True
    )
    integrations: dict[str, str] | None = attribute(
        "Ids of integrations by `<service>_id`.", default=None, references="integration", empty_is_unset=True
    )
