"""Requests on a store that are sent again with the same ``--idempotency-key``: they are the same request."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sym.errors import Conflict, Invalid

if TYPE_CHECKING:
    from sym.commands._asked import Ask
    from sym.store.database import Store
    from sym.store.idempotency import Claim
    from sym.store.users import User

# As the API has it: what is a key here is one there.
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def claimed(store: Store, ask: Ask, requester: User, actor: User, now: datetime) -> tuple[Claim, dict[str, Any] | None]:
    """The claim of ``ask.idempotency_key`` for ``actor``, and what was answered before, None if nothing was.

    Raises Invalid for what is no key, and Conflict when the key stands for another request, or for one that is being
    worked on. A key that a server was sent stands for a request of the server's.
    """
    from sym.store.idempotency import claim, claim_of

    key = ask.idempotency_key or ""
    if not _KEY.fullmatch(key):
        raise Invalid("A key has 1 to 255 visible characters of ASCII, such as a UUID.", path="--idempotency-key",
                      code="Idempotency:INVALID_KEY")  # fmt: skip
    asked = json.dumps(["cli", ask.flow, ask.inputs, ask.context, requester.id], sort_keys=True)
    wanted = claim_of(actor.id, _digest(key), _digest(asked), now=now)
    with store.transaction() as conn:
        held = claim(conn, wanted)
    if held is None:
        return wanted, None
    if held.request != wanted.request:
        raise Conflict("This --idempotency-key was used for another request.",
                       hint="Use a new key for a new request.", code="Idempotency:KEY_REUSED")  # fmt: skip
    if held.response is None:
        raise Conflict("The same request is being worked on.", hint="Try again in a moment.",
                       code="Idempotency:IN_PROGRESS")  # fmt: skip
    return wanted, held.response


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
