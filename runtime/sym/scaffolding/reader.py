"""Goes through text in Terraform's language: comments, names, texts in quotes, brackets, expressions.

What is inside an expression is only judged as far as it takes to find its end. A position is an index into the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SPACE = re.compile(r"[ \t\r]*")
_NAME = re.compile(r"[^\W\d][\w-]*")
_COMMENT = re.compile(r"#[^\n]*|//[^\n]*|/\*.*?\*/", re.DOTALL)
_HEREDOC = re.compile(r"<<(-?)([^\W\d][\w-]*)\r?\n")
_ASSIGNS = re.compile(r"(?<![=!<>])=(?![=>])")
_LOOP = re.compile(r"\{\s*for\s+[^\W\d]")
_MARKS = "0123456789+-*/%!=<>&|?:.,"
_CLOSING = {"(": ")", "[": "]", "{": "}"}


class Unreadable(Exception):
    """This is not Terraform's language. ``line`` says where."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Span:
    """A piece of a text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The piece itself."""
        return text[self.start : self.end]


@dataclass
class Reader:
    """Goes through ``text`` from ``at`` on."""

    text: str
    at: int = 0

    def fail(self, message: str, at: int | None = None) -> Unreadable:
        """The error for what is at ``at``, or here."""
        return Unreadable(message, self.line(self.at if at is None else at))

    def line(self, at: int) -> int:
        """The number of the line ``at`` is on, from 1."""
        return self.text.count("\n", 0, at) + 1

    def peek(self) -> str:
        """The next character, "" at the end."""
        return self.text[self.at : self.at + 1]

    def skip(self, *, lines: bool) -> list[Span]:
        """Go past spaces and comments, and ends of lines if ``lines``; gives the comments."""
        comments = []
        while True:
            space = _SPACE.match(self.text, self.at)
            self.at = space.end() if space else self.at
            comment = _COMMENT.match(self.text, self.at)
            if comment is not None:
                comments.append(Span(*comment.span()))
                self.at = comment.end()
            elif self.text.startswith("/*", self.at):
                raise self.fail("a comment does not end")
            elif lines and self.peek() == "\n":
                self.at += 1
            else:
                return comments

    def name(self) -> str | None:
        """The identifier that begins here, if one does."""
        found = _NAME.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        return found[0]

    def string(self) -> Span:
        """A quoted text; gives what is between the quotes."""
        begin = self.at
        self.at += 1
        while self.peek() not in ("", "\n"):
            if self.peek() == '"':
                self.at += 1
                return Span(begin + 1, self.at - 1)
            self._character()
        raise self.fail("a text in quotes does not end", begin)

    def _character(self) -> None:
        if self.peek() == "\\":
            self.at += 2
        elif self.text.startswith(("$${", "%%{"), self.at):
            self.at += 3
        elif self.text.startswith(("${", "%{"), self.at):
            self.at += 1
            self.brackets()
        else:
            self.at += 1

    def brackets(self) -> Span:
        """What is between brackets of any kind, the first of which is here."""
        begin, closing = self.at, _CLOSING[self.peek()]
        self.at += 1
        while True:
            self.skip(lines=True)
            if self.peek() == closing:
                self.at += 1
                return Span(begin + 1, self.at - 1)
            if self.peek() == "":
                raise self.fail(f'a "{self.text[begin]}" is never closed', begin)
            if _ASSIGNS.match(self.text, self.at):
                raise self.fail('"=" is not expected here')
            self._piece()

    def braces(self) -> Span:
        """What is between the braces of an object, the first of which is here."""
        begin = self.at
        if _LOOP.match(self.text, begin):
            return self.brackets()
        self.at += 1
        while True:
            self.skip(lines=True)
            if self.peek() == "}":
                self.at += 1
                return Span(begin + 1, self.at - 1)
            if self.peek() == "":
                raise self.fail('a "{" is never closed', begin)
            self._object_item()

    def _object_item(self) -> None:
        """A key, a value, and a comma or the end of the line."""
        begin = self.at
        while self.peek() not in ("=", ":"):
            if self.peek() in ("", "\n", ",", "}"):
                raise self.fail('a "=" is missing', begin)
            self._piece()
            self.skip(lines=False)
        self.at += 1
        self.skip(lines=False)
        self.expression(",}")
        self.skip(lines=False)
        if self.peek() == ",":
            self.at += 1

    def _piece(self) -> None:
        """One text, bracket or other character of an expression."""
        mark = self.peek()
        heredoc = _HEREDOC.match(self.text, self.at)
        if mark == '"':
            self.string()
        elif heredoc is not None:
            self._heredoc(heredoc)
        elif mark == "{":
            self.braces()
        elif mark in _CLOSING:
            self.brackets()
        elif mark in (")", "]", "}"):
            raise self.fail(f'there is a "{mark}" too many')
        elif self.name() is None:
            if mark not in _MARKS:
                raise self.fail(f'"{mark}" is not expected here')
            self.at += 1

    def _heredoc(self, found: re.Match[str]) -> None:
        end = re.compile(rf"^[ \t]*{re.escape(found[2])}[ \t]*\r?$", re.MULTILINE).search(self.text, found.end())
        if end is None:
            raise self.fail(f"a text that ends with {found[2]} does not end")
        self.at = end.end()

    def expression(self, stops: str = "") -> Span:
        """An expression: it ends with the line, with one of ``stops``, or before a comment. Raises Unreadable if there
        is none."""
        begin = end = self.at
        while True:
            self.skip(lines=False)
            mark = self.peek()
            if mark in ("", "\n") or mark in stops:
                break
            if mark == "," or _ASSIGNS.match(self.text, self.at):
                raise self.fail(f'"{mark}" is not expected here')
            self._piece()
            end = self.at
        self.at = end
        if end == begin:
            raise self.fail("a value is missing")
        return Span(begin, end)
