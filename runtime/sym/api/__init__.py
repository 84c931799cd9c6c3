"""The HTTP API under ``/api/v1``: what CI jobs, scripts and ``symflow`` speak to."""
