from sym.sdk.strategies import AccessStrategy


class Service(AccessStrategy):
    def fetch_remote_identity(self, user):
        return user.email

    def escalate(self, target_id, event):
        pass

    def deescalate(self, target_id, event):
        pass
