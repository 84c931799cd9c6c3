from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from sym.log_destinations import http
from sym.sdk.log_destination import Destination, LogDestinationError
from tests.fakes.services.inbox import AUTHORIZATION, KEY, Inbox
from tests.runtime.log_destinations.conftest import entries, ids, opened
from tests.runtime.log_destinations.contract import SlowContract, VendorContract
from tests.shelf_settings import optional, required, secrets

SECRETS = {"signing_secret": "key", "authorization_secret": "auth"}


def test_it_needs_an_address_and_no_integration() -> None:
    assert (http.integration, http.integration_optional) == (None, True)
    assert required(http.Settings) == {"url"}


def test_what_is_its_own_is_optional_and_secret() -> None:
    assert secrets(http.Settings) == {"authorization_secret", "signing_secret"}
    assert optional(http.Settings) == secrets(http.Settings) | {"personal_values"}
    assert "this project's own" in str(http.__doc__)


class TestHttp(SlowContract, VendorContract):
    secrets = (KEY, AUTHORIZATION, "token-of-the-inbox")

    @pytest.fixture
    def double(self, now: datetime) -> Iterator[Inbox]:
        made = Inbox(is_signed=True)
        made.now = now.timestamp()
        yield made
        made.close()

    def open(self, double: Any, **more: Any) -> Destination:
        given = {"key": KEY, "auth": AUTHORIZATION}
        return opened("http", {"url": f"{double.url}/entries", **SECRETS}, secrets=given, **more)

    def deny(self, double: Any) -> Destination:
        given = {"key": "wrong", "auth": AUTHORIZATION}
        return opened("http", {"url": f"{double.url}/entries", **SECRETS}, secrets=given)

    def received(self, double: Any) -> list[dict[str, Any]]:
        return list(double.entries)

    def test_what_was_taken_before_a_failure_is_known(self, double: Inbox, now: datetime) -> None:
        sent = entries(5)
        double.refused = {sent[3].id}
        with pytest.raises(LogDestinationError, match="422") as raised:
            self.open(double).send(sent, now)
        assert raised.value.delivered == 3
        assert ids(double.entries) == ids(sent[:3])

    def test_an_old_signature_is_refused(self, double: Inbox, now: datetime) -> None:
        double.now = now.timestamp() + 301
        with pytest.raises(LogDestinationError, match="403"):
            self.open(double).send(entries(1), now)


@pytest.mark.parametrize("url", ["", "ftp://x", "file:///etc/passwd"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(LogDestinationError, match="url"):
        opened("http", {"url": url})


def test_a_redirection_is_not_followed(now: datetime) -> None:
    class Moved(Inbox):
        def refuse(self, request: Any) -> Any:
            return 302, {}, {"Location": "http://127.0.0.1:9/"}

    moved = Moved()
    with pytest.raises(LogDestinationError, match="302"):
        opened("http", {"url": f"{moved.url}/entries"}).send(entries(1), now)
    moved.close()


def test_a_signature_is_what_the_page_says() -> None:
    # printf 'v1:1773500966:{}' | openssl dgst -sha256 -hmac secret
    assert http.signature("secret", "1773500966", b"{}") == SIGNED


SIGNED = "v1=c08f7b9bf2020d8121fd6c699d57bc643a5b0535f7a9fcf6bd104f6cacc609e5"
