"""Odds and ends; the name is public and stays."""

from __future__ import annotations

from sym.sdk.utils.user import persist_user_identity

__all__ = ["persist_user_identity"]
