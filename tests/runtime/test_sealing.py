from __future__ import annotations

import stat
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sym.errors import Unavailable
from sym.sealing import Sealed, SealingKeys, key_id

TEXT = "s3cr3t-grüße"


@pytest.fixture
def keys(tmp_path: Path) -> SealingKeys:
    return SealingKeys(tmp_path / "deep" / "keys")


def test_what_is_sealed_is_opened_again_and_does_not_show_itself(keys: SealingKeys, now: datetime) -> None:
    sealed = keys.seal("a", TEXT, now)
    assert keys.unseal("a", sealed) == SealingKeys(keys.path).unseal("a", sealed) == TEXT
    assert TEXT.encode() not in sealed.ciphertext
    assert str(sealed.ciphertext) not in repr(sealed)


def test_the_same_text_is_sealed_in_another_way_each_time(keys: SealingKeys, now: datetime) -> None:
    assert keys.seal("a", TEXT, now).ciphertext != keys.seal("a", TEXT, now).ciphertext


def test_the_first_value_makes_one_key_that_only_its_owner_may_read(keys: SealingKeys, now: datetime) -> None:
    keys.seal("a", TEXT, now)
    keys.seal("b", TEXT, now + timedelta(days=1))
    (file,) = keys.path.iterdir()
    assert file.name == "secret-20260314T150926535897Z.key"
    assert len(file.read_bytes()) == 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(keys.path.stat().st_mode) == 0o700


def test_a_value_cannot_be_passed_off_as_anothers(keys: SealingKeys, now: datetime) -> None:
    sealed = keys.seal("a", TEXT, now)
    with pytest.raises(Unavailable, match="belongs to something else"):
        keys.unseal("b", sealed)


@pytest.mark.parametrize("at", [0, 12, -1])
def test_a_changed_value_is_refused(keys: SealingKeys, now: datetime, at: int) -> None:
    sealed = keys.seal("a", TEXT, now)
    changed = bytearray(sealed.ciphertext)
    changed[at] ^= 1
    for ciphertext in (bytes(changed), sealed.ciphertext[:-1], b""):
        with pytest.raises(Unavailable, match="has been changed") as raised:
            keys.unseal("a", Sealed(key_id=sealed.key_id, ciphertext=ciphertext))
        assert TEXT not in str(raised.value)


def test_a_newer_key_seals_and_the_older_ones_still_open(keys: SealingKeys, now: datetime) -> None:
    old = keys.seal("a", TEXT, now)
    newer = keys.path / "secret-20270101T000000000000Z.key"
    newer.write_bytes(b"k" * 32)
    newer.chmod(0o600)
    new = keys.seal("a", "other", now)
    assert new.key_id == key_id(b"k" * 32) != old.key_id
    assert (keys.unseal("a", old), keys.unseal("a", new)) == (TEXT, "other")


def test_a_key_that_is_not_here_is_named_with_the_cure(keys: SealingKeys, now: datetime, tmp_path: Path) -> None:
    sealed = keys.seal("a", TEXT, now)
    with pytest.raises(Unavailable, match=f"{sealed.key_id}.*SYM_KEYS_DIR"):
        SealingKeys(tmp_path / "elsewhere").unseal("a", sealed)
    assert not (tmp_path / "elsewhere").exists()


def test_no_folder_is_made_where_nobody_else_would_look(tmp_path: Path, now: datetime) -> None:
    careful = SealingKeys(tmp_path / "keys", makes_folder=False)
    with pytest.raises(Unavailable, match="SYM_KEYS_DIR"):
        careful.seal("a", TEXT, now)
    assert not careful.path.exists()
    SealingKeys(careful.path).seal("b", TEXT, now)
    assert careful.unseal("a", careful.seal("a", TEXT, now)) == TEXT


def test_a_folder_that_cannot_be_made_is_an_error_that_names_it(tmp_path: Path, now: datetime) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="file/keys"):
        SealingKeys(tmp_path / "file" / "keys").seal("a", TEXT, now)


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_key_open_to_others_is_refused(keys: SealingKeys, now: datetime, mode: int) -> None:
    sealed = keys.seal("a", TEXT, now)
    next(keys.path.iterdir()).chmod(mode)
    for act in (lambda: keys.unseal("a", sealed), lambda: keys.seal("a", TEXT, now)):
        with pytest.raises(Unavailable, match="chmod 600"):
            act()


def test_a_folder_open_to_others_is_refused_before_a_key_is_made(keys: SealingKeys, now: datetime) -> None:
    keys.path.mkdir(parents=True)
    keys.path.chmod(0o755)
    with pytest.raises(Unavailable, match="chmod 700"):
        keys.seal("a", TEXT, now)
    assert list(keys.path.iterdir()) == []


def test_a_file_of_another_length_is_no_key(keys: SealingKeys, now: datetime) -> None:
    keys.seal("a", TEXT, now)
    next(keys.path.iterdir()).write_bytes(b"short")
    with pytest.raises(Unavailable, match="32 bytes"):
        keys.seal("a", TEXT, now)


def test_other_files_are_left_alone(keys: SealingKeys, now: datetime) -> None:
    sealed = keys.seal("a", TEXT, now)
    for name in ("token-20990101T000000000000Z.pem", "secret-9.key", "README"):
        (keys.path / name).write_text("x")
    assert keys.seal("a", TEXT, now).key_id == sealed.key_id


def test_first_values_of_several_threads_make_one_key(keys: SealingKeys, now: datetime) -> None:
    sealed: dict[str, Sealed] = {}

    def seal(owner: str) -> None:
        moment = now + timedelta(microseconds="abcdefgh".index(owner))
        sealed[owner] = SealingKeys(keys.path).seal(owner, owner * 3, moment)

    threads = [threading.Thread(target=seal, args=(owner,)) for owner in "abcdefgh"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {owner: keys.unseal(owner, value) for owner, value in sealed.items()} == {o: o * 3 for o in "abcdefgh"}
    assert len(list(keys.path.iterdir())) == 1


def test_a_key_that_another_process_made_in_the_same_microsecond_is_used(
    keys: SealingKeys, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = SealingKeys(keys.path).seal("b", TEXT, now)
    newest, calls = SealingKeys._newest, []

    def not_seen_at_first(self: SealingKeys) -> bytes | None:
        calls.append(self)
        return None if len(calls) == 1 else newest(self)

    monkeypatch.setattr(SealingKeys, "_newest", not_seen_at_first)
    ours = keys.seal("a", TEXT, now)
    assert ours.key_id == theirs.key_id
    assert keys.unseal("a", ours) == TEXT
