"""What secret sources may touch."""

from __future__ import annotations

from pathlib import Path

from sym.sdk._secrets import SecretPlace, Source
from sym.secret_sources import env, file


def test_the_place_does_not_show_what_it_holds() -> None:
    assert "hunter2" not in repr(SecretPlace(environment={"SYM_SECRET_A": "hunter2"}))


def test_sources_of_every_kind_are_opened_and_asked_alike(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one")
    place = SecretPlace(environment={"SYM_SECRET_A": "two"}, file_root=tmp_path)
    sources: list[Source] = [file.Source.open({}, place), env.Source.open({}, place)]
    assert [source.fetch(path) for source, path in zip(sources, ("a", "SYM_SECRET_A"), strict=True)] == ["one", "two"]
