"""What is to be run, and what came of it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

from sym.engine.sandbox.limits import DEADLINES, Limits
from sym.errors import AuthorCodeFailed


@dataclasses.dataclass(frozen=True, kw_only=True)
class Call:
    """One function of an author's file, to be called once.

    ``source`` is the file's name in messages and tracebacks, such as ``impl.py``, ``text`` what is in it. ``kind`` is a
    key of ``DEADLINES``; ``function`` the name of the handler, or of a strategy's method. ``arguments`` are JSON
    documents, in order: the views of events, users and so on; for a strategy one object with ``integration``,
    ``event``, (but for ``get_requester_identity``) ``target_id`` and (for ``poll``) ``operation``. ``deadline`` is in
    seconds; None is the usual one.
    """

    source: str
    text: str
    kind: str
    function: str
    arguments: Sequence[Any] = ()
    deadline: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in DEADLINES:
            raise ValueError(f"{self.kind!r} is no kind of call; the kinds are {', '.join(DEADLINES)}")

    @property
    def seconds(self) -> float:
        """How long the call may take."""
        return DEADLINES[self.kind] if self.deadline is None else self.deadline

    def request(self, limits: Limits) -> bytes:
        """The line that asks the child to run this. Raises TypeError or ValueError if an argument is not JSON."""
        document = {
            "filename": self.source,
            "text": self.text,
            "kind": self.kind,
            "function": self.function,
            "arguments": list(self.arguments),
            "seconds": self.seconds,
            "memory_bytes": limits.memory_bytes,
            "file_bytes": limits.file_bytes,
        }
        return json.dumps(document, allow_nan=False).encode() + b"\n"


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a call returned, as a JSON value, and what it printed."""

    value: Any
    log: str


class CallFailed(AuthorCodeFailed):
    """The call ended without a result. ``log`` is what it printed until then; ``is_gone`` says that a strategy found
    the access gone already."""

    log: str = ""
    is_gone: bool = False
