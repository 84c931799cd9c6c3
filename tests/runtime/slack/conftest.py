"""The Slack app on a store, before a Slack of the tests."""

from __future__ import annotations

from tests.runtime.slack.place import fake_slack, one_store, place

__all__ = ["fake_slack", "one_store", "place"]
