"""Grant and remove membership of a group in the target system, a SQLite file."""

import sqlite3
from contextlib import closing

from sym.sdk.strategies import AccessStrategy


class MembershipStrategy(AccessStrategy):
    """One row per member and group. Both directions may run twice: a crash can make them."""

    def fetch_remote_identity(self, user):
        """The target system knows people by their e-mail address, or by name if they have none."""
        return user.email or user.username

    def escalate(self, target_id, event):
        member = self.get_requester_identity(event)
        self._run("insert or ignore into members (name, team) values (?, ?)", member, target_id)
        return {"member": member, "group": target_id}

    def deescalate(self, target_id, event):
        member = self.get_requester_identity(event)
        self._run("delete from members where name = ? and team = ?", member, target_id)
        return {"member": member, "group": target_id}

    def is_escalated(self, target_id, event):
        member = self.get_requester_identity(event)
        found = self._run("select 1 from members where name = ? and team = ?", member, target_id)
        return bool(found)

    def _run(self, statement, *values):
        """Run one statement, after showing the key the target system asks for."""
        key = self.integration.settings["secrets"][0].retrieve_value()
        with closing(sqlite3.connect(f"file:{self.integration.external_id}?mode=rw", uri=True)) as database, database:
            if database.execute("select 1 from keys where key = ?", [key]).fetchone() is None:
                raise PermissionError("the target system refused the key")
            return database.execute(statement, values).fetchall()
