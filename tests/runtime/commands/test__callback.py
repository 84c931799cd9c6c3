"""Where the browser comes back to, and what else may come there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from sym.commands._callback import Callback
from sym.errors import Unauthenticated, Unavailable

STATE = "s" * 64
ISSUER = "https://id.example.com"


@pytest.fixture
def callback() -> Iterator[Callback]:
    with Callback(0, state=STATE, issuer=ISSUER, requires_name=False) as listening:
        yield listening


def visit(callback: Callback, headers: dict[str, str] | None = None, **query: str) -> int:
    answer = requests.get(callback.url, params={"state": STATE, **query}, headers=headers, timeout=5)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "xyz" not in answer.text
    return answer.status_code


def test_the_first_answer_counts(callback: Callback) -> None:
    assert visit(callback, code="xyz-1", iss=ISSUER) == 200
    assert visit(callback, code="xyz-2") == 200
    assert callback.code(1) == "xyz-1"


def test_what_is_no_answer_ends_no_waiting(callback: Callback) -> None:
    assert visit(callback, code="xyz", state="x" * 64) == 400
    assert visit(callback, code="xyz", iss="https://evil.example.com") == 400
    assert visit(callback) == 400
    assert visit(callback, headers={"Host": "evil.example.com"}, code="xyz") == 404
    assert requests.get(callback.url.replace("callback", "x"), timeout=5).status_code == 404
    assert requests.post(callback.url, timeout=5).status_code == 501
    assert requests.get(f"{callback.url}?state={STATE}&state=x&code=y", timeout=5).status_code == 400
    with pytest.raises(Unauthenticated, match="within the time"):
        callback.code(0.01)
    assert visit(callback, code="xyz") == 200
    assert callback.code(1) == "xyz"


def test_a_no_is_told(callback: Callback) -> None:
    assert visit(callback, error="access_denied", error_description="You may not.") == 200
    with pytest.raises(Unauthenticated, match=r"access_denied: You may not\."):
        callback.code(1)


def test_an_issuer_that_names_itself_always_has_to() -> None:
    with Callback(0, state=STATE, issuer=ISSUER, requires_name=True) as callback:
        assert visit(callback, code="xyz") == 400
        assert visit(callback, code="xyz", iss=ISSUER) == 200


def test_it_listens_on_this_machine_alone_and_where_it_was_told(callback: Callback) -> None:
    host, port = callback._server.server_address[:2]
    assert host == "127.0.0.1"
    with pytest.raises(Unavailable, match="--port"):
        Callback(int(port), state=STATE, issuer=ISSUER, requires_name=False)
