"""``python -m sym.audit.reference DOCS``: write the log's reference: its vocabulary, and the schema of an entry."""

from __future__ import annotations

import inspect
import json
import sys
from pathlib import Path

from sym.audit.classification import PUBLIC
from sym.audit.entry_schema import entry_schema
from sym.audit.events import vocabulary

_HEAD = """# The audit log

One entry for everything that happened: each event of a request, each refusal, each change of the configuration and of
accounts, in the transaction of what it tells about. `symflow audit list`, `export` and `GET /api/v1/audit` show them;
[audit-entry.schema.json](audit-entry.schema.json) is their JSON Schema (draft 2020-12).

Every second what was appended is sealed: a seal has the entries' Merkle root, the hash of the seal before it and a
signature of the audit key. `symflow audit verify` finds what was changed, removed, added or moved, in the store or,
with nothing but the output of `symflow audit public-key`, in an exported file. The newest seal is also written down off
the database (`SYM_AUDIT_ANCHOR`: a file, `s3://bucket/prefix`, or `off`; by default `<store>.audit-anchor.jsonl`
beside the store), so that a log that was cut off or restored shows.

What is personal lies beside the entry, behind a commitment, and can be erased (`symflow users erase`); the entry, its
hash and its seal stay as they were. Entries are kept for ever unless `SYM_AUDIT_RETENTION` (such as `7y`) or
`symflow audit prune` says otherwise; that entries were removed is signed, and the log still verifies.

When the log cannot be written nothing is granted, and access that is due ends all the same: its entries wait in
`SYM_AUDIT_SPOOL` (by default `<store>.audit-spool.jsonl` beside the store) and are entered as soon as the log takes
them.

## Vocabulary
"""


def page() -> str:
    """The reference page, in Markdown."""
    lines = [_HEAD]
    for kind in sorted({cls.kind for cls in vocabulary().values()}):
        lines += [f"### `type`: `{kind}`", "", "| name | status | when |", "| --- | --- | --- |"]
        for name, cls in vocabulary().items():
            if cls.kind == kind:
                lines.append(f"| `{name}` | {cls.status} | {' '.join(inspect.cleandoc(cls.__doc__ or '').split())} |")
        lines += ["", f"Never hidden and never erased: {_public(kind)}.", ""]
    return "\n".join(lines).rstrip() + "\n"


def _public(kind: str) -> str:
    return ", ".join(f"`{'.'.join(path)}`" for path in sorted(set(PUBLIC[kind])))


def documents() -> dict[str, str]:
    """Every generated file by its name."""
    return {"audit.md": page(), "audit-entry.schema.json": json.dumps(entry_schema(), indent=2) + "\n"}


def main(arguments: list[str]) -> int:
    """Write the files into the folder that is named; the exit code."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m sym.audit.reference DOCS\n")
        return 2
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in documents().items():
        (folder / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
