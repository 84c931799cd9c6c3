# Uses persist_user_identity without importing it, overrides __init__, keeps state on the class.
from abc import abstractmethod

from sym.sdk.integrations import slack
from sym.sdk.strategies import AccessStrategy, Integration


class Base(AccessStrategy):
    members = {}

    def __init__(self, integration: Integration):
        self.settings = integration.settings or {}
        super().__init__(integration)

    @abstractmethod
    def where(self): ...

    def fetch_remote_identity(self, user):
        return None


class Queue(Base):
    def where(self):
        return self.integration.external_id

    def _who(self, event):
        requester = event.get_actor("request")
        found = requester.identity("custom", self.integration.external_id)
        if found is None:
            found = persist_user_identity(
                email=requester.email, service="custom", service_id=self.integration.external_id,
                user_id=f"ext-{requester.first_name or requester.username}",
            )
            print("persisted", found)
        return found.user_id

    def escalate(self, target_id, event):
        who = self._who(event)
        slack.send_message(slack.channel("#queue"), f"{who} -> {target_id} at {self.where()}")
        return {"who": who}

    def deescalate(self, target_id, event):
        slack.send_message(slack.channel("#queue"), f"{self._who(event)} <- {target_id}")
