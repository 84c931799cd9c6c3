"""Write the reference of the API: ``python -m sym.api.reference FOLDER`` puts ``openapi.json`` and ``api.md`` there."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from sym.api.app import create_app
from sym.api.openapi import operations
from sym.api.openapi_examples import ERRORS

_PROSE = Path(__file__).with_name("api.md.txt")


def pages() -> dict[str, str]:
    """The pages' text by file name."""
    document = create_app(None).openapi()  # type: ignore[arg-type]
    return {
        "openapi.json": json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n",
        "api.md": _page(document),
    }


def write(folder: Path) -> None:
    """Write every page into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text)


def _page(document: dict[str, Any]) -> str:
    statuses = [f"| {status} | {found.meaning} | `{found.code}` |" for status, found in ERRORS.items()]
    prose = _PROSE.read_text()
    return prose.replace("{STATUSES}", "\n".join(statuses)).replace("{VERBS}", "\n".join(_verbs(document)))


def _verbs(document: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for tag in sorted({operation["tags"][0] for _, _, operation in operations(document)} - {"health", "metrics"}):
        lines += [f"### {tag.capitalize()}", ""]
        for method, path, operation in operations(document):
            if operation["tags"][0] == tag:
                lines += _verb(method, path, operation)
    return lines


def _verb(method: str, path: str, operation: dict[str, Any]) -> list[str]:
    parameters = [one for one in operation.get("parameters", ()) if one["in"] == "query"]
    asked = [f"- `{one['name']}`: {one['description']}" for one in parameters]
    said = [operation["description"].strip(), ""]
    # The shapes of resources are those of the provider's documentation.
    if operation["tags"][0] == "entities":
        return [f"#### `{method} {path}`", "", *said]
    return [f"#### `{method} {path}`", "", *said, *asked, *([""] if asked else []), *_curl(method, path, operation)]


def _curl(method: str, path: str, operation: dict[str, Any]) -> list[str]:
    address = path.removeprefix("/api/v1").replace("{", "$").replace("}", "")
    parts = [f"curl -fsS{'' if method == 'GET' else f' -X {method}'}"]
    if "security" in operation:
        parts.append('-H "Authorization: Bearer $SYM_JWT"')
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
    if body is not None:
        parts += ["-H 'Content-Type: application/json'", f"-d '{json.dumps(body, ensure_ascii=False)}'"]
    parts.append(f'"$SYM_API_URL{address}"')
    return ["```sh", " \\\n  ".join(parts), "```", ""]


if __name__ == "__main__":
    write(Path(sys.argv[1]))
