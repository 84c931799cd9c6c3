"""``Simulator``: a whole Slack, listening, with people to act as.

::

    simulator = Simulator()
    simulator.start()
    ada = simulator.add_person("Ada Park", email="ada@acme.test", is_admin=True)
    ops = simulator.add_channel("#ops", members=[ada], has_app=True)
    simulator.connect("http://127.0.0.1:8000/slack/events")
    ada.command("/sym req")
    simulator.stop()
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from sym.simulator.acting import Acting
from sym.simulator.apps import AppSettings, Installation
from sym.simulator.clock import Clock
from sym.simulator.delivery import Delivery
from sym.simulator.faults import Fault, Faults
from sym.simulator.limits import RateLimits
from sym.simulator.parcels import Parcel
from sym.simulator.person import Person
from sym.simulator.serving import Serving
from sym.simulator.slack import Slack
from sym.simulator.stage import Stage

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Timing:
    """``ack_seconds`` is the real time that the app has to answer, ``retry_waits`` the real pauses before an event is
    sent again (Slack: ``(0, 60, 300)``), ``trigger_seconds`` how long triggers are good by the simulator's clock."""

    ack_seconds: float = 3.0
    retry_waits: tuple[float, ...] = (0.0, 0.0, 0.0)
    trigger_seconds: float = 3.0


class Simulator(Stage):
    """One Slack with one app, which is installed in its first workspace.

    ``clock`` gives the time (the real one if None; with one that stands still, triggers never expire and requests are
    signed for that moment). ``manifest`` says what the app is and may do: an app manifest as Slack has them, or
    :class:`AppSettings`. ``secrets`` fixes some of ``client_id client_secret signing_secret app_token bot_token``.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        port: int = 0,
        host: str = "127.0.0.1",
        manifest: AppSettings | Mapping[str, Any] | None = None,
        secrets: Mapping[str, str] | None = None,
        timing: Timing | None = None,
    ) -> None:
        given, times = dict(secrets or {}), timing or Timing()
        bot_token = given.pop("bot_token", None)
        settings = AppSettings.of_manifest(manifest) if isinstance(manifest, Mapping) else manifest
        self.slack = Slack(clock=clock, settings=settings, secrets=given)
        self.slack.triggers.seconds = times.trigger_seconds
        self.delivery = Delivery(self.slack, ack_seconds=times.ack_seconds, retry_waits=times.retry_waits)
        self.acting = Acting(self.slack, self.delivery)
        self.workspace = self.slack.add_workspace("Acme")
        self.slack.install(self.workspace.id, token=bot_token)
        self._serving = Serving(self.acting, host=host, port=port)

    # its life

    def start(self) -> None:
        """Listen. Raises OSError if the port is taken."""
        self.slack.url = self._serving.start()

    def stop(self) -> None:
        """Stop listening and sending."""
        self._serving.stop()
        self.delivery.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # what the product needs to know

    @property
    def url(self) -> str:
        """Where it listens: ``http://127.0.0.1:port``."""
        return self.slack.url

    @property
    def api_url(self) -> str:
        """The base of the Web API, with a slash at its end."""
        return f"{self.slack.url}/api/"

    @property
    def team_id(self) -> str:
        """The id of the first workspace."""
        return self.workspace.id

    @property
    def bot_token(self) -> str:
        """The app's token in the first workspace."""
        return self.installation.token

    @property
    def installation(self) -> Installation:
        """The app in the first workspace."""
        return self.slack.installation(self.workspace.id)

    @property
    def signing_secret(self) -> str:
        """What requests to the app are signed with."""
        return self.slack.app.signing_secret

    @property
    def app_token(self) -> str:
        """The app-level token for Socket Mode."""
        return self.slack.app.app_token

    @property
    def client_id(self) -> str:
        """For OAuth."""
        return self.slack.app.client_id

    @property
    def client_secret(self) -> str:
        """For OAuth."""
        return self.slack.app.client_secret

    def connect(self, request_url: str | None, *, options_url: str | None = None) -> None:
        """Where the app is told of things, unless it is connected in Socket Mode; None: nowhere."""
        self.slack.app.request_url, self.slack.app.options_url = request_url, options_url
        self.slack.changes.add("app.changed")

    def verifies(self, request_url: str) -> bool:
        """Whether the app there proves that it is one (``url_verification``), as Slack asks before it takes a URL.
        Raises Undelivered."""
        challenge = self.slack.ids.secret("", request_url)
        payload = {"type": "url_verification", "token": self.slack.app.verification_token, "challenge": challenge}
        parcel = Parcel(kind="events_api", what="url_verification", team=self.team_id, payload=payload)
        answer = self.delivery.deliver(parcel, url=request_url)
        return answer == challenge or (isinstance(answer, dict) and answer.get("challenge") == challenge)

    # trouble

    @property
    def faults(self) -> Faults:
        """What is still to go wrong."""
        return self.slack.faults

    def next_calls(self, method: str, faults: Iterable[Fault | None]) -> None:
        """What happens to the next calls of a method of the Web API (``*``: of any); None lets one through."""
        self.slack.faults.next_calls(method, faults)

    def limit(self, limits: RateLimits | None) -> None:
        """Limit the rate of calls from now on; None: no limits, as in the beginning."""
        self.slack.limiter.limits = limits

    def down(self) -> None:
        """Slack is down: calls lose their connection, Socket Mode is cut, nobody can act."""
        self.slack.faults.is_down = True
        self.delivery.sockets.disconnect(None)

    def up(self) -> None:
        """Slack is back."""
        self.slack.faults.is_down = False

    def send_again(self, parcel: Parcel | None = None) -> Any:
        """Send something (the latest, if None) once more as it was, only newly signed: a replay."""
        return self.delivery.deliver(parcel or self.delivery.sent[-1])

    # waiting

    def wait_for(self, predicate: Callable[[], T], seconds: float = 5.0) -> T:
        """What ``predicate`` answers as soon as it is true, asked again at every change. Raises TimeoutError."""
        return self.slack.changes.wait_for(predicate, seconds)

    def settle(self, seconds: float = 10.0) -> None:
        """Wait until no event is on its way. Raises TimeoutError."""
        self.delivery.settle(seconds)

    def calls(self, method: str) -> list[str]:
        """How the calls of a method went, in their order: ``ok`` or the error."""
        return [entry.outcome for entry in self.slack.journal.calls(method)]


__all__ = ["AppSettings", "Fault", "Person", "RateLimits", "Simulator", "Timing"]
