"""Whether the process lives, and whether it can work: for load balancers, which have no token."""

from __future__ import annotations

import logging

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from sym.api.errors import answer
from sym.api.wiring import UsedServices

log = logging.getLogger(__name__)
router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process lives."""
    return {"status": "ok"}


@router.get("/readyz", response_model=None)
def readyz(services: UsedServices) -> Response:
    """The worker can work; if not, 503 with what keeps it from working."""
    problems = services.problems()
    if problems:
        # Whoever asks has no token: where the store is concerns the log alone.
        log.warning("not ready: %s", "; ".join(problems))
        return answer(503, "API:NOT_READY", "Not ready; the log says why.")
    return JSONResponse({"status": "ready"})
