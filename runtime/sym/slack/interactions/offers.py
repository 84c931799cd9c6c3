"""The flows that were offered to somebody a moment ago: who searches a long list by typing asks with every letter, and
what is offered may be an author's code to say."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

from sym.engine.form import OfferedFlow
from sym.engine.forms import Forms
from sym.store.users import User

KEPT = timedelta(minutes=10)
MOST = 500


class Offers:
    """Asks for the flows somebody may ask for, and remembers them for a while."""

    def __init__(self, forms: Forms) -> None:
        self._forms = forms
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[datetime, list[OfferedFlow]]] = OrderedDict()

    def ask(self, user: User, now: datetime) -> list[OfferedFlow]:
        """What is offered now. Raises what :meth:`sym.engine.forms.Forms.offered` does."""
        offered = self._forms.offered(user, now=now)
        with self._lock:
            self._known[user.id] = (now, offered)
            self._known.move_to_end(user.id)
            while len(self._known) > MOST:
                self._known.popitem(last=False)
        return offered

    def recent(self, user: User, now: datetime) -> list[OfferedFlow]:
        """What was offered a few minutes ago, else what is now."""
        with self._lock:
            asked_at, offered = self._known.get(user.id, (None, []))
        if asked_at is None or not timedelta(0) <= now - asked_at < KEPT:
            return self.ask(user, now)
        return offered
