"""Writes the page about the sandbox from what is in force: ``python -m sym.engine.sandbox.reference``."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from sym.engine.sandbox.limits import DEADLINES, MIB, Limits, processor_seconds
from sym.engine.sandbox.measures import confinement_report

_KINDS = {
    "hook": "`on_…` and `after_…`",
    "reducer": "`get_…`; the flows filter and `on_prompt` have as long as prefetch",
    "prefetch": "`@prefetch`; somebody looks at an empty form meanwhile",
    "on_change": "`on_change_…`; likewise",
    "strategy": "each method of an `AccessStrategy` of your own, `poll` included",
}

_HEAD = """# Where authors' code runs

Code that comes with a resource (`impl.py`, a strategy's file, the flows filter) does not run in the worker. For every
call the worker has a process forked from one that has the interpreter and the SDK loaded and has run nothing; that
process runs the file from its start, calls one function, answers in JSON and is killed. Nothing is pickled.

## How long a call may take

| kind | what | seconds by the clock | seconds of processor time |
| --- | --- | --- | --- |
"""

_LIMITS = """
The worker watches the clock, the kernel the processor. A call that is late is stopped where it is; the error names the
line. Waiting for a free place counts against nobody: after as many seconds the event is tried again.

## What a call may use

| what | how much |
| --- | --- |
| memory, on top of the interpreter's | {memory} MiB (`SYM_HANDLER_MEMORY_MB`) |
| output kept (`print`, `logging` from INFO on, standard error) | {log} KiB; the rest is counted |
| longest answer, or question to the host | {answer} MiB |
| longest file it writes | {file} MiB; 64 MiB with `SYM_HANDLER_FOLDERS` |
| open files | 256 |
| other programs and processes | none |

What it printed is kept with the run, up to 4000 characters of each call, and shown beside what the call returned:
by `symflow runs show RUN --trace`, by `GET /api/v1/runs/RUN/trace`, and by `symflow simulate`. The worker logs it too,
with the run's id (logger `sym.author`). Values of secrets are in neither.

## What holds it

| measure | what it does |
| --- | --- |
"""

_TAIL = """
`symflow doctor` says what is not in force on its machine and what to do about it; a worker logs the same when it
starts. Where a measure is not to be had, the others still hold. One that is to be had and fails ends the call before
any of the author's code runs.

## The network

Authors' code may use the network: `requests`, `urllib` and vendors' libraries work, and names are looked up. It is kept
from

* link-local addresses and the services that hand a machine its credentials: 169.254.0.0/16, fe80::/10, fd00:ec2::/32,
  fd20:ce::/32, 100.100.100.200, 168.63.129.16, 192.0.0.192, in every notation, and from looking up their names;
* the API's own port and the port of the database (of all that the worker is told);
* local (Unix) sockets, raw sockets and every other family than IPv4 and IPv6.

How strong that is differs. The last is the kernel's (seccomp). The first two are not: neither seccomp nor Landlock sees
an address, so an audit hook of the interpreter refuses them. Python code cannot remove it, whatever it patches; what
would get round it is refused as well: other programs and processes (by the kernel too), `ctypes`, extension modules
from outside of the installation. So libraries that load native code through `ctypes` do not work here; those with
extension modules of their own do.

What remains is a fault in the interpreter itself; an extension module installed beside it that calls anything (`cffi`);
and from Python 3.13 on, where live frames can be written to, a signal handler that interrupts the hook at the right
moment. So where the machine's role matters, close the metadata service to the worker by the network's means too (on
AWS: IMDSv2 with a hop limit of 1).

The direct form `sock.connect((name, port))` is refused because the name could mean something else a moment later;
`socket.create_connection` and all libraries look it up first. Names are looked up by the C library, whose name servers
may be anywhere, a link-local address included.

A proxy that the worker is told of sees connections as its own: what it may reach is the proxy's to say.
"""


def page() -> str:
    """The page, in Markdown."""
    limits = Limits()
    amounts = {"memory": limits.memory_bytes // MIB, "log": limits.log_bytes // 1024,
               "answer": limits.answer_bytes // MIB, "file": limits.file_bytes // MIB}  # fmt: skip
    return "".join([_HEAD, *_deadlines(), _LIMITS.format(**amounts), *_measures(), _TAIL])


def _deadlines() -> Iterator[str]:
    for kind, seconds in DEADLINES.items():
        yield f"| {kind} | {_KINDS[kind]} | {seconds:g} | {processor_seconds(seconds)} |\n"


def _measures() -> Iterator[str]:
    for measure in confinement_report():
        yield f"| {measure.name} | {measure.does} |\n"


if __name__ == "__main__":
    sys.stdout.write(page())
