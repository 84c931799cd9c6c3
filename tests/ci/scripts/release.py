"""A release script as a customer of the original API might have written it: Python with requests. Written from the
API's description alone; it is run as it is."""

import datetime
import os
import sys
import time
import uuid

import requests

API = os.environ["SYM_API_URL"].rstrip("/")
session = requests.Session()
session.headers["Authorization"] = "Bearer " + os.environ["SYM_JWT"]


class SymError(Exception):
    pass


def call(method, path, **kwargs):
    request_id = str(uuid.uuid4())
    response = session.request(method, API + path, headers={"X-Sym-Request-ID": request_id}, timeout=30, **kwargs)
    body = response.json()
    if response.status_code >= 400:
        assert body["error"] is True and body["status_code"] == response.status_code
        raise SymError(f"{body['code']}: {body['message']}")
    return body


def wait_for_event(event_id):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        event = call("GET", f"/events/{event_id}")
        datetime.datetime.strptime(event["timestamp"], "%Y-%m-%d %H:%M:%S.%f%z")
        if event["status"] == "success":
            return event
        if event["status"] == "error":
            raise SymError(event["error"])
        time.sleep(0.2)
    raise SymError("timeout")


def main():
    accepted = call("POST", "/events/request", json={
        "flow_srn": os.environ["FLOW"],
        "flow_inputs": {"commit": os.environ["COMMIT"]},
        "context": {"author": os.environ.get("AUTHOR", "nobody@acme.example")},
    })
    run_id = accepted["run_id"]
    print("run", run_id, flush=True)
    assert wait_for_event(accepted["event_id"])["run_id"] == run_id
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        status = call("GET", f"/runs/{run_id}")["status"]
        if status in ("approved", "escalated"):
            break
        if status not in ("prompted", "requested"):
            print("not released:", status)
            return 1
        time.sleep(0.2)
    else:
        return 1
    try:  # an approval is no access that could be ended
        call("POST", "/events/deescalate", json={"run_id": run_id})
    except SymError as error:
        if not str(error).startswith("DeescalateAPI:INVALID_RUN"):
            raise
    print("released", os.environ["COMMIT"])
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SymError as error:
        print(error)
        sys.exit(1)
