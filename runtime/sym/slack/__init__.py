"""Slack: where people ask, decide and hear what came of it."""
