"""A role in a project of the analytics service, through its HTTP API."""

from urllib.parse import quote

import requests

from sym.sdk.exceptions.access_strategy import AccessStrategyError, AlreadyGone, TryAgain
from sym.sdk.strategies import AccessStrategy

SECONDS = (5, 10)  # to connect, to answer


class AnalyticsStrategy(AccessStrategy):
    """PUT makes somebody a member and DELETE removes them; both may run twice."""

    def fetch_remote_identity(self, user):
        """The service's own id of whoever has this e-mail address."""
        found = self._call("GET", "/people", params={"email": user.email})["people"]
        return found[0]["id"] if found else None

    def escalate(self, target_id, event):
        """Grant it. What is returned is what hooks get with get_step_output()."""
        role = event.payload.fields["target"].settings["role"]
        return self._call("PUT", self._member(target_id, event), json={"role": role})

    def deescalate(self, target_id, event):
        """Take it away. Of all that is not found, only the membership counts as gone."""
        self._call("DELETE", self._member(target_id, event), gone="project")

    def is_escalated(self, target_id, event):
        """Whether they have it now: this is asked before a grant counts as done."""
        return bool(self._call("GET", self._member(target_id, event))["role"])

    def _member(self, project, event):
        return f"/projects/{quote(project, safe='')}/members/{quote(self.get_requester_identity(event), safe='')}"

    def _call(self, method, path, gone=None, **more):
        """One request; ``gone`` is what may be missing. Never put a secret into the text of an error."""
        settings = self.integration.settings
        client_id, client_secret = (secret.retrieve_value() for secret in settings["secrets"])
        url = f"{self.integration.external_id}/{settings.get('workspace', 'main')}{path}"
        try:
            answer = requests.request(method, url, auth=(client_id, client_secret), timeout=SECONDS, **more)
        except requests.RequestException as error:
            raise TryAgain("The analytics service cannot be reached.") from error
        if answer.status_code == 429 or answer.status_code >= 500:
            raise TryAgain(f"The analytics service answered {answer.status_code}.")
        if answer.status_code == 404 and gone is not None and answer.json().get("missing") == gone:
            raise AlreadyGone(f"The {gone} is gone, and everybody's roles with it.")
        if not answer.ok:
            raise AccessStrategyError("REFUSED", f"The analytics service answered {answer.status_code} to {method}.")
        return answer.json()
