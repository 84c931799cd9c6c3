"""What people take from the standard library, one function each; every one is tried by the first hook."""
import asyncio
import base64
import calendar
import collections.abc
import concurrent.futures
import contextlib
import copy
import csv
import decimal
import hashlib
import hmac
import html
import inspect
import io
import ipaddress
import itertools
import json
import math
import operator
import os
import platform
import pprint
import random
import re
import secrets
import socket
import ssl
import statistics
import string
import sys
import textwrap
import threading
import time
import traceback
import types
import typing
import unicodedata
import urllib.parse
import urllib.request
import uuid
import warnings
import xml.etree.ElementTree
import zlib
import zoneinfo
from datetime import date, datetime, time as clock, timedelta, timezone
from fractions import Fraction
from string import Template
from typing import Literal, NamedTuple, Protocol, TypedDict

import requests
from sym.sdk import ApprovalTemplate, PermissionLevel, RequestPermission, hook, reducer


class Row(NamedTuple):
    name: str
    count: int = 0


class Answer(TypedDict, total=False):
    ok: bool


class Closable(Protocol):
    def close(self) -> None: ...


def in_a_loop(event):
    async def twice(number):
        await asyncio.sleep(0)
        return number * 2

    async def all_of_them():
        return await asyncio.gather(*(twice(number) for number in range(3)))

    return asyncio.run(all_of_them()) == [0, 2, 4]


def in_threads(event):
    with concurrent.futures.ThreadPoolExecutor(max_workers=4) as pool:
        return sorted(pool.map(lambda number: number + 1, range(8))) == list(range(1, 9))


def zones(event):
    new_york = zoneinfo.ZoneInfo("America/New_York")
    local = event.payload.timestamp.astimezone(new_york)
    return local.strftime("%A") in calendar.day_name and local.utcoffset() == timedelta(hours=-5)


def office_hours(event):
    return clock(0, 0) <= event.payload.timestamp.time() <= clock(23, 59, 59, 999999) and date.today() > date(2020, 1, 1)


def certificates(event):
    context = ssl.create_default_context()
    return context.verify_mode == ssl.CERT_REQUIRED and bool(requests.certs.where()) and os.path.isfile(requests.certs.where())


def names(event):
    return socket.gethostbyname("localhost").startswith("127.")


def digests(event):
    signature = hmac.new(b"key", json.dumps({"a": 1}).encode(), hashlib.sha256).hexdigest()
    return len(base64.b64encode(signature.encode())) == 88 and uuid.uuid5(uuid.NAMESPACE_DNS, "x").version == 5


def chance(event):
    return len(secrets.token_hex(4)) == 8 and random.choice([1, 2]) in (1, 2) and uuid.uuid4() != uuid.uuid4()


def texts(event):
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, ["a"])
    writer.writeheader()
    pprint.pprint(dict(event.payload.fields), stream=buffer)
    return Template("$who").substitute(who=event.user.first_name) == "None" and "reason" in buffer.getvalue()


def copies(event):
    fields = copy.deepcopy(event.payload.fields)
    fields["reason"] = "changed"
    return event.payload.fields["reason"] != "changed" and copy.copy(event.user) == event.user


def looks(event):
    shown = [repr(event), str(event.user), repr(event.flow), repr(event.run), f"{event.payload.fields['target']!r}"]
    return all("SDK" not in text and "object at" not in text for text in shown) and "def looks" in inspect.getsource(looks)


def environment(event):
    return os.environ.get("SYM_STORE_URL") is None and os.getenv("HOME", "") is not None and sys.version_info > (3, 8)


def numbers(event):
    return decimal.Decimal("1.10") + 1 == decimal.Decimal("2.1") and Fraction(1, 2) == 0.5 and math.ceil(1.2) == 2


def stack(event):
    try:
        raise ValueError("x")
    except ValueError:
        return "standard_library" not in traceback.format_exc() or "raise ValueError" in traceback.format_exc()


def waits(event):
    before = time.monotonic()
    time.sleep(0.01)
    stopper = threading.Event()
    threading.Timer(0.01, stopper.set).start()
    return stopper.wait(5) and time.monotonic() > before and time.time() > 0


CHECKS = [in_a_loop, in_threads, zones, office_hours, certificates, names, digests, chance, texts, copies, looks,
          environment, numbers, stack, waits]


@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER)


@hook
def on_request(event):
    wrong = []
    for check in CHECKS:
        try:
            if not check(event):
                wrong.append(check.__name__)
        except Exception as error:
            traceback.print_exc()
            wrong.append(f"{check.__name__}: {type(error).__name__}: {error}")
    if wrong:
        return ApprovalTemplate.ignore(message=", ".join(wrong))
