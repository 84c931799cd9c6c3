"""The parts of a release; a whole one is built, installed and used in the acceptance tests."""

from __future__ import annotations

import signal
import subprocess
import sys
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest

from sym_provider.install import platform_name
from sym_provider.release import CannotBuild, build, checksums, closure, compile_sources, launcher, main, pack, required

ROOT = Path(__file__).parents[2]


def package_of(folder: Path, **modules: str) -> Path:
    folder.mkdir()
    for name, text in modules.items():
        (folder / f"{name}.py").write_text(text)
    return folder


def test_what_goes_in_is_what_the_extras_of_the_distribution_name() -> None:
    found = {one.name.lower() for one in closure(required(ROOT / "pyproject.toml"))}
    assert {"grpcio", "sqlalchemy", "requests", "pyyaml", "psycopg-binary", "certifi", "mako"} <= found
    assert not found & {"pytest", "fastapi", "symflow"}


def test_extras_of_a_requirement_and_what_these_need_are_followed() -> None:
    assert [one.name for one in closure(["psycopg"])] == ["psycopg", "typing_extensions"][: _of_python()]
    assert "psycopg-binary" in [one.name for one in closure(["psycopg[binary]"])]
    assert "psycopg-binary" in [one.name for one in closure(["psycopg", "psycopg[binary]"])]


def _of_python() -> int:
    return 2 if sys.version_info < (3, 13) else 1


def test_what_is_not_installed_is_named() -> None:
    with pytest.raises(CannotBuild, match=r"^no-such-thing is not installed: pip install --editable"):
        closure(["no-such-thing>=1"])


def test_an_installed_version_that_is_not_asked_for_is_refused() -> None:
    with pytest.raises(CannotBuild, match=f"^msgpack<0.1 is asked for, but {distribution('msgpack').version} is"):
        closure(["msgpack<0.1"])


def test_away_from_a_checkout_there_is_nothing_to_build(tmp_path: Path) -> None:
    with pytest.raises(CannotBuild, match="a release is built from a checkout"):
        required(tmp_path / "pyproject.toml")


def test_a_failure_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> list[Path]:
        raise CannotBuild("Nothing is here.")

    monkeypatch.setattr("sym_provider.release.build", refuse)
    assert main([str(tmp_path)]) == 1
    assert capsys.readouterr().err == "No release was built. Nothing is here.\n"


def test_the_same_content_gives_the_same_zip_wherever_and_whenever_it_was_written(tmp_path: Path) -> None:
    source = "NAMES = {'a', 'b', 'c'}\n\n\ndef first(x):\n    return x in {'d', 'e', 'f', 'g'}\n"
    first = package_of(tmp_path / "first", a=source, b="B = 1\n")
    second = package_of(tmp_path / "another place", b="B = 1\n", a=source)
    (second / "a.py").touch()
    (second / "a.py").chmod(0o600)
    for folder in (first, second):
        compile_sources(folder)
        pack(folder, folder.with_suffix(".zip"), {"program": "#!/bin/sh\n"})
    assert first.with_suffix(".zip").read_bytes() == second.with_suffix(".zip").read_bytes()
    with zipfile.ZipFile(first.with_suffix(".zip")) as archive:
        assert archive.namelist()[0] == "program"
        assert len(archive.namelist()) == 5


def test_a_compiled_module_is_used_whatever_the_date_of_its_source(tmp_path: Path) -> None:
    package = package_of(tmp_path / "package", a="print('compiled')\n")
    compile_sources(package)
    (package / "a.py").write_text("print('written later')\n")
    command = [sys.executable, "-B", "-c", "import a"]
    finished = subprocess.run(command, cwd=package, capture_output=True, text=True, timeout=60, check=True)
    assert finished.stdout == "compiled\n"


def test_a_module_that_cannot_be_compiled_stops_the_build(tmp_path: Path) -> None:
    package = package_of(tmp_path / "package", broken="def (:\n")
    with pytest.raises(CannotBuild, match=r"broken\.py"):
        compile_sources(package)


def test_checksums_are_what_sha256sum_reads(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("two")
    (tmp_path / "a").write_text("one")
    text = checksums([tmp_path / "b", tmp_path / "a"])
    assert [line.split("  ")[1] for line in text.splitlines()] == ["a", "b"]
    command = ["sha256sum", "--check", "--strict"]
    subprocess.run(command, cwd=tmp_path, input=text, text=True, capture_output=True, timeout=60, check=True)


def test_the_checksums_are_of_the_zips_of_all_platforms_that_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sym_provider.release.fill", lambda package, checkout: package_of(package, a="A = 1\n"))
    (tmp_path / "terraform-provider-sym_2.7.0_plan9_arm64.zip").write_bytes(b"built there")
    made = build(tmp_path, ROOT)
    prefix, own = "terraform-provider-sym_", f"{platform_name()}.zip"
    assert sorted(path.name for path in made) == sorted(
        f"{prefix}{version}_{name}" for version in ("2.7.0", "3.7.0") for name in (own, "manifest.json", "SHA256SUMS")
    )
    listed = [line.split()[1] for line in (tmp_path / f"{prefix}2.7.0_SHA256SUMS").read_text().splitlines()]
    assert listed == sorted([f"{prefix}2.7.0_{name}" for name in (own, "manifest.json", "plan9_arm64.zip")])
    assert "plan9" not in (tmp_path / f"{prefix}3.7.0_SHA256SUMS").read_text()


def test_a_python_that_cannot_be_found_is_asked_for_by_version(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text(launcher((3, 99)))
    program.chmod(0o755)
    finished = subprocess.run([program], capture_output=True, text=True, timeout=60, check=False)
    assert finished.returncode == 1
    assert finished.stdout == ""
    assert "needs Python 3.99: put python3.99 on PATH, or set SYM_PYTHON" in finished.stderr


def test_terraforms_ctrl_c_is_ignored_from_the_first_moment_but_not_a_persons(tmp_path: Path) -> None:
    script = "import signal\nprint(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)\n"
    package = package_of(tmp_path / "a package", start=script)
    program = package / "program"
    program.write_text(launcher())
    program.chmod(0o755)
    variables = {"PATH": "/usr/bin:/bin", "SYM_PYTHON": sys.executable}
    for arguments, ignored in (([], "True\n"), (["--debug"], "False\n")):
        # Whoever runs the tests may ignore the signal, as shells do for what they start in the background.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            finished = subprocess.run(
                [program, *arguments], env=variables, capture_output=True, text=True, timeout=60, check=True
            )
        finally:
            signal.signal(signal.SIGINT, before)
        assert finished.stdout == ignored
