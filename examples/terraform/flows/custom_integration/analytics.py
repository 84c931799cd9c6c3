"""The analytics service, faked for the tests: a server on this machine that refuses what it does not know."""

import base64
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from sym.testing import FakeVendor

CLIENT_ID, CLIENT_SECRET = "sym-client", "open sesame"
BASIC = "Basic " + base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
MEMBER = re.compile(r"/main/projects/([^/]+)/members/([^/]+)")


class Analytics(FakeVendor):
    """Projects and the roles people have in them, and the troubles a real service has."""

    target = "sales"
    target_settings = {"role": "reader"}
    settings = {"workspace": "main"}

    def __init__(self):
        self.projects = {"sales": {}, "finance": {}}
        self.secrets = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        self.requests = 0
        self.trouble = ""
        self.stale = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.external_id = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def has_access(self, identity, target):
        return identity in self.projects.get(target, {})

    def remove_target(self, target):
        del self.projects[target]

    def crash_next(self):
        self.trouble = "crash"

    def throttle_next(self):
        self.trouble = "throttle"

    def lag_next(self):
        self.trouble = "lag"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, method, target, authorization, body):
        """Status and body; None for the status: hang up."""
        self.requests += 1
        if authorization != BASIC:
            return 401, {}
        if self.trouble == "throttle":
            self.trouble = ""
            return 429, {}
        parts = urlsplit(target)
        if parts.path == "/main/people":
            email = parse_qs(parts.query)["email"][0]
            return 200, {"people": [{"id": f"p-{email.partition('@')[0]}", "email": email}]}
        project, person = (unquote(text) for text in MEMBER.fullmatch(parts.path).groups())
        if project not in self.projects:
            return 404, {"missing": "project"}
        return self.membership(method, self.projects[project], person, body)

    def membership(self, method, members, person, body):
        """What is asked about one person in one project."""
        if method == "GET":
            return 200, {"role": self.stale.pop() if self.stale else members.get(person)}
        if self.trouble == "lag":
            self.stale, self.trouble = [members.get(person)] * 2, ""
        if method == "PUT":
            members[person] = body["role"]
        else:
            members.pop(person, None)
        if self.trouble == "crash":
            self.trouble = ""
            return None, {}
        return 200, {"person": person, "role": members.get(person)}


def _handler(analytics):
    class Handler(BaseHTTPRequestHandler):
        def respond(self):
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
            status, found = analytics.answer(self.command, self.path, self.headers["Authorization"], body)
            if status is None:
                self.close_connection = True
                return
            content = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PUT = do_DELETE = respond  # noqa: N815 - the names the server calls

        def log_message(self, *_):
            """Say nothing."""

    return Handler
