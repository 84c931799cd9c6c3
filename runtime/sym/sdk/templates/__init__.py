"""Templates: the life cycles flows follow."""

from __future__ import annotations

from sym.sdk.templates.approval import ApprovalTemplate, ApprovalTemplateStep
from sym.sdk.templates.step import get_step_output
from sym.sdk.templates.template import Template, TemplateStep

__all__ = ["ApprovalTemplate", "ApprovalTemplateStep", "Template", "TemplateStep", "get_step_output"]
