"""Keys: made once, readable by one, rotated by addition."""

from __future__ import annotations

import stat
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sym.engine.keys import KeyDirectory, key_id
from sym.errors import Unavailable


@pytest.fixture
def keys(tmp_path: Path, now: datetime) -> KeyDirectory:
    made = KeyDirectory(tmp_path / "deep" / "keys")
    made.create(now)
    return made


def files(keys: KeyDirectory) -> list[Path]:
    return sorted(keys.path.iterdir())


def test_creation_makes_one_key_for_each_purpose_that_only_the_owner_may_read(keys: KeyDirectory) -> None:
    assert [path.name for path in files(keys)] == [
        "audit-20260314T150926535897Z.pem", "receipt-20260314T150926535897Z.pem", "token-20260314T150926535897Z.pem",
    ]  # fmt: skip
    assert [stat.S_IMODE(path.stat().st_mode) for path in (keys.path, *files(keys))] == [0o700, 0o600, 0o600, 0o600]


def test_creating_again_makes_nothing_new(keys: KeyDirectory, now: datetime) -> None:
    before = {path: path.read_bytes() for path in files(keys)}
    assert keys.create(now + timedelta(days=1)) == []
    assert {path: path.read_bytes() for path in files(keys)} == before


def test_what_one_purpose_signs_its_public_key_verifies_and_no_other(keys: KeyDirectory) -> None:
    signing = keys.signing_key("token")
    public = keys.public_keys("token")
    assert set(public) == {signing.key_id}
    signature = signing.sign(b"message")
    public[signing.key_id].verify(signature, b"message")
    (audit,) = keys.public_keys("audit").values()
    with pytest.raises(InvalidSignature):
        audit.verify(signature, b"message")


def test_the_newest_key_signs_and_all_verify(keys: KeyDirectory, now: datetime) -> None:
    first = keys.signing_key("token").key_id
    second = keys.add("token", now + timedelta(microseconds=1))
    assert keys.signing_key("token").key_id == second
    assert set(keys.public_keys("token")) == {first, second}
    assert len(keys.public_keys("audit")) == 1


def test_age_is_told_in_utc(keys: KeyDirectory, now: datetime) -> None:
    east = timezone(timedelta(hours=9))
    newest = keys.add("token", (now + timedelta(hours=2)).astimezone(UTC))
    keys.add("token", (now + timedelta(hours=1)).astimezone(east))
    assert keys.signing_key("token").key_id == newest


def test_a_key_is_never_overwritten(keys: KeyDirectory, now: datetime) -> None:
    before = keys.signing_key("token").key_id
    with pytest.raises(Unavailable, match="same moment"):
        keys.add("token", now)
    assert keys.signing_key("token").key_id == before
    assert len(files(keys)) == 3


def test_the_id_of_a_key_is_the_thumbprint_of_rfc_7638() -> None:
    # RFC 8037, appendix A.3.
    raw = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    assert key_id(Ed25519PublicKey.from_public_bytes(raw)) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o620, 0o610])
def test_a_file_open_to_others_is_refused_with_the_cure(keys: KeyDirectory, mode: int) -> None:
    path = next(keys.path.glob("token-*"))
    path.chmod(mode)
    for use in (keys.signing_key, keys.public_keys):
        with pytest.raises(Unavailable) as caught:
            use("token")
        assert f"chmod 600 {path}" in str(caught.value)
    keys.signing_key("audit")


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o777])
def test_a_folder_open_to_others_is_refused_with_the_cure(keys: KeyDirectory, mode: int, now: datetime) -> None:
    keys.path.chmod(mode)
    for use in (lambda: keys.signing_key("token"), lambda: keys.public_keys("token"), lambda: keys.create(now)):
        with pytest.raises(Unavailable, match="chmod 700"):
            use()


def test_without_keys_nothing_signs_and_nothing_verifies(tmp_path: Path) -> None:
    empty = KeyDirectory(tmp_path / "none")
    assert empty.public_keys("token") == {}
    with pytest.raises(Unavailable, match="init-org"):
        empty.signing_key("token")
    assert not empty.path.exists()


def test_a_link_is_no_key_file(keys: KeyDirectory, tmp_path: Path) -> None:
    path = next(keys.path.glob("token-*"))
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Unavailable, match="cannot be read"):
        keys.signing_key("token")


def test_what_is_not_an_ed25519_key_is_refused(keys: KeyDirectory) -> None:
    path = next(keys.path.glob("token-*"))
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    others = [
        b"", b"hunter2", ec.generate_private_key(ec.SECP256R1()).private_bytes(*pem),
        rsa.generate_private_key(65537, 2048).private_bytes(*pem),
    ]  # fmt: skip
    for content in others:
        path.write_bytes(content)
        with pytest.raises(Unavailable, match="Ed25519") as caught:
            keys.signing_key("token")
        assert "hunter2" not in str(caught.value)


def test_files_that_are_no_keys_are_left_alone(keys: KeyDirectory) -> None:
    before = keys.signing_key("token").key_id
    for name in (
        "README",
        "token-9.pem",
        ".token-20990314T150926535897Z.pem.draft",
        "token-20990314T150926535897Z.pem.bak",
    ):
        (keys.path / name).write_text("x")
    assert keys.signing_key("token").key_id == before


def test_an_unknown_purpose_is_a_mistake(keys: KeyDirectory) -> None:
    with pytest.raises(ValueError, match="token, audit"):
        keys.signing_key("session")


def test_two_creations_at_once_leave_usable_keys(tmp_path: Path, now: datetime) -> None:
    keys, trouble = KeyDirectory(tmp_path / "keys"), []

    def create() -> None:
        try:
            keys.create(now)
        except Unavailable as error:
            trouble.append(error)

    threads = [threading.Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all("same moment" in str(error) for error in trouble)
    assert len(files(keys)) == 3
    keys.signing_key("audit").sign(b"x")


def test_a_signing_key_does_not_show_itself(keys: KeyDirectory) -> None:
    secret = next(keys.path.glob("token-*")).read_text().splitlines()[1]
    assert secret not in repr(keys.signing_key("token"))


def test_a_key_that_is_retired_while_it_is_looked_for_is_no_fault(
    keys: KeyDirectory, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = keys.add("token", now + timedelta(days=1))
    first = keys.known("token")[0]
    listed = keys._files("token")
    keys.delete(first)
    monkeypatch.setattr(keys, "_files", lambda _: listed)
    assert list(keys.public_keys("token")) == [second]
