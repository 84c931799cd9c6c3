import urllib.request

from sym.sdk.strategies import AccessStrategy


class LedgerStrategy(AccessStrategy):
    """Roles of the ledger. Granting and taking away may happen twice, so both say what shall be, not what to change."""

    def fetch_remote_identity(self, user):
        return user.email

    def escalate(self, target_id, event):
        return self._call("PUT", target_id, event)

    def deescalate(self, target_id, event):
        return self._call("DELETE", target_id, event)

    def _call(self, method, role, event):
        member = self.get_requester_identity(event)
        address = f"https://{self.integration.external_id}/roles/{role}/members/{member}"
        with urllib.request.urlopen(urllib.request.Request(address, method=method), timeout=10):
            return {"member": member, "role": role}
