"""The directory, faked for the tests of strategy.py: a server on this machine that refuses what it does not know."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

from sym.testing import FakeVendor


class Directory(FakeVendor):
    """Groups and their members, and the troubles a real one has."""

    target = "production"

    def __init__(self):
        self.groups = {"production": set()}
        self.secrets = {"directory_key": "sesame"}
        self.requests = 0
        self.trouble = ""
        self.stale = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.external_id = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def has_access(self, identity, target):
        return identity in self.groups.get(target, ())

    def remove_target(self, target):
        del self.groups[target]

    def crash_next(self):
        self.trouble = "crash"

    def throttle_next(self):
        self.trouble = "throttle"

    def lag_next(self):
        self.trouble = "lag"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, method, group, member, key):
        """Status and body; None for the status: hang up."""
        self.requests += 1
        if key != "Bearer sesame":
            return 401, {}
        if self.trouble == "throttle":
            self.trouble = ""
            return 429, {}
        if group not in self.groups:
            return 404, {"missing": "group"}
        members = self.groups[group]
        if method == "GET":
            return 200, {"member": self.stale.pop() if self.stale else member in members}
        if self.trouble == "lag":
            self.stale, self.trouble = [member in members] * 2, ""
        (members.add if method == "PUT" else members.discard)(member)
        if self.trouble == "crash":
            self.trouble = ""
            return None, {}
        return 200, {"since": "2026-01-05"}


def _handler(directory):
    class Handler(BaseHTTPRequestHandler):
        def respond(self):
            _, groups, group, members, member = self.path.split("/")
            assert (groups, members) == ("groups", "members")
            key = self.headers["Authorization"]
            status, body = directory.answer(self.command, unquote(group), unquote(member), key)
            if status is None:
                self.close_connection = True
                return
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PUT = do_DELETE = respond  # noqa: N815 - the names the server calls

        def log_message(self, *_):
            """Say nothing."""

    return Handler
