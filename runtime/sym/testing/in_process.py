"""Authors' code in the process of the test, behind the same door as the sandbox: breakpoints, coverage and prints work.

What is given and what comes back crosses the same JSON border, and every call runs the file from its start, so that
code which passes here behaves alike in the sandbox. Not held here: deadlines, memory, and what code may touch.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from typing import Any

from sym.engine.sandbox import execution, failures
from sym.engine.sandbox.call import Answer, Call
from sym.engine.sandbox.host_errors import HostError, from_document, to_document
from sym.engine.sandbox.output import mask_all
from sym.engine.sandbox.sandbox import Sandbox
from sym.observability.redaction import mask
from sym.sdk._host import Host, bind
from sym.testing.overheard import Overheard

_NO_MEMORY = "ran out of memory."
_MODULE = "author_code"


class HostBroke(BaseException):
    """The host failed in a way authors do not expect. A BaseException, so that their code cannot swallow it, as it
    cannot in the sandbox."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


class InProcess(Sandbox):
    """Runs calls here. ``place_of`` gives the path of the file a call's source came from, by its text; where there is
    none, the call's own name for it is used."""

    def __init__(self, place_of: Callable[[str], str | None]) -> None:
        super().__init__()
        self._place_of = place_of

    def start(self) -> None:
        """There is nothing to start."""

    def close(self) -> None:
        """There is nothing to end."""

    def call(self, call: Call, host: Host) -> Answer:
        """See ``Sandbox.call``. What the code raised is the cause of what is raised here; its traceback is printed."""
        filename = self._place_of(call.text) or call.source
        request = {**json.loads(call.request(self._limits)), "filename": filename}
        before = sys.modules.get(_MODULE)
        overheard, inside = Overheard(self._limits.log_bytes), _JsonHost(host)
        try:
            with bind(inside), overheard.listening():
                value = execution.run(request)
            value = mask_all(json.loads(json.dumps(value, allow_nan=False)), inside.secrets)
            return Answer(value, mask(overheard.text(), inside.secrets))
        except HostBroke as broke:
            raise broke.error from None
        except (Exception, SystemExit) as error:
            if not isinstance(error, failures.Unusable):
                traceback.print_exc()
            failed = failures.from_document(call, failures.describe(error, filename), _NO_MEMORY)
            failed.log = mask(overheard.text(), inside.secrets)
            failed.message, failed.hint = mask(failed.message, inside.secrets), mask(failed.hint, inside.secrets)
            failed.args = (failed.message,)
            raise failed from error
        finally:
            if before is None:
                sys.modules.pop(_MODULE, None)
            else:
                sys.modules[_MODULE] = before


class _JsonHost:
    """A host as it is at the other end of the line: nothing but JSON goes either way. ``secrets`` are the values it
    handed out, which no answer repeats."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.secrets: set[str] = set()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        ask = getattr(self._host, name)

        def asked(*given: Any, **named: Any) -> Any:
            plain, by_name = json.loads(json.dumps([given, named]))
            try:
                answer = json.loads(json.dumps(ask(*plain, **by_name)))
                self.secrets |= {str(answer)} if name == "secret" else set()
                return answer
            except HostError as error:
                raise from_document(to_document(error)) from None
            except Exception as error:
                raise HostBroke(error) from error

        return asked
