"""Whether an approval is the one that was meant: a run, or its receipt alone, held against what somebody expects."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import rich_click as click

from sym import config
from sym.errors import Invalid, Unavailable

if TYPE_CHECKING:
    from sym.commands._gateway import Gateway
    from sym.engine.audit_keys import PublicKeys

Document = Mapping[str, Any]
Difference = dict[str, Any]
_SECONDS = (5, 30)
_LONGEST = 1024 * 1024
# The header is a JSON object, so that no file is likely to have such a name.
_JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
# The sealer looks every five seconds at the latest.
_SEALING_SECONDS = 10
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What an approval must be for. ``flow`` is an SRN (in the version ``latest``: in any) or a name; ``inputs`` must
    be among the run's; ``context`` must be all of it, None for any; ``statuses`` are those the run may have."""

    flow: str
    inputs: Document
    statuses: tuple[str, ...]
    context: Document | None = None
    run_id: str | None = None


def differences(run: Document, expected: Expected, keys: PublicKeys, now: datetime) -> list[Difference]:
    """What is not as expected of ``run``, a document of ``GET /runs/{run_id}``; nothing if all of it is.

    Each difference has ``what`` differs (``status``, ``receipt``, ``flow``, ``context``, ``inputs.NAME``), the
    ``problem`` in words and, where a value does, what was ``expected`` and what was ``found``.
    """
    return [
        *_of_status(run.get("status"), expected),
        *_of_receipt(run, keys, now),
        *_of_run(run.get("run_id"), expected),
        *_of_flow(str(run.get("flow_srn")), expected),
        *_of_inputs(run.get("inputs") or {}, expected),
        *_of_context(run.get("context_hash"), expected),
    ]


def differences_of_receipt(text: str, expected: Expected, keys: PublicKeys, now: datetime) -> list[Difference]:
    """What is not as expected of the receipt ``text`` alone. It binds all inputs at once: of those that it does not
    name, only their hash can be compared, and all of them must be given."""
    from sym.engine.receipts import check, context_hash, inputs_hash

    try:
        claims = check(text, keys, now=now)
    except Invalid as problem:
        return [_difference("receipt", problem.message)]
    found = [*_of_status(claims["status"], expected), *_of_run(claims["sub"], expected)]
    found += [*_of_flow(claims["flow"], expected), *_of_context(claims["context_hash"], expected)]
    named = {name: claims[name] for name in ("target_srn", "duration") if claims.get(name) is not None}
    known = Expected(flow=expected.flow, statuses=(), inputs={
        name: value for name, value in expected.inputs.items() if name in ("target_srn", "duration")
    })  # fmt: skip
    found += _of_inputs(named, known)
    of_context = claims["context_hash"] if expected.context is None else context_hash(expected.context)
    if not found and inputs_hash({**expected.inputs, **named}, of_context) != claims["inputs_hash"]:
        found.append(_difference("inputs", "the inputs that were given are not those that were approved, or not all"))
    return found


def validated(runs: Gateway, run_id: str, jwks: str | None, expected: Expected, *,
              pause: Callable[[float], None] = time.sleep) -> list[Difference]:  # fmt: skip
    """What is not as expected of a run on a server or in the store, with the keys of ``jwks`` or its own. Raises
    NotFound. A receipt that is about to be there, because the log is just being sealed, is waited for."""
    keys = read_jwks(jwks) if jwks is not None else runs.receipt_keys()
    run = runs.show(run_id)
    for _ in range(_SEALING_SECONDS):
        if not str(run.get("no_receipt") or "").startswith("pending"):
            break
        pause(1.0)
        run = runs.show(run_id)
    return differences(run, replace(expected, run_id=run_id), keys, config.now())


def validated_offline(source: str, jwks: str | None, expected: Expected) -> list[Difference]:
    """What is not as expected of a receipt, or of a run's document with one, by the keys of ``jwks`` alone."""
    if jwks is None:
        raise click.UsageError("--offline needs --jwks: a receipt is believed for its signature.")
    document, receipt = read_receipt(source)
    keys = read_jwks(jwks)
    if document is not None:
        return differences(document, expected, keys, config.now())
    return differences_of_receipt(receipt, expected, keys, config.now())


def _of_status(status: Any, expected: Expected) -> Iterator[Difference]:
    if status not in expected.statuses:
        wanted = " or ".join(expected.statuses)
        yield _difference("status", f"the run is {status}, not {wanted}", list(expected.statuses), status)


def _of_receipt(run: Document, keys: PublicKeys, now: datetime) -> Iterator[Difference]:
    from sym.engine.receipts import check, inputs_hash

    receipt = run.get("receipt")
    if not isinstance(receipt, str):
        yield _difference("receipt", str(run.get("no_receipt") or "the run has none"))
        return
    try:
        claims = check(receipt, keys, now=now)
    except Invalid as problem:
        yield _difference("receipt", problem.message)
        return
    # A document may have been written by anybody; what was signed is what counts.
    told = [run.get(name) for name in ("run_id", "status", "flow_srn", "context_hash")]
    hashed = inputs_hash(run.get("inputs") or {}, str(run.get("context_hash")))
    signed = [claims[name] for name in ("sub", "status", "flow", "context_hash")]
    if told != signed or hashed != claims["inputs_hash"]:
        yield _difference("receipt", "it was not made for this run, this flow and these inputs")


def _of_run(run_id: Any, expected: Expected) -> Iterator[Difference]:
    if expected.run_id is not None and expected.run_id.lower() != run_id:
        yield _difference("run", "it is another run", expected.run_id, run_id)


def _of_flow(srn: str, expected: Expected) -> Iterator[Difference]:
    wanted = expected.flow.lower() if ":" not in expected.flow else expected.flow
    org, model, slug, version = [*srn.split(":"), "", "", "", ""][:4]
    fitting = {slug, srn, f"{org}:{model}:{slug}:latest"}
    if wanted not in fitting or not version:
        yield _difference("flow", "it is another flow, or another version of it", expected.flow, srn)


def _of_inputs(inputs: Document, expected: Expected) -> Iterator[Difference]:
    from sym.engine.receipts import same

    for name, value in expected.inputs.items():
        if name not in inputs:
            yield _difference(f"inputs.{name}", "the run has no such input", value, None)
        elif not same(value, inputs[name]) and not (name == "target_srn" and _is_target(value, inputs[name])):
            yield _difference(f"inputs.{name}", "it has another value", value, inputs[name])


def _is_target(given: Any, target: Any) -> bool:
    """Whether the SRN of a target that was ``given`` without the target's id at the end names ``target``."""
    return isinstance(given, str) and given.count(":") == 4 and str(target).rpartition(":")[0] == given


def _of_context(found: Any, expected: Expected) -> Iterator[Difference]:
    from sym.engine.receipts import context_hash

    if expected.context is not None and context_hash(expected.context) != found:
        yield _difference("context", "the request was made with another context")


def _difference(what: str, problem: str, *values: Any) -> Difference:
    compared = dict(zip(("expected", "found"), values, strict=True)) if values else {}
    return {"what": what, "problem": problem, **compared}


def said(difference: Difference) -> str:
    """A difference as a line of text."""
    values = ""
    if "expected" in difference:
        expected, found = (json.dumps(difference[name], ensure_ascii=False) for name in ("expected", "found"))
        values = f" (expected {expected}, found {found})"
    return f"{difference['what']}: {difference['problem']}{values}"


def read_receipt(source: str) -> tuple[Document | None, str]:
    """A receipt from a file (``-``: standard input), or given itself: the run's document, if it is one as ``symflow
    runs show --json`` prints it, and the receipt. Raises Invalid."""
    text = source if _JWT.fullmatch(source) else _content(source)
    if not text.lstrip().startswith("{"):
        return None, text.strip()
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid(f"{source} is neither a receipt nor a run's document.", path="offline") from None
    return document, str(document.get("receipt") or "")


def _content(source: str) -> str:
    import sys

    try:
        if source == "-":
            return sys.stdin.read(_LONGEST)
        with Path(source).open(encoding="utf-8") as file:
            return file.read(_LONGEST)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise Invalid(f"{source} cannot be read: {reason}.", path="offline") from None


def read_jwks(source: str) -> PublicKeys:
    """The public keys in a file, or at an URL. Raises Invalid or Unavailable."""
    from sym.engine.audit_keys import read_public_keys

    parts = urlsplit(source)
    if parts.scheme not in ("http", "https"):
        return read_public_keys(_content(source))
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        # Whoever can change what comes back decides which receipts are good.
        raise Invalid("Keys are fetched over https only.", hint="Or give them as a file.", path="jwks")
    import requests

    try:
        response = requests.get(source, timeout=_SECONDS, allow_redirects=False)
    except requests.RequestException as error:
        raise Unavailable(f"{source} does not answer: {type(error).__name__}.") from error
    if response.status_code != 200:
        raise Unavailable(f"{source} answers with status {response.status_code}.")
    return read_public_keys(response.text)
