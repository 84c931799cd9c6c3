"""CircleCI's API v2, faked for tests: a server on this machine that refuses what it does not know.

It has workflows with jobs, one of them on hold. ``GET /workflow/ID/job`` lists jobs, and ``POST
/workflow/ID/approve/APPROVAL_REQUEST_ID`` releases one (202). ``wrong`` lists what it was asked that no client should.
"""

import json
import re
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = "CCIPAT_a_token_of_circleci"


class CircleCI:
    """The server. ``jobs`` are those of each workflow by its id."""

    def __init__(self):
        self.jobs = {}
        self.wrong = []
        self.releases = 0
        self.trouble = 0
        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}/api/v2"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def start_workflow(self, hold="hold"):
        """A workflow whose jobs stand before the approval job; gives its id."""
        workflow_id = str(uuid.uuid4())
        self.jobs[workflow_id] = [
            {"id": str(uuid.uuid4()), "name": "request", "type": "build", "status": "success"},
            _approval(hold),
            {"id": str(uuid.uuid4()), "name": "deploy", "type": "build", "status": "blocked"},
        ]
        return workflow_id

    def status(self, workflow_id, name="hold"):
        """The status of a job."""
        return next(job["status"] for job in self.jobs[workflow_id] if job["name"] == name)

    def cancel(self, workflow_id):
        """Cancel a workflow, as people do on its page."""
        for job in self.jobs[workflow_id]:
            if job["status"] != "success":
                job["status"] = "canceled"

    def close(self):
        """Stop. Fails if it was asked what no client should ask."""
        self.server.shutdown()
        self.server.server_close()
        assert not self.wrong, self.wrong

    def answer(self, method, path, headers, body):
        """Status and document of an answer."""
        if self.trouble:
            return self.trouble, {"message": "CircleCI has trouble."}
        if headers.get("Circle-Token") != TOKEN:
            return 401, {"message": "You must log in first."}
        listed = re.fullmatch(r"/api/v2/workflow/([0-9a-f-]{36})/job", path)
        approved = re.fullmatch(r"/api/v2/workflow/([0-9a-f-]{36})/approve/([0-9a-f-]{36})", path)
        if method == "GET" and listed:
            jobs = self.jobs.get(listed[1])
            found = {"items": jobs, "next_page_token": None}
            return (404, {"message": "Workflow not found"}) if jobs is None else (200, found)
        if method == "POST" and approved and not body:
            return self._release(*approved.groups())
        self.wrong.append(f"{method} {path}")
        return 404, {"message": "Not found."}

    def _release(self, workflow_id, request_id):
        found = [job for job in self.jobs.get(workflow_id, []) if job.get("approval_request_id") == request_id]
        if not found:
            return 404, {"message": "Job not found"}
        if found[0]["status"] != "on_hold":
            return 400, {"message": "Job already approved."}
        found[0]["status"] = "success"
        self.releases += 1
        return 202, {"message": "Accepted."}


def _approval(name):
    request_id = str(uuid.uuid4())
    return {
        "id": request_id, "name": name, "type": "approval", "status": "on_hold", "approval_request_id": request_id
    }  # fmt: skip


def _handler(circleci):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with circleci.lock:
                status, document = circleci.answer(self.command, self.path, self.headers, body)
            raw = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def do_POST(self):
            self.do_GET()

        def log_message(self, *args):
            pass

    return Handler
