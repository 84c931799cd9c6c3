"""What is asked before a flow is generated, and which answers will do."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_DOMAIN = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_EMAIL = re.compile(r"[^@\s\"'<>]{1,64}@[^@\s\"'<>]{3,253}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, kw_only=True)
class Question:
    """One value that has to be known. ``name`` is that of the option, with underscores.

    ``check`` gives the value as it is written, or raises ValueError with what is expected. ``is_many`` values are given
    one by one, each as LABEL=VALUE or, unless it ``needs_label``, VALUE; a question that is not ``required`` is only
    asked by its option.
    """

    name: str
    asks: str
    help: str
    check: Callable[[str], str]
    is_many: bool = False
    needs_label: bool = False
    required: bool = True
    default: str = ""
    metavar: str = "TEXT"

    @property
    def flag(self) -> str:
        """The option."""
        return "--" + self.name.replace("_", "-")


@dataclass(frozen=True)
class Named:
    """A value with the name people see: what they can ask for."""

    label: str
    value: str

    @property
    def slug(self) -> str:
        """The name as names of resources have it."""
        found = re.sub(r"[^a-z0-9]+", "-", self.label.lower()).strip("-")
        return found if re.match("[a-z]", found) else f"x-{found}".strip("-")


def named(text: str, check: Callable[[str], str], *, needs_label: bool = False) -> Named:
    """``LABEL=VALUE`` or ``VALUE``. Raises ValueError."""
    label, equals, value = text.partition("=")
    if needs_label and not equals:
        raise ValueError("expected is NAME=VALUE")
    if not equals:
        label, value = text.partition("@")[0] if check is email else text, text
    if not label.strip() or len(label.strip()) > 55 or not label.isprintable():
        raise ValueError("the name before = has 1 to 55 characters")
    return Named(label.strip(), check(value.strip()))


def _matching(pattern: str, expected: str) -> Callable[[str], str]:
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(f"expected is {expected}")
        return text

    return check


def email(text: str) -> str:
    """An e-mail address."""
    if not _EMAIL.fullmatch(text):
        raise ValueError("expected is an e-mail address")
    return text


def domain(text: str) -> str:
    """A domain, in lower case, whether it was given as an address of a web page or not."""
    found = re.sub(r"\Ahttps://", "", text.strip().lower()).rstrip("/")
    if not _DOMAIN.fullmatch(found):
        raise ValueError("expected is a domain, such as example.com")
    return found


def uuid_text(text: str) -> str:
    """A UUID."""
    if not _UUID.fullmatch(text):
        raise ValueError("expected is a UUID")
    return text.lower()


def web_address(text: str) -> str:
    """An address of https, or of http on this machine."""
    if not re.fullmatch(r"https://[^\s/?#@\"]+[^\s\"#@]*|http://(localhost|127\.0\.0\.1)(:\d+)?(/[^\s\"#@]*)?", text):
        raise ValueError("expected is an address that begins with https://, without a password")
    return text


any_text = _matching(r"[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]{0,250}[^\s\x00-\x1f\x7f])?", "a line of text")
aws_region = _matching(r"[a-z]{2}(-[a-z]+)+-\d", "an AWS region, such as us-east-1")
aws_account = _matching(r"\d{12}", "the 12 digits of an AWS account's id")
aws_profile = _matching(r"[A-Za-z0-9._@+-]{1,64}", "the name of a profile of the AWS configuration")
iam_group = _matching(r"[\w+=,.@-]{1,128}", "the name of an IAM group")
okta_group = _matching(r"[A-Za-z0-9]{3,40}", "the id of an Okta group, such as 00g12345xxx")
github_name = _matching(r"[A-Za-z0-9_.-]{1,100}", "a name as GitHub has it, without the organization and a slash")
number = _matching(r"\d{1,20}", "a number")
boundary_group = _matching(r"g_[A-Za-z0-9]+", "the id of a Boundary group, such as g_1234567890")
boundary_method = _matching(r"am\w*_[A-Za-z0-9]+", "the id of an auth method, such as ampw_1234567890")
tailscale_group = _matching(r"(?!group:)[A-Za-z0-9][A-Za-z0-9_.-]*", "the name of a group, without `group:`")
google_customer = _matching(r"C[0-9a-z]+", "the id of a Google Workspace customer, such as C012abc34")
