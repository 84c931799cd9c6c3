"""Events in, decisions out: what turns requests, approvals and timers into access and back."""
