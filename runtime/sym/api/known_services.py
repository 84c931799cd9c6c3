"""Accounts of services as the API shows them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, Field

from sym.store.known_services import Service


class ServiceBody(BaseModel):
    """An account of a service. ``integrations`` are the names of the integrations that declare it, ``identities`` is
    how many users and bots are known in it."""

    service_type: str = Field(examples=["okta"])
    external_id: str = Field(examples=["acme.okta.com"])
    label: str = Field(examples=["Acme's Okta"])
    integrations: list[str]
    identities: int


ServiceType = Annotated[str, Path(max_length=64, examples=["okta"])]
ExternalId = Annotated[str, Path(max_length=512, examples=["acme.okta.com"])]
# An account may be called by a URL or an ARN: what follows the type is all of it.
ADDRESS = "/services/{service_type}/{external_id:path}"


def view_service(service: Service) -> ServiceBody:
    """Everything the API says about an account."""
    return ServiceBody(
        service_type=service.service,
        external_id=service.service_id,
        label=service.label,
        integrations=list(service.integrations),
        identities=service.identities,
    )
