"""Google Secret Manager: "projects.secrets.versions.access", held against its discovery document."""

from __future__ import annotations

import base64

from tests.fakes.services.discovered import Discovered
from tests.fakes.services.google import ACCOUNT, Google
from tests.fakes.services.server import Answer, Request, question, route

PROJECT = "acme-prod"
SCOPE = "https://www.googleapis.com/auth/cloud-platform"


class GoogleSecrets(Google):
    """The organization with secrets in a project: ``values`` by name, the newest version last."""

    def __init__(self) -> None:
        super().__init__()
        self.description = Discovered("secretmanager.v1", "sts.v1", "iamcredentials.v1")
        self.values: dict[str, list[bytes]] = {}

    def refuse(self, request: Request) -> Answer | None:
        if not request.path.startswith("/v1/projects/" + PROJECT):
            return None
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return 401, {"error": {"code": 401, "status": "UNAUTHENTICATED", "message": "Invalid credentials."}}
        if not self.is_allowed:
            said = "Permission 'secretmanager.versions.access' denied."
            return 403, {"error": {"code": 403, "status": "PERMISSION_DENIED", "message": said}}
        return None

    @question
    @route("POST", f"/v1/projects/-/serviceAccounts/{ACCOUNT}:generateAccessToken")
    def impersonate(self, request: Request) -> Answer:
        if request.headers.get("authorization") != "Bearer federated" or request.json["scope"] != [SCOPE]:
            return 403, {"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "denied"}}
        self.tokens.append(f"ya29.{len(self.tokens)}")
        return 200, {"accessToken": self.tokens[-1], "expireTime": "2026-03-14T16:09:26Z"}

    @route("GET", "/v1/projects/{project}/secrets/{secret}/versions/{version}:access")
    def access(self, request: Request, project: str, secret: str, version: str) -> Answer:
        known = self.values.get(secret, []) if project == PROJECT else []
        number = len(known) if version == "latest" else int(version)
        if not 0 < number <= len(known):
            said = f"Secret [projects/1/secrets/{secret}] not found or has no versions."
            return 404, {"error": {"code": 404, "status": "NOT_FOUND", "message": said}}
        return 200, {"name": f"projects/1/secrets/{secret}/versions/{number}",
                     "payload": {"data": base64.b64encode(known[number - 1]).decode()}}  # fmt: skip


__all__ = ["PROJECT", "GoogleSecrets"]
