"""The examples that pages show: files, as they are."""

from __future__ import annotations

from pathlib import Path

_LANGUAGES = {".tf": "terraform", ".sh": "shell", ".py": "python"}


def example(path: Path) -> str:
    """The file at ``path`` as a block of code. Raises FileNotFoundError with a message that names it."""
    if not path.is_file():
        raise FileNotFoundError(f"There is no example {path}: write it, every page shows one.")
    text = path.read_text(encoding="utf-8").strip("\n")
    return f"```{_LANGUAGES[path.suffix]}\n{text}\n```"


def files_beside(folder: Path) -> list[str]:
    """The Python files an example reads, each with its name, as paragraphs."""
    shown: list[str] = []
    for path in sorted(folder.glob("*.py")):
        shown += [f"`{path.name}`:", example(path)]
    return shown
