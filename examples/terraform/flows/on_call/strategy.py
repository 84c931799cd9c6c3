"""Membership of a group in the company's directory, which has an HTTP API."""

import json
import urllib.error
import urllib.parse
import urllib.request

from sym.sdk.exceptions.access_strategy import AlreadyGone
from sym.sdk.strategies import AccessStrategy


class DirectoryStrategy(AccessStrategy):
    """PUT adds a member and DELETE removes one; both may run twice. 404 means that the group is gone."""

    def fetch_remote_identity(self, user):
        return user.email

    def escalate(self, target_id, event):
        return self._call("PUT", target_id, event)

    def deescalate(self, target_id, event):
        try:
            self._call("DELETE", target_id, event)
        except urllib.error.HTTPError as error:
            if error.code == 404 and json.load(error).get("missing") == "group":
                raise AlreadyGone(f"The group {target_id} is gone, and its members with it.") from error
            raise

    def is_escalated(self, target_id, event):
        return self._call("GET", target_id, event)["member"]

    def _call(self, method, group, event):
        member = urllib.parse.quote(self.get_requester_identity(event), safe="")
        url = f"{self.integration.external_id}/groups/{urllib.parse.quote(group, safe='')}/members/{member}"
        key = self.integration.settings["secrets"][0].retrieve_value()
        request = urllib.request.Request(url, method=method, headers={"Authorization": f"Bearer {key}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)
