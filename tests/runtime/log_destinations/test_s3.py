from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from sym.log_destinations import s3
from sym.sdk.log_destination import Destination, LogDestinationError
from tests.fakes.services.streams import STREAM, Streams
from tests.runtime.log_destinations.conftest import entries, ids, integration, opened
from tests.runtime.log_destinations.contract import VendorContract
from tests.shelf_settings import optional, required

KEY = "sym/prod/2026/03/14/dddddddd-0000-4000-8000-00000000000d/0000000007.jsonl.gz"


def test_it_writes_into_a_bucket_through_a_permission_context() -> None:
    assert s3.integration == "permission_context"
    assert not hasattr(s3, "integration_optional")
    assert s3.whole_seals
    assert required(s3.Settings) == {"bucket"}
    assert optional(s3.Settings) == {"prefix", "region", "personal_values"}


class TestS3(VendorContract):
    keeps_doubles = False

    @pytest.fixture
    def double(self) -> Iterator[Streams]:
        made = Streams()
        yield made
        made.close()

    def open(self, double: Any, **more: str) -> Destination:
        view = integration("permission_context", double.external_id, double.settings)
        return opened("s3", {"bucket": STREAM, "prefix": "/sym/prod/", **more}, integration=view)

    def deny(self, double: Any) -> Destination:
        double.is_forbidden = True
        return self.open(double)

    def received(self, double: Any) -> list[dict[str, Any]]:
        return [] if double.is_forbidden else [entry for found in double.objects().values() for entry in found]

    def test_an_object_is_called_by_its_day_its_destination_and_its_seal(self, double: Streams, now: datetime) -> None:
        self.open(double).send(entries(3), now)
        assert {key: ids(found) for key, found in double.objects().items()} == {KEY: ids(entries(3))}

    def test_what_is_written_again_takes_the_place_of_what_was_there(self, double: Streams, now: datetime) -> None:
        before = None
        for _ in range(2):
            self.open(double).send(entries(3), now)
            body = double.client("s3").get_object(Bucket=STREAM, Key=KEY)["Body"].read()
            assert before in (None, body)
            before = body
        assert list(double.objects()) == [KEY]

    def test_a_bucket_that_is_not_there_says_so(self, double: Streams, now: datetime) -> None:
        with pytest.raises(LogDestinationError, match="NoSuchBucket"):
            self.open(double, bucket="other").send(entries(1), now)
