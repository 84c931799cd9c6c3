"""Where templates, strings and interpolations of Terraform's language begin and end."""

from __future__ import annotations

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}


class Opaque(Exception):
    """Something that is not worked out by reading."""


def template_parts(text: str) -> list[tuple[bool, str]]:
    """The parts of a template: whether it is an expression, and its text. Raises Opaque for directives."""
    parts: list[tuple[bool, str]] = []
    plain, at = "", 0
    while at < len(text):
        if text.startswith(("$${", "%%{"), at):
            plain, at = plain + text[at + 1 : at + 3], at + 3
        elif text.startswith("%{", at):
            raise Opaque
        elif text.startswith("${", at):
            end = _closing(text, at + 2)
            parts += [(False, plain)] if plain else []
            parts.append((True, text[at + 2 : end].strip("~")))
            plain, at = "", end + 1
        else:
            plain, at = plain + text[at], at + 1
    return [*parts, (False, plain)] if plain or not parts else parts


def _closing(text: str, at: int) -> int:
    """The place of the brace that closes the interpolation whose content begins at ``at``."""
    depth = 1
    while at < len(text):
        if text[at] == '"':
            at = string_end(text, at + 1)
        elif text[at] in "{}":
            depth += 1 if text[at] == "{" else -1
            if depth == 0:
                return at
        at += 1
    raise Opaque


def string_end(text: str, at: int) -> int:
    """The place of the quote that closes the string whose content begins at ``at``."""
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text.startswith("$${", at):
            at += 2
        elif text.startswith("${", at):
            at = _closing(text, at + 2)
        elif text[at] == '"':
            return at
        at += 1
    raise Opaque


def unescaped(text: str) -> str:
    """A quoted string's content, escapes outside of interpolations resolved."""
    made, at = "", 0
    while at < len(text):
        if text.startswith("${", at) and not text.startswith("$${", at - 1):
            end = _closing(text, at + 2)
            made, at = made + text[at : end + 1], end + 1
        elif text[at] == "\\" and at + 1 < len(text):
            made, at = made + _ESCAPES.get(text[at + 1], text[at : at + 2]), at + 2
        else:
            made, at = made + text[at], at + 1
    return made
