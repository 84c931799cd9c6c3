"""What Prometheus reads, where it is not switched off. Like the health checks it asks for no token: let nobody reach it
who may not know the names of flows and how much is asked for."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from sym.api.wiring import UsedServices

router = APIRouter(tags=["health"], include_in_schema=False)


@router.get("/metrics")
def metrics(request: Request, services: UsedServices) -> Response:
    """Everything that is measured, in the text format the caller prefers."""
    if services.metrics is None:
        raise HTTPException(404)
    content, kind = services.metrics.render(request.headers.get("accept", ""))
    return Response(content, media_type=kind)
