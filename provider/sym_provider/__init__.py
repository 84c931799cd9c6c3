"""The Terraform face of Sym: a provider that writes what ``terraform apply`` says into the state store."""

from __future__ import annotations

__version__ = "3.7.0"
ADDRESS = "registry.terraform.io/symopsio/sym"
"""The address configurations pin; we serve it so that they, and the modules they call, work unchanged."""
