"""What is asked of either way to the runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

Document = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A request: for whom, if not for oneself, by e-mail address or id. A request that is sent again with the same
    ``idempotency_key`` is the same request."""

    flow: str
    inputs: Document
    context: Document
    user_email: str | None = None
    user_id: str | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which runs are to be listed: ``flow`` is a flow's name, ``requester`` a username; what is None does not
    matter."""

    status: str | None = None
    flow: str | None = None
    requester: str | None = None
    since: datetime | None = None
    limit: int = 100

    def fits(self, run: Document) -> bool:
        """Whether a run, as the API shows it, is one of them: servers that are older than a filter leave it out."""
        flow, requester = str(run["flow_srn"]).split(":")[2], (run["requester"] or {}).get("username")
        return (
            self.status in (None, run["status"])
            and self.flow in (None, flow)
            and self.requester in (None, requester)
            and (self.since is None or datetime.fromisoformat(run["created_at"]) >= self.since)
        )
