"""What secret sources may touch."""

from __future__ import annotations

from pathlib import Path

from sym.sdk._secrets import LONGEST_VALUE, SecretPlace, Source, value_problem
from sym.secret_sources import env, file


def test_the_place_does_not_show_what_it_holds() -> None:
    place = SecretPlace(environment={"SYM_SECRET_A": "hunter2"}, stored={"a": "hunter2"}.__getitem__)
    assert "hunter2" not in repr(place)


def test_sources_of_every_kind_are_opened_and_asked_alike(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one")
    place = SecretPlace(environment={"SYM_SECRET_A": "two"}, file_root=tmp_path)
    sources: list[Source] = [file.Source.open({}, place), env.Source.open({}, place)]
    assert [source.fetch(path) for source, path in zip(sources, ("a", "SYM_SECRET_A"), strict=True)] == ["one", "two"]


def test_a_value_is_some_text_of_up_to_64_kib() -> None:
    assert value_problem("x" * LONGEST_VALUE) is None
    assert "empty" in str(value_problem(""))
    assert "65538" in str(value_problem("é" * (LONGEST_VALUE // 2 + 1)))
    assert "UTF-8" in str(value_problem("\ud800"))
