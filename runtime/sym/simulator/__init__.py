"""A Slack of one's own: what is used here of Slack's Web API and Socket Mode, strictly, and a page to see it."""
