"""``users.*``."""

from __future__ import annotations

from sym.simulator.accounts import Account
from sym.simulator.errors import ApiError
from sym.simulator.web_api.calling import Answer, Call, Method


def _shown(call: Call, account: Account) -> Answer:
    return account.as_slack(with_email=call.has("users:read.email"))


def _info(call: Call) -> Answer:
    return {"user": _shown(call, call.account())}


def _list(call: Call) -> Answer:
    everybody = list(call.workspace.accounts.values())
    found, more = call.page(everybody, max(len(everybody), 1), 1000) if _is_paged(call) else (everybody, {})
    return {"members": [_shown(call, account) for account in found], "cache_ts": call.workspace.seconds(), **more}


def _is_paged(call: Call) -> bool:
    return bool(call.arguments.get("limit") or call.arguments.get("cursor"))


def _by_email(call: Call) -> Answer:
    email = call.text("email").casefold()
    accounts = call.workspace.accounts.values()
    known = (each for each in accounts if each.email and not each.is_deleted and not each.is_bot)
    account = next((each for each in known if (each.email or "").casefold() == email), None)
    if account is None:
        raise ApiError("users_not_found")
    return {"user": _shown(call, account)}


METHODS = {
    "users.info": Method(_info, ("users:read",)),
    "users.list": Method(_list, ("users:read",)),
    "users.lookupByEmail": Method(_by_email, ("users:read.email",)),
}
