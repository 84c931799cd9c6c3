"""A strategy for a service with a REST API, as people write them with requests."""
import json

import requests
from sym.sdk.event import Event
from sym.sdk.exceptions import AccessStrategyError
from sym.sdk.strategies import AccessStrategy
from sym.sdk.templates import ApprovalTemplateStep, get_step_output
from sym.sdk.user import User


class RestClient:
    def __init__(self, url, token=None):
        self.url = url.rstrip("/")
        self.session = requests.Session()
        self.session.headers.update({"Authorization": f"Bearer {token}", "Content-Type": "application/json"})

    def call(self, method, path, **kwargs):
        response = self.session.request(method, f"{self.url}{path}", timeout=5, **kwargs)
        if not response.ok:
            raise AccessStrategyError(name="ERROR_RESPONSE", message=f"{method} {path}: {response.status_code}")
        return response.json()


class MyStrategy(AccessStrategy):
    _client = None

    @property
    def client(self) -> RestClient:
        if not self._client:
            secrets = self.integration.settings["secrets"]
            self._client = RestClient(self.integration.settings["api_url"], secrets[0].retrieve_value())
        return self._client

    def fetch_remote_identity(self, user: User):
        users = self.client.call("GET", "/users", params={"email": user.email})
        return next((u["id"] for u in users if u["email"] == user.email), None)

    def escalate(self, target_id: str, event: Event):
        user_id = self.get_requester_identity(event)
        target = event.payload.fields["target"]
        body = {"user": user_id, "role": target.settings["role_id"], "seconds": event.payload.fields["duration"]}
        created = self.client.call("POST", f"/roles/{target_id}/members", data=json.dumps(body))
        return {"membership_id": created["id"], "who": user_id}

    def deescalate(self, target_id: str, event: Event):
        output = get_step_output(ApprovalTemplateStep.ESCALATE)
        self.client.call("DELETE", f"/roles/{target_id}/members/{output['membership_id']}")
