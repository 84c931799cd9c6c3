"""The yardstick: the least that can answer Slack. It verifies the signature and says yes; it keeps nothing."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_OPTIONS = {"options": [{"text": {"type": "plain_text", "text": "Host 1"}, "value": "h1"}]}


@contextmanager
def answering(secret: str) -> Iterator[str]:
    """Such an app in a process of its own; gives its URL."""
    command = [sys.executable, "-m", "bench.bare_slack", secret]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/slack/events"
    finally:
        process.kill()
        process.communicate()


def main(secret: str) -> None:
    """Serve on any port, which is printed."""
    import uvicorn
    from slack_sdk.signature import SignatureVerifier
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse, Response
    from starlette.routing import Route

    verifier = SignatureVerifier(secret)

    async def take(request: Request) -> Response:
        body = (await request.body()).decode()
        if not verifier.is_valid_request(body, dict(request.headers)):
            return Response(status_code=401)
        return JSONResponse(_OPTIONS) if "block_suggestion" in body else Response()

    bound = socket.create_server(("127.0.0.1", 0))
    print(bound.getsockname()[1], flush=True)
    app = Starlette(routes=[Route("/slack/events", take, methods=["POST"])])
    uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")).run(sockets=[bound])


if __name__ == "__main__":
    main(sys.argv[1])
