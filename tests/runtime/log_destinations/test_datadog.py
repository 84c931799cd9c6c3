from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from sym.log_destinations import datadog
from sym.sdk.log_destination import Destination, LogDestinationError
from tests.fakes.services.datadog import API_KEY, Datadog
from tests.runtime.log_destinations.conftest import NOW, entries, ids, opened
from tests.runtime.log_destinations.contract import SlowContract, VendorContract
from tests.shelf_settings import optional, required, secrets

HOST = "http-intake.logs.datadoghq.eu"
SETTINGS = {"api_key_secret": "key", "site": "datadoghq.eu", "tags": "env:prod,team:security", "service": "access"}


def test_it_needs_no_integration_and_requires_none_of_its_own_names() -> None:
    assert (datadog.integration, datadog.integration_optional) == (None, True)
    assert required(datadog.Settings) == set()
    assert optional(datadog.Settings) == {"api_key_secret", "site", "service", "tags", "personal_values"}
    assert secrets(datadog.Settings) == {"api_key_secret"}
    assert "this project's own" in str(datadog.__doc__)


class TestDatadog(SlowContract, VendorContract):
    secrets = (API_KEY, "wrong-key")

    @pytest.fixture
    def double(self) -> Iterator[Datadog]:
        made = Datadog()
        yield made
        made.close()

    def open(self, double: Any, **more: Any) -> Destination:
        return opened("datadog", SETTINGS, addresses={HOST: double.url}, secrets={"key": API_KEY}, **more)

    def deny(self, double: Any) -> Destination:
        return opened("datadog", SETTINGS, addresses={HOST: double.url}, secrets={"key": "wrong-key"})

    def received(self, double: Any) -> list[dict[str, Any]]:
        return list(double.entries)

    def test_a_log_says_where_it_belongs(self, double: Datadog, now: datetime) -> None:
        self.open(double).send(entries(1), now)
        (log,) = double.logs
        assert {name: log[name] for name in ("ddsource", "service", "ddtags")} == {
            "ddsource": "sym", "service": "access", "ddtags": "env:prod,team:security",
        }  # fmt: skip
        assert log["timestamp"] == NOW.replace(second=NOW.second + 1).isoformat()

    def test_many_go_in_several_requests_and_those_taken_are_known(self, double: Datadog, now: datetime) -> None:
        sent = entries(15, reason="x" * 500_000)
        self.open(double).send(sent, now)
        assert double.requests == 2
        assert ids(double.entries) == ids(sent)
        double.logs.clear()
        original = double.answer

        def answer(request: Any) -> Any:
            if double.logs:
                return (429, {}), True
            return original(request)

        double.answer = answer  # type: ignore[method-assign]
        with pytest.raises(LogDestinationError) as raised:
            self.open(double).send(sent, now)
        assert ids(double.entries) == ids(sent[: raised.value.delivered])
        assert 0 < raised.value.delivered < 15

    def test_one_that_is_too_long_is_sent_without_its_fields(self, double: Datadog, now: datetime) -> None:
        self.open(double).send(entries(2, reason="x" * 1_200_000), now)
        assert ids(double.entries) == ids(entries(2))
        assert all("omitted" in entry["fields"] for entry in double.entries)


def test_without_a_key_it_says_which_setting_is_missing() -> None:
    with pytest.raises(LogDestinationError, match="api_key_secret"):
        opened("datadog", {})
