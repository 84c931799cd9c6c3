"""The demo's Slack: the simulator, started and stopped, and people who do there what its page lets them do."""

import json
import subprocess
import time
import urllib.error
import urllib.request


class Slack:
    """`symflow slack simulator`: its address, what the runtime needs to connect to it, and its people."""

    def __init__(self, command, environment, log):
        self.variables = {}
        self.url = self.team = ""
        self._command, self._environment, self._log = command, environment, log
        self.process = None

    def start(self):
        """Start it, and wait until it listens."""
        self.process = subprocess.Popen(
            [*self._command, "slack", "simulator", "--port", "0"],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        for line in self.process.stdout:
            self._log.write(line)
            if line.startswith("export "):
                name, _, value = line.removeprefix("export ").strip().partition("=")
                self.variables[name] = value
            elif "listening on " in line:
                self.url = line.split("listening on ")[1].strip()
            elif "external_id" in line:
                self.team = line.split()[-1]
            if self.team and "SYM_SLACK_APP_TOKEN" in self.variables:
                return
        raise RuntimeError("the Slack simulator did not start")

    def stop(self):
        """Stop it."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=15)

    def ask(self, path, body=None):
        """Call the simulator's own API; give its answer."""
        request = urllib.request.Request(
            f"{self.url}/simulator/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def channel(self, name):
        """The id of a channel."""
        (workspace,) = self.ask("workspaces")["workspaces"]
        return next(channel["id"] for channel in workspace["channels"] if channel["name"] == name)

    def person(self, name):
        """Somebody to act as."""
        (workspace,) = self.ask("workspaces")["workspaces"]
        return Person(self, next(person["id"] for person in workspace["people"] if person["name"] == name))


class Person:
    """Somebody in Slack, at the keyboard."""

    def __init__(self, slack, person_id):
        self.slack, self.id = slack, person_id

    def do(self, what, **body):
        """Act; raises RuntimeError with what they would see if it did not work."""
        answer = self.slack.ask(f"people/{self.id}/{what}", body)
        if not answer["ok"]:
            raise RuntimeError(f"{what}: {answer.get('message') or answer}")
        return answer

    def messages(self, channel):
        """What they see in a channel, the newest last."""
        return self.slack.ask(f"people/{self.id}/messages?channel={channel}")["messages"]

    def form(self):
        """The form that is open, once it has its fields."""
        return wait_until(self._form, "the form does not open")

    def _form(self):
        views = self.slack.ask(f"people/{self.id}/views")["views"]
        return views[-1] if views and any(block["type"] == "input" for block in views[-1]["blocks"]) else None

    def fill(self, **values):
        """Fill in the open form, by the names of its fields; options by what they are called."""
        for name, value in values.items():
            view = self.form()
            block = next(block for block in view["blocks"] if block["block_id"].endswith(f":{name}"))
            options = {option["text"]["text"]: option["value"] for option in block["element"].get("options", ())}
            self.do(
                "interact",
                where={"view": view["id"]},
                block_id=block["block_id"],
                action_id=block["element"]["action_id"],
                value=options.get(value, value),
            )
        self.do("submit", view=self.form()["id"])

    def press(self, message, label, typed=None):
        """Press a button of a message, by its label, after typing into the message's text box."""
        where = {"channel": message["channel"], "ts": message["ts"]}
        for block in message["blocks"]:
            if block["type"] == "input" and typed:
                self.do(
                    "interact",
                    where=where,
                    block_id=block["block_id"],
                    action_id=block["element"]["action_id"],
                    value=typed,
                )
            for element in block.get("elements", ()):
                if element.get("type") == "button" and element["text"]["text"] == label:
                    self.do("interact", where=where, block_id=block["block_id"], action_id=element["action_id"])
                    return
        raise RuntimeError(f"the message has no button {label}")


def buttons(message):
    """The labels of a message's buttons."""
    elements = [element for block in message["blocks"] for element in block.get("elements", ())]
    return [element["text"]["text"] for element in elements if element.get("type") == "button"]


def wait_until(look, problem, seconds=15):
    """Wait for ``look`` to find something, and give it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise RuntimeError(problem)
