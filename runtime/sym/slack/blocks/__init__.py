"""How everything looks in Slack: pure functions from plain documents to Block Kit."""
