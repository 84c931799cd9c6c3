"""Changes to files, made together or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path

from sym.errors import Conflict, SymError


@dataclass(frozen=True)
class Changes:
    """``created`` are texts of files that are not there yet; ``changed`` those of files that are: before and after."""

    created: Mapping[Path, str] = field(default_factory=dict)
    changed: Mapping[Path, tuple[str, str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.created or self.changed)

    def diff(self, folder: Path) -> str:
        """All of it as a unified diff, with paths from ``folder``."""
        texts = {**{path: ("", text) for path, text in self.created.items()}, **self.changed}
        return "".join(_diff(path, folder, *both, is_new=path in self.created) for path, both in sorted(texts.items()))


def read_text(path: Path) -> str:
    """The text of a file, its line ends as they are. Raises OSError and UnicodeDecodeError."""
    return path.read_bytes().decode("utf-8")


def write(changes: Changes) -> None:
    """Make ``changes``.

    Raises Conflict if a file to be created is there, or one to be changed is not as it was read; SymError if something
    cannot be written. Then everything is as it was before.
    """
    _check(changes)
    undone = contextlib.ExitStack()
    with undone:
        try:
            _write(changes, undone)
        except OSError as problem:
            raise SymError(f"{problem.filename or 'A file'} cannot be written: {problem.strerror}.",
                           hint="Nothing was changed.") from problem  # fmt: skip
        undone.pop_all()


def _check(changes: Changes) -> None:
    there = [path for path in changes.created if os.path.lexists(path)]
    if there:
        names = ", ".join(str(path) for path in there)
        raise Conflict(f"There is already {names}.", hint="Nothing was written. Choose another name, or move the file.")
    for path, (before, _) in changes.changed.items():
        if read_text(path) != before:
            raise Conflict(f"{path} was changed meanwhile.", hint="Nothing was written. Try again.")


def _write(changes: Changes, undone: contextlib.ExitStack) -> None:
    """Everything is written beside its place first. ``undone`` gets what takes it back."""
    with contextlib.ExitStack() as leftovers:
        staged = []
        after = {path: text for path, (_, text) in changes.changed.items()}
        for path, text in {**changes.created, **after}.items():
            _make_folders(path.parent, undone)
            staged.append((_stage(path, text, leftovers), path))
        for temporary, path in staged:
            if path in changes.created:
                os.link(temporary, path)  # unlike a rename, it fails if somebody else was faster
                undone.callback(path.unlink, missing_ok=True)
            else:
                before = changes.changed[path][0].encode()
                real = path.resolve()
                shutil.copymode(real, temporary)
                os.replace(temporary, real)  # noqa: PTH105 - as os.link above
                undone.callback(real.write_bytes, before)


def _stage(path: Path, text: str, leftovers: contextlib.ExitStack) -> Path:
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.resolve().parent)
    temporary = Path(name)
    leftovers.callback(temporary.unlink, missing_ok=True)
    with os.fdopen(number, "wb") as file:
        file.write(text.encode())
    temporary.chmod(0o666 & ~_umask())
    return temporary


def _umask() -> int:
    # There is no other way to ask.
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _make_folders(folder: Path, undone: contextlib.ExitStack) -> None:
    missing = [folder, *folder.parents]
    missing = missing[: next((index for index, one in enumerate(missing) if one.is_dir()), 0)]
    for one in reversed(missing):
        one.mkdir()
        undone.callback(_remove, one)


def _remove(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()


def _diff(path: Path, folder: Path, before: str, after: str, *, is_new: bool) -> str:
    name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
    lines = unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), "/dev/null" if is_new else f"a/{name}",
        f"b/{name}",
    )  # fmt: skip
    return "".join(_with_end(lines))


def _with_end(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
