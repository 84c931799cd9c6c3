"""The repository behind a server's ``/entities`` API, for everybody but the one machine that has the store."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sym import entities
from sym.errors import Conflict, Invalid, Unavailable
from sym.resources import is_singleton, resource
from sym_provider.repository import Document, Record, WriteOnly
from sym_provider.server import Access, Gone, Patience, Server

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class ApiRepository:
    """Reads and writes resources through a server. Safe to share between threads."""

    def __init__(self, access: Access, patience: Patience | None = None) -> None:
        self._server = Server(access, patience or Patience())

    def close(self) -> None:
        """Let go of the connections. A later call opens new ones."""
        self._server.close()

    def create(self, name: str, document: Document, write_only: WriteOnly | None = None) -> Record:
        """Store a new resource."""
        body = entities.write(name, document, write_only=write_only)
        with _attributes(name):
            return _record(name, self._server.call("POST", _collection(name), body=body))

    def read(self, name: str, resource_id: str) -> Record | None:
        """The resource with this id."""
        try:
            record = _record(name, self._server.call("GET", _address(name, resource_id)))
        except Gone:
            return None
        # Of what there is only one, there may be another one by now.
        return record if record.id == resource_id.lower() else None

    def all_of(self, name: str) -> list[Record]:
        """Every resource of that name."""
        if is_singleton(name):
            found = self.find(name, "", "")
            return [found] if found else []
        return [_record(name, answer) for answer in self._list(name, {})]

    def update(self, name: str, resource_id: str, document: Document, write_only: WriteOnly | None = None) -> Record:
        """Replace a resource's document."""
        body = entities.write(name, document, resource_id, write_only)
        with _attributes(name):
            return _record(name, self._server.call("PATCH", _address(name, resource_id), body=body))

    def delete(self, name: str, resource_id: str) -> None:
        """Remove a resource."""
        # The address of what there is only one of would delete whichever is there now.
        if is_singleton(name) and self.read(name, resource_id) is None:
            return
        try:
            with _attributes(name):
                self._server.call("DELETE", _address(name, resource_id))
        except Gone:
            return

    def find(self, name: str, kind: str, slug: str) -> Record | None:
        """The resource of this type and slug. Raises Unavailable should the server know more than one."""
        if is_singleton(name):
            try:
                return _record(name, self._server.call("GET", _collection(name)))
            except Gone:
                return None
        query = {"slug": slug} | ({"type": kind} if entities.is_typed(name) else {})
        found = self._list(name, query)
        if len(found) > 1:
            raise Unavailable(f"The server was asked for one sym_{name} {slug!r}: expected one, found {len(found)}.")
        return _record(name, found[0]) if found else None

    def _list(self, name: str, query: dict[str, str]) -> list[Any]:
        found = self._server.call("GET", _collection(name), query=query)
        if not isinstance(found, list):
            raise Unavailable(f"The server was asked for every sym_{name}, and did not answer with a list.")
        return found


def _record(name: str, answer: Any) -> Record:
    found = answer.get("id") if isinstance(answer, Mapping) else None
    if not isinstance(found, str) or not found:
        raise Unavailable(f"The server answered for a sym_{name} without saying its id.")
    try:
        return Record(id=found, document=entities.read_answer(name, answer))
    except Invalid as problem:
        raise Unavailable(f"The server answered for a sym_{name} with an unusable {problem.path}.") from problem


@contextmanager
def _attributes(name: str) -> Iterator[None]:
    """Errors that leave this name an attribute, not its place on the wire."""
    try:
        yield
    except (Invalid, Conflict) as problem:
        problem.path = entities.attribute_path(name, problem.path)
        raise


def _collection(name: str) -> str:
    return f"/entities/{resource(name).collection}"


def _address(name: str, resource_id: str) -> str:
    """The path of a resource. Raises Gone for an id that no resource can have, and no path should."""
    if not _UUID.fullmatch(resource_id):
        raise Gone(f"There is no sym_{name} with the id {resource_id!r}.")
    return _collection(name) if is_singleton(name) else f"{_collection(name)}/{resource_id}"
