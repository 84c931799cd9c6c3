"""``GET /version``."""

from __future__ import annotations

from fastapi import Request
from pydantic import BaseModel, Field

from sym.api.route import api_router
from sym.api.wiring import KnownCaller, UsedServices
from sym.entities import PROVIDER_MAJORS
from sym.store.organizations import require_organization

router = api_router("version")


class VersionBody(BaseModel):
    """What serves here, for whom, and which major versions of the Terraform provider it works with."""

    version: str = Field(examples=["3.7.0"])
    org: str = Field(examples=["acme"])
    provider_majors: list[int]


@router.get("/version")
def get_version(request: Request, caller: KnownCaller, services: UsedServices) -> VersionBody:  # noqa: ARG001
    """The server's version and organization. Any token will do."""
    with services.store.reading() as conn:
        org = require_organization(conn).slug
    return VersionBody(version=request.app.version, org=org, provider_majors=list(PROVIDER_MAJORS))
