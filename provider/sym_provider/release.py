"""Build a release: ``python -m sym_provider.release DIR``, from a checkout, in an environment with its dependencies.

For each of the two versions of the build there is, as HashiCorp's registry documentation lays down,

* ``terraform-provider-sym_VERSION_OS_ARCH.zip``, for this machine's platform,
* ``terraform-provider-sym_VERSION_manifest.json``, which says what protocol the provider speaks,
* ``terraform-provider-sym_VERSION_SHA256SUMS``, of the manifest and of the zips of all platforms that are in DIR.

Signing is the operator's: ``gpg --detach-sign FILE_SHA256SUMS`` makes the ``.sig`` beside it that a registry asks for.

A package can be put anywhere and brings all but Python itself. What it brings was compiled for the Python it was built
with, 3.11 say, so it asks for that minor version. The same sources, dependencies and Python give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePath
from typing import Final

import sym.resources
import sym_provider
from sym_provider.install import VERSIONS, platform_name

EXTRAS: Final = ("provider", "postgres")
"""The extras of the distribution whose dependencies go into the package."""

MANIFEST: Final = {"version": 1, "metadata": {"protocol_versions": ["6.0"]}}

_NAME: Final = "terraform-provider-sym"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the oldest date a zip can say
_UNUSED: Final = frozenset({".pyc", ".pyi", ".pyx", ".pxd", ".pxi", ".c", ".h", ".cpp"})
_UNUSED_FOLDERS: Final = frozenset({"tests", "testing"})  # Terraform hashes every file for every command

_START: Final = """\
import sys

sys.path.insert(0, __file__.rpartition("/")[0])

from sym_provider.__main__ import main

main()
"""


class CannotBuild(Exception):
    """The environment lacks something; the text says what, and what to do."""


def build(folder: Path, checkout: Path) -> list[Path]:
    """Make the release of ``checkout`` for this platform in ``folder`` and give the files. Raises CannotBuild."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        package = Path(temporary) / "package"
        fill(package, checkout)
        return [path for version in VERSIONS for path in _publish(package, folder, version)]


def fill(package: Path, checkout: Path) -> None:
    """Lay out what both versions hold: everything but the launcher. Raises CannotBuild."""
    package.mkdir()
    for source in (sym_provider.__path__[0], Path(sym.resources.__path__[0]).parent):
        _copy_sources(Path(source), package / Path(source).name)
    for distribution in closure(required(checkout / "pyproject.toml")):
        _copy_distribution(distribution, package)
    (package / "start.py").write_text(_START)
    shutil.copyfile(checkout / "LICENSE", package / "LICENSE")
    compile_sources(package)


def required(project: Path) -> list[str]:
    """The requirements of :data:`EXTRAS` in the file ``pyproject.toml``. Raises CannotBuild where there is none."""
    try:
        extras = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["optional-dependencies"]
        return [requirement for extra in EXTRAS for requirement in extras[extra]]
    except FileNotFoundError:
        raise CannotBuild(f"There is no {project}: a release is built from a checkout, installed editable.") from None


def closure(requirements: Iterable[str]) -> list[importlib.metadata.Distribution]:
    """The installed distributions that satisfy ``requirements``, with all they require themselves, by name.

    Raises CannotBuild for one that is not installed, or not in a version that is asked for.
    """
    from packaging.requirements import Requirement

    found: dict[str, importlib.metadata.Distribution] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        requirement = waiting.pop()
        distribution = _installed(requirement.name)
        if not requirement.specifier.contains(distribution.version, prereleases=True):
            raise CannotBuild(f"{requirement} is asked for, but {distribution.version} is installed.")
        found[distribution.name.lower()] = distribution
        for extra in {"", *requirement.extras} - {extra for name, extra in seen if name == distribution.name}:
            seen.add((distribution.name, extra))
            needed = [Requirement(text) for text in distribution.requires or ()]
            waiting += [one for one in needed if one.marker is None or one.marker.evaluate({"extra": extra})]
    return [found[name] for name in sorted(found)]


def _installed(name: str) -> importlib.metadata.Distribution:
    try:
        return importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        extras = ",".join(EXTRAS)
        raise CannotBuild(f"{name} is not installed: pip install --editable '.[{extras}]'") from None


def _copy_sources(source: Path, target: Path) -> None:
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"), dirs_exist_ok=True)


def _copy_distribution(distribution: importlib.metadata.Distribution, package: Path) -> None:
    """Copy what pip has installed, but programs (outside of site-packages) and what only compilers read."""
    if distribution.files is None:
        raise CannotBuild(f"{distribution.name} has no list of its files: install it again, with pip.")
    for file in distribution.files:
        if _needed(file):
            target = package / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(Path(str(file.locate())), target)


def _needed(file: PurePath) -> bool:
    if file.parts[0] == ".." or file.suffix in _UNUSED or not _UNUSED_FOLDERS.isdisjoint(file.parts):
        return False
    return file.name not in {"INSTALLER", "RECORD", "REQUESTED", "direct_url.json"}


def compile_sources(package: Path) -> None:
    """Compile all modules, so that Python looks neither at the dates of sources nor for what it could write.

    A process of its own, with a fixed hash seed, gives the same bytes each time. Paths are kept relative.
    """
    command = [sys.executable, "-s", "-S", "-B", "-m", "compileall", "-q", "-s", str(package), str(package)]
    finished = subprocess.run(
        [*command, "--invalidation-mode", "unchecked-hash"],
        env={"PYTHONHASHSEED": "0"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if finished.returncode:
        raise CannotBuild(f"Python could not compile everything:\n{finished.stdout}{finished.stderr}")


def launcher(python: tuple[int, int] = sys.version_info[:2]) -> str:
    """The program Terraform starts: it looks for a Python of the version the package was built with.

    ``SYM_PYTHON`` names one that is not on the search path. Versions are tried, since a program named ``python3.11``
    may be a shim for a Python that is not there. Of shims, the interpreter behind is started.
    """
    major, minor = python
    return f"""\
#!/bin/sh
# Ctrl-C reaches this process, too; Terraform asks the provider to stop in its own way.
[ "$#" -gt 0 ] || trap '' INT
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P) || exit 1
for candidate in "${{SYM_PYTHON:-python{major}.{minor}}}" python3 python; do
  python=$("$candidate" -I -S -B -c '
import sys
if (sys.implementation.name, *sys.version_info[:2]) == ("cpython", {major}, {minor}): print(sys.executable)
' 2>/dev/null) && [ -n "$python" ] && exec "$python" -I -S -B "$here/start.py" "$@"
done
echo "{_NAME} needs Python {major}.{minor}: put python{major}.{minor} on PATH, or set SYM_PYTHON to its path." >&2
exit 1
"""


def _publish(package: Path, folder: Path, version: str) -> Iterator[Path]:
    archive = folder / f"{_NAME}_{version}_{platform_name()}.zip"
    pack(package, archive, {f"{_NAME}_v{version}": launcher()})
    yield archive
    manifest = folder / f"{_NAME}_{version}_manifest.json"
    manifest.write_text(json.dumps(MANIFEST) + "\n")
    yield manifest
    sums = folder / f"{_NAME}_{version}_SHA256SUMS"
    sums.write_text(checksums([*folder.glob(f"{_NAME}_{version}_*.zip"), manifest]))
    yield sums


def pack(package: Path, archive: Path, programs: dict[str, str]) -> None:
    """Write the zip of ``package`` and of ``programs`` (name to text), the same bytes for the same content."""
    files = {path.relative_to(package): path for path in package.rglob("*") if path.is_file()}
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as opened:
        for name, text in sorted(programs.items()):
            opened.writestr(_entry(name, executable=True), text)
        for relative in sorted(files):
            opened.writestr(_entry(relative.as_posix(), executable=False), files[relative].read_bytes())


def _entry(name: str, executable: bool) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.create_system = 3  # Unix: the mode below counts
    entry.external_attr = (0o100755 if executable else 0o100644) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def checksums(files: Iterable[Path]) -> str:
    """The lines of a ``SHA256SUMS`` file, as ``sha256sum --check`` reads them."""
    named = sorted((path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files)
    return "".join(f"{digest}  {name}\n" for name, digest in named)


def main(arguments: Sequence[str] | None = None) -> int:
    """Build as the command line says; give the exit status."""
    parser = argparse.ArgumentParser(prog="python -m sym_provider.release", description="Build a provider release.")
    parser.add_argument("folder", metavar="DIR", type=Path, help="where to put it")
    try:
        files = build(parser.parse_args(arguments).folder, Path(__file__).parents[2])
    except CannotBuild as problem:
        sys.stderr.write(f"No release was built. {problem}\n")
        return 1
    sys.stdout.write("".join(f"{path}\n" for path in files))
    return 0


if __name__ == "__main__":
    sys.exit(main())
