from __future__ import annotations

from datetime import datetime

from sym.audit.administration import TokenRevoked, UserErased
from sym.audit.entry import Actor

ADA = Actor("1", "ada")


def test_an_entry_about_an_account_has_its_details_under_what_it_is_about(now: datetime) -> None:
    erased = UserErased(actor=ADA, details={"id": "2", "entries": 3}).document("entry", now)
    assert (erased["type"], erased["run"]) == ("administration", None)
    assert erased["fields"] == {"user": {"id": "2", "entries": 3}}
    revoked = TokenRevoked(actor=ADA, details={"jti": "j"}).document("entry", now)
    assert revoked["fields"] == {"token": {"jti": "j"}}
