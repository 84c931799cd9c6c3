"""SRNs: the names of Sym resources. Public as :mod:`sym.sdk.resource`."""

from __future__ import annotations

import logging
import re
import string
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from sym.sdk.errors import DOCS_ROOT, SymSDKError

_LOG = logging.getLogger(__name__)
_DOC_URL = f"{DOCS_ROOT}/resource.md"
# Not str.lower(): it makes letters of the grammar out of others, such as "k" out of the Kelvin sign.
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_STRUCTURE = (
    "An SRN is ORG:MODEL:SLUG:VERSION, or ORG:MODEL:TYPE:SLUG:VERSION for models that have types; "
    "an identifier may follow the version. Parts consist of letters, digits, dashes and underscores."
)


class InvalidSRNError(SymSDKError):
    """The text is not an SRN.

    Args:
        srn: the text.
        hint: what to change; by default, how an SRN is built.
    """

    def __init__(self, srn: str, hint: str | None = None) -> None:
        self.srn = srn
        super().__init__(f"{srn!r} is not a valid SRN.", hint or _STRUCTURE, _DOC_URL)


class InvalidSlugError(InvalidSRNError):
    """The part ``component`` holds ``value``, which is empty or has a character no part may have."""

    def __init__(self, srn: str, component: str, value: str) -> None:
        super().__init__(
            srn, f"{component} is {value!r}; it must consist of letters, digits, dashes and underscores, at least one."
        )


class InvalidVersionError(InvalidSRNError):
    """The version is neither ``latest`` nor three numbers of at most three digits."""

    def __init__(self, srn: str, component: str, value: str) -> None:
        super().__init__(srn, f"{component} is {value!r}; it must be 'latest' or three numbers such as 1.0.0.")


class MissingComponentError(InvalidSRNError):
    """A part is missing that the SRN's model demands."""

    def __init__(self, srn: str, component: str) -> None:
        super().__init__(srn, f"The component {component} is missing, and this model needs it.")


class TrailingSeparatorError(InvalidSRNError):
    """The text ends with a colon."""

    def __init__(self, srn: str) -> None:
        super().__init__(srn, "Remove the trailing separator.")


class MultipleErrors(InvalidSRNError):
    """Several things are wrong with one SRN.

    Attributes:
        errors: the single errors, in the order of the SRN's parts.
    """

    def __init__(self, srn: str) -> None:
        super().__init__(srn)
        self.errors: list[InvalidSRNError] = []

    def add(self, exc: InvalidSRNError) -> None:
        """Collect one more error; the hint becomes the list of all hints."""
        self.errors.append(exc)
        self.hint = "".join(f"\n- {error.hint}" for error in self.errors)

    def check(self) -> None:
        """Raise the one error there is, or itself when there are several; return when there is none."""
        if len(self.errors) == 1:
            raise self.errors[0]
        if self.errors:
            raise self


class SRN:
    """The name of a resource: ``org:model[:type]:slug:version[:identifier]``.

    A type is mandatory for the models in ``MODELS_WITH_TYPE`` and forbidden for all others. Immutable. Equal to another
    SRN of the same parts and to a string that parses to one; hashed like its text, so the two are one dictionary key.

    Args:
        org, model, type, slug, identifier: lower-cased; letters, digits, ``-`` and ``_``. ``None`` leaves out the type
            or the identifier; an empty string is an error.
        version: ``latest`` or three dotted numbers of one to three digits each, taken as it is.

    Raises:
        InvalidSRNError: one part is wrong; the subclass says how (``InvalidSlugError``, ``InvalidVersionError``,
            ``MissingComponentError``).
        MultipleErrors: several parts are.
    """

    SEPARATOR: ClassVar[str] = ":"
    SLUG_PATTERN: ClassVar[re.Pattern[str]] = re.compile(r"^[a-zA-Z0-9_-]+$")
    VERSION_PATTERN: ClassVar[re.Pattern[str]] = re.compile(r"^(latest|[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3})$")
    MODELS_WITH_TYPE: ClassVar[frozenset[str]] = frozenset(
        {"access_strategy", "access_target", "user", "secret", "secrets", "integration", "log_destination"}
    )
    COMPONENTS: ClassVar[dict[str, tuple[re.Pattern[str], Callable[[str, str, str], InvalidSRNError]]]] = {
        "org": (SLUG_PATTERN, InvalidSlugError),
        "model": (SLUG_PATTERN, InvalidSlugError),
        "type": (SLUG_PATTERN, InvalidSlugError),
        "slug": (SLUG_PATTERN, InvalidSlugError),
        "version": (VERSION_PATTERN, InvalidVersionError),
        "identifier": (SLUG_PATTERN, InvalidSlugError),
    }

    def __init__(  # noqa: PLR0917 - one parameter for each part
        self,
        org: str,
        model: str,
        type: str | None,  # noqa: A002
        slug: str,
        version: str,
        identifier: str | None = None,
    ) -> None:
        self._org = org.translate(_LOWER)
        self._model = model.translate(_LOWER)
        self._type = None if type is None else type.translate(_LOWER)
        self._slug = slug.translate(_LOWER)
        self._version = version
        self._identifier = None if identifier is None else identifier.translate(_LOWER)
        self._validate()

    @classmethod
    def parse(cls, raw: object) -> SRN:
        """Read an SRN from its text, or from anything whose ``str()`` is one; upper case becomes lower case.

        Parts after the identifier are dropped, with a warning in the log: stored names have them.

        Raises:
            TrailingSeparatorError: the text ends with a colon.
            InvalidSRNError: too few parts, or any error of the constructor.
        """
        text = str(raw).translate(_LOWER)
        if text.endswith(cls.SEPARATOR):
            raise TrailingSeparatorError(text)
        parts = text.split(cls.SEPARATOR)
        if len(parts) < 4:
            raise InvalidSRNError(text)
        typed = cls.requires_type(parts[1])
        if typed and len(parts) < 5:
            raise InvalidSRNError(
                text, f"An SRN of the model {parts[1]} has five parts at least: ORG:{parts[1]}:TYPE:SLUG:VERSION."
            )
        if not typed:
            parts.insert(2, "")
        org, model, kind, slug, version, *rest = parts
        srn = cls(org, model, kind if typed else None, slug, version, rest[0] if rest else None)
        if len(rest) > 1:
            _LOG.warning("SRN %r has more parts than an SRN can have; those after the identifier are ignored", text)
        return srn

    @classmethod
    def requires_type(cls, model: str) -> bool:
        """Say whether SRNs of this model (exact spelling) have a type."""
        return model in cls.MODELS_WITH_TYPE

    def copy(  # noqa: PLR0917 - one parameter for each part
        self,
        organization: str | None = None,
        model: str | None = None,
        type: str | None = None,  # noqa: A002
        slug: str | None = None,
        version: str | None = None,
        identifier: str | None = None,
    ) -> SRN:
        """Return an SRN with the given parts replaced; a type or an identifier cannot be taken away.

        Raises:
            InvalidSRNError: the parts do not fit together, as for the constructor.
        """
        return self.__class__(
            organization or self._org,
            model or self._model,
            type or self._type,
            slug or self._slug,
            version or self._version,
            identifier or self._identifier,
        )

    @property
    def organization(self) -> str:
        """The organization's slug."""
        return self._org

    @property
    def model(self) -> str:
        """What kind of resource this is, such as ``flow``."""
        return self._model

    @property
    def type(self) -> str | None:
        """The type within the model, such as ``slack`` of an integration; ``None`` for models without types."""
        return self._type

    @property
    def slug(self) -> str:
        """The resource's own name."""
        return self._slug

    @property
    def version(self) -> str:
        """``latest`` or three dotted numbers."""
        return self._version

    @property
    def identifier(self) -> str | None:
        """Which instance of the resource, where there are several; usually a UUID, often ``None``."""
        return self._identifier

    def _parts(self) -> Iterator[tuple[str, str]]:
        for name in self.COMPONENTS:
            value = getattr(self, f"_{name}")
            if value is not None:
                yield name, value

    def _validate(self) -> None:
        text = str(self)
        problems = MultipleErrors(text)
        if self.requires_type(self._model):
            if self._type is None:
                problems.add(MissingComponentError(text, "type"))
        elif self._type:
            problems.add(InvalidSRNError(text, f"A type component cannot be present for the model {self._model}."))
        for name, value in self._parts():
            pattern, error = self.COMPONENTS[name]
            # fullmatch: with match, `$` would let a trailing newline pass
            if not pattern.fullmatch(value):
                problems.add(error(text, name, value))
        problems.check()

    def __str__(self) -> str:
        return self.SEPARATOR.join(value for _, value in self._parts())

    def __repr__(self) -> str:
        return f"SRN({', '.join(f'{name}={value}' for name, value in self._parts())})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            try:
                other = SRN.parse(other)
            except InvalidSRNError:
                return False
        return isinstance(other, SRN) and tuple(self._parts()) == tuple(other._parts())

    def __hash__(self) -> int:
        return hash(str(self))

    @classmethod
    def __get_validators__(cls) -> Iterator[Callable[[object], SRN]]:
        """Let an author's pydantic 1 model have a field of this type."""
        yield cls.parse

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> dict[str, Any]:
        """Let an author's pydantic 2 model have a field of this type. The schema is a plain dictionary: no import."""
        return {
            "type": "function-plain",
            "function": {"type": "no-info", "function": cls.parse},
            "serialization": {"type": "to-string"},
        }

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: object, handler: object) -> dict[str, Any]:
        """Describe an SRN as a string, for the same models."""
        return {"type": "string", "pattern": r"^[a-zA-Z0-9_-]+(:[a-zA-Z0-9_.-]+){3,5}$"}
