"""Google: groups of the Directory API ("REST Resource: members", "REST Resource: groups"), the Security Token Service
("Method: token") and IAM Credentials ("Method: projects.serviceAccounts.generateAccessToken"), held against their
discovery documents."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sym.integrations import _tokens
from tests.fakes.services.discovered import Discovered
from tests.fakes.services.server import Answer, Request, ServiceVendor, question, route

AUDIENCE = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/aws"
PROOF = "the-worker's-own-oidc-token"
ACCOUNT = "sym@project.iam.gserviceaccount.com"
GROUP = "readers@example.com"
JWT = "urn:ietf:params:oauth:token-type:jwt"
AWS = "urn:ietf:params:aws:token-type:aws4_request"
AWS_SOURCE = {"environment_id": "aws1", "region_url": "http://169.254.169.254/latest/meta-data/placement/zone",
              "url": "http://169.254.169.254/latest/meta-data/iam/security-credentials",
              "regional_cred_verification_url":
                  "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"}  # fmt: skip


class Google(ServiceVendor):
    """One organization. ``groups`` has the roles of their members by e-mail address; what is in a group may be a
    group."""

    external_id = "example.com"
    target_settings = {"group_email": GROUP, "role": "MEMBER"}
    customer = "C012abc34"

    def __init__(self, role: str = "MEMBER") -> None:
        super().__init__()
        _tokens.forget()
        self.description = Discovered("admin.directory_v1", "sts.v1", "iamcredentials.v1")
        self.role = role
        self.target_settings = {"group_email": GROUP, "role": role}
        self.groups: dict[str, dict[str, str]] = {GROUP: {}, "inner@example.com": {"ada@example.com": "MEMBER"}}
        self.people = {f"{name}@example.com" for name in ("requester", "approver", "ada", "grace")}
        self.tokens: list[str] = []
        self.is_allowed = True
        self._lagging: tuple[dict[str, str], int] | None = None
        handle, self.proof_file = tempfile.mkstemp()
        os.write(handle, PROOF.encode())
        os.close(handle)
        self.settings = google_settings(self.proof_file)

    def close(self) -> None:
        Path(self.proof_file).unlink()
        super().close()

    def has_access(self, identity: str, target: str) -> bool:
        return self.groups.get(GROUP, {}).get(identity) == self.role

    def hidden(self) -> list[str]:
        return [PROOF, "federated", *self.tokens]

    def lose(self, email: str) -> None:
        self.people.discard(email)

    def remove_target(self, target: str) -> None:
        del self.groups[GROUP]

    def lag_next(self) -> None:
        self._lagging = (dict(self.groups[GROUP]), 2)

    def throttled(self) -> Answer:
        """The Directory API says this with a 403 more often than with a 429; the others with a 429."""
        if "/admin/" not in self.log[-1]:
            return _refusal(429, "rateLimitExceeded", "Quota exceeded.")
        return _refusal(403, "userRateLimitExceeded", "Quota exceeded for quota metric 'Queries'.")

    def refuse(self, request: Request) -> Answer | None:
        if not request.path.startswith("/admin/"):
            return None
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return _refusal(401, "authError", "Invalid Credentials")
        return None if self.is_allowed else _refusal(403, "forbidden", "Not Authorized to access this resource/api")

    @question
    @route("POST", "/v1/token")
    def exchange(self, request: Request) -> Answer:
        asked = request.json
        if asked["audience"] != AUDIENCE or not _proves(asked):
            return 400, {"error": "invalid_grant", "error_description": "The subject token is not valid."}
        return 200, {"access_token": "federated", "token_type": "Bearer", "expires_in": 3600,
                     "issued_token_type": "urn:ietf:params:oauth:token-type:access_token"}  # fmt: skip

    @question
    @route("POST", f"/v1/projects/-/serviceAccounts/{ACCOUNT}:generateAccessToken")
    def impersonate(self, request: Request) -> Answer:
        if request.headers.get("authorization") != "Bearer federated":
            return _refusal(403, "forbidden", "Permission 'iam.serviceAccounts.getAccessToken' denied.")
        assert all("/auth/admin.directory.group" in scope for scope in request.json["scope"])
        self.tokens.append(f"ya29.token-{len(self.tokens)}")
        return 200, {"accessToken": self.tokens[-1], "expireTime": "2030-01-01T00:00:00Z"}

    @route("POST", "/admin/directory/v1/groups/{group}/members")
    def insert(self, request: Request, group: str) -> Answer:
        member = request.json["email"]
        if group not in self.groups:
            return _missing("groupKey")
        if member not in self.people | set(self.groups):
            return _missing("memberKey")
        if member in self.groups[group]:
            return _refusal(409, "duplicate", "Member already exists.")
        self.groups[group][member] = request.json.get("role", "MEMBER")
        return 200, self._member(member, self.groups[group][member])

    @route("GET", "/admin/directory/v1/groups/{group}/members/{member}")
    def get(self, request: Request, group: str, member: str) -> Answer:
        found = self._shown(group)
        if found is None or member not in found:
            return _missing("groupKey" if found is None else "memberKey")
        return 200, self._member(member, found[member])

    @route("PATCH", "/admin/directory/v1/groups/{group}/members/{member}")
    def patch(self, request: Request, group: str, member: str) -> Answer:
        if member not in self.groups.get(group, {}):
            return _missing("memberKey" if group in self.groups else "groupKey")
        self.groups[group][member] = request.json["role"]
        return 200, self._member(member, self.groups[group][member])

    @route("DELETE", "/admin/directory/v1/groups/{group}/members/{member}")
    def delete(self, request: Request, group: str, member: str) -> Answer:
        if member not in self.groups.get(group, {}):
            return _missing("memberKey" if group in self.groups else "groupKey")
        del self.groups[group][member]
        return 204, None

    @route("GET", "/admin/directory/v1/groups/{group}/members")
    def list(self, request: Request, group: str) -> Answer:
        if group not in self.groups:
            return _missing("groupKey")
        found = dict(self.groups[group])
        if request.query.get("includeDerivedMembership") == "true":
            for inner in [name for name in found if name in self.groups]:
                found |= dict.fromkeys(self.groups[inner], "MEMBER")
        return 200, _page(request, "members", [self._member(name, role) for name, role in sorted(found.items())])

    @route("GET", "/admin/directory/v1/groups/{group}/hasMember/{member}")
    def has_member(self, request: Request, group: str, member: str) -> Answer:
        if group not in self.groups:
            return _missing("groupKey")
        if member.rpartition("@")[2] != "example.com":
            return _refusal(400, "invalid", "Invalid Input: memberKey")
        if member not in self.people:
            return _missing("memberKey")
        reached = [self.groups[group], *(self.groups[name] for name in self.groups[group] if name in self.groups)]
        return 200, {"isMember": any(member in members for members in reached)}

    @route("GET", "/admin/directory/v1/groups")
    def list_groups(self, request: Request) -> Answer:
        if ("customer" in request.query) == ("domain" in request.query):
            return _refusal(400, "badRequest", "Bad Request")
        if request.query.get("customer", self.customer) != self.customer:
            return _refusal(404, "notFound", "Resource Not Found: customer")
        domain = request.query.get("domain", "")
        found = [{"kind": "admin#directory#group", "email": name, "name": name} for name in sorted(self.groups)
                 if name.endswith(domain)]  # fmt: skip
        return 200, _page(request, "groups", found)

    def _shown(self, group: str) -> dict[str, str] | None:
        if self._lagging and group == GROUP:
            old, left = self._lagging
            self._lagging = (old, left - 1) if left > 1 else None
            return old
        return self.groups.get(group)

    def _member(self, name: str, role: str) -> dict[str, Any]:
        kind = "GROUP" if name in self.groups else "USER"
        return {"kind": "admin#directory#member", "id": f"1{abs(hash(name))}", "email": name, "role": role,
                "type": kind, "status": "ACTIVE"}  # fmt: skip


def google_settings(proof_file: str) -> dict[str, str]:
    """As the Google connector module puts them out, with a token in a file."""
    return {
        "type": "external_account", "audience": AUDIENCE, "subject_token_type": JWT,
        "token_url": "https://sts.googleapis.com/v1/token",
        "service_account_impersonation_url":
            f"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{ACCOUNT}:generateAccessToken",
        "credential_source": json.dumps({"file": proof_file}), "customer_id": Google.customer,
    }  # fmt: skip


def _proves(asked: dict[str, str]) -> bool:
    if asked["subjectTokenType"] == JWT:
        return asked["subjectToken"] == PROOF
    signed = json.loads(unquote(asked["subjectToken"]))
    headers = {item["key"].lower(): item["value"] for item in signed["headers"]}
    return (
        signed["method"] == "POST"
        and signed["url"].startswith("https://sts.us-east-1.amazonaws.com")
        and "Action=GetCallerIdentity" in signed["url"]
        and headers["x-goog-cloud-target-resource"] == AUDIENCE
        and headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIATEST/")
    )


def _page(request: Request, key: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    """Two at a time, however many are asked for."""
    start = int(request.query.get("pageToken", "0"))
    more = {"nextPageToken": str(start + 2)} if start + 2 < len(items) else {}
    return {"kind": f"admin#directory#{key}", key: items[start : start + 2], **more}


def _missing(key: str) -> Answer:
    return _refusal(404, "notFound", f"Resource Not Found: {key}")


def _refusal(status: int, reason: str, message: str) -> Answer:
    return status, {"error": {"code": status, "message": message,
                              "errors": [{"message": message, "domain": "global", "reason": reason}]}}  # fmt: skip
