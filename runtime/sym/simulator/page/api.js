// The simulator's own API, as its README says it. Every answer is an object with `ok`.

export const UNREACHABLE = { ok: false, error: "unreachable", message: "The simulator does not answer. Is it still running?" };

async function call(address, options) {
  try {
    const answer = await fetch(`/simulator/${address}`, options);
    const body = await answer.json();
    if (body.ok || body.message) return body;
    return { ...body, ok: false, message: `The simulator answered ${body.error ?? answer.status}.` };
  } catch {
    return UNREACHABLE;
  }
}

function look(address) {
  return call(address, { headers: { accept: "application/json" }, cache: "no-store" });
}

/** What can be asked without being anybody. */
export const looking = {
  workspaces: () => look("workspaces"),
  clock: () => look("clock"),
  log: () => look("log"),
};

/** What one person sees, and does. Ids are Slack's. */
export class Acting {
  constructor(person) {
    this.person = person;
    this.base = `people/${encodeURIComponent(person)}`;
  }

  conversations() {
    return look(`${this.base}/conversations`);
  }

  messages(channel, thread = null) {
    const query = new URLSearchParams({ channel, limit: "200" });
    if (thread) query.set("thread", thread);
    return look(`${this.base}/messages?${query}`);
  }

  views() {
    return look(`${this.base}/views`);
  }

  home() {
    return look(`${this.base}/home`);
  }

  /** `what` is one of the README's: command, shortcut, message, interact, typeahead, submit, close, home, mark, conversation,
      account. */
  act(what, body = {}) {
    const headers = { "content-type": "application/json", accept: "application/json" };
    return call(`${this.base}/${what}`, { method: "POST", headers, body: JSON.stringify(body) });
  }
}
