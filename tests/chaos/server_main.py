"""``symflow serve`` with people who can be reached: what they are told is kept in a file, and fails while another file
is there. It stands for the surface that a composition root binds."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sym.commands import _server, main
from sym.engine.outbound import ErrorReport, Outgoing, Unreachable
from sym.engine.runtime import Runtime


class FileOutbound:
    """Writes one line of ``told.jsonl`` for everything it is handed; Unreachable while ``outbound.down`` exists."""

    is_bound = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, message: Outgoing) -> Mapping[str, Any]:
        """Show a message."""
        self._write("deliver", message.id)
        return {"id": message.id}

    def update(self, message: Outgoing, reference: Mapping[str, Any]) -> None:
        """Change a message, which must be the one that was delivered."""
        assert dict(reference) == {"id": message.id}, reference
        self._write("update", message.id)

    def find(self, message: Outgoing) -> Mapping[str, Any] | None:
        """Where a message is that was shown."""
        told = self._folder / "told.jsonl"
        lines = told.read_text().splitlines() if told.exists() else []
        is_there = any(json.loads(line) == {"what": "deliver", "id": message.id} for line in lines)
        return {"id": message.id} if is_there else None

    def find_person(self, *, service: str, external_id: str, email: str) -> str | None:
        """Nobody."""
        raise AssertionError(f"{service} {external_id} {email}")

    def report(self, report: ErrorReport) -> None:
        """Keep what went wrong."""
        self._write("report", report.id)

    def _write(self, what: str, message_id: str) -> None:
        if (self._folder / "outbound.down").exists():
            raise Unreachable("Nobody answers.")
        # One write of a short line is never mixed with that of another process.
        line = json.dumps({"what": what, "id": message_id}) + "\n"
        descriptor = os.open(self._folder / "told.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)


if __name__ == "__main__":
    folder, *arguments = sys.argv[1:]
    outbound = FileOutbound(Path(folder))
    vars(_server)["Runtime"] = lambda *args, **kwargs: Runtime(*args, **{**kwargs, "outbound": outbound})
    sys.argv = ["symflow", *arguments]
    main()
